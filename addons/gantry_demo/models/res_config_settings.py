from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_demo_date = fields.Date(related="company_id.gantry_demo_date")

    def action_gantry_demo_load(self):
        """Show what the demo story does before it is loaded."""
        return self.env["ir.actions.act_window"]._for_xml_id("gantry_demo.action_gantry_demo_load")
