from odoo import models


class GantryForecast(models.Model):
    _inherit = "gantry.forecast"

    def _step_finish(self, company, state, seconds):
        """New forecasts change what is short and what is too much."""
        result = super()._step_finish(company, state, seconds)
        if company.gantry_insight_nightly:
            self.env["gantry.insight"]._enqueue_refresh(company)
        return result
