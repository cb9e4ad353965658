from odoo import fields, models


class GantryReorderLeadtime(models.Model):
    """Lead times as they were: how many days passed from an order to its receipt.

    Days are kept as a histogram (`days`, `weights`: real arrays outside the ORM) per source and level of detail.
    """

    _name = "gantry.reorder.leadtime"
    _description = "Measured Lead Time"
    _order = "count desc, id"
    _rec_name = "level"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    source = fields.Selection(
        [("buy", "Purchase"), ("transfer", "Transfer between Warehouses"), ("manufacture", "Production")],
        required=True, readonly=True,
    )
    level = fields.Selection(
        [("product", "Product"), ("vendor", "Vendor"), ("category", "Category"), ("route", "Route")],
        required=True, readonly=True,
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", string="Into", readonly=True, ondelete="cascade")
    supplier_warehouse_id = fields.Many2one("stock.warehouse", string="From", readonly=True, ondelete="cascade")
    count = fields.Integer("Receipts", readonly=True)
    mean_days = fields.Float(readonly=True, aggregator="avg")
    p50_days = fields.Float("Median Days", readonly=True, aggregator="avg")
    p90_days = fields.Float("9 of 10 within (Days)", readonly=True, aggregator="avg")
    min_days = fields.Float("Fastest (Days)", readonly=True, aggregator="min")
    max_days = fields.Float("Slowest (Days)", readonly=True, aggregator="max")
    set_days = fields.Float("Set in Odoo (Days)", readonly=True, aggregator="avg")
    late_pct = fields.Float("Later than Set (%)", readonly=True, aggregator="avg")
    date_last = fields.Date("Last Receipt", readonly=True)

    _company_index = models.Index("(company_id, source, level)")
