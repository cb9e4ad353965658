from unittest.mock import patch

import numpy as np
from freezegun import freeze_time

from odoo.tests import tagged

from ..core import Params
from ..core.child import ChildError
from ..core.scale import DaskExecutor, InProcessExecutor, LocalExecutor
from ..models import gantry_forecast_learn, gantry_forecast_shards
from ..models.gantry_forecast_learn import GantryForecastLearn
from .common import TODAY, ForecastCase, PlayedChild, PlayedExecutor, SteadyCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastShards(SteadyCase):
    """The better tiers, learnt in a child and applied shard by shard."""

    def test_every_product_is_refined_by_shard(self):
        self._more(4)
        with self._tiers_in_process():
            job = self._refresh()
        self.assertEqual((job.state, job.error), ("done", False))
        self.assertEqual(job.result["refined"], job.result["series"])
        record = self.Forecast._get_recipe(self.company_a)
        self.assertEqual((record.state, record.refined_count), ("done", 5))

    def test_a_killed_worker_leaves_whole_forecasts_and_the_run_goes_on(self):
        self._more(6)
        with self._tiers_in_process():
            job = self.Forecast._enqueue_refresh(self.company_a)
            turns = 0
            while job.state != "done" and turns < 20:
                # a new runner each time, after one step: all it knows is what is in the database
                job._run_inline(max_steps=1)
                self.env.invalidate_all()
                turns += 1
                lengths = [len(arrays["final"]) for arrays in self._all_arrays().values()]
                self.assertEqual(lengths, [] if turns == 1 else [6] * 7)  # all of them or none, and whole
            self.assertGreater(turns, 4)
            found = self._all_arrays()
            straight = self._refresh()
        self.assertEqual(job.result, straight.result)
        for forecast_id, arrays in self._all_arrays().items():
            np.testing.assert_allclose(arrays["final"], found[forecast_id]["final"], rtol=1e-5)

    def _all_arrays(self):
        return self.Forecast._read_arrays(self.Forecast.search([("company_id", "=", self.company_a.id)]).ids)

    def test_better_models_that_fail_leave_the_fast_ones(self):
        child = PlayedChild([None, ChildError("The forecast process ran out of memory.", "trace")])
        self.company_a.gantry_forecast_statistical = True
        with patch.object(type(self.Forecast), "_start_learning", lambda *args: child):
            job = self._refresh()
        self.assertTrue(child.closed)
        self.assertEqual(job.state, "done")
        self.assertTrue(self._forecast(self.steady).date_forecast)
        warning = job.log_ids.filtered(lambda line: line.level == "warning")
        self.assertIn("ran out of memory", warning.message)
        tiers = self.Forecast._get_recipe(self.company_a).tier_ids
        self.assertIn("failed", tiers.filtered(lambda line: line.tier == "statistical").mapped("reason"))

    def test_a_shard_that_fails_keeps_its_fast_forecasts_and_the_others_are_refined(self):
        self._more(4)
        executor = PlayedExecutor({0: "The forecast process ran out of memory."})
        with self._tiers_in_process(series_per_shard=1), \
                patch.object(type(self.Forecast), "_get_executor", lambda model, company: executor):
            job = self._refresh()
        self.assertEqual((job.state, job.result["series"], job.result["refined"]), ("done", 5, 4))
        record = self.Forecast._get_recipe(self.company_a)
        self.assertEqual(record.state, "done")
        self.assertIn("ran out of memory", record.note)

    def test_three_failures_in_a_row_end_the_refinement(self):
        self._more(6)
        executor = PlayedExecutor(dict.fromkeys(range(1, 99), "Broken."))
        with self._tiers_in_process(series_per_shard=1), \
                patch.object(type(self.Forecast), "_get_executor", lambda model, company: executor):
            job = self._refresh()
        self.assertEqual((job.result["refined"], executor.calls), (1, 4))

    def test_a_cluster_that_is_gone_is_replaced_by_this_machine(self):
        self._more(3)
        self.company_a.write({
            "gantry_forecast_engine": "dask", "gantry_forecast_dask_address": "tcp://127.0.0.1:9"})
        executor = self.Forecast._get_executor(self.company_a)
        self.assertEqual((type(executor), executor.address), (DaskExecutor, "tcp://127.0.0.1:9"))
        with self._tiers_in_process(series_per_shard=1), \
                patch.object(type(self.Forecast), "_get_executor", lambda model, company: executor), \
                patch.object(DaskExecutor, "_client", side_effect=ChildError("The cluster cannot be reached.")), \
                patch.object(type(self.Forecast), "_get_local_executor", lambda model: InProcessExecutor()):
            job = self._refresh()
        self.assertEqual((job.state, job.result["refined"]), ("done", 4))
        self.assertIn("cluster failed", " ".join(job.log_ids.mapped("message")))
        self.company_a.gantry_forecast_engine = "local"
        self.assertIsInstance(self.Forecast._get_executor(self.company_a), LocalExecutor)

    def test_a_worker_that_is_ended_again_and_again_is_told_on_the_run(self):
        job = self.Forecast._enqueue_refresh(self.company_a)
        with self._tiers_in_process(pauses=99):
            for _turn in range(40):
                job._run_inline(max_steps=1)
                if job.state == "done":
                    break
                for child, _begin in gantry_forecast_learn._learning.values():
                    child.close()
                gantry_forecast_learn._learning.clear()  # the process is gone, and the child with it
        self.assertEqual(job.state, "done")
        self.assertIn("limit_time_real_cron", self.Forecast._get_recipe(self.company_a).note)
        self.assertTrue(self._forecast(self.steady).date_forecast)

    def test_a_pause_does_not_stop_what_is_being_learnt(self):
        job = self.Forecast._enqueue_refresh(self.company_a)
        with self._tiers_in_process(pauses=3):
            while job.checkpoint is False or job.checkpoint.get("step") != "learn":
                job._run_inline(max_steps=1)
            job._run_inline(max_steps=1)
            [(child, _begin)] = gantry_forecast_learn._learning.values()
            left = len(child.answers)
            job._run_inline(max_steps=1)
            self.assertEqual([c for c, _begin in gantry_forecast_learn._learning.values()], [child])
            self.assertLess(len(child.answers), left)
            self.assertFalse(child.closed)
            job._run_inline()
        self.assertEqual((job.state, child.closed), ("done", True))
        self.assertFalse(gantry_forecast_learn._learning)

    def test_what_a_cancelled_job_learns_is_given_up(self):
        job = self.Forecast._enqueue_refresh(self.company_a)
        with self._tiers_in_process(pauses=9):
            while not gantry_forecast_learn._learning:
                job._run_inline(max_steps=1)
            [(child, _begin)] = gantry_forecast_learn._learning.values()
            job.action_cancel()
            job._run_inline()
            self.assertEqual(job.state, "cancelled")
            self._refresh()
        self.assertTrue(child.closed)
        self.assertFalse(gantry_forecast_learn._learning)


@tagged("post_install", "-at_install")
class TestForecastChildren(ForecastCase):
    """Real child processes, on a clock that runs; the history ends in the past and is planned from there."""

    def test_real_children_learn_and_forecast(self):
        rng = np.random.default_rng(5)
        for i in range(5):
            self._sales(self._product(f"Product {i}"), rng.poisson(5, 60))
        self.company_a.gantry_forecast_statistical = True
        params = Params(tiers=("numpy",))
        with patch.object(type(self.Forecast), "_uses_tiers", lambda model, record: True), \
                patch.object(type(self.Forecast), "_start_learning",
                             lambda model, problem, _params: start(model, problem, params)), \
                patch.object(gantry_forecast_shards, "SHARD", (3, 3)):
            start = GantryForecastLearn._start_learning
            job = self._refresh()
        self.assertEqual((job.state, job.error), ("done", False))
        self.assertFalse(job.log_ids.filtered(lambda line: line.level == "warning").mapped("message"))
        record = self.Forecast._get_recipe(self.company_a)
        self.assertEqual((record.state, record.refined_count, record.note), ("done", 5, False))
        self.assertFalse(gantry_forecast_learn._learning)
