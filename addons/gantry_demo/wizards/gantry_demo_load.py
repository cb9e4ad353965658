from odoo import api, fields, models


class GantryDemoLoad(models.TransientModel):
    _name = "gantry.demo.load"
    _description = "Load the demo story"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    today = fields.Date("Last day of the story", required=True, default=fields.Date.context_today)
    refusal = fields.Char("Why not", compute="_compute_refusal")

    @api.depends("company_id")
    def _compute_refusal(self):
        for wizard in self:
            wizard.refusal = self.env["gantry.demo"]._refusal(wizard.company_id)

    def action_load(self):
        """Start the background job and show it."""
        self.ensure_one()
        return self.env["gantry.demo"].with_company(self.company_id)._enqueue(self.today)._open_action()
