from odoo import fields, models


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    gantry_rule_ids = fields.One2many("gantry.reorder.rule", "orderpoint_id", string="Replenishment", readonly=True)
