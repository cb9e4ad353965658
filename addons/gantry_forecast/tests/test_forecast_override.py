import numpy as np
import psycopg2
from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastOverride(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category = cls.env["product.category"].create({"name": "Pumps"})
        cls.small = cls._product("Small", categ_id=cls.category.id)
        cls.large = cls._product("Large", categ_id=cls.category.id)
        cls._sales(cls.small, [10] * 60)
        cls._sales(cls.large, [30] * 60)
        cls._refresh()
        cls.forecast = cls._forecast(cls.small)

    def _override(self, **vals):
        values = {
            "product_id": self.small.id, "warehouse_id": self.wh_a1.id, "company_id": self.company_a.id,
            "date_from": "2026-03-09", "date_to": "2026-03-22", "mode": "set", "quantity": 50,
            "reason": "New customer",
        } | vals
        return self.Override.with_user(self.user_planner).create(values)

    def _mean(self, forecast=None):
        forecast = forecast or self.forecast
        return self.Forecast._read_arrays(forecast.ids)[forecast.id]["mean"]

    def test_set_replaces_the_units_of_the_period(self):
        self._override()
        final, mean = self._final(self.forecast), self._mean()
        self.assertAlmostEqual(final[1:3].sum(), 50, places=3)
        np.testing.assert_allclose(np.delete(final, [1, 2]), np.delete(mean, [1, 2]))
        self.assertEqual(self.forecast.override_count, 1)
        self.assertAlmostEqual(self.forecast.horizon_qty, final.sum(), places=2)
        self.assertAlmostEqual(sum(self.forecast.line_ids.mapped("final")), final.sum(), places=2)

    def test_add_and_percent(self):
        self._override(mode="add", quantity=8)
        np.testing.assert_allclose(self._final(self.forecast)[1:3], self._mean()[1:3] + 4, rtol=1e-4)
        self._override(mode="percent", quantity=-50)
        np.testing.assert_allclose(self._final(self.forecast)[1:3], (self._mean()[1:3] + 4) / 2, rtol=1e-4)

    def test_part_of_a_week_changes_its_part(self):
        self._override(mode="percent", quantity=-100, date_from="2026-03-09", date_to="2026-03-12")
        self.assertAlmostEqual(self._final(self.forecast)[1], self._mean()[1] * 3 / 7, places=3)

    def test_a_category_is_spread_in_proportion_and_adds_up(self):
        self._override(product_id=False, categ_id=self.category.id, quantity=200, date_to="2026-03-15")
        small, large = self._final(self.forecast)[1], self._final(self._forecast(self.large))[1]
        self.assertAlmostEqual(small + large, 200, places=3)
        self.assertAlmostEqual(large / small, self._mean(self._forecast(self.large))[1] / self._mean()[1], places=3)

    def test_it_survives_runs_until_it_expires(self):
        self._override(date_expiry="2026-03-06")
        self._refresh()
        self.assertAlmostEqual(self._final(self.forecast)[1:3].sum(), 50, places=3)
        self.assertEqual(self.forecast.override_count, 1)
        with freeze_time("2026-03-06"):
            self._deliver(self.large, 1, self.wh_a1, "2026-03-05")
            self._refresh()
        self.assertEqual(self.forecast.override_count, 0)
        np.testing.assert_allclose(self._final(self.forecast), self._mean())

    def test_deleting_and_archiving_take_it_back(self):
        override = self._override()
        override.active = False
        np.testing.assert_allclose(self._final(self.forecast), self._mean())
        override.active = True
        self.assertAlmostEqual(self._final(self.forecast)[1:3].sum(), 50, places=3)
        override.unlink()
        np.testing.assert_allclose(self._final(self.forecast), self._mean())
        self.assertEqual(self.forecast.override_count, 0)

    def test_other_warehouses_are_left_alone(self):
        self._override(warehouse_id=self.wh_a2.id)
        self.assertEqual(self.forecast.override_count, 0)

    def test_its_value_is_measured_when_the_weeks_are_over(self):
        good = self._override(mode="set", quantity=40, date_from="2026-03-02", date_to="2026-03-08")
        bad = self._override(product_id=self.large.id, quantity=90, date_from="2026-03-02", date_to="2026-03-08")
        idle = self._override(product_id=self.large.id, quantity=300, date_from="2026-03-02", date_to="2026-03-08",
                              date_expiry="2026-03-04", warehouse_id=self.wh_a2.id)
        self._deliver(self.small, 38, self.wh_a1, "2026-03-03")
        self._deliver(self.large, 31, self.wh_a1, "2026-03-03")
        with freeze_time("2026-03-10"):
            self._refresh()
        self.assertTrue(good.date_measured)
        self.assertEqual(good.state, "measured")
        self.assertGreater(good.value_added, 50)
        self.assertLess(bad.value_added, 0)
        self.assertAlmostEqual(good.error_with, 2, delta=1)
        self.assertAlmostEqual(good.error_without, 28, delta=1)
        self.assertFalse(idle.date_measured)
        self.assertEqual(idle.state, "expired")

    def test_an_override_that_never_counted_is_not_measured(self):
        late = self._override(date_from="2026-03-02", date_to="2026-03-08", date_expiry="2026-03-02")
        self._deliver(self.small, 38, self.wh_a1, "2026-03-03")
        with freeze_time("2026-03-10"):
            self._refresh()
        self.assertTrue(self.env["gantry.forecast.accuracy"].search_count([
            ("kind", "=", "live"), ("product_id", "=", self.small.id)]))
        self.assertFalse(late.date_measured)

    def test_a_new_override_is_for_the_next_full_week(self):
        context = self.forecast.action_override()["context"]
        self.assertEqual(
            (context["default_date_from"], context["default_date_to"]), ("2026-03-09", "2026-03-15"))

    def test_forecast_now_keeps_overrides_and_spreads_a_category_once(self):
        override = self._override(product_id=False, categ_id=self.category.id, quantity=200,
                                  date_from="2026-03-16", date_to="2026-03-22")
        other = self._override(product_id=self.large.id, quantity=77, date_from="2026-03-23", date_to="2026-03-29")
        large = self._forecast(self.large)
        with freeze_time("2026-03-10"):
            self._deliver(self.small, 10, self.wh_a1, "2026-03-03")
            self.forecast.with_user(self.user_planner).action_refresh_now()
            self.assertEqual([str(row.date_start) for row in (self.forecast, large)], ["2026-03-09", "2026-03-02"])
            small = self._final(self.forecast)
            self.assertAlmostEqual(small[1] + self._final(large)[2], 200, places=3)
            self.assertAlmostEqual(self._final(large)[3], 77, places=3)
            self.assertEqual((self.forecast.override_count, large.override_count), (1, 2))
            (override | other).unlink()
            np.testing.assert_allclose(self._final(self.forecast), self._mean())
            np.testing.assert_allclose(self._final(large), self._mean(large))

    def test_shards_keep_what_is_overridden_until_the_overrides_are_laid_anew(self):
        self._override()
        self._sales(self._product("Third"), [4] * 60)
        with self._tiers_in_process(series_per_shard=1):
            job = self.Forecast._enqueue_refresh(self.company_a)
            while job.state != "done":
                job._run_inline(max_steps=1)
                self.env.invalidate_all()
                self.assertAlmostEqual(self._final(self.forecast)[1:3].sum(), 50, places=3)
                self.assertEqual(self.forecast.override_count, 1)
                self.assertAlmostEqual(self.forecast.horizon_qty, self._final(self.forecast).sum(), places=2)

    def test_a_history_that_ended_years_ago_has_overrides_in_force(self):
        product = self._product("Old")
        self._sales(product, [10] * 60, self.wh_b1, last="2011-03-07")
        self._refresh(self.company_b)
        override = self.Override.with_company(self.company_b).create({
            "product_id": product.id, "company_id": self.company_b.id, "date_from": "2011-03-14",
            "date_to": "2011-03-20", "quantity": 25, "reason": "Fair",
        })
        forecast = self._forecast(product, self.wh_b1).with_company(self.company_b)
        self.assertEqual(override.state, "planned")
        self.assertIn(override, self.Override.with_company(self.company_b).search([("state", "=", "planned")]))
        self.assertFalse(self.Override.with_company(self.company_b).search([("state", "=", "expired")]))
        self.assertEqual([shown["quantity"] for shown in forecast.get_chart()["overrides"]], [25])
        self.assertEqual(str(forecast.date_start), "2011-03-07")
        event = self.env["gantry.demand.event"].with_company(self.company_b).new({"name": "Fair"})
        self.assertEqual(event.date_from.year, 2011)

    def test_nonsense_is_refused_in_one_sentence(self):
        with self.assertRaisesRegex(ValidationError, "below zero"):
            self._override(quantity=-1)
        with self.assertRaisesRegex(ValidationError, "more than 100 %"):
            self._override(mode="percent", quantity=-101)
        for vals in ({"date_to": "2026-03-01"}, {"categ_id": self.category.id}, {"product_id": False}):
            with self.assertRaises(psycopg2.Error), mute_logger("odoo.sql_db"), self.cr.savepoint():
                self._override(**vals)

    def test_the_reason_tells_of_overrides(self):
        self._override()
        self.assertIn("final forecast: 1", " ".join(reason["text"] for reason in self.forecast.explanation))
        self.assertEqual(self.forecast.override_ids.mapped("reason"), ["New customer"])

    def test_saving_one_touches_no_more_queries_with_more_products(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._override().with_user(1).unlink()
            return self.env.cr.sql_log_count - before

        measure()
        few = measure()
        for i in range(10):
            self._sales(self._product(f"More {i}", categ_id=self.category.id), [5] * 60)
        self._refresh()
        measure()
        self.assertLessEqual(measure(), few)
