from datetime import timedelta

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command

PREFIX = "TRC-"
SHELF_DAYS = 540
CATEGORY = "Workshop chemicals"
# code, name, price, cost, unit
ARTICLES = (
    ("TRC-CONC", "Tyre sealant concentrate", 0.0, 6.5, "uom.product_uom_litre"),
    ("TRC-SEAL", "Tyre sealant 250 ml", 9.9, 2.4, "uom.product_uom_unit"),
    ("TRC-GLUE", "Rubber cement 50 g", 4.5, 1.1, "uom.product_uom_unit"),
)
# lot of the concentrate, litres, days ago
DRUMS = (("CN-2207", 120, -40), ("CN-2211", 90, -33))
# lot of the sealant, bottles, made of which drum, litres, days ago
FILLINGS = (("SL-0611", 200, "CN-2207", 50, -31), ("SL-0618", 160, "CN-2207", 40, -24),
            ("SL-0625", 220, "CN-2211", 55, -17))  # fmt: skip
# customer (place in the story), lot, bottles, days ago
DELIVERIES = ((0, "SL-0611", 60, -21), (1, "SL-0618", 48, -14), (2, "SL-0611", 36, -10), (3, "SL-0625", 40, -7))
BACK = (2, 12, -3)  # the third delivery: some bottles come back
# lot of the rubber cement, tins, expires in days
TINS = (("RC-01", 24, -9), ("RC-02", 60, 12), ("RC-03", 90, 200), ("RC-04", 40, 320))
HELD = "RC-04"
DEFECTIVE = "CN-2207"


