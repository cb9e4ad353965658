from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_demo_date = fields.Date(
        "Demo story told up to", readonly=True, copy=False, help="The day that is today in the demo story."
    )
    gantry_demo_chapters = fields.Json("Chapters of the demo story", readonly=True, copy=False)
