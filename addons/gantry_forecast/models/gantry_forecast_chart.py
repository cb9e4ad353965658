import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import QUANTILES
from ..tools import buckets

HISTORY = {"day": 180, "week": 104, "month": 36}  # buckets of history in the chart
BANDS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}


class GantryForecastChart(models.Model):
    """What the chart of a forecast shows."""

    _inherit = "gantry.forecast"

    @api.readonly
    def get_chart(self):
        """History and forecast of one product in one warehouse, bucket by bucket.

        :return: dict: bucket, unit, and lists of dicts: history (date, quantity, out_days, days, excluded,
            last_year), forecast (date, mean, final, p05, p25, p50, p75, p95, last_year), events, overrides
        """
        self.ensure_one()
        self.check_access("read")
        company = self.company_id
        bucket = self.bucket or company.gantry_forecast_bucket
        arrays = self._read_arrays(self.ids).get(self.id)
        start = arrays["date_start"] if arrays else self._get_bucket_start(company)
        horizon = len(arrays["mean"]) if arrays else 0
        width, year = HISTORY[bucket], buckets.YEAR[bucket]
        limits = buckets.edges(buckets.back(start, width + year, bucket), width + year + horizon, bucket)
        sold, excluded = self._read_history(limits[: width + year + 1])
        out = self._read_out_days(limits[: width + year + 1])
        first = np.flatnonzero(sold + excluded)
        begin = max(year, int(first[0]) if len(first) else width + year)
        lengths = np.diff(limits).astype(int)
        past = np.concatenate([sold, np.zeros(horizon)])
        history = [{
            "date": str(limits[i]), "quantity": float(sold[i]), "excluded": float(excluded[i]),
            "out_days": int(out[i]), "days": int(lengths[i]), "last_year": float(sold[i - year]),
        } for i in range(begin, width + year)]
        forecast = []
        if arrays:
            bands = self._get_bands(arrays)
            forecast = [{
                "date": str(limits[width + year + i]), "days": int(lengths[width + year + i]),
                "mean": float(arrays["mean"][i]), "final": float(arrays["final"][i]),
                "last_year": float(past[width + i]), **{name: float(values[i]) for name, values in bands.items()},
            } for i in range(horizon)]
        return {
            "bucket": bucket, "unit": self.uom_id.name, "history": history, "forecast": forecast,
            "events": self._get_chart_events(limits[begin], limits[-1]) + self._get_chart_gaps(limits[begin]),
            "overrides": [{
                "date_from": str(override.date_from), "date_to": str(override.date_to), "mode": override.mode,
                "quantity": override.quantity, "reason": override.reason,
            } for override in self.override_ids if override.state == "planned"],
        }

    def _read_history(self, limits):
        """Demand per bucket, what counts and what is left out."""
        rows = self.env.execute_query(SQL(
            """
            SELECT date, sum(quantity) FILTER (WHERE excluded IS NOT TRUE), sum(quantity) FILTER (WHERE excluded)
              FROM gantry_demand demand
             WHERE product_id = %s AND warehouse_id = %s AND date >= %s AND date < %s AND %s
             GROUP BY date
            """,
            self.product_id.id, self.warehouse_id.id, limits[0].astype(object), limits[-1].astype(object),
            self.env["gantry.demand"]._get_counted(self.company_id),
        ))
        sold, excluded = np.zeros(len(limits) - 1), np.zeros(len(limits) - 1)
        if rows:
            columns = buckets.column(np.array([row[0] for row in rows], "M8[D]"), limits)
            np.add.at(sold, columns, [row[1] or 0.0 for row in rows])
            np.add.at(excluded, columns, [row[2] or 0.0 for row in rows])
        return np.maximum(sold, 0.0), np.maximum(excluded, 0.0)

    def _read_out_days(self, limits):
        spans = self.env["gantry.demand.stockout"].search_fetch([
            ("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id),
            ("date_to", ">=", limits[0].astype(object)), ("date_from", "<", limits[-1].astype(object)),
        ], ["date_from", "date_to"])
        days = np.zeros(len(limits) - 1, int)
        for span in spans:
            days += buckets.overlap_days(span.date_from, span.date_to, limits)
        return days

    @staticmethod
    def _get_bands(arrays):
        """Quantiles of the bands, between the levels that are kept where needed."""
        quantiles = arrays["quantiles"].reshape(len(arrays["mean"]), len(QUANTILES))
        return {
            name: np.array([np.interp(level, QUANTILES, row) for row in quantiles]) for name, level in BANDS.items()
        }

    def _get_chart_gaps(self, first):
        """The time between imported sales and the first delivery in Odoo, marked like an event."""
        gap = self.env["gantry.demand"]._get_gaps(self.company_id).get(self.warehouse_id.id)
        if not gap or gap[1] < first.astype(object):
            return []
        return [{
            "name": self.env._("Unknown: after the imported sales, before the first delivery in Odoo"),
            "type": "gap", "date_from": fields.Date.to_string(gap[0]), "date_to": fields.Date.to_string(gap[1]),
        }]

    def _get_chart_events(self, first, last):
        series = np.array(
            [(self.product_id.id, self.warehouse_id.id, self.categ_id.id)],
            [("product_id", "i4"), ("warehouse_id", "i4"), ("categ_id", "i4")],
        )
        events = self.env["gantry.demand.event"].search([("company_id", "=", self.company_id.id)])
        spans = events._get_occurrences(first.astype(object), (last - 1).astype(object))
        return [{
            "name": event.name, "type": event.event_type, "date_from": fields.Date.to_string(begin),
            "date_to": fields.Date.to_string(end),
        } for event, begin, end in spans if (rows := event._get_rows(series)) is None or rows.any()]
