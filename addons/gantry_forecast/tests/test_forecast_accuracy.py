from unittest.mock import patch

import numpy as np
from freezegun import freeze_time

from odoo.tests import tagged

from ..models import gantry_forecast_run
from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastAccuracy(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Accuracy = cls.env["gantry.forecast.accuracy"]
        rng = np.random.default_rng(2)
        cls.product = cls._product("Valve")
        cls._sales(cls.product, rng.poisson(20, 60))
        cls.tiny = cls._product("Tiny")
        cls._sales(cls.tiny, rng.poisson(0.5, 60))

    def _live(self):
        return self.Accuracy.search(
            [("product_id", "=", self.product.id), ("kind", "=", "live")], order="lag, date desc")

    def test_the_backtest_is_filed_by_month_and_agrees_with_the_list(self):
        self._refresh()
        rows = self.Accuracy.search([("product_id", "=", self.product.id), ("kind", "=", "backtest")])
        self.assertGreater(len(rows), 1)
        self.assertTrue(all(row.date.day == 1 for row in rows))
        wape = sum(rows.mapped("error_forecast")) / sum(rows.mapped("actual"))
        self.assertAlmostEqual(wape, self._forecast(self.product).wape, places=4)
        naive = sum(rows.mapped("error_naive")) / sum(rows.mapped("actual"))
        self.assertAlmostEqual(naive, self._forecast(self.product).naive_wape, places=4)

    def test_a_second_run_replaces_the_backtest(self):
        self._refresh()
        count = self.Accuracy.search_count([])
        self._refresh()
        self.assertEqual(self.Accuracy.search_count([]), count)

    def test_planners_have_their_forecasts_before_the_accuracy_is_filed(self):
        job = self.Forecast._enqueue_refresh(self.company_a)
        while (job.checkpoint or {}).get("step") != "accuracy":
            job._run_inline(max_steps=1)
        self.assertTrue(self._forecast(self.product).date_forecast)
        self.assertFalse(self.Accuracy.search_count([]))
        job._run_inline(max_steps=1)  # a new runner: it has to measure once more
        self.assertEqual(self.Accuracy.search([("kind", "=", "backtest")]).product_id, self.product | self.tiny)
        job._run_inline()
        self.assertEqual(job.state, "done")

    def test_what_is_deleted_leaves_no_accuracy_behind(self):
        child = self.env["product.category"].create({
            "name": "Child", "parent_id": self.env["product.category"].create({"name": "Parent"}).id})
        self.product.categ_id = child
        self._sales(self.tiny, [5] * 60, self.wh_a2)
        self._refresh()
        rows = self.Accuracy.search([("product_id", "=", self.product.id)])
        self.assertEqual(rows.categ_id, child)
        self.product.categ_id = self.env["product.category"].create({"name": "Other"})
        child.parent_id.unlink()
        self.env.invalidate_all()
        self.assertFalse(rows.categ_id)
        self.assertTrue(self.Accuracy.search([("warehouse_id", "=", self.wh_a2.id)]))
        self.wh_a2._unlink_forget_accuracy()
        self.env.invalidate_all()
        self.assertFalse(self.Accuracy.search([("warehouse_id", "=", self.wh_a2.id)]))

    def test_every_block_of_a_large_company_keeps_its_backtest(self):
        with patch.object(gantry_forecast_run, "FAST_BLOCK", 1):
            self._refresh()
        rows = self.Accuracy.search([("kind", "=", "backtest")])
        self.assertEqual(rows.product_id, self.product | self.tiny)

    def test_groups_divide_sums_by_sums(self):
        self._refresh()
        rows = self.Accuracy.search([("kind", "=", "backtest")])
        [(wape, naive)] = self.Accuracy._read_group([("kind", "=", "backtest")], [], ["wape:avg", "wape_naive:avg"])
        actual = sum(rows.mapped("actual"))
        self.assertAlmostEqual(wape, 100 * sum(rows.mapped("error_forecast")) / actual, places=4)
        self.assertAlmostEqual(naive, 100 * sum(rows.mapped("error_naive")) / actual, places=4)
        summary = self.Accuracy.get_summary([("kind", "=", "backtest")])
        self.assertAlmostEqual(100 * summary["gantry"], wape, places=4)

    def test_the_summary_of_nothing_is_empty(self):
        self.assertEqual(self.Accuracy.get_summary([("id", "=", 0)])["actual"], 0)

    def test_a_closed_week_is_compared_with_what_was_forecast_before(self):
        self._refresh()
        forecast = self._final(self._forecast(self.product))[0]
        self._deliver(self.product, 33, self.wh_a1, "2026-03-04")
        with freeze_time("2026-03-09"):
            self._refresh(mode="nightly")
        row = self._live()
        self.assertEqual((row.lag, str(row.date), row.actual), (1, "2026-03-02", 33))
        self.assertAlmostEqual(row.forecast, forecast, places=4)
        with freeze_time("2026-03-16"):
            self._deliver(self.product, 20, self.wh_a1, "2026-03-10")
            self._refresh(mode="nightly")
        self.assertEqual([(row.lag, str(row.date)) for row in self._live()], [
            (1, "2026-03-09"), (1, "2026-03-02"), (2, "2026-03-09")])

    def test_a_forecast_made_in_the_middle_of_the_week_does_not_replace_the_first(self):
        self._refresh()
        forecast = self._final(self._forecast(self.product))[0]
        self._deliver(self.product, 900, self.wh_a1, "2026-02-25")
        self._refresh()
        self._deliver(self.product, 33, self.wh_a1, "2026-03-04")
        with freeze_time("2026-03-09"):
            self._refresh()
        self.assertAlmostEqual(self._live().forecast, forecast, places=4)

    def test_a_week_out_of_stock_is_not_judged(self):
        self._refresh()
        self.env.cr.execute(
            "INSERT INTO gantry_demand_stockout (product_id, warehouse_id, company_id, date_from, date_to)"
            " VALUES (%s, %s, %s, '2026-03-02', '2026-03-08')",
            (self.product.id, self.wh_a1.id, self.company_a.id),
        )
        self._deliver(self.tiny, 1, self.wh_a1, "2026-03-09")
        with freeze_time("2026-03-10"):
            self._refresh()
        self.assertFalse(self._live())

    def test_a_run_compares_itself_with_naive_and_the_best_window(self):
        self._refresh()
        recipe = self.Forecast._get_recipe(self.company_a)
        self.assertGreater(recipe.naive_wape, 0)
        self.assertGreater(recipe.window_wape, 0)
        self.assertTrue(recipe.window_name)
        self.assertIn("naive", recipe.summary)
        self.assertIn("The fast models are always used.", recipe.tier_ids.mapped("sentence"))
        page = self.Accuracy.get_summary([("kind", "=", "backtest"), ("company_id", "=", self.company_a.id)])
        self.assertAlmostEqual(recipe.window_wape, page["window"], places=6)

    def test_every_product_is_compared_with_the_same_window(self):
        """Blocks of products would each have found another window that happens to suit them."""
        falling = self._product("Falling")
        self._sales(falling, np.linspace(90, 10, 60).round())
        seasonal = self._product("Seasonal")
        self._sales(seasonal, (50 + 45 * np.sin(2 * np.pi * np.arange(120) / 52)).round())
        self._refresh()
        expected = sum(self.Accuracy.search([("kind", "=", "backtest")]).mapped("error_window"))
        recipe = self.Forecast._get_recipe(self.company_a)
        with self._tiers_in_process(series_per_shard=1), patch.object(gantry_forecast_run, "FAST_BLOCK", 1), \
                patch.object(type(self.Forecast), "_uses_tiers", lambda model, record: True):
            self._refresh()
        sharded = self.Forecast._get_recipe(self.company_a)
        self.assertEqual(sharded.refined_count, 4)
        self.assertEqual(sharded.window_name, recipe.window_name)
        rows = self.Accuracy.search([("kind", "=", "backtest")])
        self.assertAlmostEqual(sum(rows.mapped("error_window")), expected, places=3)

    def test_old_comparisons_and_runs_are_forgotten(self):
        self._refresh()
        rows = self.Accuracy.search([("kind", "=", "backtest")], limit=3)
        self.env.cr.execute(
            "UPDATE gantry_forecast_accuracy SET kind = 'live', lag = id, date = '2024-03-01' WHERE id IN %s",
            (tuple(rows.ids[:2]),))
        self.env.cr.execute(
            "UPDATE gantry_forecast_accuracy SET date = '2025-03-01' WHERE id = %s", (rows[0].id,))
        self.Accuracy._gc_live()
        self.assertEqual(rows.exists(), rows[0] | rows[2])
        Recipe = self.env["gantry.forecast.recipe"].sudo()
        used = self.Forecast._get_recipe(self.company_a)
        old = Recipe.create([{
            "company_id": self.company_a.id, "bucket": "week", "horizon": 6, "date": f"2025-0{month}-01",
        } for month in range(1, 6)])
        used.date = "2025-01-01"
        Recipe._gc_unused()
        self.assertEqual((used | old).exists(), used | old[2:])
