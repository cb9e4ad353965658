from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_reorder_nightly = fields.Boolean(related="company_id.gantry_reorder_nightly", readonly=False)
    gantry_reorder_lead_days = fields.Integer(related="company_id.gantry_reorder_lead_days", readonly=False)
