from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_alert_expiry = fields.Boolean("Expiry Risk", default=True)
