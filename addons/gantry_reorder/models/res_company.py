from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_reorder_nightly = fields.Boolean("Set reorder rules every night", default=True)
    gantry_reorder_lead_days = fields.Integer("Days of receipts that lead times are measured on", default=730)
