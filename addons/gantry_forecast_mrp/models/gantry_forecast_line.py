from odoo import fields, models


class GantryForecastLine(models.Model):
    _inherit = "gantry.forecast.line"

    dependent = fields.Float("Dependent Demand", readonly=True, help="Demand by the products it goes into.")
    total = fields.Float("Own and Dependent", readonly=True)

    @property
    def _table_query(self):
        kept = ", ".join(
            f'line."{name}"'
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in ("value", "dependent", "total")
        )
        dependent = "COALESCE(owner.dependent[(line.id %% 1000)::int], 0)::float8"
        return f"""
            SELECT {kept}, {dependent} AS dependent, line.final + {dependent} AS total,
                   (line.final + {dependent}) * owner.value
                   / NULLIF(COALESCE(owner.horizon_qty, 0) + COALESCE(owner.dependent_horizon_qty, 0), 0) AS value
              FROM ({super()._table_query}) line
              JOIN gantry_forecast owner ON owner.id = line.forecast_id
        """
