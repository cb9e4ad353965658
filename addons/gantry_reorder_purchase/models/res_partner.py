from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    gantry_order_minimum = fields.Float(
        "Least Order", digits="Product Price",
        help="What this vendor wants a purchase order to be worth at least, in the currency of the company.",
    )
