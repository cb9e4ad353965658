import datetime
from dataclasses import dataclass

import numpy as np
import pytz

from odoo import api, models
from odoo.addons.gantry_forecast.tools.copy import copy_query
from odoo.tools import SQL

from ..core import Events, Policy, Problem, Target
from .gantry_reorder_rule import SOURCES

METHOD_CODES = {"sS": Policy.MIN_MAX, "sQ": Policy.MIN_QTY, "RS": Policy.PERIODIC}
TARGET_CODES = {"cycle": Target.CYCLE, "fill": Target.FILL, "cost": Target.COST}
OPEN_STATES = ("waiting", "confirmed", "assigned", "partially_available")
FACTS = [
    *((name, "i4") for name in (
        "id", "product_id", "warehouse_id", "location_id", "orderpoint_id", "policy_id", "supplier_warehouse_id",
        "source", "vendor_id", "seller_id", "categ_id", "currency_id")),
    *((name, "f8") for name in (
        "old_min", "old_max", "kept_min", "kept_max", "old_multiple",
        "standard_price", "list_price", "route_days", "seller_delay", "pack",
        "expected_fill",
        "shelf_days")),
    *((name, "?") for name in ("product_active", "hand_edited", "whole_units", "uom_fits", "has_seller")),
]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A problem of the core with what the clerk needs to file its plan.

    rows: facts per rule (see FACTS), in the problem's order; today: the planning day, day 0 of the problem.
    bucket, start: grid of the forecast; unit_cost, lead_source, set_days, on_hand: per rule.
    """

    problem: Problem
    rows: np.ndarray
    today: np.datetime64
    policies: object
    place: np.ndarray  # row of each rule's policy in `policies`, -1 without one
    unit_cost: np.ndarray
    lead_source: np.ndarray
    lead_count: np.ndarray
    set_days: np.ndarray
    day_mean: np.ndarray
    rate_missing: np.ndarray
    has_forecast: np.ndarray
    demand_class: np.ndarray


class GantryReorderProblem(models.Model):
    """From tables to arrays: a handful of statements per shard, however many rules it has."""

    _inherit = "gantry.reorder.rule"

    @api.model
    def _prepare_reorder_problem(self, company, products=None, ids=None):
        """The replenishment problem of some rules.

        :param products: first and last product id
        :param ids: only these rules (and, for the supply between warehouses, no others)
        :return: Batch, or None without rules
        """
        self.env.flush_all()
        today = np.datetime64(self.env["gantry.demand"]._get_today(company), "D")
        rows = self._read_facts(company, products, ids)
        if not len(rows):
            return None
        self._open_shard(rows)
        policies, place = self._get_row_policies(rows)
        grid = self._read_forecasts(company, rows, today)
        aims = self._read_aims(rows, policies, place, grid)
        prices = self._read_prices(company, rows, today)
        lead = self._read_leads(company, rows, policies, place)
        supplier = self._get_supplier_rows(rows)
        _serve_others(grid, supplier)
        committed = self._read_events(company, rows, self._get_demand_query())
        surplus = _raise_to_committed(grid, committed, self._read_pooled(company, rows, supplier))
        automatic = np.array([policy.mode == "auto" for policy in policies] + [False])[place]
        problem = Problem(
            bucket_days=grid["days"], mean=grid["mean"], quantiles=grid["quantiles"], levels=grid["levels"],
            lead_days=lead["days"], lead_prob=lead["prob"],
            on_hand=self._read_on_hand(rows), committed=committed,
            incoming=self._read_events(company, rows, *self._get_supply_queries(company)),
            expiring=self._read_expiring(company, rows),
            multiple=prices["multiple"], minimum_qty=prices["minimum"], price_breaks=prices["breaks"],
            current_min=rows["old_min"], current_max=rows["old_max"],
            rounding=np.where(rows["whole_units"], 1.0, 0.01), supplier=supplier,
            weekday=int((today.astype(int) + 3) % 7), unit_cost=prices["cost"],
            # an automatic rule is set again every night, against what Odoo counts; others are to stay right for long
            point_days=np.where(automatic, np.nan_to_num(lead["set_days"]) + 1, np.inf),
            surplus=np.where(automatic, np.nan, np.nan_to_num(surplus)),
            **self._get_policy_columns(policies, place, rows, prices["cost"], aims, partial=ids is not None),
        )
        self._close_shard()
        return Batch(
            problem=problem, rows=rows, today=today, policies=policies, place=place, unit_cost=prices["cost"],
            lead_source=lead["source"], lead_count=lead["count"], set_days=lead["set_days"], day_mean=grid["day_mean"],
            rate_missing=prices["rate_missing"], has_forecast=grid["known"], demand_class=grid["demand_class"],
        )

    # -- facts

    def _read_facts(self, company, products, ids):
        where = [SQL("rule.company_id = %s AND rule.active AND rule.kind = 'warehouse'", company.id)]
        if products is not None:
            where.append(SQL("rule.product_id BETWEEN %s AND %s", *(int(one) for one in products)))
        if ids is not None:
            where.append(SQL("rule.id = ANY(%s)", [int(one) for one in ids]))
        nothing = SQL("'NaN'::float8")
        return copy_query(self.env.cr, SQL(
            """
            SELECT rule.id, rule.product_id, rule.warehouse_id, rule.location_id, COALESCE(rule.orderpoint_id, 0),
                   COALESCE(rule.policy_id, 0), COALESCE(rule.supplier_warehouse_id, 0),
                   COALESCE(array_position(%(sources)s::text[], rule.source::text), 0), COALESCE(rule.vendor_id, 0),
                   COALESCE(rule.seller_id, 0), COALESCE(rule.categ_id, 0), COALESCE(seller.currency_id, 0),
                   COALESCE(rule.old_min, %(nan)s), COALESCE(rule.old_max, %(nan)s),
                   CASE WHEN rule.kept_max IS NULL THEN %(nan)s ELSE COALESCE(rule.kept_min, 0) END,
                   COALESCE(rule.kept_max, %(nan)s),
                   COALESCE(rule.old_multiple, %(nan)s),
                   COALESCE((product.standard_price ->> %(key)s)::float8, 0), COALESCE(template.list_price, 0)::float8,
                   COALESCE(rule.route_days, 0)::float8, COALESCE(seller.delay, 0)::float8,
                   COALESCE(pack.factor / unit.factor, 1)::float8,
                   COALESCE(NULLIF(rule.expected_fill, 0), %(nan)s), %(shelf)s,
                   product.active, rule.hand_edited IS TRUE,
                   split_part(unit.parent_path, '/', 1)::int = %(unit)s,
                   pack.id IS NULL OR split_part(pack.parent_path, '/', 1) = split_part(unit.parent_path, '/', 1),
                   %(has_seller)s
              FROM gantry_reorder_rule rule
              JOIN product_product product ON product.id = rule.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = template.uom_id
         LEFT JOIN product_supplierinfo seller ON seller.id = rule.seller_id
         LEFT JOIN uom_uom pack ON pack.id = seller.product_uom_id
             WHERE %(where)s ORDER BY rule.id
            """,
            sources=[name for name, _label in SOURCES], nan=nothing, key=str(company.id),
            shelf=self._get_shelf_days(), has_seller=self._get_seller_exists(company),
            unit=self.env.ref("uom.product_uom_unit").id,
            where=SQL(" AND ").join(where),
        ), FACTS)

    def _get_shelf_days(self):
        """SQL of the days a new product may lie in stock; NaN without an expiration time."""
        if "use_expiration_date" not in self.env["product.template"]._fields:
            return SQL("'NaN'::float8")
        return SQL(
            "CASE WHEN template.use_expiration_date AND template.expiration_time > 0"
            " THEN GREATEST(template.expiration_time - COALESCE(template.removal_time, 0), 1)::float8"
            " ELSE 'NaN'::float8 END"
        )

    def _open_shard(self, rows):
        """Temporary tables: the rules of this shard, and the locations below theirs."""
        names = ["id", "product_id", "warehouse_id", "location_id"]
        self._open_table("gantry_reorder_shard", rows[names].astype([(name, "i4") for name in names]))
        self.env.cr.execute(
            """
            CREATE TEMPORARY TABLE gantry_reorder_place ON COMMIT DROP AS
                SELECT top.id AS location_id, below.id AS child_id
                  FROM (SELECT DISTINCT location_id FROM gantry_reorder_shard) used
                  JOIN stock_location top ON top.id = used.location_id
                  JOIN stock_location below ON below.parent_path LIKE top.parent_path || '%%'
            """
        )
        self.env.cr.execute("ANALYZE gantry_reorder_place")

    def _close_shard(self):
        self.env.cr.execute("DROP TABLE gantry_reorder_shard, gantry_reorder_place")

    # -- policies

    def _get_row_policies(self, rows):
        """Policies used, and the place of each row's policy among them, -1 without one."""
        used = np.unique(rows["policy_id"])
        policies = self.env["gantry.reorder.policy"].browse(used[used > 0].tolist())
        place = np.searchsorted(used[used > 0], rows["policy_id"])
        return policies, np.where(rows["policy_id"] > 0, place, -1)

    def _get_policy_columns(self, policies, place, rows, cost, aims, partial=False):
        """Columns of the problem that policies decide; rows without a policy are calculated as by a new one.

        :param bool partial: only some of the rules are calculated: those that reach a target together keep the fill
            rate that the last run gave them
        """
        known = list(policies) or [policies.new({"name": "-", "company_id": self.env.company.id})]
        index = np.maximum(place, 0)

        def column(get, kind=np.float64):
            return np.array([get(policy) for policy in known], kind)[index]

        def limit(name):
            values = column(lambda policy: policy[name])
            return np.where(values > 0, values, np.inf)

        shared = column(lambda policy: policy.share_target, bool)
        kept = shared & partial & (rows["expected_fill"] > 0) & np.isnan(aims["price"])
        share = np.clip(rows["expected_fill"] / 100 - 1e-6, 1e-6, 1 - 1e-9)
        budgets = [number for number, policy in enumerate(policies) if policy.budget]
        calendar = np.array([policy._get_order_days() for policy in known], bool)
        return {
            "policy": column(lambda policy: METHOD_CODES[policy.method], int),
            "target_kind": column(lambda policy: TARGET_CODES[policy.target_kind], int),
            "target": np.where(kept, share, np.where(
                np.isfinite(aims["target"]), aims["target"], column(lambda policy: policy.target_pct / 100))),
            "shadow_price": aims["price"],
            "review_days": column(lambda policy: policy.review_days),
            "holding_rate": column(lambda policy: policy.holding_pct / 100),
            "order_cost": column(lambda policy: policy.order_cost),
            "shortage_cost": column(lambda policy: policy.shortage_pct / 100) * cost,
            "min_days": column(lambda policy: policy.min_days),
            "max_days": limit("max_days"),
            "cap_qty": limit("cap_qty"),
            "cap_days": np.fmin(limit("cap_days"), rows["shelf_days"]),
            "order_days": None if calendar.all() else calendar[index],
            "budget_group": np.array(
                [budgets.index(one) if one in budgets else -1 for one in range(len(known))])[index],
            "budget_limit": np.array([policies[number].budget for number in budgets]),
            "service_group": np.where(shared & ~kept, index, -1),
        }

    def _get_supplier_rows(self, rows):
        """Row of the rule of the supplying warehouse for the same product, -1 for outside suppliers."""
        keys = rows["product_id"].astype(np.int64) << 32
        own, wanted = keys + rows["warehouse_id"], keys + rows["supplier_warehouse_id"]
        order = np.argsort(own, kind="stable")
        found = np.minimum(np.searchsorted(own, wanted, sorter=order), len(rows) - 1)
        hit = (own[order[found]] == wanted) & (rows["supplier_warehouse_id"] > 0)
        return np.where(hit, order[found], -1)

    # -- stock and dated quantities

    def _read_on_hand(self, rows):
        found = copy_query(self.env.cr, SQL(
            """
            SELECT shard.id, sum(quant.quantity)::float8
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
              JOIN stock_quant quant ON quant.location_id = place.child_id AND quant.product_id = shard.product_id
             GROUP BY shard.id
            """,
        ), [("id", "i4"), ("qty", "f8")])
        on_hand = np.zeros(len(rows))
        on_hand[np.searchsorted(rows["id"], found["id"])] = found["qty"]
        return on_hand

    def _get_demand_query(self):
        """SQL of what customers, production and other warehouses have ordered: rule, moment, quantity, move."""
        return SQL(
            """
            SELECT shard.id, move.date AS moment, move.product_qty AS qty, move.id AS move_id
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
              JOIN stock_move move ON move.location_id = place.child_id AND move.product_id = shard.product_id
             WHERE move.state IN %s AND move.product_qty > 0
               AND NOT EXISTS (SELECT FROM gantry_reorder_place inside WHERE inside.location_id = shard.location_id
                                  AND inside.child_id = COALESCE(move.location_final_id, move.location_dest_id))
            """,
            OPEN_STATES,
        )

    def _read_pooled(self, company, rows, supplier):
        """Open transfers to warehouses whose forecasts the supplier carries besides its own: those fill that demand
        and are none on top of it."""
        if company.gantry_forecast_transfer or not (supplier >= 0).any():
            return Events()
        reached = SQL(
            """
            SELECT event.* FROM (%(demand)s) event
             WHERE event.id = ANY(%(suppliers)s) AND EXISTS (
                   WITH RECURSIVE chain AS (
                        SELECT event.move_id AS id
                         UNION
                        SELECT link.move_dest_id
                          FROM chain JOIN stock_move_move_rel link ON link.move_orig_id = chain.id
                   )
                   SELECT FROM chain
                     JOIN stock_move later ON later.id = chain.id
                     JOIN gantry_reorder_place place
                          ON place.child_id = COALESCE(later.location_final_id, later.location_dest_id)
                     JOIN gantry_reorder_shard served
                          ON served.location_id = place.location_id AND served.product_id = later.product_id
                     JOIN gantry_reorder_rule own ON own.id = served.id
                     JOIN gantry_reorder_shard hub
                          ON hub.id = event.id AND hub.warehouse_id = own.supplier_warehouse_id)
            """,
            demand=self._get_demand_query(), suppliers=rows["id"][np.unique(supplier[supplier >= 0])].tolist(),
        )
        return self._read_events(company, rows, reached)

    def _get_supply_queries(self, company):
        """SQL of what is on its way in: rule, moment, quantity. Glue addons add orders that are not moves yet."""
        return [SQL(
            """
            SELECT shard.id, move.date AS moment, move.product_qty AS qty
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
              JOIN stock_move move ON COALESCE(move.location_final_id, move.location_dest_id) = place.child_id
                                  AND move.product_id = shard.product_id
             WHERE move.state IN %s AND move.product_qty > 0
               AND NOT EXISTS (SELECT FROM gantry_reorder_place inside WHERE inside.location_id = shard.location_id
                                  AND inside.child_id = move.location_id)
            """,
            OPEN_STATES,
        )]

    def _read_events(self, company, rows, *queries):
        """Dated quantities. Documents carry real dates: day 0 is the real today, also under a planning day."""
        found = copy_query(self.env.cr, SQL(
            "SELECT event.id, (%(day)s - %(today)s::date)::int, sum(event.qty)::float8 FROM (%(queries)s) event"
            " GROUP BY 1, 2",
            day=self.env["gantry.demand"]._get_day(company, SQL("event.moment")), today=self._get_real_today(company),
            queries=SQL(" UNION ALL ").join(queries),
        ), [("id", "i4"), ("day", "i4"), ("qty", "f8")])
        found = found[found["qty"] > 0]
        return Events(row=np.searchsorted(rows["id"], found["id"]), day=found["day"], qty=found["qty"])

    @api.model
    def _get_real_today(self, company):
        return datetime.datetime.now(pytz.timezone(self.env["gantry.demand"]._get_timezone(company))).date()

    def _read_expiring(self, company, rows):
        if "removal_date" not in self.env["stock.quant"]._fields:
            return Events()
        return self._read_events(company, rows, SQL(
            """
            SELECT shard.id, COALESCE(quant.removal_date, quant.expiration_date) AS moment, quant.quantity AS qty
              FROM gantry_reorder_shard shard
              JOIN gantry_reorder_place place ON place.location_id = shard.location_id
              JOIN stock_quant quant ON quant.location_id = place.child_id AND quant.product_id = shard.product_id
             WHERE quant.quantity > 0 AND COALESCE(quant.removal_date, quant.expiration_date) IS NOT NULL
            """,
        ))


