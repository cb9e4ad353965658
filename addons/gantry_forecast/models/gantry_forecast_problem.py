from dataclasses import dataclass

import numpy as np

from odoo import api, models
from odoo.tools import SQL

from ..core import Problem
from ..tools import buckets
from ..tools.copy import copy_query, refresh_statistics

READ_ROWS = 4_000_000  # demand rows held at once
CELLS = 40_000_000  # cells of the demand matrix; longer histories are cut to about a year
EVENT_TYPES = ("promotion", "holiday", "other")


@dataclass(frozen=True, kw_only=True)
class Series:
    """A problem of the core with what the clerk needs to file its plan.

    ids, product_ids, warehouse_ids, categ_ids, cost: a row per series, in the problem's order.
    sold: demand per bucket as it was, without repair; scale: factor per future bucket from planned events.
    """

    problem: Problem
    ids: np.ndarray
    product_ids: np.ndarray
    warehouse_ids: np.ndarray
    categ_ids: np.ndarray
    cost: np.ndarray
    sold: np.ndarray
    scale: np.ndarray | None
    own: int  # rows asked for; the ones behind them are look-alikes of them

    def split(self, count):
        """Parts of at most so many of the rows asked for."""
        if self.own <= count:
            yield self
            return
        for begin in range(0, self.own, count):
            yield self.take(begin, count)

    def take(self, begin, count):
        """Some of the rows asked for, with the look-alikes of the new ones behind them; None past the end."""
        rows = np.arange(begin, min(begin + count, self.own))
        if not len(rows):
            return None
        own = len(rows)
        if self.problem.lookalike is not None:
            donors = self.problem.lookalike[rows]
            rows = np.concatenate([rows, np.setdiff1d(donors[donors >= 0], rows)])
        return Series(
            problem=self.problem.take(rows), own=own, scale=None if self.scale is None else self.scale[rows],
            **{name: getattr(self, name)[rows] for name in (
                "ids", "product_ids", "warehouse_ids", "categ_ids", "cost", "sold")},
        )


class RowOf:
    """Row of each forecast id, -1 for those that are not there."""

    def __init__(self, ids):
        self.low = int(ids.min())
        self.table = np.full(int(ids.max()) - self.low + 2, -1, np.int32)
        self.table[ids - self.low] = np.arange(len(ids), dtype=np.int32)

    def __call__(self, ids):
        offset = ids.astype(np.int64) - self.low
        return self.table[np.where((offset < 0) | (offset >= len(self.table)), len(self.table) - 1, offset)]


