import time

from odoo import api, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.exceptions import UserError

from ..core import Params, ProblemError, learn
from ..core.child import Child, ChildError, Limits

LISTEN_S, REPORT_S = 0.5, 3.0  # how often a learning child is listened to, and progress told
ATTEMPTS = 3  # times that learning is begun anew after the worker was ended
CHILD_S = 3600.0  # a child that nobody has asked for so long is given up

# children that learn for a job of this process: (database, job) -> (child, when it began)
_learning = {}


class GantryForecastLearn(models.Model):
    """Choosing models: the fast ones in this process, all tiers in a child process."""

    _inherit = "gantry.forecast"

    def _step_learn(self, company, job, state):
        """Choose models of all tiers on the history, in a child process.

        It takes minutes and cannot be cut into steps. When the job pauses, the child works on and is found again
        by the next turn of this process; another process starts its own.
        """
        record = self.env["gantry.forecast.recipe"].sudo().browse(state["recipe"])
        params = self._get_params(company, record.series_count)
        key = (self.env.cr.dbname, job.id)
        self._forget_children(key)
        try:
            if key not in _learning:
                self._count_attempt(state)
                series = self._prepare_forecast_problem(company)
                _learning[key] = (self._start_learning(series.problem, params), time.monotonic())
            recipe = yield from self._wait_for_child(_learning[key][0], state)
        except (ChildError, ProblemError) as error:
            record.note = self.env._("The better models could not be tried: %s", error)
            job._log(record.note, "warning", getattr(error, "details", None))
            record.tier_ids.filtered(lambda line: line.tier in params.tiers and line.tier != "numpy").reason = "failed"
            state["step"] = "finish"
        else:
            record._file(recipe, state="refining")
            ids = self._get_series(company)["id"]
            state |= {"step": "shards", "todo": self._get_shards(ids, False)}
        # not reached when the job pauses: the child goes on
        child, _begin = _learning.pop(key, (None, None))
        if child:
            child.close()

    def _count_attempt(self, state):
        """Give up when the server has ended the worker again and again in the middle of learning."""
        if state.get("attempts", 0) >= ATTEMPTS:
            raise ChildError(self.env._(
                "the server ends its workers after %s s, before the models are learnt; set limit_time_real_cron to "
                "3600 or more in its configuration", self._get_worker_seconds(),
            ))
        state["attempts"] = state.get("attempts", 0) + 1

    def _wait_for_child(self, child, state):
        """Yield progress until the child has learnt; returns its recipe."""
        steps, said = [0, 1], time.monotonic()

        def hear(done, total):
            steps[:] = done, total

        while True:
            finished, recipe = child.receive(hear, LISTEN_S)
            if finished:
                return recipe
            if time.monotonic() - said >= REPORT_S:
                said = time.monotonic()
                yield Progress(20 + 30 * steps[0] / max(steps[1], 1), 100, self.env._("Trying better models"), state)

    @api.model
    def _start_learning(self, problem, params):
        child = Child(self._get_limits())
        child.submit("engine:learn", (problem, params), {"seed": 0})
        return child

    @api.model
    def _forget_children(self, key):
        """End children of jobs that were cancelled while they paused."""
        for other, (child, begin) in list(_learning.items()):
            job = self.env["gantry.job"].sudo().browse(other[1])
            ended = other[0] == self.env.cr.dbname and job.state not in ("running", "pending")
            if other != key and (ended or time.monotonic() - begin > CHILD_S):
                child.close()
                del _learning[other]

    @api.model
    def _get_limits(self):
        return Limits(seconds=CHILD_S)

    def _learn_fast(self, company, series=None, job=None):
        """A new recipe from the fast models, learnt in this process."""
        series = series or self._prepare_forecast_problem(company)
        if series is None:
            raise UserError(self._get_no_history_sentence(company))
        params = Params(tiers=("numpy",), exclude_outliers=company.gantry_forecast_exclude_outliers)
        try:
            recipe = learn(series.problem, params)
        except ProblemError as error:
            raise UserError(str(error)) from error
        # sudo: nobody may write recipes by hand
        record = self.env["gantry.forecast.recipe"].sudo().create({
            "company_id": company.id, "bucket": company.gantry_forecast_bucket,
            "horizon": company.gantry_forecast_horizon, "date_start": self._get_bucket_start(company),
            "series_count": series.own, "job_id": job.id if job else False, "setting": self._get_setting(company),
        })
        record._file(recipe, state="fast")
        record._choose_window(series.problem, params.backtest_origins)
        return record
