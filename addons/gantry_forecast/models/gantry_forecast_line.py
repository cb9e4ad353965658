from odoo import fields, models


class GantryForecastLine(models.Model):
    """The forecast, a row per bucket, for pivots and graphs."""

    _name = "gantry.forecast.line"
    _description = "Forecast by Period"
    _auto = False
    _order = "date, id"
    _rec_name = "product_id"

    forecast_id = fields.Many2one("gantry.forecast", string="Forecast Page", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(readonly=True)
    mean = fields.Float(string="Statistical Forecast", readonly=True, help="Before overrides.")
    final = fields.Float(string="Final Forecast", readonly=True, help="After overrides.")
    naive = fields.Float(readonly=True, help="What was sold last year, or in the last period.")
    # no sums: what is exceeded by the sum of two demands is not the sum of what is exceeded by each
    p05 = fields.Float(string="Low (5 %)", readonly=True, aggregator=None)
    p50 = fields.Float(string="Median", readonly=True, aggregator=None)
    p95 = fields.Float(string="High (95 %)", readonly=True, aggregator=None)
    value = fields.Monetary(readonly=True, help="Final forecast at cost, or at the sales price without one.")

    @property
    def _table_query(self):
        return """
            SELECT f.id::bigint * 1000 + b.i AS id, f.id AS forecast_id, f.product_id, f.categ_id, f.warehouse_id,
                   f.company_id,
                   CASE f.bucket WHEN 'day' THEN f.date_start + (b.i - 1)::int
                                 WHEN 'week' THEN f.date_start + 7 * (b.i - 1)::int
                                 ELSE (f.date_start + (b.i - 1) * interval '1 month')::date END AS date,
                   b.mean::float8 AS mean, b.final::float8 AS final, b.naive::float8 AS naive,
                   f.bands[3 * b.i - 2]::float8 AS p05,
                   f.bands[3 * b.i - 1]::float8 AS p50,
                   f.bands[3 * b.i]::float8 AS p95,
                   b.final * f.value / NULLIF(f.horizon_qty, 0) AS value
              FROM gantry_forecast f
        CROSS JOIN LATERAL unnest(f.mean, f.final, f.naive) WITH ORDINALITY AS b(mean, final, naive, i)
             WHERE f.active
        """
