import os

import numpy as np

from odoo import api, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.tools import SQL, config

from ..core import ProblemError
from ..core.child import ChildError, Limits
from ..core.scale import DaskExecutor, LocalExecutor

SHARD = (200, 600)  # series of a shard, at least and at most
DASK_SHARDS = 16  # handed to a cluster at once
FAILURES = 3  # batches in a row that fail before the better models are given up
STEP_SHARE = 0.75  # of the time after which the server ends a worker


class GantryForecastShards(models.Model):
    """The better tiers, shard by shard in other processes."""

    _inherit = "gantry.forecast"

    def _get_shards(self, ids, changed):
        """Forecast ids of each shard: first and last, or all of them when only some have changed."""
        ids = np.sort(ids)
        size = int(np.clip(len(ids) // (8 * self._get_workers()), *SHARD))
        parts = [ids[i:i + size] for i in range(0, len(ids), size)]
        return [part.tolist() if changed else [int(part[0]), int(part[-1])] for part in parts]

    def _step_shards(self, company, job, state):
        """Forecast shard by shard; what is written stays when the worker is killed.

        A shard that fails keeps its fast forecasts. A cluster that fails is left for this machine.
        """
        record = self.env["gantry.forecast.recipe"].sudo().browse(state["recipe"]).exists()
        if not record:
            state |= {"step": "finish"}
            return
        todo, total = list(state["todo"]), len(state["todo"]) + state.get("shards_done", 0)
        executor = self._get_executor(company)
        failures = 0
        while todo:
            together = DASK_SHARDS if isinstance(executor, DaskExecutor) else self._get_workers()
            batch, todo = todo[:together], todo[together:]
            left, error = self._refine(company, record, executor, batch, state)
            failures = failures + 1 if error else 0
            if error and isinstance(executor, DaskExecutor):
                job._log(self.env._("The cluster failed, the rest is computed on this machine: %s", error), "warning",
                         getattr(error, "details", None))
                executor, failures, todo = self._get_local_executor(), 0, left + todo
            elif error:
                self._note_failure(job, record, error)
            if failures == FAILURES:
                todo = []
            state |= {"todo": todo, "shards_done": total - len(todo)}
            yield Progress(
                50 + 45 * (total - len(todo)) / max(total, 1), 100,
                self.env._("%(done)s of %(total)s products refined", done=state["refined"], total=state["series"]),
                state,
            )
        self._apply_overrides(company)
        state["step"] = "finish"

    def _refine(self, company, record, executor, batch, state):
        """Forecast some shards.

        :return: (shards that are not done, what went wrong or None)
        """
        prepared, left = {}, list(batch)
        try:
            tasks = self._get_tasks(company, batch, record._read_blob(), prepared, state["scope"] == "changed")
            for number, plan in executor.map("scale:apply_shard", tasks):
                series, shard = prepared.pop(number)
                self._apply_forecast_plan(company, series, plan, record)
                rows = self._prepare_backtest(company, series, plan, record)
                self._file_backtest(company, [(series.ids[:series.own], rows)])
                state["refined"] += series.own
                left.remove(shard)
        except (ChildError, ProblemError) as error:
            return left, error
        return [], None

    def _get_tasks(self, company, shards, blob, prepared, changed):
        """Arguments of each shard's forecast; read from the database when a process is free for it."""
        number = 0
        for shard in shards:
            ids = shard if changed else self._get_ids_between(company, *shard)
            series = self._prepare_forecast_problem(company, ids=ids) if ids else None
            if series is not None:
                prepared[number] = series, shard
                number += 1
                yield series.problem, blob, 0

    def _get_ids_between(self, company, low, high):
        self.env.cr.execute(SQL(
            "SELECT id FROM gantry_forecast WHERE company_id = %s AND active AND id BETWEEN %s AND %s",
            company.id, low, high,
        ))
        return [row[0] for row in self.env.cr.fetchall()]

    def _note_failure(self, job, record, error):
        """Say in the log and on the run why some products keep the forecast of the fast models."""
        sentence = self.env._("Some products keep the forecast of the fast models: %s", error)
        job._log(sentence, "warning", getattr(error, "details", None))
        record.note = sentence

    @api.model
    def _get_workers(self):
        return max(1, min(4, os.cpu_count() or 1))

    @api.model
    def _get_executor(self, company):
        """Where shards are forecast. The one seam for other engines."""
        if company.gantry_forecast_engine == "dask" and company.gantry_forecast_dask_address:
            return DaskExecutor(company.gantry_forecast_dask_address)
        return self._get_local_executor()

    @api.model
    def _get_local_executor(self):
        """A shard that takes longer than a worker may run fails by itself, before the server ends the worker."""
        seconds = self._get_worker_seconds()
        limits = Limits(seconds=STEP_SHARE * seconds) if seconds else self._get_limits()
        return LocalExecutor(self._get_workers(), limits)

    @api.model
    def _get_worker_seconds(self):
        """After how many seconds the server ends a worker that runs a job; 0 for never."""
        own = config["limit_time_real_cron"]
        return (config["limit_time_real"] if own is None or own < 0 else own) or 0
