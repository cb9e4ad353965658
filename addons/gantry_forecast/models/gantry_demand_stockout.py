from odoo import fields, models


class GantryDemandStockout(models.Model):
    """Days on which a warehouse held nothing of a product; demand is unknown then, not zero."""

    _name = "gantry.demand.stockout"
    _description = "Days out of Stock"
    _order = "date_from desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    is_open = fields.Boolean(string="Still out of Stock", readonly=True)

    _key = models.UniqueIndex("(product_id, warehouse_id, date_from)")
    _date_order = models.Constraint("CHECK (date_to >= date_from)", "A stock-out cannot end before it starts.")
