from odoo import api, fields, models

from ..models.gantry_expiry_line import ACTIONS


class GantryExpiryDecide(models.TransientModel):
    """Decide for the chosen rows of the worklist, starting from what is proposed."""

    _name = "gantry.expiry.decide"
    _description = "Decide for expiring stock"

    line_ids = fields.Many2many("gantry.expiry.line", "gantry_expiry_decide_line_rel", string="Stock")
    action = fields.Selection(ACTIONS, required=True, default="sell_first")
    percent = fields.Float("Markdown %", digits=(5, 1))
    until = fields.Date(help="Alerts come again after this day when there is still stock.")
    note = fields.Text()
    quantity = fields.Float(compute="_compute_totals", digits="Product Unit")
    value = fields.Monetary(compute="_compute_totals")
    currency_id = fields.Many2one("res.currency", compute="_compute_totals")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") != "gantry.expiry.line":
            return values
        lines = self.env["gantry.expiry.line"].browse(self.env.context.get("active_ids"))
        values["line_ids"] = [(6, 0, lines.ids)]
        proposals = [line.proposal for line in lines if line.proposal]
        if proposals:
            values["action"] = max(set(proposals), key=proposals.count)
            values["percent"] = max(lines.mapped("percent"))
        last = [line.removal_date for line in lines if line.removal_date]
        values["until"] = min(last).date() if last else False
        return values

    @api.depends("line_ids")
    def _compute_totals(self):
        for wizard in self:
            wizard.quantity = sum(wizard.line_ids.mapped("quantity"))
            wizard.value = sum(wizard.line_ids.mapped("value"))
            wizard.currency_id = wizard.line_ids.currency_id[:1] or self.env.company.currency_id

    def action_decide(self):
        self.ensure_one()
        decisions = self.env["gantry.expiry.decision"]._decide(
            self.line_ids.exists(), action=self.action, percent=self.percent, until=self.until, note=self.note
        )
        pickings = decisions.picking_id
        if not pickings:
            return {"type": "ir.actions.act_window_close"}
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        if len(pickings) == 1:
            return action | {"views": [(False, "form")], "res_id": pickings.id}
        return action | {"domain": [("id", "in", pickings.ids)], "context": {}}
