from odoo import api, fields, models
from odoo.exceptions import ValidationError

DEFAULT_HORIZON = {"day": 28, "week": 13, "month": 12}


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_forecast_bucket = fields.Selection(
        [("day", "Day"), ("week", "Week"), ("month", "Month")],
        string="Forecast Period", required=True, default="week",
        help="Length of the periods in which demand is forecast.",
    )
    gantry_forecast_horizon = fields.Integer(
        string="Periods Ahead", required=True, default=13, help="How many periods are forecast.",
    )
    gantry_forecast_history_days = fields.Integer(
        string="History Used (days)", required=True, default=1826,
        help="How far back demand is read; older sales are left out.",
    )
    gantry_forecast_delivery = fields.Boolean(string="Count Customer Deliveries", default=True)
    gantry_forecast_production = fields.Boolean(string="Count Consumption by Production", default=True)
    gantry_forecast_transfer = fields.Boolean(string="Count Transfers to Other Warehouses")
    gantry_forecast_import = fields.Boolean(string="Count Imported History", default=True)
    gantry_forecast_exclude_outliers = fields.Boolean(
        string="Leave Out Outliers", help="One-off peaks are flagged in any case; here they also leave the forecast.",
    )
    gantry_forecast_statistical = fields.Boolean(string="Statistical Models", default=True)
    gantry_forecast_panel = fields.Boolean(string="Learning across Products", default=True)
    gantry_forecast_refine_limit = fields.Integer(
        string="Refine up to (products)", required=True, default=200000,
        help="Above this number of products (counted in every warehouse) only the fast models run.",
    )
    gantry_forecast_engine = fields.Selection(
        [("local", "On this machine"), ("dask", "On a Dask cluster")], string="Computed", required=True,
        default="local", help="Where the better models run.",
    )
    gantry_forecast_dask_address = fields.Char(
        string="Scheduler", help="Address of the cluster's scheduler, such as tcp://planner:8786.",
    )
    gantry_forecast_nightly = fields.Boolean(string="Refresh Every Night", default=True)
    gantry_demand_watermark = fields.Datetime(
        help="Stock moves written up to here are in the demand history.", copy=False,
    )
    gantry_demand_setting = fields.Char(
        help="Settings with which the demand history was built; another value means a full rebuild.", copy=False,
    )

    @api.constrains("gantry_forecast_horizon", "gantry_forecast_history_days", "gantry_forecast_refine_limit")
    def _check_gantry_forecast(self):
        for company in self:
            if not 1 <= company.gantry_forecast_horizon <= 400:
                raise ValidationError(self.env._("The forecast must cover between 1 and 400 periods."))
            if company.gantry_forecast_history_days < 30:
                raise ValidationError(self.env._("The forecast needs at least 30 days of history."))
            if company.gantry_forecast_refine_limit < 0:
                raise ValidationError(self.env._("The number of products to refine must not be negative."))

    def _gantry_apply_overrides(self):
        for company in self:
            self.env["gantry.forecast"]._apply_overrides(company)
