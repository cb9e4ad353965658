import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..core import TIERS, DemandClass, alerts
from ..core.window import window_forecasts
from ..tools import buckets
from ..tools.copy import copy_from
from .gantry_forecast_arrays import pack_floats

CLASS_NAMES = [kind.name.lower() for kind in DemandClass]
WRONG_SHARE, WRONG_LEAST = 0.1, 10  # at most this share of the forecasts is called wrong, but always the worst few
BANDS = (0.05, 0.5, 0.95)  # levels kept as an array of their own, for the views by bucket


class GantryForecastPlan(models.Model):
    """From arrays back to tables."""

    _inherit = "gantry.forecast"

    @api.model
    def _apply_forecast_plan(self, company, series, plan, recipe):
        """Write a plan of the core into the planning list.

        What planners have overridden keeps its final forecast until the caller lays the overrides over the new one.

        :param series: what `_prepare_forecast_problem` gave
        :param plan: Plan of its problem
        :param recipe: gantry.forecast.recipe, sudo
        :return: number of forecasts written
        """
        rows = self._get_plan_rows(company, series, plan, recipe)
        cr = self.env.cr
        self._open_plan_table(rows.dtype)
        copy_from(cr, "gantry_plan", rows.dtype.names, rows)
        names = [SQL("(%s, %s, %s)", index, name or "-", TIERS[index // len(DemandClass)])
                 for index, name in enumerate(plan.model_names)]
        cr.execute(SQL(
            """
            UPDATE gantry_forecast forecast
               SET demand_class = (%(classes)s)[plan.demand_class + 1], model = model.name, tier = model.tier,
                   level = plan.level, trend = plan.trend, trend_pct = plan.trend_pct,
                   season_strength = plan.season_strength,
                   (next_qty, next_30_qty, horizon_qty, value, final, override_count) =
                       ROW(CASE WHEN %(kept)s THEN forecast.next_qty ELSE plan.next_qty END,
                           CASE WHEN %(kept)s THEN forecast.next_30_qty ELSE plan.next_30_qty END,
                           CASE WHEN %(kept)s THEN forecast.horizon_qty ELSE plan.horizon_qty END,
                           CASE WHEN %(kept)s THEN forecast.value ELSE plan.value::numeric END,
                           CASE WHEN %(kept)s THEN forecast.final ELSE plan.mean END,
                           CASE WHEN %(kept)s THEN forecast.override_count ELSE 0 END),
                   last_year_qty = plan.last_year_qty, demand_12m_qty = plan.demand_12m_qty,
                   wape = NULLIF(plan.wape, 'NaN'), naive_wape = NULLIF(plan.naive_wape, 'NaN'),
                   mase = NULLIF(plan.mase, 'NaN'), bias = NULLIF(plan.bias, 'NaN'),
                   tracking_signal = NULLIF(plan.tracking_signal, 'NaN'),
                   is_biased = plan.is_biased, is_new = plan.is_new, is_dying = plan.is_dying,
                   is_seasonal = plan.is_seasonal, wrong_score = plan.wrong_score,
                   mean = plan.mean, naive = plan.naive, bands = plan.bands,
                   quantiles = plan.quantiles,
                   window_qty = NULLIF(plan.window_qty, 'NaN'),
                   reason_numbers = plan.reasons, reason_layout = %(layout)s,
                   bucket = %(bucket)s, date_start = %(start)s, date_forecast = now() AT TIME ZONE 'UTC',
                   recipe_id = %(recipe)s, demand_changed = FALSE, write_date = now() AT TIME ZONE 'UTC'
              FROM gantry_plan plan
              JOIN (VALUES %(names)s) model(id, name, tier) ON model.id = plan.model
             WHERE forecast.id = plan.id
            """,
            kept=SQL(
                "(forecast.override_count > 0 AND forecast.date_start = %s AND forecast.bucket = %s"
                " AND cardinality(forecast.final) = %s)",
                series.problem.end.astype(object), company.gantry_forecast_bucket, plan.mean.shape[1],
            ),
            classes=SQL("ARRAY[%s]::varchar[]", SQL(", ").join(SQL("%s", name) for name in CLASS_NAMES)),
            layout=recipe._get_layout(self._get_reason_layout(series, plan)), bucket=company.gantry_forecast_bucket,
            start=series.problem.end.astype(object), recipe=recipe.id, names=SQL(", ").join(names),
        ))
        count = cr.rowcount
        cr.execute("DROP TABLE gantry_plan")
        self._flag_outliers(company, series, plan)
        self.invalidate_model()
        return count

    def _open_plan_table(self, dtype):
        kinds = {"i4": "integer", "f4": "real", "f8": "double precision", "b1": "boolean"}
        columns = []
        for name in dtype.names:
            base = dtype[name].base
            kind = "bytea" if base.kind == "V" else kinds[base.kind + str(base.itemsize)]
            kind += "[]" if dtype[name].shape else ""
            columns.append(SQL("%s %s", SQL.identifier(name), SQL(kind)))
        self.env.cr.execute(SQL(
            "CREATE TEMPORARY TABLE gantry_plan (%s) ON COMMIT DROP", SQL(", ").join(columns),
        ))

    def _get_plan_rows(self, company, series, plan, recipe):
        """The structured array that goes into the database, a row per series asked for."""
        n, own, bucket = len(series.ids), series.own, company.gantry_forecast_bucket
        horizon, levels = plan.mean.shape[1], len(plan.levels)
        scale = np.ones((n, horizon)) if series.scale is None else series.scale
        mean = plan.mean * scale
        numbers = self._get_reason_numbers(plan)
        rows = np.zeros(n, np.dtype([
            ("id", "i4"), ("demand_class", "i4"), ("model", "i4"),
            *((name, "f8") for name in (
                "level", "trend", "trend_pct", "season_strength", "next_qty", "next_30_qty", "horizon_qty",
                "last_year_qty", "demand_12m_qty", "value", "wape", "naive_wape", "mase", "bias",
                "tracking_signal", "window_qty", "wrong_score",
            )),
            *((name, "?") for name in ("is_biased", "is_new", "is_dying", "is_seasonal")),
            ("mean", "f4", (horizon,)), ("naive", "f4", (horizon,)), ("bands", "f4", (3 * horizon,)),
            ("quantiles", f"V{4 * horizon * levels}"), ("reasons", f"V{4 * numbers.shape[1]}"),
        ]))
        rows["id"], rows["demand_class"], rows["model"] = series.ids, plan.demand_class, plan.model
        for name in ("level", "trend", "season_strength", "wape", "naive_wape", "mase", "bias", "tracking_signal"):
            values = getattr(plan, name)
            rows[name] = np.where(np.isfinite(values), values, np.nan)
        for name in ("level", "trend", "season_strength"):
            rows[name] = np.nan_to_num(rows[name])
        with np.errstate(divide="ignore", invalid="ignore"):
            trend = 100 * rows["trend"] * buckets.PER_YEAR[bucket] / rows["level"]
        rows["trend_pct"] = np.clip(np.nan_to_num(trend, posinf=0, neginf=0), -100, 1000)
        limits = buckets.edges(series.problem.end, horizon, bucket)
        self._fill_sums(company, rows, mean, limits, series.cost)
        self._fill_past(company, rows, series, bucket)
        rows["mean"], rows["naive"] = mean, plan.naive * scale
        quantiles = plan.quantiles if series.scale is None else plan.quantiles * scale[:, :, None]
        rows["quantiles"] = pack_floats(quantiles.reshape(n, -1))
        rows["bands"] = quantiles[:, :, [plan.levels.index(level) for level in BANDS]].reshape(n, -1)
        rows["reasons"] = pack_floats(numbers)
        rows["window_qty"] = self._get_window(series, recipe)
        self._fill_alerts(rows, series, plan, bucket)
        return rows[:own]

    def _fill_sums(self, company, rows, final, limits, cost):
        """Next bucket, next 30 days, horizon and its value."""
        today = np.datetime64(self.env["gantry.demand"]._get_today(company))
        share = buckets.overlap_days(today, today + 29, limits) / np.diff(limits).astype(int)
        rows["next_qty"] = final[:, 0]
        rows["next_30_qty"] = final @ share
        rows["horizon_qty"] = final.sum(1)
        rows["value"] = rows["horizon_qty"] * cost

    def _fill_past(self, company, rows, series, bucket):
        """Last 12 months, and the 30 days of last year that the next 30 days are compared with."""
        year = buckets.YEAR[bucket]
        sold = series.sold
        rows["demand_12m_qty"] = sold[:, -year:].sum(1)
        today = np.datetime64(self.env["gantry.demand"]._get_today(company))
        limits = buckets.edges(series.problem.start, series.problem.length, bucket)
        share = buckets.overlap_days(today - 364, today - 364 + 29, limits) / np.diff(limits).astype(int)
        rows["last_year_qty"] = sold @ share

    def _get_window(self, series, recipe):
        """Best window average of Odoo's wizard, per bucket: what Gantry is measured against from now on."""
        found = window_forecasts(series.problem)
        if recipe.window_name not in found:
            return np.full(len(series.ids), np.nan)
        return found[recipe.window_name][:, 0]

    def _fill_alerts(self, rows, series, plan, bucket):
        demand = series.problem.demand
        rows["is_new"] = plan.demand_class == DemandClass.NEW
        known = ~rows["is_new"] & (plan.demand_class != DemandClass.DEAD)
        failure = alerts.failure(plan, demand)
        rows["is_biased"] = known & failure.biased
        rows["wrong_score"] = known * failure.units * np.where(series.cost > 0, series.cost, 1.0)
        rows["is_dying"] = known & alerts.fading(demand, buckets.QUARTER[bucket], buckets.YEAR[bucket])
        rows["is_seasonal"] = known & alerts.seasonal(demand, bucket)

    @api.model
    def _flag_wrong(self, company):
        """Mark the forecasts that fail worst, in money: as many as a planner can look at, whatever the size of the
        company. Only rows that change are written."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            WITH ranked AS (
                SELECT id, wrong_score > 0 AND (
                           percent_rank() OVER (ORDER BY wrong_score DESC) <= %(share)s
                           OR row_number() OVER (ORDER BY wrong_score DESC, id) <= %(least)s) AS is_wrong
                  FROM gantry_forecast
                 WHERE company_id = %(company)s AND active AND is_new IS NOT TRUE AND demand_class <> 'dead'
                   AND wrong_score IS NOT NULL),
            judged AS (
                SELECT forecast.id, COALESCE(ranked.is_wrong, FALSE) AS is_wrong,
                       CASE WHEN ranked.is_wrong THEN 'wrong' WHEN forecast.is_dying THEN 'dying'
                            WHEN forecast.is_new THEN 'new' END AS alert
                  FROM gantry_forecast forecast LEFT JOIN ranked ON ranked.id = forecast.id
                 WHERE forecast.company_id = %(company)s)
            UPDATE gantry_forecast forecast SET is_wrong = judged.is_wrong, alert = judged.alert
              FROM judged
             WHERE judged.id = forecast.id
               AND (forecast.is_wrong, forecast.alert) IS DISTINCT FROM (judged.is_wrong, judged.alert)
            """,
            company=company.id, share=WRONG_SHARE, least=WRONG_LEAST,
        ))
        self.invalidate_model(["is_wrong", "alert"])

    # -- reasons: numbers now, sentences when somebody looks

    @staticmethod
    def _get_scalar_reasons(plan):
        return sorted(name for name, values in plan.reasons.items() if values.ndim == 1)

    def _get_reason_numbers(self, plan):
        parts = [plan.reasons[name].astype(np.float32)[:, None] for name in self._get_scalar_reasons(plan)]
        if "known_factor" in plan.reasons:
            parts.append(plan.reasons["known_factor"].astype(np.float32))
        if plan.season is not None:
            parts.append(plan.season.astype(np.float32))
        return np.concatenate(parts, axis=1)

    def _get_reason_layout(self, series, plan):
        """What stands where in `reason_numbers`."""
        return {
            "scalars": self._get_scalar_reasons(plan),
            "known": list(series.problem.known_names) if "known_factor" in plan.reasons else [],
            "season": 0 if plan.season is None else int(plan.season.shape[1]),
            "start": str(series.problem.start), "bucket": series.problem.bucket.value,
        }

    def _flag_outliers(self, company, series, plan):
        """Mark the biggest day of a bucket that stands out, unless a planner has marked it already."""
        found, columns = np.nonzero(plan.outlier[:series.own])
        if not len(found):
            return
        limits = buckets.edges(series.problem.start, series.problem.length, company.gantry_forecast_bucket)
        rows = np.zeros(len(found), np.dtype([
            ("product_id", "i4"), ("warehouse_id", "i4"), ("date_from", "M8[D]"), ("date_to", "M8[D]"),
        ]))
        rows["product_id"], rows["warehouse_id"] = series.product_ids[found], series.warehouse_ids[found]
        rows["date_from"], rows["date_to"] = limits[columns], limits[columns + 1]
        cr = self.env.cr
        cr.execute(
            """
            CREATE TEMPORARY TABLE gantry_outlier (product_id int, warehouse_id int, date_from date, date_to date)
            ON COMMIT DROP
            """
        )
        copy_from(cr, "gantry_outlier", rows.dtype.names, rows)
        cr.execute(
            """
            UPDATE gantry_demand demand SET flag = 'outlier'
              FROM (SELECT DISTINCT ON (spike.product_id, spike.warehouse_id, spike.date_from) day.id
                      FROM gantry_outlier spike
                      JOIN gantry_demand day ON day.product_id = spike.product_id
                                            AND day.warehouse_id = spike.warehouse_id
                                            AND day.date >= spike.date_from AND day.date < spike.date_to
                     ORDER BY spike.product_id, spike.warehouse_id, spike.date_from, day.quantity DESC) peak
             WHERE demand.id = peak.id AND demand.flag = 'none'
            """
        )
        cr.execute("DROP TABLE gantry_outlier")
        self.env["gantry.demand"].invalidate_model(["flag"])
