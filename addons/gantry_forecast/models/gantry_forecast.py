from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools.guard import refuse_figures
from .gantry_forecast_recipe import CLASSES, TIERS

DAY = relativedelta(days=1)
BUCKET_STEP = {"day": DAY, "week": relativedelta(weeks=1), "month": relativedelta(months=1)}

PLANNER_FIELDS = ("product_id", "warehouse_id", "lookalike_product_id")


class GantryForecast(models.Model):
    """Forecast of a product in a warehouse: a row of the planning list.

    The figures are written by COPY (see `gantry_forecast_plan`). Bucket arrays live in columns outside the ORM:
    `mean`, `final` (after overrides), `naive` (real[horizon]) and `quantiles` (real[horizon * levels]); they are
    read by `_read_arrays`.
    """

    _name = "gantry.forecast"
    _description = "Demand Forecast"
    _order = "value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product", required=True, ondelete="cascade", check_company=True,
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, ondelete="cascade", check_company=True,
        default=lambda self: self.env["stock.warehouse"].search([("company_id", "=", self.env.company.id)], limit=1),
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", compute="_compute_company_id", store=True,
        precompute=True, readonly=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category", store=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    active = fields.Boolean(related="product_id.active", store=True)
    lookalike_product_id = fields.Many2one(
        "product.product", string="Look-alike", check_company=True, ondelete="set null",
        help="A product whose demand this new product is expected to resemble.",
    )

    bucket = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month")], string="Forecast Period", readonly=True,
    )
    date_start = fields.Date(string="First Period", readonly=True)
    date_forecast = fields.Datetime(string="Forecast on", readonly=True)
    recipe_id = fields.Many2one("gantry.forecast.recipe", string="Run", readonly=True, ondelete="set null")
    demand_changed = fields.Boolean(readonly=True, default=True, help="The history changed after the forecast.")

    demand_class = fields.Selection(CLASSES, string="Class", readonly=True)
    model = fields.Char(readonly=True, help="What really produced the forecast.")
    tier = fields.Selection(TIERS, readonly=True)
    level = fields.Float(readonly=True, help="Demand per period now, without season.")
    trend = fields.Float(readonly=True, help="Change of demand per period.")
    trend_pct = fields.Float(
        string="Trend (% a Year)", readonly=True, aggregator="avg", help="How much demand grows or falls in a year.",
    )
    season_strength = fields.Float(
        string="Season", readonly=True, aggregator="avg", help="Share of the ups and downs that the season explains.",
    )
    next_qty = fields.Float(
        string="Next Period", readonly=True, help="Forecast of the day, week or month that is running now.",
    )
    next_30_qty = fields.Float(string="Next 30 Days", readonly=True)
    horizon_qty = fields.Float(string="Whole Forecast", readonly=True, help="All periods that are forecast.")
    last_year_qty = fields.Float(string="Same 30 Days Last Year", readonly=True)
    demand_12m_qty = fields.Float(string="Last 12 Months", readonly=True)
    value = fields.Monetary(
        readonly=True, help="The whole forecast at cost, or at the sales price without one.",
    )

    wape = fields.Float(
        string="Error", readonly=True, aggregator="avg",
        help="By how much the forecast missed on your own last periods, as a share of what was sold (WAPE).",
    )
    naive_wape = fields.Float(
        string="Naive Error", readonly=True, aggregator="avg",
        help="The same error when one simply expects what was sold last year, or in the last period.",
    )
    mase = fields.Float(
        string="MASE", readonly=True, aggregator="avg", help="Error as a multiple of the naive error over the history.",
    )
    bias = fields.Float(
        readonly=True, aggregator="avg", help="By how much the forecast is too high (+) or too low (-) on the whole.",
    )
    tracking_signal = fields.Float(
        readonly=True, aggregator="avg",
        help="Sum of the errors over their mean: far from zero when the forecast always errs to the same side.",
    )
    is_biased = fields.Boolean(readonly=True, help="The backtest was always too high or always too low.")
    is_wrong = fields.Boolean(
        string="Forecast is Wrong", readonly=True,
        help="In the backtest it was constantly too high or too low, or clearly worse than repeating the past, more "
             "than chance explains, and it is among the tenth of the forecasts for which that costs most.",
    )
    wrong_score = fields.Float(
        string="Cost of the Error", readonly=True, digits=(16, 2),
        help="Value of the backtest's error that chance does not explain.",
    )
    is_new = fields.Boolean(string="New", readonly=True)
    is_dying = fields.Boolean(string="Dying", readonly=True)
    is_seasonal = fields.Boolean(string="Seasonal", readonly=True)
    alert = fields.Selection(
        [("wrong", "Wrong"), ("dying", "Dying"), ("new", "New")], readonly=True,
    )
    override_count = fields.Integer(string="Overrides", readonly=True)

    _key = models.UniqueIndex(
        "(product_id, warehouse_id)", "This product already has a forecast in this warehouse.",
    )
    # every index more is written again for every product of every run: these two are enough for 100,000 rows
    _list_index = models.Index("(value DESC, id)")

    explanation = fields.Json(compute="_compute_explanation")
    override_ids = fields.Many2many(
        "gantry.forecast.override", string="Overrides of this Product", compute="_compute_override_ids",
    )
    line_ids = fields.One2many("gantry.forecast.line", "forecast_id", string="Periods", readonly=True)

    @api.depends("warehouse_id")
    def _compute_company_id(self):
        for forecast in self:
            forecast.company_id = forecast.warehouse_id.company_id

    def _compute_override_ids(self):
        overrides = self.env["gantry.forecast.override"].search([("company_id", "in", self.company_id.ids)])
        for forecast in self:
            forecast.override_ids = overrides.filtered(forecast._is_touched_by)

    def _is_touched_by(self, override):
        if override.company_id != self.company_id or override.warehouse_id not in (
                self.warehouse_id, self.warehouse_id.browse()):
            return False
        if override.product_id:
            return override.product_id == self.product_id
        return (self.categ_id.parent_path or "").startswith(override.categ_id.parent_path or "-")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        return super().create(vals_list)

    def write(self, vals):
        refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        if "lookalike_product_id" in vals:
            vals = {**vals, "demand_changed": True}
        return super().write(vals)

    @api.model
    def _get_next_30_field(self):
        """What a product's page shows as its demand of the next 30 days."""
        return "next_30_qty"

    def action_override(self):
        """Open a new override for this product, over the next full period: the running one is half sold."""
        self.ensure_one()
        start = self._get_bucket_start(self.company_id) + BUCKET_STEP[self.bucket or "week"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Override the Forecast"),
            "res_model": "gantry.forecast.override",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_product_id": self.product_id.id,
                "default_warehouse_id": self.warehouse_id.id,
                "default_company_id": self.company_id.id,
                "default_date_from": fields.Date.to_string(start),
                "default_date_to": fields.Date.to_string(start + BUCKET_STEP[self.bucket or "week"] - DAY),
            },
        }

    def action_overrides(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_forecast_override_action")
        action["domain"] = [("id", "in", self.override_ids.ids)]
        return action

    def action_history(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_demand_action")
        action["domain"] = [
            ("product_id", "in", self.product_id.ids), ("warehouse_id", "in", self.warehouse_id.ids),
        ]
        return action

    def action_accuracy(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_forecast_accuracy_action")
        action["domain"] = [
            ("product_id", "in", self.product_id.ids), ("warehouse_id", "in", self.warehouse_id.ids),
        ]
        action["context"] = {}
        action["view_mode"] = "graph,pivot,list"
        action["views"] = [(False, "graph"), (False, "pivot"), (False, "list")]
        return action

    def action_product(self):
        self.ensure_one()
        return self.product_id._get_records_action()
