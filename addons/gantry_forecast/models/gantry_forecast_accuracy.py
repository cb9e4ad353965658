from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .gantry_forecast_recipe import CLASSES

LIVE_MONTHS = 24
_RATIOS = {
    "wape": "error_forecast", "wape_naive": "error_naive", "wape_window": "error_window",
    "wape_statistical": "error_statistical",
}


class UncheckedMany2one(fields.Many2one):
    """A Many2one without foreign key: checking three of them takes half the time of filing a run's rows.

    The models they point to clean up themselves when a record is deleted (`gantry_forecast_accuracy_clean`).
    """

    def update_db_foreign_key(self, model, column):
        """None: what is pointed to was read from `gantry_forecast`, which has one."""


class GantryForecastAccuracy(models.Model):
    """Forecast against actual. Errors are kept as sums, so any grouping divides sums by sums (WAPE)."""

    _name = "gantry.forecast.accuracy"
    _description = "Forecast Accuracy"
    _order = "date desc, id desc"
    _rec_name = "product_id"
    _log_access = False  # hundreds of thousands of rows, all written by runs

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    categ_id = UncheckedMany2one("product.category", string="Category", readonly=True, ondelete="set null")
    warehouse_id = UncheckedMany2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = UncheckedMany2one("res.company", required=True, readonly=True, ondelete="cascade")
    demand_class = fields.Selection(
        CLASSES, string="Class", readonly=True,
    )
    date = fields.Date(required=True, readonly=True, help="First day of the period, or of its month in a backtest.")
    kind = fields.Selection([("live", "Live"), ("backtest", "Backtest")], required=True, readonly=True)
    lag = fields.Integer(
        string="Periods Ahead", readonly=True, aggregator=None,
        help="Periods between the forecast and the demand; 0 in a backtest.",
    )
    actual = fields.Float(string="Demand", readonly=True)
    forecast = fields.Float(readonly=True, help="Forecast after overrides.")
    statistical = fields.Float(readonly=True, help="Forecast before overrides.")
    naive = fields.Float(readonly=True)
    window = fields.Float(string="Window Average", readonly=True)
    error_forecast = fields.Float(string="Error Gantry", readonly=True)
    error_statistical = fields.Float(string="Error without Overrides", readonly=True)
    error_naive = fields.Float(readonly=True)
    error_window = fields.Float(readonly=True)

    _key = models.UniqueIndex("(product_id, warehouse_id, kind, date, lag)")

    def init(self):
        for name in ("categ_id", "warehouse_id", "company_id"):  # of databases made before
            self.env.cr.execute(SQL(
                "ALTER TABLE gantry_forecast_accuracy DROP CONSTRAINT IF EXISTS %s",
                SQL.identifier(f"gantry_forecast_accuracy_{name}_fkey"),
            ))

    wape = fields.Float(string="Error Gantry (%)", compute="_compute_wape", aggregator="avg")
    wape_naive = fields.Float(string="Error Naive (%)", compute="_compute_wape", aggregator="avg")
    wape_window = fields.Float(string="Error Best Window (%)", compute="_compute_wape", aggregator="avg")
    wape_statistical = fields.Float(
        string="Error without Overrides (%)", compute="_compute_wape", aggregator="avg",
    )

    @api.depends("actual", *_RATIOS.values())
    def _compute_wape(self):
        for line in self:
            for name, error in _RATIOS.items():
                line[name] = 100 * line[error] / line.actual if line.actual else 0.0

    def _read_group_select(self, aggregate_spec, query):
        """An average of ratios weighs a tiny product like a big one: divide the sums instead."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in _RATIOS:
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "100 * SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, _RATIOS[name], query), self._field_to_sql(self._table, "actual", query),
        )

    @api.autovacuum
    def _gc_live(self):
        """Comparisons older than two years say nothing about the models of today."""
        self.env.cr.execute(SQL(
            "DELETE FROM gantry_forecast_accuracy WHERE kind = 'live' AND date < %s",
            fields.Date.today() - relativedelta(months=LIVE_MONTHS),
        ))
        self.invalidate_model()

    @api.model
    @api.readonly
    def get_summary(self, domain):
        """Errors over everything a domain covers, for the line above the accuracy views.

        :param domain: as shown on screen
        :return: dict: actual, and WAPE of gantry, window and naive with their labels
        """
        [(actual, gantry, window, naive)] = self._read_group(
            domain, [], ["actual:sum", "error_forecast:sum", "error_window:sum", "error_naive:sum"],
        )
        total = actual or 0.0
        return {
            "actual": total,
            "gantry": gantry / total if total else 0.0,
            "window": window / total if total else 0.0,
            "naive": naive / total if total else 0.0,
            "labels": {
                "gantry": self.env._("Gantry"),
                "window": self.env._("Best window of Odoo's wizard"),
                "naive": self.env._("Naive (as last year, or last period)"),
            },
        }
