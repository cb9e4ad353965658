from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    gantry_forecast_components = fields.Selection(
        [
            ("explode", "Explode the forecasts of what they go into"),
            ("history", "Forecast past consumption"),
        ],
        "Demand for Components",
        required=True,
        default="explode",
        help="Exploding sees a new product or a promotion of a finished good at once; consumption by production is "
        "then left out of the history of its components.",
    )

    def _gantry_apply_overrides(self):
        result = super()._gantry_apply_overrides()
        for company in self:
            self.env["gantry.forecast"]._explode_forecasts(company)
        return result


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gantry_forecast_components = fields.Selection(
        related="company_id.gantry_forecast_components", readonly=False
    )
