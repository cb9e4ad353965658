from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    gantry_least_order = fields.Float(
        "Least Order", digits="Product Price", company_dependent=True,
        help="What this vendor wants a purchase order to be worth at least, in the currency of the company.",
    )