def _serve_others(grid, supplier):
    """A warehouse without customers of its own that supplies others has a forecast: nothing of its own."""
    hubs = np.unique(supplier[supplier >= 0])
    hubs = hubs[~grid["known"][hubs]]
    grid["mean"][hubs], grid["quantiles"][hubs], grid["known"][hubs] = 0.0, 0.0, True


def _raise_to_committed(grid, committed, pooled):
    """Customers' orders use up the forecast of their own period only: what they order beyond it comes on top, so one
    large order does not hide the demand of the weeks after it. Of those, `pooled` are in other rows' forecasts.

    :return: units on top of the forecast, (n,)
    """
    mean, quantiles = grid["mean"], grid["quantiles"]

    def by_bucket(events):
        n, width = mean.shape
        bucket = np.searchsorted(np.cumsum(grid["days"]), events.day, side="right")
        inside = bucket < width
        return np.bincount(events.row[inside] * width + bucket[inside], events.qty[inside],
                           minlength=n * width).reshape(n, width)

    ordered = by_bucket(committed) - by_bucket(pooled)
    excess = np.maximum(ordered - mean, 0).astype(np.float32)  # NaN stays NaN: no forecast is no forecast
    mean += excess
    quantiles += excess[:, :, None]
    return excess.sum(1)
