from odoo import fields, models

SOURCES = [
    ("delivery", "Customer Delivery"),
    ("production", "Production"),
    ("transfer", "Transfer"),
    ("import", "Import"),
]


class GantryDemand(models.Model):
    """Demand of a product in a warehouse on a day. Rows are written by SQL only (see `gantry_demand_build`);
    planners set the flag, the exclusion and its reason."""

    _name = "gantry.demand"
    _description = "Demand History"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)
    source = fields.Selection(SOURCES, required=True, readonly=True)
    quantity = fields.Float(readonly=True, help="Net of returns, in the product's unit.")
    quantity_out = fields.Float(string="Shipped", readonly=True)
    quantity_returned = fields.Float(string="Returned", readonly=True)
    line_count = fields.Integer(string="Lines", readonly=True)
    flag = fields.Selection(
        [("none", "None"), ("outlier", "Outlier"), ("project_ask", "One-off Project?"), ("project", "One-off Project"),
         ("return", "Late Return")],
        required=True, default="none",
    )
    excluded = fields.Boolean(help="Left out of the forecast.")
    reason = fields.Char()

    # a million rows are written at once: these two indexes serve every question that is asked
    _key = models.UniqueIndex("(product_id, warehouse_id, date, source)")
    _company_date_index = models.Index("(company_id, date)")
    _quantity_finite = models.Constraint(
        "CHECK (abs(quantity) < 1e15)", "A demand quantity must be a finite number.",
    )
