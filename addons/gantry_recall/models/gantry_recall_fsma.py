import tempfile
from datetime import date

from odoo import fields, models
from odoo.tools import SQL

from ..core import Sheet, completeness, tracking_events, write_workbook

CHUNK = 5_000
PLACE = ("name", "phone", "street", "city", "state", "zip", "country")
COLUMNS = (
    "event", "tlc", "lot", "product", "on_list", "quantity", "unit", "date", *(f"own_{name}" for name in PLACE),
    *(f"other_{name}" for name in PLACE), "tlc_source", "document_type", "document", "harvest_date", "harvest_place",
    "harvester", "harvester_phone", "complete", "missing",
)  # fmt: skip


class GantryRecall(models.Model):
    """The sortable spreadsheet of FSMA 204 for the lots of a case."""

    _inherit = "gantry.recall"

    def action_fsma(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/gantry_recall/fsma/{self.id}", "target": "self"}

    def _fsma_workbook(self):
        """A temporary file with the workbook, written row by row: memory does not grow with the rows."""
        self.ensure_one()
        self.check_access("read")
        output = tempfile.TemporaryFile()  # noqa: SIM115
        write_workbook(output, self._fsma_sheets())
        output.seek(0)
        return output

    def _fsma_sheets(self):
        """The events, and what has to be known about them; counted while the first sheet is written."""
        counts = {"all": 0, "whole": 0}

        def rows():
            for row in self._fsma_rows():
                counts["all"] += 1
                counts["whole"] += not row["missing"]
                yield [row.get(name) for name in COLUMNS]

        heads = tuple(name.replace("_", " ").capitalize() for name in COLUMNS)
        share = frozenset([COLUMNS.index("complete")])
        yield Sheet(title="Tracking events", columns=heads, rows=rows(), shares=share)
        notes = self._fsma_notes(counts["all"], counts["whole"])
        yield Sheet(title="Notes", columns=(self.env._("What"), self.env._("Value")), rows=notes)

    def _fsma_notes(self, count, whole):
        _t = self.env._
        return [
            (_t("Case"), f"{self.name}: {self.title}"),
            (_t("Company"), self.company_id.name),
            (_t("Made on"), fields.Datetime.now()),
            (_t("Made by"), self.env.user.name),
            (_t("Rows"), count),
            (_t("Complete rows"), whole),
            (_t("Rule"), "21 CFR 1.1455(c)(3), key data elements of 1.1330 to 1.1350"),
            (_t("Enforced from"), str(self.company_id.gantry_recall_fsma_date or "")),
            (_t("Times are in"), "UTC"),
        ]

    def _fsma_rows(self):
        """One dict per tracking event of the lots of the case, in the companies that the user sees."""
        lot_ids = self.scope_ids.filtered("in_scope").lot_id.ids
        self.env["stock.move.line"].flush_model()
        # sudo: names of partners and products of lines of the own companies, for whoever may read the case
        names = FsmaNames(self.env(su=True))
        ids = [row[0] for row in self.env.execute_query(self._fsma_ids(lot_ids))]
        for start in range(0, len(ids), CHUNK):
            lines = self.env.execute_query_dict(self._fsma_lines(ids[start : start + CHUNK]))
            names.read(lines)
            for line in lines:
                source, target = names.places[line["location_id"]], names.places[line["location_dest_id"]]
                moved = source["house"] != target["house"] and source["address"] != target["address"]
                start_of_code = names.products[line["product_id"]]["start"]
                for event in tracking_events(source["usage"], target["usage"], start_of_code, moved):
                    yield self._fsma_row(event, line, names, source, target)

    def _fsma_ids(self, lot_ids):
        return SQL(
            """
            SELECT l.id FROM unnest(%s::int[]) lot(id) JOIN stock_move_line l ON l.lot_id = lot.id
             WHERE l.state = 'done' AND l.company_id = ANY(%s) ORDER BY l.date, l.id
            """,
            lot_ids, self.env.companies.ids,
        )  # fmt: skip

    def _fsma_lines(self, ids):
        return SQL(
            """
            SELECT l.lot_id, l.product_id, l.quantity_product_uom::float8 AS qty, l.date, l.location_id, l.company_id,
                   l.location_dest_id, COALESCE(p.partner_id, m.partner_id) AS partner_id, m.picking_type_id,
                   COALESCE(p.name, m.reference) AS document
              FROM stock_move_line l
              LEFT JOIN stock_move m ON m.id = l.move_id
              LEFT JOIN stock_picking p ON p.id = l.picking_id
             WHERE l.id = ANY(%s) ORDER BY l.date, l.id
            """,
            ids,
        )

    def _fsma_row(self, event, line, names, source, target):
        lot, product = names.lots[line["lot_id"]], names.products[line["product_id"]]
        ours, theirs = (target, source) if target["usage"] == "internal" else (source, target)
        if source["usage"] == target["usage"] == "internal" and event == "shipping":
            ours, theirs = source, target
        here = ours["address"] or names.company_address(line["company_id"])
        other = False
        if event in ("receiving", "shipping"):
            other = line["partner_id"] or theirs["address"]
        own, far = names.partner(here), names.partner(other)
        received = event == "receiving" and source["usage"] == "supplier"
        row = {
            "tlc": lot["tlc"],
            "lot": lot["name"],
            "product": product["name"],
            "on_list": product["on_list"],
            "quantity": line["qty"],
            "unit": product["unit"],
            "date": line["date"],
            **{f"own_{name}": own[name] for name in PLACE},
            **{f"other_{name}": far[name] for name in PLACE},
            "tlc_source": (far if received else own)["name"],
            "document_type": names.types.get(line["picking_type_id"], ""),
            "document": line["document"],
            **lot["harvest"],
        }
        share, missing = completeness(event, row)
        return row | {"event": event.replace("_", " "), "complete": share, "missing": ", ".join(missing)}


class FsmaNames:
    """Names and addresses of what the lines point at, every record read once."""

    def __init__(self, env):
        self.env = env
        self.lots, self.products, self.places, self.partners, self.types = {}, {}, {}, {}, {}
        self.companies = {}
        self.partners[False] = dict.fromkeys(PLACE, "")

    def read(self, lines):
        self._read("product.product", self.products, {line["product_id"] for line in lines}, self._product)
        self._read("stock.lot", self.lots, {line["lot_id"] for line in lines}, self._lot)
        places = {line[name] for line in lines for name in ("location_id", "location_dest_id")}
        self._read("stock.location", self.places, places, self._place)
        types = {line["picking_type_id"] for line in lines}
        self._read("stock.picking.type", self.types, types, lambda kind: kind.name)
        self._read("res.partner", self.partners, {line["partner_id"] for line in lines}, self._partner)

    def _read(self, model, known, ids, values):
        for record in self.env[model].browse(ids - set(known) - {None}):
            known[record.id] = values(record)

    def _product(self, product):
        return {
            "name": product.display_name,
            "unit": product.uom_id.name,
            "start": product.gantry_fsma_start or None,
            "on_list": self.env._("yes") if product.gantry_fsma_food else self.env._("no"),
        }

    def _lot(self, lot):
        harvester = lot.gantry_harvester_id
        return {
            "name": lot.name,
            "tlc": lot.gantry_supplier_lot or lot.name,
            "harvest": {
                "harvest_date": lot.gantry_harvest_date or None,
                "harvest_place": lot.gantry_harvest_place or "",
                "harvester": harvester.display_name or "",
                "harvester_phone": harvester.phone or harvester.commercial_partner_id.phone or "",
            },
        }

    def _place(self, location):
        house = location.warehouse_id
        return {"usage": location.usage, "house": house.id, "address": house.partner_id.id}

    def partner(self, partner_id):
        if partner_id not in self.partners:
            self.partners[partner_id] = self._partner(self.env["res.partner"].browse(partner_id))
        return self.partners[partner_id]

    def company_address(self, company_id):
        if company_id not in self.companies:
            self.companies[company_id] = self.env["res.company"].browse(company_id).partner_id.id
        return self.companies[company_id]

    def _partner(self, partner):
        return {
            "name": partner.display_name or "",
            "phone": partner.phone or partner.commercial_partner_id.phone or "",
            "street": " ".join(part for part in (partner.street, partner.street2) if part),
            "city": partner.city or "",
            "state": partner.state_id.code or "",
            "zip": partner.zip or "",
            "country": partner.country_id.code or "",
        }


class ProductTemplate(models.Model):
    _inherit = "product.template"

    gantry_fsma_food = fields.Boolean(
        "On the Food Traceability List", help="Foods for which FSMA 204 asks for additional records."
    )
    gantry_fsma_start = fields.Selection(
        [("packing", "Initial packing here"), ("landing", "First land-based receiving here")], "Lot code begins at",
        help="Empty: the code comes with the goods, or begins when they are made of others. Initial packing: what is"
        " made of it here is a raw commodity that is packed for the first time. First land-based receiving: it comes"
        " from a vessel.",
    )  # fmt: skip


class StockLot(models.Model):
    _inherit = "stock.lot"

    gantry_fsma_start = fields.Selection(related="product_id.gantry_fsma_start")
    gantry_harvest_date = fields.Date("Harvested on")
    gantry_harvest_place = fields.Char("Harvested at", help="Farm and field, or where the fish was caught.")
    gantry_harvester_id = fields.Many2one("res.partner", "Harvested by")


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_recall_fsma_date = fields.Date(
        "FSMA 204 enforced from", default=date(2028, 7, 20), help="Congress has forbidden enforcement before this date."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_recall_fsma_date = fields.Date(related="company_id.gantry_recall_fsma_date", readonly=False)
