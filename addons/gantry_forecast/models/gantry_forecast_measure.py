import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..core.window import window_forecasts
from ..tools import buckets
from ..tools.copy import copy_from, copy_query

LAGS = {"day": 7, "week": 4, "month": 3}  # buckets ahead at which forecasts are kept and compared
LOOK_BACK = {"day": 14, "week": 8, "month": 4}  # closed buckets compared again, for late returns
MEASURES = ("actual", "forecast", "statistical", "naive", "window")
ERRORS = ("error_forecast", "error_statistical", "error_naive", "error_window")


class GantryForecastMeasure(models.Model):
    """How good the forecasts are: the backtest of a run, and what really happened afterwards."""

    _inherit = "gantry.forecast"

    def _open_accuracy_table(self):
        columns = SQL(", ").join(
            SQL("%s double precision", SQL.identifier(name)) for name in (*MEASURES, *ERRORS)
        )
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_accuracy (
                forecast_id integer, date date, lag integer, %s) ON COMMIT DROP
            """,
            columns,
        ))

    @staticmethod
    def _accuracy_dtype():
        return np.dtype([
            ("forecast_id", "i4"), ("date", "M8[D]"), ("lag", "i4"),
            *((name, "f8") for name in (*MEASURES, *ERRORS)),
        ])

    def _file_accuracy(self, company, kind, rows, *, replace=True):
        """Write accuracy rows; what is known already for the same key is replaced, or known not to be there."""
        self._open_accuracy_table()
        copy_from(self.env.cr, "gantry_accuracy", rows.dtype.names, rows)
        columns = SQL(", ").join(SQL.identifier(name) for name in (*MEASURES, *ERRORS))
        conflict = SQL(
            """
                ON CONFLICT (product_id, warehouse_id, kind, date, lag) DO UPDATE
               SET (%(columns)s) = ROW(%(excluded)s), demand_class = EXCLUDED.demand_class,
                   categ_id = EXCLUDED.categ_id
            """,
            columns=columns,
            excluded=SQL(", ").join(SQL("EXCLUDED.%s", SQL.identifier(name)) for name in (*MEASURES, *ERRORS)),
        )
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_forecast_accuracy
                   (product_id, categ_id, warehouse_id, company_id, demand_class, kind, date, lag, %(columns)s)
            SELECT forecast.product_id, forecast.categ_id, forecast.warehouse_id, forecast.company_id,
                   forecast.demand_class, %(kind)s, row.date, row.lag, %(values)s
              FROM gantry_accuracy row JOIN gantry_forecast forecast ON forecast.id = row.forecast_id
            %(conflict)s
            """,
            columns=columns, kind=kind, conflict=conflict if replace else SQL(),
            values=SQL(", ").join(SQL("row.%s", SQL.identifier(name)) for name in (*MEASURES, *ERRORS)),
        ))
        self.env.cr.execute("DROP TABLE gantry_accuracy")
        self.env["gantry.forecast.accuracy"].invalidate_model()

    @api.model
    def _file_backtest(self, company, blocks):
        """Write what `_prepare_backtest` found, in place of the backtests of these forecasts.

        :param blocks: list of (ids of forecasts, their rows)
        """
        if not blocks:
            return
        self.env.cr.execute(SQL(
            """
            DELETE FROM gantry_forecast_accuracy accuracy USING gantry_forecast forecast
             WHERE accuracy.company_id = %(company)s AND accuracy.kind = 'backtest' AND forecast.id = ANY(%(ids)s)
               AND forecast.product_id = accuracy.product_id AND forecast.warehouse_id = accuracy.warehouse_id
            """,
            company=company.id, ids=np.concatenate([ids for ids, _rows in blocks]).tolist(),
        ))
        rows = np.concatenate([rows for _ids, rows in blocks])
        if len(rows):
            self._file_accuracy(company, "backtest", rows, replace=False)

    @api.model
    def _prepare_backtest(self, company, series, plan, recipe):
        """The backtest of a plan, a row per series and month. Unknown demand counts nowhere."""
        own = series.own
        count, judged = plan.bt_actual.shape[1:]
        if not count:
            return np.zeros(0, self._accuracy_dtype())
        columns = (plan.bt_end[:, None] + np.arange(judged)).ravel()
        limits = buckets.edges(series.problem.start, series.problem.length, company.gantry_forecast_bucket)
        months, place = np.unique(limits[columns].astype("M8[M]"), return_inverse=True)
        flat = {name: getattr(plan, name)[:own].reshape(own, -1).astype(np.float64) for name in (
            "bt_actual", "bt_forecast", "bt_median", "bt_naive")}
        known = np.isfinite(flat["bt_actual"])
        for name in ("bt_forecast", "bt_median", "bt_naive"):
            known &= np.isfinite(flat[name])
        window = self._get_past_window(series.problem, plan, recipe)[:own].reshape(own, -1)
        window = np.where(np.isfinite(window), window, flat["bt_naive"])
        cells = {
            "actual": flat["bt_actual"], "forecast": flat["bt_forecast"], "statistical": flat["bt_forecast"],
            "naive": flat["bt_naive"], "window": window,
            "error_forecast": np.abs(flat["bt_median"] - flat["bt_actual"]),
            "error_statistical": np.abs(flat["bt_median"] - flat["bt_actual"]),
            "error_naive": np.abs(flat["bt_naive"] - flat["bt_actual"]),
            "error_window": np.abs(window - flat["bt_actual"]),
        }
        sums = np.zeros((len(MEASURES) + len(ERRORS), own, len(months)))
        seen = np.zeros((own, len(months)), bool)
        for index, name in enumerate((*MEASURES, *ERRORS)):
            values = np.where(known, cells[name], 0.0)
            for month in range(len(months)):
                sums[index, :, month] = values[:, place == month].sum(1)
        for month in range(len(months)):
            seen[:, month] = known[:, place == month].any(1)
        which, month = np.nonzero(seen)
        rows = np.zeros(len(which), self._accuracy_dtype())
        rows["forecast_id"], rows["date"] = series.ids[which], months[month].astype("M8[D]")
        for index, name in enumerate((*MEASURES, *ERRORS)):
            rows[name] = sums[index, which, month]
        return rows

    @staticmethod
    def _get_past_window(problem, plan, recipe):
        """What the window average that did best in the whole company would have said, (n, origins, buckets)."""
        past = np.full(plan.bt_actual.shape, np.nan)
        for index, start in enumerate(plan.bt_end):
            found = window_forecasts(problem.until(int(start), past.shape[2]))
            if recipe.window_name in found:
                past[:, index] = found[recipe.window_name]
        return past

    @api.model
    def _take_snapshot(self, company):
        """Keep the forecasts as they are when their first bucket begins, to be judged when it is over."""
        bucket = company.gantry_forecast_bucket
        start = self._get_bucket_start(company)
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_forecast_snapshot
                   (forecast_id, company_id, date_start, bucket, mean, median, final, naive, window_qty)
            SELECT id, company_id, date_start, bucket, mean[1:%(lags)s],
                   ARRAY(SELECT bands[3 * i - 1] FROM generate_series(1, LEAST(%(lags)s, cardinality(mean))) i),
                   final[1:%(lags)s], naive[1:%(lags)s], window_qty
              FROM gantry_forecast
             WHERE company_id = %(company)s AND active AND mean IS NOT NULL AND date_start = %(start)s
               AND bucket = %(bucket)s
                ON CONFLICT (forecast_id, date_start) DO NOTHING
            """,
            lags=LAGS[bucket], company=company.id, start=start, bucket=bucket,
        ))
        oldest = buckets.edges(start, 1, bucket)[0] - int(
            (LOOK_BACK[bucket] + LAGS[bucket] + 1) * {"day": 1, "week": 7, "month": 31}[bucket]
        )
        self.env.cr.execute(SQL(
            "DELETE FROM gantry_forecast_snapshot WHERE company_id = %s AND date_start < %s",
            company.id, oldest.astype(object),
        ))

    @api.model
    def _close_buckets(self, company, series):
        """Compare forecasts made before with the demand of the buckets that are over.

        :param series: problem of all forecasts of the company
        :return: number of comparisons
        """
        bucket = company.gantry_forecast_bucket
        demand, width = series.problem.demand, series.problem.length
        limits = buckets.edges(series.problem.start, width, bucket)
        order = np.argsort(series.ids[:series.own], kind="stable")
        count = 0
        for column in range(max(0, width - LOOK_BACK[bucket]), width):
            for lag in range(1, LAGS[bucket] + 1):
                if column - lag + 1 < 0:
                    continue
                count += self._close_bucket(
                    company, series, order, demand[:, column], limits[column], limits[column - lag + 1], lag)
        if count:
            self.env["gantry.forecast.override"]._measure(company)
        return count

    def _close_bucket(self, company, series, order, demand, day, made, lag):
        """Compare one bucket with the forecasts made when the bucket `made` began."""
        found = copy_query(self.env.cr, SQL(
            """
            SELECT forecast_id, COALESCE(mean[%(lag)s], 'NaN'), COALESCE(median[%(lag)s], 'NaN'),
                   COALESCE(final[%(lag)s], 'NaN'), COALESCE(naive[%(lag)s], 'NaN'), COALESCE(window_qty, 'NaN')
              FROM gantry_forecast_snapshot
             WHERE company_id = %(company)s AND date_start = %(made)s AND bucket = %(bucket)s
            """,
            lag=lag, company=company.id, made=made.astype(object), bucket=company.gantry_forecast_bucket,
        ), [("id", "i4"), ("mean", "f4"), ("median", "f4"), ("final", "f4"), ("naive", "f4"), ("window", "f4")])
        if not len(found):
            return 0
        ids = series.ids[:series.own]
        place = order[np.searchsorted(ids, found["id"], sorter=order).clip(max=len(ids) - 1)]
        actual = np.where(ids[place] == found["id"], demand[place], np.nan)
        known = np.isfinite(actual) & np.isfinite(found["mean"])
        found, actual = found[known], actual[known]
        rows = np.zeros(len(found), self._accuracy_dtype())
        rows["forecast_id"], rows["date"], rows["lag"], rows["actual"] = found["id"], day, lag, actual
        mean, final = found["mean"].astype(float), found["final"].astype(float)
        naive = np.where(np.isfinite(found["naive"]), found["naive"], mean)
        window = np.where(np.isfinite(found["window"]), found["window"], naive)
        # an override moves the middle of the distribution as it moves the mean
        moved = np.where(mean > 0, found["median"] * final / np.where(mean > 0, mean, 1.0), final)
        median = np.where(final == mean, found["median"], moved)
        rows["forecast"], rows["statistical"], rows["naive"], rows["window"] = final, mean, naive, window
        rows["error_forecast"] = np.abs(median - actual)
        rows["error_statistical"] = np.abs(found["median"] - actual)
        rows["error_naive"], rows["error_window"] = np.abs(naive - actual), np.abs(window - actual)
        self._file_accuracy(company, "live", rows)
        return len(rows)
