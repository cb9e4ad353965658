from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_relabel_hours = fields.Float(
        "Relabel window (hours)",
        default=24.0,
        help="A lot counted away and as much of another lot counted in at the same place within this time is"
        " proposed as a relabel. Zero: only in one and the same adjustment.",
    )
