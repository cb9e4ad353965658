from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_alert_expiry = fields.Boolean(related="company_id.gantry_alert_expiry", readonly=False)
