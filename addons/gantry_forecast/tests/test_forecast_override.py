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
        self._refresh()  # keeps the forecasts as they are when the week begins
        self._forget_snapshot()
        self.Forecast._take_snapshot(self.company_a)
        self._deliver(self.small, 38, self.wh_a1, "2026-03-03")
        self._deliver(self.large, 31, self.wh_a1, "2026-03-03")
        with freeze_time("2026-03-10"):
            self._refresh()
        self.assertTrue(good.date_measured)
        self.assertEqual(good.state, "measured")
        self.assertGreater(good.value_added, 50)
        self.assertLess(bad.value_added, 0)
        self.assertAlmostEqual(good.error_with, 2, delta=1)

    def _forget_snapshot(self):
        self.env.cr.execute("DELETE FROM gantry_forecast_snapshot")

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
