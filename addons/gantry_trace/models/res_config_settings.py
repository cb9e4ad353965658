from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_relabel_hours = fields.Float(related="company_id.gantry_relabel_hours", readonly=False)
