import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import UserError

from ..core import Params, ProblemError, Recipe, apply
from ..core.child import ChildError, Limits, call

_logger = logging.getLogger(__name__)

LEARN_DAYS = 7  # after so many days everything is learnt anew
FAST_BLOCK = 25_000  # series that are forecast at once in this process


def plan_ahead(blocks, recipe):
    """(block, plan) of each block; a thread computes the next one while the caller stores this one."""
    with ThreadPoolExecutor(1) as pool:
        ahead = []
        for block in blocks:
            ahead.append((block, pool.submit(apply, block.problem, recipe)))
            if len(ahead) > 1:
                done, plan = ahead.pop(0)
                yield done, plan.result()
        for done, plan in ahead:
            yield done, plan.result()


class GantryForecastRun(models.Model):
    """The refresh: history, a forecast from the fast models within seconds, then the better tiers by shard."""

    _inherit = "gantry.forecast"

    # -- asking for it

    @api.model
    def _enqueue_refresh(self, company, mode="all"):
        """Ask for a refresh of a company's forecasts.

        :param str mode: 'all' learns and forecasts everything, 'nightly' what is due
        :return: gantry.job; the one that waits or runs already when there is one
        """
        return self.env["gantry.job"]._enqueue(
            self.env._("Refresh the demand forecasts of %s", company.name), self._name, "_job_refresh",
            params={"mode": mode}, identity="gantry_forecast.refresh", company=company,
        )

    @api.model
    def _cron_refresh(self):
        """Every night: one job per company."""
        for company in self.env["res.company"].search([("gantry_forecast_nightly", "=", True)]):
            if self.env["stock.warehouse"].search_count([("company_id", "=", company.id)], limit=1):
                self.with_company(company)._enqueue_refresh(company, "nightly")

    def action_refresh(self):
        """Refresh all forecasts of the current company in the background and show how far it is."""
        self.check_access("write")
        job = self._enqueue_refresh(self.env.company)
        return {**job._open_action(), "target": "new"}

    def action_refresh_now(self):
        """Forecast these products again at once, with what the last run has learnt."""
        self.check_access("write")
        if archived := self.filtered(lambda forecast: not forecast.active):
            raise UserError(self.env._("%s is archived: unarchive the product to forecast it.",
                                       archived[0].product_id.display_name))
        for company, forecasts in self.grouped("company_id").items():
            self.env["gantry.demand"]._refresh(company)
            series = self._prepare_forecast_problem(company, ids=forecasts.ids)
            if series is None:
                raise UserError(self._get_no_history_sentence(company))
            record = self._get_recipe(company) or self._learn_fast(company)
            self._apply_forecast_plan(company, series, self._forecast_now(series, record), record)
            self._apply_overrides(company, forecasts.ids)
            self._flag_wrong(company)

    def _forecast_now(self, series, record):
        """A plan while somebody waits: all tiers in a child process, or the fast models alone."""
        if self._uses_tiers(record):
            try:
                return call("scale:apply_shard", series.problem, record._read_blob(), 0, limits=Limits(seconds=60))
            except ChildError as error:
                _logger.warning("Only the fast models can forecast now: %s %s", error, error.details)
        try:
            return apply(series.problem, Recipe.from_bytes(record._read_blob(fast=True)))
        except ProblemError as error:
            raise UserError(str(error)) from error

    def _get_no_history_sentence(self, company):
        return self.env._(
            "%s has no finished period of demand yet: deliver orders in Odoo or import the sales of your former "
            "system, then refresh.", company.name,
        )

    # -- the job

    def _job_refresh(self, job):
        """Refresh the forecasts of the job's company; can be resumed after every step."""
        company = job.company_id
        state = dict(job.checkpoint or {"step": "history"})
        begin, backtest = time.monotonic(), None
        if state["step"] == "history":
            state |= self._step_history(company, job)
            yield Progress(5, 100, self.env._("Demand history is up to date"), state)
        if state["step"] == "fast":
            state |= self._step_fast(company, job, state)
            backtest = state.pop("backtest", None)
            if backtest:
                state |= {"step": "accuracy", "next": state["step"]}
            yield Progress(15, 100, self.env._("A first forecast is there"), state)
        if state["step"] == "accuracy":
            state |= self._step_accuracy(company, state, backtest)
            yield Progress(20, 100, self.env._("The accuracy of the first forecast is known"), state)
        if state["step"] == "learn":
            yield from self._step_learn(company, job, state)
            yield Progress(50, 100, self.env._("Models are chosen"), state)
        if state["step"] == "shards":
            yield from self._step_shards(company, job, state)
        if state["step"] != "nothing":
            self._step_finish(company, state, time.monotonic() - begin)
        return {key: state[key] for key in ("series", "refined", "note") if key in state}

    def _step_history(self, company, job):
        counts = self.env["gantry.demand"]._refresh(company)
        self._ensure_series(company)
        job._log(self.env._(
            "Demand history: %(products)s products looked at, %(rows)s days changed.",
            products=counts["products"], rows=counts["rows"],
        ))
        if counts["projects"]:
            job._log(self.env._(
                "%s days look like one-off projects: Demand History lists them by the filter \"One-off Project?\".",
                counts["projects"],
            ))
        asked = (job.params or {}).get("mode") != "nightly"
        learn_due = asked or self._is_learning_due(company, self._get_recipe(company))
        due = learn_due or self._get_recipe(company).date_start != self._get_bucket_start(company)
        return {"step": "fast", "scope": "all" if due else "changed", "learn": learn_due}

    def _is_learning_due(self, company, recipe):
        """Once a week, after a change of the settings, and when the last run did not end."""
        return bool(
            not recipe or recipe.state != "done" or recipe.setting != self._get_setting(company)
            or recipe.date < fields.Datetime.now() - timedelta(days=LEARN_DAYS)
        )

    def _step_fast(self, company, job, state):
        """The fast models for everything that is due, in this process."""
        changed = state["scope"] == "changed"
        series = self._prepare_forecast_problem(company, changed=changed)
        if series is None:
            note = self.env._("Nothing has changed since the last forecast.") if changed \
                else self._get_no_history_sentence(company)
            job._log(note)
            return {"step": "nothing", "series": 0, "note": note}
        record = self._get_recipe(company)
        if state["learn"] or not record:
            record = self._learn_fast(company, series, job)
        refine = self._get_params(company, series.own).tiers != ("numpy",)
        if not changed:
            record.write({"series_count": series.own, "date_start": self._get_bucket_start(company), "note": False})
        backtest = None
        if not changed or not (refine and self._uses_tiers(record)):
            backtest = self._forecast_here(company, series, record)
        if not changed:
            self._close_buckets(company, series)
        step = "learn" if refine and state["learn"] else "shards" if refine and self._uses_tiers(record) else "finish"
        found = {"step": step, "recipe": record.id, "series": series.own, "refined": 0, "backtest": backtest}
        if step == "shards":
            found["todo"] = self._get_shards(series.ids[:series.own], changed)
        return found

    def _forecast_here(self, company, series, record):
        """Forecast with the fast models, block by block: one is written while the next is computed.

        :return: the backtest of each block, to be filed when planners have their forecasts
        """
        recipe = Recipe.from_bytes(record._read_blob(fast=True))
        backtest = []
        for block, plan in plan_ahead(series.split(FAST_BLOCK), recipe):
            self._apply_forecast_plan(company, block, plan, record)
            backtest.append((block.ids[:block.own], self._prepare_backtest(company, block, plan, record)))
        self._apply_overrides(company)
        self._flag_wrong(company)
        return backtest

    def _step_accuracy(self, company, state, backtest):
        """File the backtest; a run that was interrupted before has to forecast once more for it."""
        if backtest is None and state["scope"] == "all":
            series = self._prepare_forecast_problem(company)
            record = self.env["gantry.forecast.recipe"].sudo().browse(state["recipe"])
            backtest = self._forecast_here(company, series, record)
        self._file_backtest(company, backtest or [])
        return {"step": state["next"]}

    def _step_finish(self, company, state, seconds):
        record = self.env["gantry.forecast.recipe"].sudo().browse(state.get("recipe")).exists()
        self._flag_wrong(company)
        self._take_snapshot(company)
        if record:
            record._summarise(refined=state.get("refined", 0), seconds=seconds, scope=state["scope"])

    # -- settings

    @api.model
    def _get_setting(self, company):
        """Everything set for a company that a forecast depends on, in one line."""
        left_out = {"gantry_forecast_nightly", "gantry_forecast_engine", "gantry_forecast_dask_address"}
        return " ".join(
            f"{name.removeprefix('gantry_forecast_')}={company[name]}" for name in sorted(company._fields)
            if name.startswith("gantry_forecast_") and name not in left_out
        )

    @api.model
    def _get_recipe(self, company):
        """What the last run of a company learnt, in sudo: recipes are written by runs only."""
        return self.env["gantry.forecast.recipe"].sudo().search([
            ("company_id", "=", company.id), ("bucket", "=", company.gantry_forecast_bucket), ("data", "!=", False),
        ], limit=1)

    def _uses_tiers(self, record):
        return any(line.used and line.tier != "numpy" for line in record.tier_ids)

    @api.model
    def _get_params(self, company, count):
        """Parameters of the core from the company's settings."""
        tiers = ["numpy"]
        if count <= company.gantry_forecast_refine_limit:
            tiers += [tier for tier in ("statistical", "panel") if company[f"gantry_forecast_{tier}"]]
        return Params(tiers=tuple(tiers), exclude_outliers=company.gantry_forecast_exclude_outliers)
