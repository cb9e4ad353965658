import logging
from dataclasses import replace

import numpy as np

from odoo import api, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core import Params, ProblemError, project, solve
from ..core.echelon import echelon

_logger = logging.getLogger(__name__)

SHARD = 5000  # rules calculated and written at once
PLANNER = "gantry_base.group_planner"


class GantryReorderRun(models.Model):
    """The run: rows, lead times, then shard by shard levels, proposals and problems. Can be resumed after each."""

    _inherit = "gantry.reorder.rule"

    # -- asking for it

    @api.model
    def _enqueue_run(self, company):
        """Ask for a run for a company; the one that waits or runs already when there is one."""
        return self.env["gantry.job"]._enqueue(
            self.env._("Set the reorder rules of %s", company.name), self._name, "_job_run",
            identity="gantry_reorder.run", company=company,
        )

    @api.model
    def _cron_reorder(self):
        """Every night: one job per company that has forecasts."""
        for company in self.env["res.company"].search([("gantry_reorder_nightly", "=", True)]):
            if self.env["gantry.forecast"].search_count([("company_id", "=", company.id)], limit=1):
                self.with_company(company)._enqueue_run(company)

    @api.model
    def action_run(self):
        """Set all rules of the current company in the background and show how far it is."""
        self._check_planner()
        return {**self._enqueue_run(self.env.company)._open_action(), "target": "new"}

    def _check_planner(self):
        """Whoever runs, accepts or orders is a planner of the company; everything behind this check is logged."""
        if not self.env.su and not self.env.user.has_group(PLANNER):
            raise AccessError(self.env._("Only planners can set reorder rules and order."))
        self.check_access("write")

    # -- the job

    def _job_run(self, job):
        """Set the rules of the job's company."""
        company = job.company_id
        state = dict(job.checkpoint or {"step": "rows", "counts": {}})
        if state["step"] == "rows":
            state |= self._step_rows(company, job)
            yield Progress(5, 100, self.env._("Rules, sources and lead times are up to date"), state)
        total = max(state["rules"], 1)
        while state["todo"]:
            counts = self._run_shard(company, state["todo"][0], job)
            state["counts"] = {
                name: state["counts"].get(name, 0) + counts.get(name, 0) for name in state["counts"] | counts}
            state["todo"] = state["todo"][1:]
            yield Progress(
                5 + 95 * state["counts"].get("rules", 0) / total, 100,
                self.env._("%(done)s of %(total)s rules set", done=state["counts"].get("rules", 0), total=total), state,
            )
        if self.env["gantry.reorder.proof"]._is_stale(company):
            self.env["gantry.reorder.proof"]._enqueue_proof(company)
        return state["counts"]

    def _step_rows(self, company, job):
        Policy = self.env["gantry.reorder.policy"]
        if first := Policy._ensure_first(company):
            job._log(self.env._("There was no policy: %s was made, which only proposes.", first.name))
        receipts = self.env["gantry.reorder.leadtime"]._refresh(company)
        count = self._settle_rows(company)
        job._log(self.env._("%(rules)s rules; lead times measured on %(count)s receipts.", rules=count, count=receipts))
        self.env["gantry.reorder.pickface"]._generate_all(company)
        return {"step": "shards", "rules": count, "todo": self._get_shards(company)}

    def _get_shards(self, company):
        """Product ids of each shard, first and last: the warehouses of a product stay together, and all products do
        where a policy sets a budget or a target for them as a whole."""
        self.env.cr.execute(SQL(
            """
            SELECT product_id, count(*) FROM gantry_reorder_rule
             WHERE company_id = %s AND active AND kind = 'warehouse' GROUP BY product_id ORDER BY product_id
            """,
            company.id,
        ))
        found = np.array(self.env.cr.fetchall(), np.int64).reshape(-1, 2)
        if not len(found):
            return []
        policies = self.env["gantry.reorder.policy"]._get_in_force(company)
        if policies.filtered(lambda policy: policy.budget or policy.share_target):
            return [[int(found[0, 0]), int(found[-1, 0])]]
        number = (np.cumsum(found[:, 1]) - 1) // SHARD
        return [[int(part[0, 0]), int(part[-1, 0])] for part in (
            found[number == one] for one in np.unique(number))]

    def _run_shard(self, company, products, job=None):
        batch = self._prepare_reorder_problem(company, products=products)
        return self._solve_batch(company, batch) if batch else {}

    def _solve_batch(self, company, batch, write_rules=True):
        try:
            problem, plan = self._solve_problem(company, batch.problem)
            projection = project(problem, plan)
        except ProblemError as error:
            raise UserError(str(error)) from error
        return self._apply_reorder_plan(company, replace(batch, problem=problem), plan, projection, write_rules)

    def _solve_problem(self, company, problem):
        """Levels of all rules. A warehouse that supplies others also serves their demand, unless transfers are in its
        own history already.

        :return: the problem as it was solved, and its plan
        """
        params = self._get_params(company)
        if (problem.supplier >= 0).any() and not company.gantry_forecast_transfer:
            try:
                placement = echelon(problem, params)
            except ProblemError as error:  # warehouses that supply each other are planned each on its own
                _logger.warning("%s: %s", company.name, error)
            else:
                return placement.problem, placement.plan
        return problem, solve(problem, params)

    @api.model
    def _get_params(self, company):
        return Params()

    # -- some rules at once, while somebody waits

    def _recompute(self, write_rules=False):
        """Calculate these rules again with the stock and orders of this moment."""
        for company, rules in self.filtered(lambda rule: rule.kind == "warehouse").grouped("company_id").items():
            ids = rules._get_planned_together().ids
            batch = self.with_company(company)._prepare_reorder_problem(company, ids=ids)
            if batch:
                self.with_company(company)._solve_batch(company, batch, write_rules)

    def _get_planned_together(self):
        """These rows, those of the same products in other warehouses, and all that share a budget with them."""
        budgets = self.policy_id.filtered("budget")
        # sudo: rows of warehouses and policies of the same company, which are only calculated with these
        return self.sudo().search([
            ("company_id", "in", self.company_id.ids), ("kind", "=", "warehouse"),
            "|", ("product_id", "in", self.product_id.ids), ("policy_id", "in", budgets.ids)])

    def action_recompute(self):
        """Calculate these rules again, without changing the reordering rules."""
        self._check_planner()
        for company, rules in self.grouped("company_id").items():
            rules.with_company(company)._link_orderpoints(company)
        self._recompute()
