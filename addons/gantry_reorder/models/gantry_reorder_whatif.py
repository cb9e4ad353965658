import numpy as np

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..core import ProblemError, Target, solve
from ..core.frontier import frontier
from ..core.rating import rate

TARGETS = (50, 60, 70, 75, 80, 85, 88, 90, 92, 94, 95, 96, 97, 98, 98.5, 99, 99.5, 99.9)
SAMPLE = 1500  # rules that are calculated at each target; of larger scopes every so-manieth counts for its neighbours


class GantryReorderWhatif(models.AbstractModel):
    """What service and holding cost do to stock and money: the efficient curve behind the sliders."""

    _name = "gantry.reorder.whatif"
    _description = "Efficient Curve of Stock and Service"

    @api.model
    def get_curve(self, *, policy_id=False, warehouse_id=False, categ_id=False, rule_ids=False, together=None):
        """Stock, service and cost a year of some rules at a row of service targets.

        :param int policy_id: only products under this policy
        :param int warehouse_id: only this warehouse
        :param int categ_id: only this category and those below it
        :param list rule_ids: only these rules
        :param bool together: the products reach the target together; by default as the policy says, of all products so
        :return: {curve: [{target, fill, stock, ordering, short, shortage}], current, target_pct, holding_pct, ...},
            money in the currency of the company, targets and fill rates in per cent
        """
        self.env["gantry.api"]._require_group("stock.group_stock_user")
        domain = self._get_domain(policy_id, warehouse_id, categ_id, rule_ids)
        ids = self.env["gantry.reorder.rule"].search(domain, order="id").ids
        policy = self.env["gantry.reorder.policy"].browse(policy_id or [])
        policy.check_access("read")
        answer = {
            "curve": [], "current": None, "rules": len(ids), "currency_id": self.env.company.currency_id.id,
            "policy_name": policy.name or "", "target_pct": policy.target_pct or 97.0,
            "holding_pct": policy.holding_pct or 20.0, "reason": "", "note": "",
            "together": (not policy or policy.share_target) if together is None else bool(together),
            "may_apply": self.env["gantry.reorder.policy"].has_access("write"),
            "may_backtest": self.env["gantry.reorder.backtest"].has_access("create"),
        }
        if not ids:
            answer["reason"] = self.env._(
                "There are no reorder rules in this scope yet: make forecasts, then run the worklist.")
            return answer
        step = -(-len(ids) // SAMPLE)
        # sudo: rules were searched as the user; the calculation reads stock, moves and vendor prices like the run does
        batch = self.sudo().env["gantry.reorder.rule"]._prepare_reorder_problem(self.env.company, ids=ids[::step])
        try:
            answer |= self._get_points(batch, len(ids) / len(batch.rows), answer["together"])
        except ProblemError as error:
            answer["reason"] = str(error)
            return answer
        if not answer["curve"]:
            answer["reason"] = self.env._(
                "None of these rules can be calculated: the health list says what is missing.")
        answer["note"] = " ".join(filter(None, [self._get_note(len(ids), step, answer["together"]), answer["note"]]))
        return answer

    def _get_domain(self, policy_id, warehouse_id, categ_id, rule_ids):
        domain = [("company_id", "=", self.env.company.id), ("kind", "=", "warehouse")]
        for name, operator, value in (
            ("policy_id", "=", policy_id), ("warehouse_id", "=", warehouse_id), ("categ_id", "child_of", categ_id),
        ):
            if value:
                domain.append((name, operator, value))
        return [*domain, ("id", "in", rule_ids)] if rule_ids else domain

    def _get_note(self, count, step, together):
        parts = [self.env._("%s products, with today's forecasts and measured lead times.", count)]
        if together:
            parts.append(self.env._(
                "The curve is the least stock that reaches a service; a point below or right of it can be bettered."))
        else:
            parts.append(self.env._(
                "The curve lets every product reach the target by itself, which takes more stock than reaching it "
                "together: rules that serve some products less may lie above it."))
        if step > 1:
            parts.append(self.env._("Calculated on every %s. product.", step))
        return " ".join(parts)

    def _get_points(self, batch, factor, together):
        """The curve, and the rules in force beside it."""
        breaks = batch.problem.but(
            target_kind=int(Target.FILL), budget_group=-1, service_group=0 if together else -1, shadow_price=np.nan)
        problem = breaks.but(price_breaks=None)
        plan = solve(problem)
        good = ~plan.blocked
        if not good.any():
            return {}
        shortage = problem.shortage_cost[good] * plan.short_year[good]
        holding = problem.holding_rate[good] * plan.avg_value[good]
        ordering = factor * float(np.maximum(plan.cost_year[good] - holding - shortage, 0).sum())
        points = self._get_shared_points(problem) if together else self._get_own_points(problem)
        curve = [
            {"target": target, "fill": 100 * float(fill), "stock": factor * float(stock), "ordering": ordering,
             "short": factor * float(short), "shortage": factor * float(cost)}
            for target, (fill, stock, short, cost) in zip(TARGETS, points, strict=True)
        ]
        return {"curve": self._keep_rising(curve), "current": self._get_current(batch, problem, factor),
                "note": self._get_break_note(plan, solve(breaks) if breaks.price_breaks is not None else plan, factor)}

    def _get_break_note(self, plan, larger, factor):
        """What orders enlarged for price breaks, which the run makes, add to the curve."""
        good = ~plan.blocked & ~larger.blocked
        stock = factor * float((larger.avg_value - plan.avg_value)[good].sum())
        year = 365 * larger.reasons["rate"][good]
        saved = factor * float((year * np.maximum(plan.reasons["price"] - larger.reasons["price"], 0)[good]).sum())
        if saved < 1 or stock < 1:
            return ""
        currency = self.env.company.currency_id
        return self.env._(
            "Orders that are larger for a better price are not in the curve: they add %(stock)s of stock and save "
            "%(saved)s a year.",
            stock=formatLang(self.env, stock, digits=0, currency_obj=currency),
            saved=formatLang(self.env, saved, digits=0, currency_obj=currency))

    def _get_own_points(self, problem):
        """Every product reaches the target for itself: (fill rate, stock, value short, its cost)."""
        found = frontier(problem, np.array(TARGETS) / 100)
        return zip(found.fill, found.stock_value, found.short_value_year,
                   found.cost_year - found.holding_year, strict=True)

    def _get_shared_points(self, problem):
        """The products reach the target together, most of it where it costs least."""
        for target in TARGETS:
            plan = solve(problem.but(target=target / 100))
            good = ~plan.blocked
            short, demand = plan.short_year[good], 365 * float(plan.reasons["rate"][good].sum())
            yield (1 - short.sum() / demand if demand else 1.0, plan.avg_value[good].sum(),
                   (short * problem.unit_cost[good]).sum(), (short * problem.shortage_cost[good]).sum())

    def _get_current(self, batch, problem, factor):
        """What the rules in force promise by the same forecasts; products without a rule count with the curve."""
        low, high = (np.asarray(batch.rows[name], float) for name in ("old_min", "old_max"))
        low = np.maximum(low, 0)
        found = rate(problem, low, np.fmax(low, high))
        known = np.isfinite(found.stock)
        if known.sum() < len(known) / 2:
            return None
        cost, scale = problem.unit_cost[known], factor * len(known) / known.sum()
        demand, short = (values[known] for values in (found.demand_year, found.short_year))
        size = np.maximum(high[known] - low[known], 1e-9)
        # at most one order a day on which something was sold
        orders = np.minimum(found.demand_year[known] / size, self._count_sale_days(batch)[known])
        orders = orders * problem.order_cost[known]
        return {
            "fill": 100 * (1 - float(short.sum()) / float(demand.sum())) if demand.sum() else 100.0,
            "stock": scale * float((found.stock[known] * cost).sum()), "ordering": scale * float(orders.sum()),
            "short": scale * float((short * cost).sum()),
            "shortage": scale * float((found.short_year[known] * problem.shortage_cost[known]).sum()),
        }

    def _count_sale_days(self, batch):
        """Days of the last year on which each rule's product was asked for."""
        self.env.cr.execute(SQL(
            """
            SELECT rule.id, count(DISTINCT demand.date)
              FROM gantry_reorder_rule rule
              JOIN gantry_demand demand ON demand.product_id = rule.product_id
                                       AND demand.warehouse_id = rule.warehouse_id
             WHERE rule.id = ANY(%s) AND demand.date > %s AND demand.quantity > 0
             GROUP BY rule.id
            """,
            batch.rows["id"].tolist(), (batch.today - 365).astype(object),
        ))
        found = dict(self.env.cr.fetchall())
        return np.array([found.get(int(one), 0) for one in batch.rows["id"]], float)

    @staticmethod
    def _keep_rising(curve):
        """Targets below what a minimum or a pack gives anyway repeat the same point: keep one of them."""
        kept = []
        for point in curve:
            if not kept or point["stock"] > kept[-1]["stock"] + 1e-6:
                kept.append(point)
            else:
                kept[-1] = point
        return kept

    # -- from the page on

    @api.model
    def apply_to_policy(self, *, policy_id, target_pct, holding_pct, together=False):
        """Set a policy to the service target and the holding cost that were chosen.

        :param int policy_id: the policy
        :param float target_pct: fill rate, per cent
        :param float holding_pct: per cent of the value a year
        :param bool together: the products reach the target together
        """
        policy = self.env["gantry.reorder.policy"].browse(policy_id)
        policy.write({"target_kind": "fill", "target_pct": target_pct, "holding_pct": holding_pct,
                      "share_target": together})
        return True

    @api.model
    def new_backtest(self, *, policy_id=False, warehouse_id=False, categ_id=False, rule_ids=False, target_pct=97.0,
                     holding_pct=20.0, together=False):
        """Begin a replay with what was chosen on the page.

        :return: the action that opens it
        """
        domain = self._get_domain(policy_id, warehouse_id, categ_id, rule_ids)
        products = self.env["gantry.reorder.rule"].search(domain).product_id if rule_ids else None
        if rule_ids and not products:
            raise UserError(self.env._("There are no reorder rules in this scope."))
        backtest = self.env["gantry.reorder.backtest"].create({
            "policy_id": policy_id, "warehouse_id": warehouse_id, "categ_id": categ_id,
            "product_ids": [(6, 0, products.ids if products else [])], "own_settings": True, "target_kind": "fill",
            "target_pct": target_pct, "holding_pct": holding_pct, "share_target": together,
        })
        return {"type": "ir.actions.act_window", "res_model": backtest._name, "res_id": backtest.id,
                "views": [[False, "form"]], "name": self.env._("Replay")}
