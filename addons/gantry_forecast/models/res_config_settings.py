from odoo import api, fields, models

from .res_company import DEFAULT_HORIZON


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_forecast_bucket = fields.Selection(related="company_id.gantry_forecast_bucket", readonly=False)
    gantry_forecast_horizon = fields.Integer(related="company_id.gantry_forecast_horizon", readonly=False)
    gantry_forecast_history_days = fields.Integer(related="company_id.gantry_forecast_history_days", readonly=False)
    gantry_forecast_delivery = fields.Boolean(related="company_id.gantry_forecast_delivery", readonly=False)
    gantry_forecast_production = fields.Boolean(related="company_id.gantry_forecast_production", readonly=False)
    gantry_forecast_transfer = fields.Boolean(related="company_id.gantry_forecast_transfer", readonly=False)
    gantry_forecast_import = fields.Boolean(related="company_id.gantry_forecast_import", readonly=False)
    gantry_forecast_exclude_outliers = fields.Boolean(
        related="company_id.gantry_forecast_exclude_outliers", readonly=False,
    )
    gantry_forecast_statistical = fields.Boolean(related="company_id.gantry_forecast_statistical", readonly=False)
    gantry_forecast_panel = fields.Boolean(related="company_id.gantry_forecast_panel", readonly=False)
    gantry_forecast_refine_limit = fields.Integer(related="company_id.gantry_forecast_refine_limit", readonly=False)
    gantry_forecast_engine = fields.Selection(related="company_id.gantry_forecast_engine", readonly=False)
    gantry_forecast_dask_address = fields.Char(related="company_id.gantry_forecast_dask_address", readonly=False)
    gantry_forecast_nightly = fields.Boolean(related="company_id.gantry_forecast_nightly", readonly=False)

    @api.onchange("gantry_forecast_bucket")
    def _onchange_gantry_forecast_bucket(self):
        if self.gantry_forecast_bucket != self.company_id.gantry_forecast_bucket:
            self.gantry_forecast_horizon = DEFAULT_HORIZON[self.gantry_forecast_bucket or "week"]
