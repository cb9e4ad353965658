from odoo import fields, models


class GantryHold(models.Model):
    _inherit = "gantry.hold"

    scope = fields.Selection(
        selection_add=[("production", "Manufacturing order")], ondelete={"production": "set default"}
    )
    production_id = fields.Many2one("mrp.production", "Manufacturing order", check_company=True, index="btree_not_null")
