import tempfile
from datetime import date

import xlsxwriter

from odoo import fields, models
from odoo.tools import SQL

from ..core import completeness

CHUNK = 5_000
PLACE = ("name", "phone", "street", "city", "state", "zip", "country")
COLUMNS = (
    "event", "tlc", "lot", "product", "quantity", "unit", "date", *(f"own_{name}" for name in PLACE),
    *(f"other_{name}" for name in PLACE), "tlc_source", "document_type", "document", "complete", "missing",
)  # fmt: skip
# usage from, usage to -> tracking event
EVENT_OF = {
    ("supplier", "internal"): "receiving",
    ("customer", "internal"): "receiving",
    ("internal", "customer"): "shipping",
    ("internal", "supplier"): "shipping",
    ("supplier", "customer"): "shipping",
    ("internal", "production"): "transformation_input",
    ("production", "internal"): "transformation_output",
}


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
        book = xlsxwriter.Workbook(
            output, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                     "default_date_format": "yyyy-mm-dd hh:mm"},
        )  # fmt: skip
        bold, percent = book.add_format({"bold": True}), book.add_format({"num_format": "0%"})
        page = book.add_worksheet("Tracking events")
        page.freeze_panes(1, 0)
        page.set_column(0, len(COLUMNS) - 1, 16)
        page.write_row(0, 0, [name.replace("_", " ").capitalize() for name in COLUMNS], bold)
        count, whole = 0, 0
        place = COLUMNS.index("complete")
        for row in self._fsma_rows():
            count += 1
            whole += not row["missing"]
            page.write_row(count, 0, [row.get(name) or "" for name in COLUMNS])
            page.write_number(count, COLUMNS.index("quantity"), row["quantity"])
            page.write_number(count, place, row["complete"], percent)
        page.autofilter(0, 0, max(1, count), len(COLUMNS) - 1)
        notes = book.add_worksheet("Notes")
        for number, (label, value) in enumerate(self._fsma_notes(count, whole)):
            notes.write(number, 0, label, bold)
            notes.write(number, 1, value)
        book.close()
        output.seek(0)
        return output

    def _fsma_notes(self, count, whole):
        _t = self.env._
        return [
            (_t("Case"), f"{self.name}: {self.title}"),
            (_t("Company"), self.company_id.name),
            (_t("Made on"), fields.Datetime.now()),
            (_t("Made by"), self.env.user.name),
            (_t("Rows"), count),
            (_t("Complete rows"), whole),
            (_t("Rule"), "21 CFR 1.1455(c)(3), key data elements of 1.1340, 1.1345 and 1.1350"),
            (_t("Enforced from"), str(self.company_id.gantry_recall_fsma_date or "")),
            (_t("Times are in"), "UTC"),
        ]

    def _fsma_rows(self):
        """One dict per done line of the lots of the case, in the companies that the user sees."""
        lot_ids = self.scope_ids.filtered("in_scope").lot_id.ids
        Line = self.env["stock.move.line"]
        Line.flush_model()
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT id FROM stock_move_line WHERE lot_id = ANY(%s) AND state = 'done'
                          AND company_id = ANY(%s) ORDER BY date, id""",
                    lot_ids, self.env.companies.ids,
                )
            )
        ]  # fmt: skip
        for start in range(0, len(ids), CHUNK):
            # sudo: names of partners and products of lines of the own companies, for whoever may read the case
            for line in Line.sudo().browse(ids[start : start + CHUNK]):
                event = EVENT_OF.get((line.location_id.usage, line.location_dest_id.usage))
                if event:
                    row = self._fsma_row(event, line)
                    share, missing = completeness(event, row)
                    yield row | {"event": event.replace("_", " "), "complete": share, "missing": ", ".join(missing)}
            self.env.invalidate_all(flush=False)

    def _fsma_row(self, event, line):
        lot, picking = line.lot_id, line.picking_id
        ours = line.location_id if line.location_id.usage == "internal" else line.location_dest_id
        here = ours.warehouse_id.partner_id or line.company_id.partner_id
        other = picking.partner_id or line.move_id.partner_id
        if event.startswith("transformation"):
            other = other.browse()
        source = other if event == "receiving" and line.location_id.usage == "supplier" else here
        return {
            "tlc": lot.gantry_supplier_lot or lot.name,
            "lot": lot.name,
            "product": line.product_id.display_name,
            "quantity": line.quantity_product_uom,
            "unit": line.product_id.uom_id.name,
            "date": line.date,
            **self._fsma_place("own", here),
            **self._fsma_place("other", other),
            "tlc_source": source.name,
            "document_type": line.move_id.picking_type_id.name,
            "document": line.reference,
        }

    def _fsma_place(self, prefix, partner):
        values = {
            "name": partner.display_name if partner else "",
            "phone": partner.phone or partner.commercial_partner_id.phone,
            "street": " ".join(part for part in (partner.street, partner.street2) if part),
            "city": partner.city,
            "state": partner.state_id.code,
            "zip": partner.zip,
            "country": partner.country_id.code,
        }
        return {f"{prefix}_{name}": value for name, value in values.items()}


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_recall_fsma_date = fields.Date(
        "FSMA 204 enforced from", default=date(2028, 7, 20), help="Congress has forbidden enforcement before this date."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_recall_fsma_date = fields.Date(related="company_id.gantry_recall_fsma_date", readonly=False)
