import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import binfile


class GantryLayoutImportWizard(models.TransientModel):
    """Positions, nodes and walkways from a file: checked first, and nothing is written when one row is bad."""

    _name = "gantry.layout.import.wizard"
    _description = "Import of a layout"
    _check_company_auto = True

    layout_id = fields.Many2one("gantry.layout", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="layout_id.company_id")
    warehouse_id = fields.Many2one(related="layout_id.warehouse_id")
    file = fields.Binary(required=True, attachment=False, help="CSV or Excel (.xlsx).")
    filename = fields.Char()
    parent_location_id = fields.Many2one(
        "stock.location", "New bins below", check_company=True, compute="_compute_parent_location_id", store=True,
        readonly=False, domain="[('warehouse_id', '=', warehouse_id), ('usage', 'in', ('internal', 'view'))]",
        help="Where bins are made whose name in the file says no location above.")
    touch_stocked = fields.Boolean("Also move bins that hold stock")
    state = fields.Selection([("draft", "To check"), ("bad", "Bad rows"), ("good", "Checked")], default="draft")
    summary = fields.Char(readonly=True)
    fault_ids = fields.One2many("gantry.layout.import.fault", "wizard_id", "Bad rows", readonly=True)

    @api.depends("layout_id")
    def _compute_parent_location_id(self):
        for wizard in self:
            wizard.parent_location_id = wizard.warehouse_id.lot_stock_id

    def action_check(self):
        """Look at every row, write nothing."""
        self._run(dry_run=True)
        return self._again()

    def action_import(self):
        """Check once more and write."""
        if self._run(dry_run=False):
            return self._again()
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {
                "type": "success", "message": self.summary,
                "next": {"type": "ir.actions.act_window_close"}}}

    def _run(self, dry_run):
        self.ensure_one()
        try:
            sheets = binfile.read_file(base64.b64decode(self.file), self.filename or "")
        except binfile.FileError as error:
            raise UserError(str(error)) from error
        counts, faults = self.layout_id._import_sheets(
            sheets, parent=self.parent_location_id, touch_stocked=self.touch_stocked, dry_run=dry_run)
        self.fault_ids.unlink()
        self.env["gantry.layout.import.fault"].create([
            {"wizard_id": self.id, "sheet": fault.sheet, "line": fault.line, "column_name": fault.column,
             "reason": fault.reason} for fault in faults])
        self.write({"state": "bad" if faults else "good", "summary": self._say(counts, faults)})
        return faults

    def _say(self, counts, faults):
        words = {
            "bins": self.env._("bins"), "new_bins": self.env._("of them new"),
            "moved_with_stock": self.env._("with stock get another position"), "nodes": self.env._("nodes"),
            "walkways": self.env._("walkways")}
        said = ", ".join(f"{count:,} {words[name]}" for name, count in counts.items() if count)
        if faults:
            rows = len({(fault.sheet, fault.line) for fault in faults})
            return self.env._("%(rows)s bad rows, so nothing is imported. Read: %(said)s.", rows=f"{rows:,}", said=said)
        return said or self.env._("The file has no rows.")

    def _again(self):
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form",
            "target": "new", "name": self.env._("Import of a layout"), "context": {"dialog_size": "extra-large"}}


class GantryLayoutImportFault(models.TransientModel):
    _name = "gantry.layout.import.fault"
    _description = "Bad row of a layout file"
    _order = "sheet, line, id"

    wizard_id = fields.Many2one("gantry.layout.import.wizard", required=True, ondelete="cascade", index=True)
    sheet = fields.Char("Table")
    line = fields.Integer()
    column_name = fields.Char("Column")
    reason = fields.Char()
