import numpy as np

from odoo import api, models
from odoo.exceptions import UserError

from ..core import ProblemError, Target, solve

TARGETS = (50, 60, 70, 75, 80, 85, 88, 90, 92, 94, 95, 96, 97, 98, 98.5, 99, 99.5, 99.9)
SAMPLE = 1500  # rules that are calculated at each target; of larger scopes every so-manieth counts for its neighbours


class GantryReorderWhatif(models.AbstractModel):
    """What service and holding cost do to stock and money: the efficient curve behind the sliders."""

    _name = "gantry.reorder.whatif"
    _description = "Efficient Curve of Stock and Service"

    @api.model
    @api.readonly
    def get_curve(self, *, policy_id=False, warehouse_id=False, categ_id=False, rule_ids=False):
        """Stock, service and cost a year of some rules at a row of service targets.

        :param int policy_id: only products under this policy
        :param int warehouse_id: only this warehouse
        :param int categ_id: only this category and those below it
        :param list rule_ids: only these rules
        :return: {curve: [{target, fill, stock, ordering, short, shortage}], current, target_pct, holding_pct, ...},
            money in the currency of the company, targets and fill rates in per cent
        """
        self.env["gantry.api"]._require_group("stock.group_stock_user")
        backtest = self.env["gantry.reorder.backtest"]
        domain = self._get_domain(policy_id, warehouse_id, categ_id, rule_ids)
        ids = self.env["gantry.reorder.rule"].search(domain, order="id").ids
        policy = self.env["gantry.reorder.policy"].browse(policy_id or [])
        policy.check_access("read")
        answer = {
            "curve": [], "current": None, "rules": len(ids), "currency_id": self.env.company.currency_id.id,
            "policy_name": policy.name or "", "target_pct": policy.target_pct or 97.0,
            "holding_pct": policy.holding_pct or 20.0, "may_apply": self.env["gantry.reorder.policy"].has_access("write"),
            "may_backtest": backtest.has_access("create"), "reason": "", "note": "",
        }
        if not ids:
            answer["reason"] = self.env._(
                "There are no reorder rules in this scope yet: make forecasts, then run the worklist.")
            return answer
        step = -(-len(ids) // SAMPLE)
        # sudo: rules were searched as the user; the calculation reads stock, moves and vendor prices like the run does
        batch = self.sudo().env["gantry.reorder.rule"]._prepare_reorder_problem(self.env.company, ids=ids[::step])
        try:
            answer |= self._get_points(batch, len(ids) / len(batch.rows))
        except ProblemError as error:
            answer["reason"] = str(error)
            return answer
        if not answer["curve"]:
            answer["reason"] = self.env._(
                "None of these rules can be calculated: the health list says what is missing.")
        answer["note"] = self._get_note(len(ids), step)
        return answer

    def _get_domain(self, policy_id, warehouse_id, categ_id, rule_ids):
        domain = [("company_id", "=", self.env.company.id), ("kind", "=", "warehouse")]
        for name, operator, value in (
            ("policy_id", "=", policy_id), ("warehouse_id", "=", warehouse_id), ("categ_id", "child_of", categ_id),
        ):
            if value:
                domain.append((name, operator, value))
        return [*domain, ("id", "in", rule_ids)] if rule_ids else domain

    def _get_note(self, count, step):
        parts = [self.env._(
            "%s products, with today's forecasts and measured lead times. The curve is the least stock that reaches a "
            "service; a point below or right of it can be bettered.", count)]
        if step > 1:
            parts.append(self.env._("Calculated on every %s. product.", step))
        return " ".join(parts)

    def _get_points(self, batch, factor):
        """The curve and the rules in force."""
        plain = batch.problem.but(target_kind=int(Target.FILL), service_group=-1, budget_group=-1)
        curve = []
        for target in TARGETS:
            problem = plain.but(target=target / 100)
            plan = solve(problem)
            good = ~plan.blocked
            if not good.any():
                return {"curve": []}
            curve.append({"target": target, **self._sum_up(problem, plan, good, factor)})
        return {"curve": self._keep_rising(curve)}

    @staticmethod
    def _sum_up(problem, plan, good, factor):
        cost, stock = problem.unit_cost[good], np.nan_to_num(plan.avg_value[good])
        short = np.nan_to_num(plan.short_year[good])
        year = plan.reasons["rate"][good] * 365
        demand = float((year * cost).sum())
        shortage = problem.shortage_cost[good] * short
        ordering = plan.cost_year[good] - problem.holding_rate[good] * stock - shortage
        missed = float((short * cost).sum())
        return {
            "fill": 100 * (1 - missed / demand) if demand else 100.0, "stock": factor * float(stock.sum()),
            "ordering": factor * float(np.maximum(ordering, 0).sum()), "short": factor * missed,
            "shortage": factor * float(shortage.sum()),
        }

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
    def apply_to_policy(self, *, policy_id, target_pct, holding_pct):
        """Set a policy to the service target and the holding cost that were chosen.

        :param int policy_id: the policy
        :param float target_pct: fill rate, per cent
        :param float holding_pct: per cent of the value a year
        """
        policy = self.env["gantry.reorder.policy"].browse(policy_id)
        policy.write({"target_kind": "fill", "target_pct": target_pct, "holding_pct": holding_pct})
        return True

    @api.model
    def new_backtest(self, *, policy_id=False, warehouse_id=False, categ_id=False, rule_ids=False, target_pct=97.0,
                     holding_pct=20.0):
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
            "target_pct": target_pct, "holding_pct": holding_pct,
        })
        return {"type": "ir.actions.act_window", "res_model": backtest._name, "res_id": backtest.id,
                "views": [[False, "form"]], "name": self.env._("Replay")}
