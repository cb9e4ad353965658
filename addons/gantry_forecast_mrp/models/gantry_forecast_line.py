from odoo import fields, models


class GantryForecastLine(models.Model):
    _inherit = "gantry.forecast.line"

    dependent = fields.Float("Dependent Demand", readonly=True, help="Demand by the products it goes into.")
    total = fields.Float("Own and Dependent", readonly=True)

    @property
    def _table_query(self):
        return f"""
            SELECT line.*, COALESCE(owner.dependent[(line.id %% 1000)::int], 0)::float8 AS dependent,
                   line.final + COALESCE(owner.dependent[(line.id %% 1000)::int], 0)::float8 AS total
              FROM ({super()._table_query}) line
              JOIN gantry_forecast owner ON owner.id = line.forecast_id
        """
