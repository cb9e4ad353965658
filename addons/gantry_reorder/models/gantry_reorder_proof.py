from datetime import timedelta

import numpy as np

from odoo import api, fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.addons.gantry_forecast.models.gantry_forecast_recipe import CLASSES
from odoo.exceptions import UserError

from .gantry_reorder_proof_play import PROOF_SAMPLE, get_code

STALE_DAYS = 7
YEAR = timedelta(days=364)


class GantryReorderProof(models.Model):
    """What a policy really reached in a replay of the last year, and what it therefore aims at.

    One row per policy whose products reach the target together, otherwise one per policy and class of demand. The next
    run reads them (`gantry_reorder_problem`).
    """

    _name = "gantry.reorder.proof"
    _description = "Service Proved on the Past"
    _order = "policy_id, demand_class, id"
    _rec_name = "policy_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    policy_id = fields.Many2one("gantry.reorder.policy", required=True, readonly=True, index=True, ondelete="cascade")
    demand_class = fields.Selection(CLASSES, string="Class", readonly=True, help="Empty: all classes together.")
    target_pct = fields.Float("Target (%)", readonly=True, aggregator="avg", digits=(16, 1))
    reached_pct = fields.Float(
        "Reached (%)", readonly=True, aggregator="avg", digits=(16, 1),
        help="Fill rate in the replay, had levels been set from the forecasts' own spread alone.")
    aim_pct = fields.Float(
        "Aims at (%)", readonly=True, aggregator="avg", digits=(16, 1),
        help="What the forecasts' own spread must promise so that the target is reached.")
    price = fields.Float("Shadow Price", readonly=True, aggregator=None, help="Money worth holding for a unit a day.")
    steady = fields.Boolean(
        "Steadier", readonly=True,
        help="Forecasts are averaged with the demand of the last year: in the replay this needed less stock.")
    days = fields.Integer("Days Replayed", readonly=True, aggregator=None)
    rule_count = fields.Integer("Products", readonly=True)
    date = fields.Date("Proved on", readonly=True)
    explanation = fields.Json(compute="_compute_explanation")

    def _compute_explanation(self):
        for proof in self:
            proof.explanation = self.env["gantry.explain"]._explain(proof._get_reasons())

    def _get_reasons(self):
        """Codes and numbers for `gantry.explain`; nothing where nothing was proved."""
        found = []
        for proof in self.filtered("days"):
            found.append({"code": "reorder_proved", "numbers": {
                "target": proof.target_pct / 100, "reached": proof.reached_pct / 100, "aim": proof.aim_pct / 100,
                "days": proof.days}})
            if proof.steady:
                found.append({"code": "reorder_steady", "numbers": {}})
        return found

    # -- reading

    @api.model
    def _get_aims(self, policies):
        """Proofs that still hold, by policy and class (False: all): those made for the target that is set now."""
        return {
            (proof.policy_id, proof.demand_class): proof
            for proof in self.search([("policy_id", "in", policies.ids)])
            if proof.policy_id.target_kind == "fill" and abs(proof.target_pct - proof.policy_id.target_pct) < 1e-6
            and proof.policy_id.share_target == (not proof.demand_class)
        }

    @api.model
    def _is_stale(self, company):
        """Whether a policy has no proof of its target, or the last one is a week old."""
        policies = self.env["gantry.reorder.policy"]._get_in_force(company).filtered(
            lambda policy: policy.target_kind == "fill")
        today = self.env["gantry.demand"]._get_today(company)
        fresh = self.search([("company_id", "=", company.id), ("date", ">", today - timedelta(days=STALE_DAYS))])
        known = {(proof.policy_id, proof.target_pct) for proof in fresh}
        return any((policy, policy.target_pct) not in known for policy in policies)

    # -- the job

    @api.model
    def _enqueue_proof(self, company):
        return self.env["gantry.job"]._enqueue(
            self.env._("Prove the reorder policies of %s on the past", company.name), self._name, "_job_prove",
            identity="gantry_reorder.prove", company=company,
        )

    def _job_prove(self, job):
        """Replay the last year with every aim, keep what reached the targets, and set the rules by it."""
        company = job.company_id
        proof = self.with_company(company).sudo()  # sudo: figures that people may not write
        last = self.env["gantry.demand"]._get_today(company) - timedelta(days=1)
        backtest = self.env["gantry.reorder.backtest"].with_company(company).sudo().new({
            "company_id": company.id, "date_from": last - YEAR, "date_to": last, "unserved": "lost"})
        ids = self.env["gantry.reorder.rule"].search([
            ("company_id", "=", company.id), ("kind", "=", "warehouse"), ("policy_id", "!=", False)], order="id").ids
        ids = ids[::max(1, -(-len(ids) // PROOF_SAMPLE))]
        yield Progress(0, 100, self.env._("Choosing forecast models"))
        try:
            recipe, columns, starts = backtest._choose_models(company, ids)
        except UserError as error:
            job._log(str(error))
            proof._file(company)
            return {"classes": 0}
        past = backtest._prepare_past(company, ids, starts[0])
        found = []
        for proved in backtest._prove(past, recipe, columns):
            found.append(proved)
            yield Progress(
                100 * len(found) / (len(columns) + 1), 100, self.env._("Setting levels as they would have been set"))
        count = proof._file(company, found[-1], past)
        self.env["gantry.reorder.rule"].with_company(company)._enqueue_run(company)
        return {"classes": count}

    def _file(self, company, proved=({}, set()), past=None):
        """Keep a row per class; policies that could not be replayed get one that says nothing, until next week."""
        today = self.env["gantry.demand"]._get_today(company)
        common = {"company_id": company.id, "date": today}
        values, names = {}, self.env["gantry.reorder.policy"]._get_class_names()
        for policy in self.env["gantry.reorder.policy"]._get_in_force(company):
            if policy.target_kind == "fill":
                values[policy, False] = {"policy_id": policy.id, "target_pct": policy.target_pct, **common}
        if past is not None:
            aims, steadier = proved
            for policy in past.batch.policies:
                for number, name in enumerate([False, *names]):
                    code = get_code(policy.id, number)
                    if code not in aims or np.isnan(aims[code].reached):
                        continue
                    aim = aims[code]
                    values[policy, name] = {
                        "policy_id": policy.id, "target_pct": policy.target_pct, "demand_class": name,
                        "reached_pct": 100 * aim.reached, "aim_pct": 100 * aim.target, "price": aim.price,
                        "steady": code in steadier, "days": aim.days, "rule_count": aim.rules, **common}
        self.search([("company_id", "=", company.id)]).unlink()
        self.create(list(values.values()))
        return sum(bool(vals.get("days")) for vals in values.values())


class GantryReorderPolicy(models.Model):
    _inherit = "gantry.reorder.policy"

    proof_ids = fields.One2many("gantry.reorder.proof", "policy_id", string="Proved on the Past", readonly=True)

    def action_prove(self):
        """Replay the last year in the background and aim at what reached the target."""
        self.env["gantry.api"]._require_group("gantry_base.group_planner")
        job = self.env["gantry.reorder.proof"]._enqueue_proof(self.company_id or self.env.company)
        return {**job._open_action(), "target": "new"}
