"""What a replay needs to know: demand and stock day by day, and the levels that each way of setting would have had."""

from dataclasses import dataclass, replace

import numpy as np

from odoo import models
from odoo.addons.gantry_forecast import core as forecast_core
from odoo.addons.gantry_forecast.models.gantry_demand_build import QUANTITY
from odoo.addons.gantry_forecast.tools import buckets
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL

from ..core import Events, window_levels
from .gantry_reorder_problem import METHOD_CODES, TARGET_CODES

LEAST_BUCKETS = {"day": 56, "week": 13, "month": 4}  # of history before the first levels are computed
STEP = {"day": 28, "week": 4, "month": 1}  # buckets from one computation of the levels to the next
WIZARD_DAYS = 90  # Odoo's wizard opens on the last three months
WARMUP_DAYS = 56  # played before the first day that is judged, so that the stock at the start does not matter


@dataclass(frozen=True, kw_only=True)
class Past:
    """Rules of a shard over the days of the replay.

    batch: problem of the live run; rows: its rows that are replayed; demand, balance: units per rule and day, the
    balance NaN without stock moves; before: demand of the days before the first day, of WIZARD_DAYS at least and from
    the first day of proof; days: (t,).
    """

    batch: object
    rows: np.ndarray
    series: object
    series_rows: np.ndarray
    days: np.ndarray
    demand: np.ndarray
    before: np.ndarray
    balance: np.ndarray

    def sold(self, first, last):
        """Units asked for per rule on each day from `first` up to the day before `last`."""
        span = np.concatenate([self.before, self.demand], axis=1)
        begin = self.days[0] - self.before.shape[1]
        return span[:, int((first - begin).astype(int)):int((last - begin).astype(int))]


