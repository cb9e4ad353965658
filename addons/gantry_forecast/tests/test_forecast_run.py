from ast import literal_eval

import numpy as np
from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TODAY, SteadyCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastRun(SteadyCase):
    def test_a_refresh_forecasts_what_sells(self):
        job = self._refresh()
        self.assertEqual((job.state, job.error), ("done", False))
        forecast = self._forecast(self.steady)
        self.assertEqual((str(forecast.date_start), forecast.bucket), ("2026-03-02", "week"))
        self.assertAlmostEqual(forecast.next_qty, 20, delta=4)
        self.assertAlmostEqual(forecast.horizon_qty, 6 * 20, delta=20)
        self.assertAlmostEqual(forecast.value, 2 * forecast.horizon_qty, delta=0.01)
        self.assertAlmostEqual(forecast.next_30_qty, 20 * 30 / 7, delta=15)
        self.assertEqual((forecast.demand_class, forecast.tier), ("smooth", "numpy"))
        self.assertFalse(forecast.demand_changed)
        self.assertTrue(forecast.model)

    def test_without_a_cost_the_sales_price_gives_the_value(self):
        product = self._product("Imported", standard_price=0, list_price=7)
        self._sales(product, self.rng.poisson(5, 60))
        self._refresh()
        forecast = self._forecast(product)
        self.assertAlmostEqual(forecast.value, 7 * forecast.horizon_qty, delta=0.01)

    def test_the_bands_rise_and_are_never_negative(self):
        self._refresh()
        lines = self._forecast(self.steady).line_ids
        self.assertEqual(len(lines), 6)
        for line in lines:
            self.assertTrue(0 <= line.p05 <= line.p50 <= line.p95, line.date)
        self.assertEqual([str(line.date) for line in lines[:2]], ["2026-03-02", "2026-03-09"])

    def test_the_sums_agree_up_the_hierarchy(self):
        category = self.env["product.category"].create({"name": "Pumps"})
        for i in range(4):
            self._sales(self._product(f"Pump {i}", categ_id=category.id), self.rng.poisson(5, 60))
            self._sales(self._product(f"Pump B {i}", categ_id=category.id), self.rng.poisson(2, 60), self.wh_a2)
        self._refresh()
        lines = self.env["gantry.forecast.line"]
        [(total,)] = lines._read_group([("company_id", "=", self.company_a.id)], [], ["final:sum"])
        for groupby in ("categ_id", "warehouse_id", "product_id", "date:month"):
            groups = lines._read_group([("company_id", "=", self.company_a.id)], [groupby], ["final:sum"])
            self.assertAlmostEqual(sum(group[1] for group in groups), total, places=3, msg=groupby)
        forecasts = self.Forecast.search([("company_id", "=", self.company_a.id)])
        self.assertAlmostEqual(sum(forecasts.mapped("horizon_qty")), total, delta=1e-3 * total)

    def test_a_product_with_one_sale_is_forecast_as_new(self):
        product = self._product("Once")
        self._sales(product, [3])
        self._refresh()
        forecast = self._forecast(product)
        self.assertEqual((forecast.demand_class, forecast.is_new, forecast.alert), ("new", True, "new"))
        self.assertTrue(any("new" in reason["text"] for reason in forecast.explanation))

    def test_a_company_with_a_few_weeks_of_history_is_forecast(self):
        product = self._product("Young")
        self._sales(product, [5, 6, 4, 5, 7, 5, 6], self.wh_b1)
        job = self._refresh(self.company_b)
        self.assertEqual((job.state, job.error), ("done", False))
        self.assertAlmostEqual(self._forecast(product, self.wh_b1).next_qty, 5.4, delta=2)

    def test_a_product_of_zeros_gets_a_forecast_of_zero(self):
        product = self._product("Zeros")
        self._deliver(product, 5, self.wh_a1, "2025-06-02")
        self._return(product, 5, self.wh_a1, "2025-06-04")
        self._refresh()
        forecast = self._forecast(product)
        self.assertTrue(forecast.date_forecast)
        self.assertLess(forecast.horizon_qty, 0.5)

    def test_a_product_that_stopped_selling_is_dying(self):
        product = self._product("Fading")
        self._sales(product, [9] * 60 + [1] * 14)
        self._refresh()
        self.assertTrue(self._forecast(product).is_dying)
        self.assertFalse(self._forecast(self.steady).is_dying)

    def test_a_seasonal_product_is_told_and_explained(self):
        product = self._product("Ice")
        weeks = np.arange(160)
        self._sales(product, np.round(50 + 40 * np.sin(2 * np.pi * weeks / 52)))
        self._refresh()
        forecast = self._forecast(product)
        self.assertTrue(forecast.is_seasonal)
        codes = [reason["code"] for reason in forecast.explanation]
        self.assertIn("forecast_season_week", codes)
        self.assertNotIn("?", " ".join(reason["text"] for reason in forecast.explanation))

    def test_an_archived_product_leaves_the_list_and_comes_back(self):
        self._refresh()
        forecast = self._forecast(self.steady)
        self.steady.active = False
        self.assertFalse(forecast.active)
        self._refresh()
        self.assertFalse(self.Forecast.search([("product_id", "=", self.steady.id)]))
        self.steady.active = True
        self.assertTrue(forecast.active)

    def test_a_company_without_history_gets_one_sentence(self):
        job = self._refresh(self.company_b)
        self.assertEqual(job.state, "done")
        self.assertIn("no finished period of demand", job.result["note"])
        self.assertIn("Gantry Test B", job.result["note"])

    def test_two_refreshes_at_once_are_one(self):
        first = self.Forecast._enqueue_refresh(self.company_a)
        second = self.Forecast._enqueue_refresh(self.company_a, "nightly")
        self.assertEqual(first, second)
        other = self.Forecast._enqueue_refresh(self.company_b)
        self.assertNotEqual(first, other)

    def test_a_planner_may_refresh_and_a_stock_user_may_not(self):
        action = self.Forecast.with_user(self.user_planner).action_refresh()
        job = self.env["gantry.job"].browse(action["res_id"])
        job._run_inline()
        self.assertEqual((job.state, job.error), ("done", False))
        self.assertTrue(self._forecast(self.steady).date_forecast)
        with self.assertRaises(AccessError):
            self.Forecast.with_user(self.user_stock).action_refresh()

    def test_outliers_are_flagged_on_their_day(self):
        product = self._product("Spike")
        quantities = [10, 11, 9, 10] * 15
        quantities[40] = 900
        self._sales(product, quantities)
        self._refresh()
        flagged = self.Demand.search([("product_id", "=", product.id), ("flag", "=", "outlier")])
        self.assertEqual(flagged.mapped("quantity"), [900])

    # -- nightly

    def test_a_change_of_any_setting_is_learnt_in_the_next_night(self):
        self._refresh()
        recipe = self.Forecast._get_recipe(self.company_a)
        self.assertFalse(self.Forecast._is_learning_due(self.company_a, recipe))
        for name, value in (
            ("gantry_forecast_exclude_outliers", True), ("gantry_forecast_history_days", 400),
            ("gantry_forecast_transfer", True), ("gantry_forecast_statistical", True), ("gantry_forecast_horizon", 7),
        ):
            before = self.company_a[name]
            self.company_a[name] = value
            self.assertTrue(self.Forecast._is_learning_due(self.company_a, recipe), name)
            self.company_a[name] = before
        self.company_a.gantry_forecast_nightly = not self.company_a.gantry_forecast_nightly
        self.assertFalse(self.Forecast._is_learning_due(self.company_a, recipe))

    def test_an_event_and_a_lookalike_make_their_forecasts_due(self):
        other = self._product("Other")
        self._sales(other, self.rng.poisson(5, 60))
        self._refresh()
        due = [("company_id", "=", self.company_a.id), ("demand_changed", "=", True)]
        self.assertFalse(self.Forecast.search(due))
        event = self.env["gantry.demand.event"].with_user(self.user_planner).create({
            "name": "Sale", "product_ids": self.steady.ids, "uplift_percent": 100, "company_id": self.company_a.id,
            "date_from": "2026-03-09", "date_to": "2026-03-15",
        })
        self.assertEqual(self.Forecast.search(due), self._forecast(self.steady))
        before = self._final(self._forecast(self.steady))
        job = self._refresh(mode="nightly")
        self.assertEqual(job.result["series"], 1)
        self.assertGreater(self._final(self._forecast(self.steady))[1], 1.5 * before[1])
        event.product_ids = other
        self.assertEqual(self.Forecast.search(due), self._forecast(self.steady) | self._forecast(other))
        self._refresh(mode="nightly")
        event.unlink()
        self.assertEqual(self.Forecast.search(due), self._forecast(other))
        self._refresh(mode="nightly")
        self._forecast(other).lookalike_product_id = self.steady
        self.assertEqual(self.Forecast.search(due), self._forecast(other))

    def test_the_night_forecasts_only_what_changed(self):
        other = self._product("Other")
        self._sales(other, self.rng.poisson(5, 60))
        self._deliver(self.steady, 20, self.wh_a1, "2026-02-25")  # from here on the warehouse delivers in Odoo
        self._refresh()
        stamp = self._forecast(other).write_date
        self.env.cr.execute("UPDATE gantry_forecast SET write_date = write_date - interval '1 hour'")
        self._deliver(self.steady, 500, self.wh_a1, "2026-02-26")
        before = self._forecast(self.steady).next_qty
        job = self._refresh(mode="nightly")
        self.assertEqual(job.result["series"], 1)
        self.env.invalidate_all()
        self.assertNotEqual(self._forecast(self.steady).next_qty, before)
        self.assertLess(self._forecast(other).write_date, stamp)

    def test_an_event_makes_the_forecasts_due_that_it_is_for(self):
        other = self._product("Other")
        self._sales(other, self.rng.poisson(5, 60))
        self._refresh()
        event = self.env["gantry.demand.event"].with_user(self.user_planner).create({
            "name": "Sale", "date_from": "2026-03-09", "date_to": "2026-03-15", "uplift_percent": 100,
            "product_ids": other.ids, "company_id": self.company_a.id,
        })
        due = self.Forecast.search([("demand_changed", "=", True)])
        self.assertEqual(due, self._forecast(other))
        before = self._final(due)
        self._refresh(mode="nightly")
        np.testing.assert_allclose(self._final(due)[1], 2 * before[1], rtol=1e-4)
        self.assertFalse(due.demand_changed)
        event.product_ids = self.steady
        self.assertTrue(due.demand_changed and self._forecast(self.steady).demand_changed)

    def test_a_quiet_night_says_so(self):
        self._refresh()
        job = self._refresh(mode="nightly")
        self.assertEqual(job.result, {"series": 0, "note": "Nothing has changed since the last forecast."})

    def test_a_new_week_moves_every_forecast_on(self):
        self._deliver(self.steady, 20, self.wh_a1, "2026-03-03")
        self._refresh()
        with freeze_time("2026-03-10"):
            job = self._refresh(mode="nightly")
            self.assertEqual(job.result["series"], 1)
            self.assertEqual(str(self._forecast(self.steady).date_start), "2026-03-09")

    def test_the_cron_asks_for_one_job_per_company_that_wants_it(self):
        self.company_b.gantry_forecast_nightly = False
        self.Forecast._cron_refresh()
        jobs = self.env["gantry.job"].with_context(allowed_company_ids=[]).sudo().search([
            ("method", "=", "_job_refresh"), ("state", "=", "pending")])
        self.assertIn(self.company_a, jobs.company_id)
        self.assertNotIn(self.company_b, jobs.company_id)

    # -- one product now

    def test_one_product_can_be_forecast_at_once(self):
        product = self._product("Now")
        self._sales(product, self.rng.poisson(5, 60))
        self.Forecast._ensure_series(self.company_a)
        forecast = self._forecast(product).with_user(self.user_planner)
        forecast.action_refresh_now()
        self.assertTrue(forecast.date_forecast)
        self.assertFalse(self._forecast(self.steady).date_forecast)

    def test_a_new_product_follows_its_lookalike(self):
        product = self._product("Newcomer")
        forecast = self.Forecast.create({
            "product_id": product.id, "warehouse_id": self.wh_a1.id, "lookalike_product_id": self.steady.id,
        })
        self._refresh()
        self.assertGreater(forecast.horizon_qty, 0)
        self.assertIn("Steady", " ".join(reason["text"] for reason in forecast.explanation))

    def test_a_company_without_history_cannot_forecast_now(self):
        forecast = self.Forecast.with_company(self.company_b).create({
            "product_id": self.steady.id, "warehouse_id": self.wh_b1.id})
        with self.assertRaisesRegex(UserError, "no finished period"):
            forecast.action_refresh_now()

    # -- alerts

    def test_a_forecast_that_is_always_too_low_is_wrong(self):
        climbing = self._product("Climbing")
        self._sales(climbing, [10] * 48 + [int(10 * 1.35 ** week) for week in range(12)])
        self._refresh()
        forecast = self._forecast(climbing)
        self.assertTrue(forecast.is_wrong)
        self.assertEqual(forecast.alert, "wrong")
        self.assertIn("too low", " ".join(reason["text"] for reason in forecast.explanation))
        self.assertFalse(self._forecast(self.steady).is_wrong)
        self.assertIn(forecast, self.Forecast.search([("is_wrong", "=", True)]))
        self.assertGreater(forecast.wrong_score, 0)

    def test_only_the_worst_tenth_is_called_wrong(self):
        """Of 200 bad forecasts the 20 that cost most; of a few all; new and dead products never."""
        products = self.env["product.product"].create([
            {"name": f"Bad {i}", "is_storable": True} for i in range(201)])
        rows = self.Forecast.create([
            {"product_id": product.id, "warehouse_id": self.wh_a1.id} for product in products])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE gantry_forecast SET wrong_score = id - %s, demand_class = 'smooth', is_dying = TRUE WHERE id IN %s",
            (rows[0].id - 1, tuple(rows.ids)))
        self.env.cr.execute("UPDATE gantry_forecast SET is_new = TRUE WHERE id = %s", (rows[-1].id,))
        self.Forecast._flag_wrong(self.company_a)
        self.assertEqual(rows.filtered("is_wrong"), rows[180:200])
        self.assertEqual(set(rows[180:200].mapped("alert")), {"wrong"})
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_forecast.gantry_forecast_wrong_action")
        order = etree.fromstring(self.Forecast.get_view(action["view_id"][0], "list")["arch"]).get("default_order")
        shown = self.Forecast.search([*literal_eval(action["domain"]), ("id", "in", rows.ids)], order=order)
        self.assertEqual(shown.ids, rows[180:200].ids[::-1])
        self.assertEqual(set((rows - rows[180:200]).mapped("alert")), {"dying"})
        rows[10:].unlink()
        self.Forecast._flag_wrong(self.company_a)
        self.assertEqual(rows[:10].filtered("is_wrong"), rows[:10])

    def test_low_season_and_an_empty_shelf_are_not_dying(self):
        summer, empty = self._product("Summer"), self._product("Empty Shelf")
        self._sales(summer, ([20] * 39 + [4] * 13) * 3)
        self._sales(empty, [20] * 110 + [0] * 12)
        self.env.cr.execute(
            "INSERT INTO gantry_demand_stockout (product_id, warehouse_id, company_id, date_from, date_to)"
            " VALUES (%s, %s, %s, %s, '2026-03-01')",
            (empty.id, self.wh_a1.id, self.company_a.id, "2025-12-08"))
        self._refresh()
        self.assertFalse(self._forecast(summer).is_dying)
        self.assertFalse(self._forecast(empty).is_dying)

    def test_chance_is_not_seasonal(self):
        lumpy = [self._product(f"Lumpy {i}") for i in range(20)]
        for product in lumpy:
            self._sales(product, (self.rng.random(160) < 0.2) * np.ceil(self.rng.lognormal(1, 1, 160)))
        self._refresh()
        self.assertLess(sum(self._forecast(product).is_seasonal for product in lumpy), 3)

    # -- value

    def test_a_product_without_cost_is_worth_its_sales_price(self):
        product = self._product("Imported", list_price=7)
        self._sales(product, self.rng.poisson(20, 60))
        self._refresh()
        forecast = self._forecast(product)
        self.assertGreater(forecast.horizon_qty, 0)
        self.assertAlmostEqual(forecast.value, 7 * forecast.horizon_qty, delta=0.01)
        self.assertAlmostEqual(sum(forecast.line_ids.mapped("value")), forecast.value, delta=0.01)