class GantryDemo(models.AbstractModel):
    """Lots with a past: a drum of concentrate filled into bottles that three shops have, one with a bad seal.

    A case is drafted with the drum; the trace, the hold and the notices are left to whoever tries it.
    """

    _inherit = "gantry.demo"

    def _chapters(self):
        return [
            *super()._chapters(),
            ("recall", self.env._("Lots, a leaking batch and the shops that have it"), "_chapter_recall", 3),
        ]

    def _chapter_recall(self, tale, start):
        """All of it through the ORM and in one go: a few dozen moves."""
        if start or self.env["product.product"].search_count([("default_code", "=like", f"{PREFIX}%")], limit=1):
            return
        products = self._lot_products(tale)
        lots = {}
        for name, litres, day in DRUMS:
            lots[name] = self._lot_of(products["TRC-CONC"], name, tale.moment(day + SHELF_DAYS))
            self._lot_move(tale, lots[name], litres, "receipt", day, tale.suppliers[0])
        for name, tins, days in TINS:
            lots[name] = self._lot_of(products["TRC-GLUE"], name, tale.moment(days))
            self._lot_move(tale, lots[name], tins, "receipt", -60, tale.suppliers[0])
        for name, bottles, drum, litres, day in FILLINGS:
            lots[name] = self._lot_of(products["TRC-SEAL"], name, tale.moment(day + SHELF_DAYS))
            self._fill(tale, lots[drum], litres, lots[name], bottles, day)
        sent = [
            self._lot_move(tale, lots[name], bottles, "delivery", day, tale.customers[place])
            for place, name, bottles, day in DELIVERIES
        ]
        number, bottles, day = BACK
        place = DELIVERIES[number][0]
        self._lot_move(
            tale, lots[DELIVERIES[number][1]], bottles, "return", day, tale.customers[place], sent[number].move_ids
        )
        self._draft_case(tale, lots)
        yield Progress(1, 1)

    def _lot_products(self, tale):
        category = self.env["product.category"].create(
            {"name": CATEGORY, "removal_strategy_id": self.env.ref("product_expiry.removal_fefo").id}
        )
        products = self.env["product.product"].create(
            [
                {
                    "name": name, "default_code": code, "list_price": price, "standard_price": cost,
                    "is_storable": True, "tracking": "lot", "categ_id": category.id, "uom_id": self.env.ref(unit).id,
                    "use_expiration_date": True, "expiration_time": SHELF_DAYS, "use_time": 30, "removal_time": 10,
                    "alert_time": 45, "sale_ok": code != "TRC-CONC",
                }
                for code, name, price, cost, unit in ARTICLES
            ]
        )  # fmt: skip
        return products.grouped("default_code")

    def _lot_of(self, product, name, expires):
        return self.env["stock.lot"].create(
            {"name": name, "product_id": product.id, "company_id": self.env.company.id, "expiration_date": expires}
        )

    def _weekday(self, tale, day):
        """The moment of a day before today, not on a weekend: the houses are closed."""
        moment = tale.moment(day, 9)
        return moment - timedelta(days=max(0, moment.weekday() - 4))

    def _lot_move(self, tale, lot, qty, kind, day, partner, origin=None):
        """A done transfer of one lot in Dublin."""
        warehouse = tale.warehouses[0]
        stock = warehouse.lot_stock_id
        vendors, shops = self.env.ref("stock.stock_location_suppliers"), self.env.ref("stock.stock_location_customers")
        source, target = {"receipt": (vendors, stock), "delivery": (stock, shops), "return": (shops, stock)}[kind]
        picking_type = warehouse.out_type_id if kind == "delivery" else warehouse.in_type_id
        when = self._weekday(tale, day)
        move = self._prepare_lot_move(lot, qty, source, target, when) | {
            "picking_type_id": picking_type.id, "partner_id": partner.id,
            "origin_returned_move_id": origin.id if origin else False,
        }  # fmt: skip
        picking = self.env["stock.picking"].create(
            {"picking_type_id": picking_type.id, "location_id": source.id, "location_dest_id": target.id,
             "partner_id": partner.id, "company_id": tale.company.id, "scheduled_date": when,
             "return_id": origin.picking_id.id if origin else False, "move_ids": [Command.create(move)]}
        )  # fmt: skip
        self._finish(picking.move_ids, lot, qty, when)
        picking.write({"date_done": when})
        return picking

    def _prepare_lot_move(self, lot, qty, source, target, when):
        return {
            "product_id": lot.product_id.id, "product_uom": lot.product_id.uom_id.id, "product_uom_qty": qty,
            "location_id": source.id, "location_dest_id": target.id, "company_id": lot.company_id.id, "date": when,
        }  # fmt: skip

    def _finish(self, move, lot, qty, when):
        """Done with this lot at that time."""
        move._action_confirm()
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create({
                "product_id": lot.product_id.id, "product_uom_id": lot.product_id.uom_id.id, "lot_id": lot.id,
                "quantity": qty, "picked": True, "location_id": move.location_id.id, "picking_id": move.picking_id.id,
                "location_dest_id": move.location_dest_id.id, "company_id": move.company_id.id,
            })
        ]  # fmt: skip
        move.picked = True
        (move.picking_id or move)._action_done()
        move.write({"date": when})
        move.move_line_ids.write({"date": when})

    def _fill(self, tale, drum, litres, lot, bottles, day):
        """Concentrate into bottles, as a movement into production and one out of it that belong together."""
        stock, when = tale.warehouses[0].lot_stock_id, self._weekday(tale, day)
        production = lot.product_id.with_company(tale.company).property_stock_production
        used, made = self.env["stock.move"].create(
            [
                self._prepare_lot_move(drum, litres, stock, production, when) | {"origin": f"Filling {lot.name}"},
                self._prepare_lot_move(lot, bottles, production, stock, when) | {"origin": f"Filling {lot.name}"},
            ]
        )
        self._finish(used, drum, litres, when)
        self._finish(made, lot, bottles, when)
        made.move_line_ids.consume_line_ids = [Command.set(used.move_line_ids.ids)]
        self.env["gantry.trace.edge"]._plan_feed({"stock.move": made.ids})

    def _draft_case(self, tale, lots):
        """The defect has been found; what follows is for whoever looks."""
        planner = tale.users.get("planner") or self.env.user
        groups = ("gantry_recall.group_recall_user", "gantry_hold.group_quality_release")
        planner.group_ids = [Command.link(self.env.ref(name).id) for name in groups]
        self.env["gantry.hold"].with_user(tale.users.get("picker") or planner).with_company(tale.company)._hold_lots(
            lots[HELD], reason=self.env._("Hazard sign is missing on the tins"), kind="quality"
        )
        self.env["gantry.recall"].with_company(tale.company).create(
            {
                "title": self.env._("Sealant bottles leak"),
                "reason": self.env._("Concentrate %s eats the seal of the caps: three shops report leaking bottles.",
                                     DEFECTIVE),
                "hazard_class": "3",
                "hazard_note": self.env._("Skin irritation when a bottle leaks in a bag; not harmful otherwise."),
                "lot_ids": [Command.set(lots[DEFECTIVE].ids)],
                "company_id": tale.company.id,
                "owner_id": planner.id,
            }
        )  # fmt: skip