class GantryReorderBacktestData(models.Model):
    _inherit = "gantry.reorder.backtest"

    def _get_origins(self, series):
        """Columns of the history at which levels are computed anew, and the first day of each: from the warm-up on.

        :return: (int (k,), datetime64[D] (k,)), both empty when the history is too short
        """
        bucket = series.problem.bucket.value
        limits = buckets.edges(series.problem.start, series.problem.length, bucket)
        known = ~np.isnan(series.problem.demand).all(0)
        begin = int(np.argmax(known)) if known.any() else series.problem.length
        wanted = np.datetime64(self.date_from) - WARMUP_DAYS
        first = max(int(np.searchsorted(limits, wanted, side="right")) - 1, begin + LEAST_BUCKETS[bucket])
        last = int(np.searchsorted(limits, np.datetime64(self.date_to), side="right")) - 1
        columns = np.arange(first, min(last, series.problem.length) + 1, STEP[bucket])
        columns = columns[columns <= series.problem.length]
        return columns, limits[columns]

    def _prepare_past(self, company, rule_ids, first, proof=None):
        """Everything that happened to some rules from a day on.

        :param proof: an earlier day from which demand is needed too
        :return: Past, or None when none of them has a forecast
        """
        batch = self.env["gantry.reorder.rule"]._prepare_reorder_problem(company, ids=rule_ids)
        pairs = self._get_forecast_ids(rule_ids)
        if batch is None or not len(pairs):
            return None
        series = self.env["gantry.forecast"]._prepare_forecast_problem(company, ids=pairs["forecast_id"])
        place = {int(one): row for row, one in enumerate(series.ids[:series.own])}
        found = {int(rule): place[int(one)] for rule, one in pairs if int(one) in place}
        rows = np.array([row for row, one in enumerate(batch.rows["id"]) if int(one) in found], int)
        if not len(rows):
            return None
        ids = batch.rows["id"][rows]
        days = np.arange(first, np.datetime64(self.date_to) + 1)
        begin = min(days[0] - WIZARD_DAYS, days[0] if proof is None else proof)
        span = self._read_demand(company, ids, begin, days[-1])
        lead_in = int((days[0] - begin).astype(int))
        return Past(
            batch=batch, rows=rows, series=series, series_rows=np.array([found[int(one)] for one in ids]), days=days,
            demand=span[:, lead_in:], before=span[:, :lead_in],
            balance=self._read_balance(company, ids, days, batch.problem.on_hand[rows]),
        )

    def _get_forecast_ids(self, rule_ids):
        return copy_query(self.env.cr, SQL(
            """
            SELECT rule.id, forecast.id
              FROM gantry_reorder_rule rule
              JOIN gantry_forecast forecast ON forecast.product_id = rule.product_id
                                           AND forecast.warehouse_id = rule.warehouse_id AND forecast.active
             WHERE rule.id = ANY(%s)
            """,
            rule_ids,
        ), [("rule_id", "i4"), ("forecast_id", "i4")])

    def _read_demand(self, company, rule_ids, first, last):
        """Units asked for per rule and day, excluded ones left out, (n, days)."""
        found = copy_query(self.env.cr, SQL(
            """
            SELECT rule.id, demand.date, sum(demand.quantity)::float8
              FROM gantry_reorder_rule rule
              JOIN gantry_demand demand ON demand.product_id = rule.product_id
                                       AND demand.warehouse_id = rule.warehouse_id
             WHERE rule.id = ANY(%(ids)s) AND demand.date BETWEEN %(first)s AND %(last)s
               AND demand.excluded IS NOT TRUE AND %(counted)s
             GROUP BY 1, 2
            """,
            ids=rule_ids.tolist(), first=first.astype(object), last=last.astype(object),
            counted=self.env["gantry.demand"]._get_counted(company),
        ), [("id", "i4"), ("date", "M8[D]"), ("qty", "f8")])
        table = np.zeros((len(rule_ids), int((last - first).astype(int)) + 1))
        table[np.searchsorted(rule_ids, found["id"]), (found["date"] - first).astype(int)] = found["qty"]
        return np.maximum(table, 0.0)

    def _read_balance(self, company, rule_ids, days, on_hand):
        """Stock at the end of each day, counted back from what is on hand now; NaN without any move."""
        found = copy_query(self.env.cr, SQL(
            """
            SELECT rule.id, GREATEST(flow.day, %(first)s - 1), sum(flow.quantity)::float8
              FROM gantry_reorder_rule rule
        CROSS JOIN LATERAL (
                SELECT %(day)s AS day,
                       CASE WHEN dst.warehouse_id = rule.warehouse_id THEN 1 ELSE -1 END * %(quantity)s AS quantity
                  FROM stock_move move
                  JOIN stock_location src ON src.id = move.location_id
                  JOIN stock_location dst ON dst.id = move.location_dest_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN uom_uom template_uom ON template_uom.id = template.uom_id
                 WHERE move.product_id = rule.product_id AND move.state = 'done'
                   AND src.warehouse_id IS DISTINCT FROM dst.warehouse_id
                   AND rule.warehouse_id IN (src.warehouse_id, dst.warehouse_id)) flow
             WHERE rule.id = ANY(%(ids)s)
             GROUP BY 1, 2
            """,
            day=self.env["gantry.demand"]._get_day(company, SQL("move.date")), first=days[0].astype(object),
            ids=rule_ids.tolist(), quantity=QUANTITY,
        ), [("id", "i4"), ("date", "M8[D]"), ("qty", "f8")])
        rows = np.searchsorted(rule_ids, found["id"])
        column = (found["date"] - days[0]).astype(int)
        flow = np.zeros((len(rule_ids), len(days)))
        inside = (column >= 0) & (column < len(days))
        np.add.at(flow, (rows[inside], column[inside]), found["qty"][inside])
        after = np.bincount(rows[column >= len(days)], found["qty"][column >= len(days)], minlength=len(rule_ids))
        closing = on_hand - after
        balance = closing[:, None] - flow.sum(1)[:, None] + np.cumsum(flow, axis=1)
        balance[np.bincount(rows, minlength=len(rule_ids)) == 0] = np.nan
        return balance

    # -- levels

    def _learn_recipe(self, series, column):
        """What a forecast could have known on the first day of the replay."""
        return forecast_core.learn(series.problem.until(column), forecast_core.Params(tiers=("numpy",)))

    def _get_problem(self, past, recipe, column):
        """The problem as it stood at the start of a bucket, for the rules that are replayed."""
        series = past.series
        seen = series.problem.until(int(column))
        plan = forecast_core.apply(seen, recipe)
        edges = buckets.edges(seen.end, seen.horizon, seen.bucket.value)
        nothing = Events()
        problem = past.batch.problem.take(past.rows)
        return problem.but(
            bucket_days=np.diff(edges).astype(float), mean=plan.mean[past.series_rows],
            quantiles=plan.quantiles[past.series_rows], levels=np.asarray(plan.levels), on_hand=0.0,
            committed=nothing, incoming=nothing, expiring=nothing, dispersion=np.nan, supplier=-1,
            weekday=int((seen.end.astype(int) + 3) % 7), **self._get_settings(past, problem),
        )

    def _get_settings(self, past, problem):
        """Columns of the problem that the settings of this replay change.

        A problem of some rules only keeps the targets that the last run has shared out; here they are shared anew.
        """
        if not self.own_settings:
            policies = list(past.batch.policies)
            place = past.batch.place[past.rows]
            shared = np.array([policy.share_target for policy in policies] + [False])
            target = np.array([policy.target_pct / 100 for policy in policies] + [0.0])[place]
            return {
                "service_group": np.where(shared[place], place, -1), "shadow_price": np.nan,
                "target": np.where(place >= 0, target, problem.target),
            }
        return {
            "target_kind": int(TARGET_CODES[self.target_kind]), "target": self.target_pct / 100,
            "holding_rate": self.holding_pct / 100, "order_cost": self.order_cost,
            "shortage_cost": self.shortage_pct / 100 * problem.unit_cost, "policy": int(METHOD_CODES[self.method]),
            "review_days": float(self.review_days), "service_group": 0 if self.share_target else -1,
            "shadow_price": np.nan,
        }

    def _get_wizard_levels(self, past, plans, starts):
        """Minimum and maximum as people set them from Odoo's wizard: the daily demand of the last three months over
        the lead time set in Odoo. An order is as large as one of ours, so that only the levels are compared."""
        daily = np.stack([
            past.sold(past.days[0] + first - WIZARD_DAYS, past.days[0] + first).mean(1) for first in starts], axis=1)
        lead = past.batch.set_days[past.rows]
        lead = np.where(np.isfinite(lead) & (lead > 0), lead, plans[0].lead_mean)
        levels = window_levels("odoo", daily, np.nan_to_num(lead), 0.0, start=starts)
        order = np.stack([np.nan_to_num(plan.order_up_to - plan.reorder_point) for plan in plans], axis=1)
        return replace(levels, order_up_to=levels.reorder_point + np.maximum(order, 0))
