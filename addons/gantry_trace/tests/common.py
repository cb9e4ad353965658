"""Builders for the tests of the genealogy: lots that are received, shipped and counted through the real ORM."""

from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.fields import Command


class TraceCase(GantryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alice, cls.bob, cls.carol = cls.env["res.partner"].create(
            [{"name": "Alice"}, {"name": "Bob"}, {"name": "Carol"}]
        )
        cls.Trace = cls.env["gantry.trace"]

    @classmethod
    def _tracked(cls, name, tracking="lot", **vals):
        return cls._product(name, tracking=tracking, **vals)

    @classmethod
    def _lot(cls, product, name, **vals):
        return cls.env["stock.lot"].create({"name": name, "product_id": product.id, **vals})

    @classmethod
    def _transfer(cls, item, qty, source, dest, partner=None, picking_type=None, company=None):
        """A done transfer of a lot, or of a product without lots."""
        company = company or cls.company_a
        product = item if item._name == "product.product" else item.product_id
        lot = item if item._name == "stock.lot" else item.env["stock.lot"]
        picking_type = picking_type or cls.wh_a1.int_type_id
        where = {
            "product_id": product.id,
            "location_id": source.id,
            "location_dest_id": dest.id,
            "company_id": company.id,
        }
        picking = cls.env["stock.picking"].with_company(company).create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": dest.id,
                "partner_id": partner.id if partner else False,
                "company_id": company.id,
                "move_ids": [Command.create({**where, "product_uom": product.uom_id.id, "product_uom_qty": qty})],
            }
        )  # fmt: skip
        line = {**where, "product_uom_id": product.uom_id.id, "quantity": qty, "lot_id": lot.id, "picked": True}
        picking.move_ids.move_line_ids = [Command.create({**line, "picking_id": picking.id})]
        picking._action_done()
        assert picking.state == "done"
        return picking

    @classmethod
    def _receive_lot(cls, item, qty, warehouse=None, partner=None):
        warehouse = warehouse or cls.wh_a1
        return cls._transfer(
            item, qty, cls.loc_supplier, warehouse.lot_stock_id, partner, warehouse.in_type_id, warehouse.company_id
        )

    @classmethod
    def _ship(cls, item, qty, partner, warehouse=None):
        warehouse = warehouse or cls.wh_a1
        return cls._transfer(
            item, qty, warehouse.lot_stock_id, cls.loc_customer, partner, warehouse.out_type_id, warehouse.company_id
        )

    def _give_back(self, picking):
        """The whole delivery comes back, by Odoo's own return."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_ids=picking.ids, active_model="stock.picking"
        ).create({"picking_id": picking.id})  # fmt: skip
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.action_assign()
        back.move_ids.picked = True
        back._action_done()
        self.assertEqual(back.state, "done")
        return back

    def _count(self, product, lot, qty, warehouse=None):
        """An inventory adjustment to so many."""
        quant = self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "lot_id": lot.id if lot else False,
                "location_id": (warehouse or self.wh_a1).lot_stock_id.id,
                "inventory_quantity": qty,
            }
        )  # fmt: skip
        quant.action_apply_inventory()

    def lots_of(self, *lots, direction="down", **options):
        """Lots in the closure, without the seeds."""
        rows = self.Trace._closure([lot.id for lot in lots], direction, **options)
        return self.env["stock.lot"].browse(row["lot_id"] for row in rows if row["lot_id"] and row["depth"])

    def customers_of(self, *lots, **options):
        """``{customer: net quantity}`` of everything made from the lots."""
        rows = self.Trace._closure([lot.id for lot in lots], **options)
        exposure = self.Trace._exposure(
            [row["lot_id"] for row in rows if row["lot_id"]],
            pool_ids=[row["pool_id"] for row in rows if row["pool_id"]],
        )
        net = {}
        for row in exposure["customers"]:
            partner = self.env["res.partner"].browse(row["partner_id"])
            net[partner] = net.get(partner, 0.0) + row["qty_net"]
        return net

    def confidence(self, parent, child):
        """How sure it is that the one is in the other; None when it is not."""
        rows = self.Trace._closure([parent.id])
        return {row["lot_id"]: row["confidence"] for row in rows}.get(child.id)
