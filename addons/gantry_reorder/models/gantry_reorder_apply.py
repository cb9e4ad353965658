import numpy as np

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL

from ..core import Binding

STATES = ("ok", "proposed", "waiting", "applied", "manual", "blocked")
LEAD_SOURCES = ("none", "set", "policy", "route", "category", "vendor", "product")
BINDINGS = tuple(binding.name.lower() for binding in Binding)
IGNORED_CHANGE = 0.03  # a rule is left alone when minimum and maximum would move by less
FIGURES = (
    "new_min", "new_max", "new_multiple", "change_pct", "forecast_day_qty", "safety_qty", "target_pct",
    "expected_fill", "expected_cycle", "avg_stock_qty", "avg_stock_value", "unit_cost", "lead_days_mean",
    "lead_days_p10", "lead_days_p90", "set_lead_days", "protect_days", "protect_qty", "usual_order_qty",
    "on_hand_qty", "incoming_qty", "committed_qty", "order_qty_computed", "risk_value", "waste_qty",
    "point_qty",
)


class GantryReorderApply(models.Model):
    """From arrays back to tables: the figures of a shard in one statement, then the reordering rules."""

    _inherit = "gantry.reorder.rule"

    def _apply_reorder_plan(self, company, batch, plan, projection, write_rules=True):
        """File a plan: figures, problems, and where the policy says so the reordering rules themselves.

        :param write_rules: whether automatic rules are written now
        :return: dict of counts: rules, proposed, waiting, applied, created, archived, blocked
        """
        issues = self._find_issues(batch, plan)
        blocked = plan.blocked | issues.blocks(len(batch.rows))
        found = self._get_figures(company, batch, plan, projection, blocked)
        states, act = self._get_states(batch, plan, blocked)
        found["state"], found["issue_count"] = states + 1, issues.counts(len(found))
        self._write_figures(company, batch, found)
        issues.file(self.env, company, batch, found)
        counts = {name: int((states == number).sum()) for number, name in enumerate(STATES)}
        counts |= {"rules": len(batch.rows), "created": 0, "archived": 0}
        if write_rules:
            counts |= self._write_automatic(company, batch, found, act)
        self.invalidate_model()
        return counts

    # -- figures

    def _get_figures(self, company, batch, plan, projection, blocked):
        """The structured array that goes into the database; NaN where there is nothing to say."""
        n, problem = len(batch.rows), batch.problem
        found = np.zeros(n, [
            ("id", "i4"), ("state", "i4"), ("lead_source", "i4"), ("binding", "i4"), ("lead_count", "i4"),
            ("issue_count", "i4"),
            *((name, "f8") for name in FIGURES), ("stockout_day", "i4"), ("order_by_day", "i4"),
        ])
        found["id"], found["binding"] = batch.rows["id"], plan.binding + 1
        found["lead_source"], found["lead_count"] = batch.lead_source + 1, batch.lead_count
        for name, values in {
            "new_min": plan.min_qty, "new_max": plan.max_qty, "new_multiple": problem.multiple,
            "change_pct": 100 * _get_change(batch, plan), "forecast_day_qty": batch.day_mean,
            "safety_qty": plan.safety, "target_pct": self._get_target_pct(batch, plan),
            "expected_fill": 100 * plan.expected_fill,
            "expected_cycle": 100 * plan.expected_cycle, "avg_stock_qty": plan.avg_stock,
            "avg_stock_value": plan.avg_stock * batch.unit_cost, "unit_cost": batch.unit_cost,
            "lead_days_mean": plan.lead_mean, "lead_days_p10": _get_quantile(problem, 0.1),
            "lead_days_p90": plan.lead_p90, "set_lead_days": batch.set_days, "protect_days": plan.protect_days,
            "protect_qty": plan.protect_mean, "usual_order_qty": plan.order_qty, "on_hand_qty": problem.on_hand,
            "incoming_qty": _get_sum(problem.incoming, n), "committed_qty": _get_sum(problem.committed, n),
            "order_qty_computed": projection.propose_qty, "risk_value": projection.short_value,
            "waste_qty": projection.waste_qty, "point_qty": self._get_point_qty(company, batch),
        }.items():
            found[name] = values
        for name in ("new_min", "new_max", "change_pct", "safety_qty"):
            found[name][blocked] = np.nan
        for name in ("order_qty_computed", "risk_value", "waste_qty"):
            found[name] = np.nan_to_num(found[name])
        found["order_qty_computed"][blocked] = 0
        found["stockout_day"], found["order_by_day"] = projection.stockout_day, projection.order_by_day
        found["stockout_day"][plan.blocked] = found["order_by_day"][blocked] = -1
        return found

    @staticmethod
    def _get_target_pct(batch, plan):
        """The target of the policy: what a rule aims at to reach it (see `gantry_reorder_proof`) is another number."""
        aimed = np.array([policy.target_kind == "fill" and not policy.share_target for policy in batch.policies]
                         + [False])[batch.place]
        wanted = np.array([policy.target_pct for policy in batch.policies] + [0.0])[batch.place]
        return np.where(aimed, wanted, 100 * plan.target)

    def _get_point_qty(self, company, batch):
        """Stock that Odoo's own rule compares with its minimum: at the lead time as set, and for rules that no
        automatic policy sets after the company's horizon too."""
        problem, n = batch.problem, len(batch.rows)
        modes = np.array([policy.mode for policy in batch.policies] + ["manual"])[batch.place]
        until = np.nan_to_num(batch.set_days) + np.where(modes == "auto", 0, company.horizon_days) + 1
        return problem.on_hand + problem.incoming.until(until, n) - problem.committed.until(until, n)

    def _get_states(self, batch, plan, blocked):
        """State of each rule, and what an automatic policy does now: 1 write, 2 create, 0 nothing."""
        n = len(batch.rows)
        modes = np.array([policy.mode for policy in batch.policies] + ["manual"])[batch.place]
        asks = np.array([policy.approve_change_pct for policy in batch.policies] + [0.0])[batch.place] / 100
        change = _get_change(batch, plan)
        exists = batch.rows["orderpoint_id"] > 0
        moved = ~exists | (change > IGNORED_CHANGE) | (batch.rows["old_min"] > batch.rows["old_max"])
        moved &= ~(_get_change(batch, plan, "kept") <= IGNORED_CHANGE)  # turned down before
        needed = exists | (plan.max_qty > 0)
        large = exists & (asks > 0) & (change > asks)
        states = np.zeros(n, np.int32)
        wanted = moved & needed & ~blocked
        states[wanted & (modes == "suggest")] = STATES.index("proposed")
        auto = wanted & (modes == "auto")
        waits = auto & (large | batch.rows["hand_edited"])
        states[waits] = STATES.index("waiting")
        states[modes == "manual"] = STATES.index("manual")
        states[blocked] = STATES.index("blocked")
        act = np.where(auto & ~waits, np.where(exists, 1, 2), 0)
        return states, act

    def _write_figures(self, company, batch, found):
        self._open_table("gantry_reorder_found", found)
        figures = SQL(", ").join(
            SQL("%s = NULLIF(found.%s, 'NaN')", SQL.identifier(name), SQL.identifier(name)) for name in FIGURES)

        def pick(names, column):
            return SQL("(%s::varchar[])[%s]", list(names), SQL.identifier("found", column))

        def date(column):
            name = SQL.identifier("found", column)
            return SQL("CASE WHEN %s >= 0 THEN %s::date + %s END", name, batch.today.astype(object), name)

        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule
               SET %(figures)s, state = %(state)s, lead_source = %(lead)s, binding = %(binding)s,
                   lead_count = found.lead_count, issue_count = found.issue_count + %(unordered)s,
                   projected_stockout_date = %(stockout)s, order_by_date = %(order_by)s,
                   has_manual_qty = %(by_hand)s,
                   order_qty = CASE WHEN %(by_hand)s THEN rule.order_qty_manual ELSE found.order_qty_computed END,
                   order_value = found.unit_cost
                       * CASE WHEN %(by_hand)s THEN rule.order_qty_manual ELSE found.order_qty_computed END,
                   snoozed_until = CASE WHEN rule.snoozed_until > %(today)s THEN rule.snoozed_until END,
                   last_run = now() AT TIME ZONE 'UTC', write_date = now() AT TIME ZONE 'UTC', write_uid = %(uid)s
              FROM gantry_reorder_found found WHERE found.id = rule.id
            """,
            figures=figures, state=pick(STATES, "state"), lead=pick(LEAD_SOURCES, "lead_source"),
            binding=pick(BINDINGS, "binding"), stockout=date("stockout_day"), order_by=date("order_by_day"),
            today=batch.today.astype(object), uid=self.env.uid,
            # a quantity by hand stays until it is ordered or reset; "nothing" only while there is something to order
            by_hand=SQL("(rule.has_manual_qty AND (rule.order_qty_manual > 0 OR found.order_qty_computed > 0))"),
            unordered=SQL(
                "(SELECT count(*) FROM gantry_reorder_issue issue WHERE issue.rule_id = rule.id"
                " AND issue.kind = 'order_failed' AND found.order_qty_computed > 0)"),
        ))
        self.env.cr.execute("DROP TABLE gantry_reorder_found")

    # -- reordering rules

    def _write_automatic(self, company, batch, found, act):
        """Write and create the reordering rules of automatic policies; archive those nobody needs."""
        counts = {"applied": 0}
        if (rows := np.flatnonzero(act == 1)).size:
            counts["applied"] = len(self._write_points(
                company, found["id"][rows], found["new_min"][rows], found["new_max"][rows], "auto"))
        if (rows := np.flatnonzero(act == 2)).size:
            counts["created"] = len(self._create_points(
                company, found["id"][rows], found["new_min"][rows], found["new_max"][rows]))
        counts["archived"] = self._archive_points(company, batch)
        self._set_triggers(batch.rows["id"].tolist())
        return counts

    def _set_triggers(self, ids):
        """Let Odoo's scheduler order by the rules of automatic policies, and no longer by those that were made for
        one and are now under another. Rules that people set or have to approve stay as they are."""
        self.env.cr.execute(SQL(
            """
            UPDATE stock_warehouse_orderpoint point
               SET trigger = CASE WHEN rule.mode = 'auto' THEN 'auto' ELSE 'manual' END,
                   create_uid = CASE WHEN rule.mode = 'auto' THEN point.create_uid
                                     ELSE NULLIF(point.create_uid, %(root)s) END  -- Odoo deletes passing ones of root
              FROM gantry_reorder_rule rule
             WHERE rule.id = ANY(%(ids)s) AND point.id = rule.orderpoint_id AND rule.hand_edited IS NOT TRUE
               AND ((rule.mode = 'auto' AND point.trigger = 'manual' AND rule.state IN ('ok', 'applied'))
                    OR (rule.mode != 'auto' AND rule.policy_id IS NOT NULL AND point.trigger = 'auto'
                        AND EXISTS (SELECT FROM gantry_reorder_change change
                                     WHERE change.orderpoint_id = point.id AND change.kind = 'create')))
            """,
            ids=ids, root=SUPERUSER_ID,
        ))
        self.env["stock.warehouse.orderpoint"].invalidate_model(["trigger", "create_uid"])

    def _archive_points(self, company, batch):
        """Archive rules of dead products that have neither stock nor orders, where the policy says so."""
        archives = np.array([policy.archive_rules and policy.mode == "auto" for policy in batch.policies] + [False])
        dead = self.env["gantry.reorder.policy"]._get_class_names().index("dead") + 1
        problem, n = batch.problem, len(batch.rows)
        rows = np.flatnonzero(
            archives[batch.place] & (batch.rows["orderpoint_id"] > 0) & (batch.demand_class == dead)
            & ~batch.rows["hand_edited"] & (problem.on_hand == 0)
            & (_get_sum(problem.incoming, n) == 0) & (_get_sum(problem.committed, n) == 0))
        if not len(rows):
            return 0
        rules = self.browse(batch.rows["id"][rows].tolist())
        # sudo: the run may be a planner's; what it writes is decided by the policy and kept in the history
        rules.orderpoint_id.sudo()._write_by_gantry({"active": False})
        rules._log_change(
            "archive", {rule.id: (rule.old_min, rule.old_max) for rule in rules}, dict.fromkeys(rules.ids, (0.0, 0.0)),
            self.env._("No demand for a long time, no stock and no orders left."))
        # sudo: as above
        rules.sudo().write({"active": False, "orderpoint_id": False})
        return len(rows)


def _get_sum(events, size):
    return np.bincount(events.row, events.qty, minlength=size)[:size]


def _get_change(batch, plan, kind="old"):
    """Largest relative change of minimum or maximum, as a share of the rule in force (or of the levels that were
    turned down); NaN without one."""
    old_min, old_max = batch.rows[f"{kind}_min"], batch.rows[f"{kind}_max"]
    base = np.maximum(np.maximum(np.abs(old_max), np.abs(old_min)), batch.problem.rounding)
    return np.maximum(np.abs(plan.min_qty - old_min), np.abs(plan.max_qty - old_max)) / base


def _get_quantile(problem, share):
    """Lead time that is not undercut in `share` of the cases."""
    days = np.where(problem.lead_prob > 0, problem.lead_days, np.inf)
    order = np.argsort(days, axis=1)
    rising = np.cumsum(np.take_along_axis(np.nan_to_num(problem.lead_prob), order, 1), axis=1)
    first = np.argmax(rising >= share * rising[:, -1:], axis=1)
    found = np.take_along_axis(np.take_along_axis(days, order, 1), first[:, None], 1)[:, 0]
    return np.where(np.isfinite(found), found, np.nan)