class GantryForecastProblem(models.Model):
    """From tables to arrays."""

    _inherit = "gantry.forecast"

    @api.model
    def _get_bucket_start(self, company):
        """First day of the running bucket: the first one to be forecast."""
        today = self.env["gantry.demand"]._get_today(company)
        return buckets.floor(today, company.gantry_forecast_bucket).astype(object)

    @api.model
    def _ensure_series(self, company):
        """A row in the planning list for every product and warehouse that had demand.

        :return: number of rows added
        """
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_forecast (product_id, warehouse_id, company_id, categ_id, active, demand_changed,
                                         override_count, value, create_uid, write_uid, create_date, write_date)
            SELECT series.product_id, series.warehouse_id, %(company)s, template.categ_id, product.active, TRUE,
                   0, 0, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (SELECT DISTINCT product_id, warehouse_id FROM gantry_demand WHERE company_id = %(company)s) series
              JOIN product_product product ON product.id = series.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
                ON CONFLICT (product_id, warehouse_id) DO NOTHING
            """,
            company=company.id, uid=self.env.uid,
        ))
        count = self.env.cr.rowcount
        if count:
            self.invalidate_model()
            refresh_statistics(self.env.cr, "gantry_forecast")
        return count

    @api.model
    def _get_series(self, company, ids=None, changed=False):
        """Keys of the active series of a company, by id.

        :return: structured array: id, product_id, warehouse_id, categ_id, root_id, cost, lookalike_id
        """
        where = [SQL("forecast.company_id = %s AND forecast.active", company.id)]
        if ids is not None:
            where.append(SQL("forecast.id IN %s", tuple(int(i) for i in ids) or (0,)))
        if changed:
            where.append(SQL("forecast.demand_changed"))
        return copy_query(self.env.cr, SQL(
            """
            SELECT forecast.id, forecast.product_id, forecast.warehouse_id, COALESCE(forecast.categ_id, 0),
                   COALESCE(split_part(category.parent_path, '/', 1)::int4, 0),
                   COALESCE(NULLIF((product.standard_price ->> %(key)s)::float8, 0), template.list_price, 0)::float8,
                   COALESCE(twin.id, 0)
              FROM gantry_forecast forecast
              JOIN product_product product ON product.id = forecast.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category category ON category.id = forecast.categ_id
         LEFT JOIN gantry_forecast twin ON twin.product_id = forecast.lookalike_product_id
                                       AND twin.warehouse_id = forecast.warehouse_id AND twin.active
             WHERE %(where)s
             ORDER BY forecast.id
            """,
            key=str(company.id), where=SQL(" AND ").join(where),
        ), [("id", "i4"), ("product_id", "i4"), ("warehouse_id", "i4"), ("categ_id", "i4"), ("root_id", "i4"),
            ("cost", "f8"), ("lookalike_id", "i4")])

    @api.model
    def _prepare_forecast_problem(self, company, ids=None, changed=False):
        """The forecast problem of a company, or of some of its series.

        :param ids: only these forecasts, and the look-alikes of the new ones behind them
        :param bool changed: only those whose demand changed after their forecast
        :return: Series, or None when there is nothing to forecast
        """
        self.env.flush_all()
        series = self._get_series(company, ids=ids, changed=changed)
        own = len(series)
        if not own:
            return None
        twins = np.setdiff1d(series["lookalike_id"][series["lookalike_id"] > 0], series["id"])
        if len(twins):
            series = np.concatenate([series, self._get_series(company, ids=twins)])
        bucket = company.gantry_forecast_bucket
        end = np.datetime64(self._get_bucket_start(company))
        start = self._get_history_start(company, end)
        width = buckets.count(start, end, bucket)
        if width < 1:
            return None
        if width * len(series) > CELLS:
            width = max(CELLS // len(series), buckets.YEAR[bucket])
            start = buckets.back(end, width, bucket)
        horizon = company.gantry_forecast_horizon
        limits = buckets.edges(start, width + horizon, bucket)
        whole = ids is None and not changed
        sold, unknown, begin = self._read_demand(company, series, limits[:width + 1], whole)
        events = self._read_events(company, series, limits, width)
        demand = self._repair(sold, unknown, begin, events, limits[:width + 1])
        lookalike = RowOf(series["id"])(series["lookalike_id"])
        problem = Problem(
            demand=demand, bucket=bucket, start=start, horizon=horizon,
            groups=np.column_stack([
                np.full(len(series), company.id), series["warehouse_id"], series["root_id"], series["categ_id"],
            ]),
            lookalike=lookalike if (lookalike >= 0).any() else None,
            weight=np.where(series["cost"] > 0, series["cost"], 1.0),
            known=events["known"], known_names=events["names"], closed=events["closed"],
        )
        return Series(
            problem=problem, ids=series["id"], product_ids=series["product_id"],
            warehouse_ids=series["warehouse_id"], categ_ids=series["categ_id"], cost=series["cost"],
            sold=sold, scale=None if events["factor"] is None else events["factor"][:, width:], own=own,
        )

    def _get_history_start(self, company, end):
        """First bucket with demand, at most as far back as the settings say."""
        self.env.cr.execute(SQL(
            "SELECT min(date) FROM gantry_demand WHERE company_id = %s AND quantity > 0", company.id,
        ))
        first = self.env.cr.fetchone()[0]
        if first is None:
            return end
        oldest = end - company.gantry_forecast_history_days
        return buckets.floor(max(np.datetime64(first), oldest), company.gantry_forecast_bucket)

    def _read_demand(self, company, series, limits, whole):
        """Demand per bucket as it was, the unknown days per bucket (out of stock, excluded), and the bucket of the
        first row of each series.

        :return: (float64 (n, t), int (n, t), int (n,))
        """
        n, width = len(series), len(limits) - 1
        place = RowOf(series["id"])
        order = np.sort(series["id"])
        sold = np.zeros(n * width)
        marked_rows, marked_days = [], []
        begin = np.full(n, width)
        sources = self.env["gantry.demand"]._get_counted(company)
        for low, high in self._get_id_ranges(company, order, whole):
            days = copy_query(self.env.cr, SQL(
                """
                SELECT forecast.id, demand.date, demand.quantity::float8, demand.excluded IS TRUE
                  FROM gantry_demand demand
                  JOIN gantry_forecast forecast ON forecast.product_id = demand.product_id
                                               AND forecast.warehouse_id = demand.warehouse_id
                 WHERE demand.company_id = %(company)s AND demand.date >= %(start)s AND demand.date < %(end)s
                   AND forecast.id BETWEEN %(low)s AND %(high)s AND %(only)s AND %(sources)s
                """,
                company=company.id, start=limits[0].astype(object), end=limits[-1].astype(object), low=int(low),
                high=int(high), only=self._get_only(series["id"], whole), sources=sources,
            ), [("id", "i4"), ("date", "M8[D]"), ("quantity", "f8"), ("excluded", "?")])
            rows = place(days["id"])
            keep = rows >= 0
            columns = buckets.column(days["date"], limits)
            np.minimum.at(begin, rows[keep], columns[keep])
            cells = rows * width + columns
            used = keep & ~days["excluded"]
            sold += np.bincount(cells[used], weights=days["quantity"][used], minlength=n * width)
            hidden = keep & days["excluded"]
            marked_rows.append(rows[hidden])
            marked_days.append(days["date"][hidden])
        unknown = self._read_unknown(company, series, limits, whole)
        for warehouse_id, span in self.env["gantry.demand"]._get_gaps(company).items():
            unknown[series["warehouse_id"] == warehouse_id] += buckets.overlap_days(*span, limits)
        if any(len(rows) for rows in marked_rows):
            rows, days = np.concatenate(marked_rows), np.concatenate(marked_days)
            # two sources may be excluded on one day
            _keys, first = np.unique(rows * 100_000_000 + days.astype(int), return_index=True)
            np.add.at(unknown, (rows[first], buckets.column(days[first], limits)), 1)
        return np.maximum(sold.reshape(n, width), 0.0), unknown, begin

    def _get_only(self, ids, whole):
        if whole or len(ids) > 20_000:
            return SQL("TRUE")
        return SQL("forecast.id IN %s", tuple(int(i) for i in ids))

    def _get_id_ranges(self, company, ids, whole):
        """Ranges of forecast ids whose demand fits into memory at once."""
        if not whole:
            return [(ids[0], ids[-1])]
        self.env.cr.execute(SQL("SELECT count(*) FROM gantry_demand WHERE company_id = %s", company.id))
        parts = int(self.env.cr.fetchone()[0] // READ_ROWS) + 1
        return [(part[0], part[-1]) for part in np.array_split(ids, parts) if len(part)]

    def _read_unknown(self, company, series, limits, whole):
        """Days out of stock per bucket."""
        spans = copy_query(self.env.cr, SQL(
            """
            SELECT forecast.id, stockout.date_from, stockout.date_to
              FROM gantry_demand_stockout stockout
              JOIN gantry_forecast forecast ON forecast.product_id = stockout.product_id
                                           AND forecast.warehouse_id = stockout.warehouse_id
             WHERE stockout.company_id = %(company)s AND stockout.date_to >= %(start)s
               AND stockout.date_from < %(end)s AND %(only)s
            """,
            company=company.id, start=limits[0].astype(object), end=limits[-1].astype(object),
            only=self._get_only(series["id"], whole),
        ), [("id", "i4"), ("first", "M8[D]"), ("last", "M8[D]")])
        rows = RowOf(series["id"])(spans["id"])
        keep = rows >= 0
        return buckets.spread_spans(rows[keep], spans["first"][keep], spans["last"][keep], limits, len(series))

    @staticmethod
    def _repair(sold, unknown, begin, events, limits):
        """Demand as it would have been: unknown before the first sale and where most days are unknown, scaled up
        where some are, without the effect of events whose uplift the planner has given."""
        demand = sold.copy()
        length = np.diff(limits).astype(int)
        share = 1.0 - np.minimum(unknown, length) / length
        if events["factor"] is not None:
            factor = events["factor"][:, :len(length)]
            share = np.where(factor > 0, share, 0.0)
            demand /= np.where(factor > 0, factor, 1.0)
        partly = (share < 1.0) & (share >= 0.5)
        demand[partly] /= share[partly]
        # who sold as much as ever was not out of stock, whatever the stock moves say
        whole = np.where(unknown == 0, sold, 0.0)
        usual = whole.sum(1) / np.maximum((whole > 0).sum(1), 1)
        proven = (unknown > 0) & (usual[:, None] > 0) & (sold >= usual[:, None])
        demand[(share < 0.5) & ~proven] = np.nan
        sales = sold > 0
        # what was sold and came back altogether is known to be nothing from then on
        first = np.where(sales.any(1), sales.argmax(1), begin)
        demand[np.arange(len(length)) < first[:, None]] = np.nan
        return demand

    def _read_events(self, company, series, limits, width):
        """Events as regressors known in advance, closed buckets, and factors that the planner has given.

        :return: dict: known (n or 1, t + h, f) or None, names, closed (t + h,) or None, factor (n, t + h) or None
        """
        found = self.env["gantry.demand.event"].search([("company_id", "=", company.id)])
        spans = found._get_occurrences(limits[0].astype(object), (limits[-1] - 1).astype(object))
        length = np.diff(limits).astype(int)
        closed = np.zeros(len(length), dtype=bool)
        shared = np.ones(len(length))
        special = None  # factor per series, only when some event is not for all
        shares = {}
        for event, first, last in spans:
            share = buckets.overlap_days(first, last, limits) / length
            rows = event._get_rows(series)
            everywhere = rows is None
            if event.event_type == "shutdown" and everywhere:
                closed |= share > 0.5
            if event.event_type == "shutdown" or event.uplift_percent:
                uplift = -1.0 if event.event_type == "shutdown" else event.uplift_percent / 100
                effect = np.maximum(1.0 + uplift * share, 0.0)
                if everywhere:
                    shared *= effect
                else:
                    special = np.ones((len(series), len(length))) if special is None else special
                    special[rows] *= effect
            else:
                kind = shares.setdefault(event.event_type, [np.zeros(len(length)), None])
                if everywhere:
                    np.maximum(kind[0], share, out=kind[0])
                else:
                    kind[1] = np.zeros((len(series), len(length)), np.float32) if kind[1] is None else kind[1]
                    kind[1][rows] = np.maximum(kind[1][rows], share)
        factor = None
        if special is not None or (shared != 1).any():
            factor = np.broadcast_to(shared, (len(series), len(length))).copy()
            if special is not None:
                factor *= special
        names = tuple(name for name in EVENT_TYPES if name in shares)
        known = None
        if names:
            own = any(shares[name][1] is not None for name in names)
            known = np.zeros((len(series) if own else 1, len(length), len(names)), np.float32)
            for index, name in enumerate(names):
                general, specific = shares[name]
                known[:, :, index] = general
                if specific is not None:
                    known[:, :, index] = np.maximum(known[:, :, index], specific)
        return {"known": known, "names": names, "closed": closed if closed.any() else None, "factor": factor}
