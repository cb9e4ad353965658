from datetime import date

import numpy as np
from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastProblem(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Valve", standard_price=3)

    def _prepare(self, **kw):
        self.Forecast._ensure_series(self.company_a)
        return self.Forecast._prepare_forecast_problem(self.company_a, **kw)

    def _out(self, first, last):
        self.env.cr.execute(
            "INSERT INTO gantry_demand_stockout (product_id, warehouse_id, company_id, date_from, date_to)"
            " VALUES (%s, %s, %s, %s, %s)",
            (self.product.id, self.wh_a1.id, self.company_a.id, first, last),
        )

    def test_the_last_column_is_the_last_complete_week(self):
        self._sales(self.product, [1, 2, 3])
        self._sales(self.product, [99], last="2026-03-09")  # the running week
        self._sales(self.product, [77], last="2026-06-01")  # the future
        series = self._prepare()
        self.assertEqual(series.problem.demand.tolist(), [[1, 2, 3]])
        self.assertEqual(str(series.problem.end), "2026-03-02")
        self.assertEqual(series.problem.weight.tolist(), [3])

    def test_nothing_is_known_before_the_first_sale(self):
        self._sales(self._product("Old"), [1, 1, 1, 1])
        self._sales(self.product, [0, 0, 5, 0])
        series = self._prepare()
        demand = series.problem.demand[series.product_ids == self.product.id][0]
        self.assertTrue(np.isnan(demand[:2]).all())
        self.assertEqual(demand[2:].tolist(), [5, 0])

    def test_a_week_mostly_out_of_stock_is_unknown(self):
        self._sales(self.product, [4, 1, 4])
        self._out("2026-02-17", "2026-02-21")  # five of seven days
        demand = self._prepare().problem.demand[0]
        self.assertEqual(demand[[0, 2]].tolist(), [4, 4])
        self.assertTrue(np.isnan(demand[1]))

    def test_a_week_partly_out_of_stock_is_scaled_up(self):
        self._sales(self.product, [4, 5, 4])
        self._out("2026-02-19", "2026-02-20")  # two of seven days
        self.assertAlmostEqual(self._prepare().problem.demand[0, 1], 7)

    def test_a_week_that_sold_as_usual_is_known_whatever_the_stock_says(self):
        self._sales(self.product, [4, 5, 3, 4])
        self._out("2026-02-10", "2026-02-21")  # five of seven days, in two weeks
        demand = self._prepare().problem.demand[0]
        self.assertEqual(demand[1], 5)
        self.assertTrue(np.isnan(demand[2]))

    def test_days_between_an_import_and_the_first_delivery_are_unknown(self):
        other = self._product("Sells Later")
        for product in (self.product, other):
            self._sales(product, [20] * 30, last="2025-12-29")
        self._sales(other, [9] * 4, self.wh_a2)
        self._deliver(self.product, 20, self.wh_a1, "2026-02-17")
        self._deliver(self.product, 20, self.wh_a1, "2026-02-24")
        self.Demand._refresh(self.company_a)
        series = self._prepare()
        demand = series.problem.demand[(series.product_ids == self.product.id)][0]
        self.assertEqual(demand[-10], 20)
        self.assertTrue(np.isnan(demand[-9:-2]).all(), demand)
        self.assertAlmostEqual(demand[-2], 20 * 7 / 6)  # its Monday is unknown too
        self.assertEqual(demand[-1], 20)

    def test_a_weekend_between_import_and_delivery_is_no_gap(self):
        self._sales(self.product, [20] * 30, last="2026-02-16")
        self._deliver(self.product, 20, self.wh_a1, "2026-02-18")
        self.Demand._refresh(self.company_a)
        self.assertEqual(self._prepare().problem.demand[0, -3:].tolist(), [20, 20, 0])

    def test_going_live_leaves_the_class_and_the_level_alone(self):
        self._sales(self.product, [20, 22, 18, 20] * 15, last="2025-12-29")
        self._deliver(self.product, 20, self.wh_a1, "2026-02-24")
        self._refresh()
        forecast = self._forecast(self.product)
        self.assertEqual((forecast.demand_class, forecast.is_dying), ("smooth", False))
        self.assertAlmostEqual(forecast.next_qty, 20, delta=3)

    def test_a_warehouse_that_still_lives_on_imports_ends_with_them(self):
        self._sales(self.product, [20] * 30, last="2025-12-29")
        self._deliver(self._product("Elsewhere"), 20, self.wh_a2, "2026-02-17")
        self.Demand._refresh(self.company_a)
        series = self._prepare()
        demand = series.problem.demand[series.product_ids == self.product.id][0]
        self.assertTrue(np.isnan(demand[-9:]).all(), demand)
        self.assertEqual(demand[-10], 20)

    def test_a_sale_that_is_imported_and_delivered_counts_once(self):
        self._sales(self.product, [20] * 10)
        self._sales(self.product, [7] * 10, self.wh_a2)
        for day in ("2026-02-16", "2026-02-24"):
            self._deliver(self.product, 20, self.wh_a1, day)
        self.Demand._refresh(self.company_a)
        series = self._prepare()
        demand = series.problem.demand
        self.assertEqual(demand[series.warehouse_ids == self.wh_a1.id][0].tolist(), [20] * 10)
        self.assertEqual(demand[series.warehouse_ids == self.wh_a2.id][0].tolist(), [7] * 10, "not live yet")

    def test_an_excluded_day_takes_its_demand_with_it(self):
        for day in ("2026-02-10", "2026-02-18", "2026-02-19", "2026-02-24"):
            self._deliver(self.product, 500 if day == "2026-02-18" else 6, self.wh_a1, day)
        self.Demand._refresh(self.company_a)
        self.Demand.search([("quantity", "=", 500), ("product_id", "=", self.product.id)]).excluded = True
        self.assertAlmostEqual(self._prepare().problem.demand[0, 1], 7)  # six in six days

    def test_net_returns_never_make_a_week_negative(self):
        self._sales(self.product, [4, 4, 4])
        self._return(self.product, 9, self.wh_a1, "2026-02-17")
        self.Demand._refresh(self.company_a)
        self.assertEqual(self._prepare().problem.demand[0].tolist(), [4, 0, 4])

    def test_a_shutdown_for_all_closes_its_weeks(self):
        self._sales(self.product, [4] * 8)
        self.env["gantry.demand.event"].create({
            "name": "Works holiday", "event_type": "shutdown", "date_from": "2026-03-16", "date_to": "2026-03-22",
            "company_id": self.company_a.id,
        })
        problem = self._prepare().problem
        self.assertEqual(np.flatnonzero(problem.closed).tolist(), [10])

    def test_an_event_with_a_known_uplift_scales_the_future_and_cleans_the_past(self):
        self._sales(self.product, [4, 4, 8, 4])
        self.env["gantry.demand.event"].create({
            "name": "Sale", "date_from": "2026-02-16", "date_to": "2026-02-22", "uplift_percent": 100,
            "company_id": self.company_a.id,
        })
        self.env["gantry.demand.event"].create({
            "name": "Next Sale", "date_from": "2026-03-09", "date_to": "2026-03-15", "uplift_percent": 50,
            "product_ids": self.product.ids, "company_id": self.company_a.id,
        })
        series = self._prepare()
        self.assertEqual(series.problem.demand[0].tolist(), [4, 4, 4, 4])
        self.assertEqual(series.scale[0].tolist(), [1, 1.5, 1, 1, 1, 1])

    def test_a_promotion_without_uplift_is_a_regressor_of_its_products(self):
        other = self._product("Other")
        self._sales(self.product, [4] * 4)
        self._sales(other, [4] * 4)
        self.env["gantry.demand.event"].create({
            "name": "Promo", "event_type": "promotion", "date_from": "2026-02-16", "date_to": "2026-02-22",
            "product_ids": self.product.ids, "company_id": self.company_a.id,
        })
        series = self._prepare()
        known = series.problem.known[:, :, 0]
        self.assertEqual(series.problem.known_names, ("promotion",))
        self.assertEqual(known[series.product_ids == self.product.id].tolist(), [[0, 0, 1, 0, 0, 0, 0, 0, 0, 0]])
        self.assertFalse(known[series.product_ids == other.id].any())

    def test_a_yearly_event_happens_every_year(self):
        event = self.env["gantry.demand.event"].create({
            "name": "Christmas", "date_from": "2020-12-20", "date_to": "2021-01-02", "recurring": True,
            "company_id": self.company_a.id,
        })
        spans = event._get_occurrences(date(2025, 1, 1), date(2025, 12, 31))
        self.assertEqual([str(first) for _event, first, _last in spans], ["2024-12-20", "2025-12-20"])
        self.assertFalse(event._get_occurrences(date(2019, 1, 1), date(2019, 12, 31)), "before its first year")

    def test_a_new_product_is_prepared_with_its_lookalike(self):
        twin = self._product("Twin")
        self._sales(twin, [5] * 30)
        self._sales(self.product, [1])
        self.Forecast._ensure_series(self.company_a)
        self._forecast(self.product).lookalike_product_id = twin
        series = self._prepare(ids=self._forecast(self.product).ids)
        self.assertEqual((series.own, len(series.ids)), (1, 2))
        self.assertEqual(series.problem.lookalike.tolist(), [1, -1])

    def test_archived_products_are_left_out(self):
        self._sales(self.product, [4] * 4)
        self.Forecast._ensure_series(self.company_a)
        self.product.active = False
        self.assertIsNone(self._prepare())

    def test_months_and_days_are_buckets_too(self):
        self._sales(self.product, [1] * 10)
        self.company_a.gantry_forecast_bucket = "month"
        problem = self._prepare().problem
        self.assertEqual((str(problem.start), problem.length), ("2025-12-01", 3))
        self.assertEqual(problem.demand.sum(), 9)  # the last sale is in March, which is not over
        self.company_a.gantry_forecast_bucket = "day"
        problem = self._prepare().problem
        self.assertEqual(str(problem.end), "2026-03-02")
        self.assertEqual(np.nansum(problem.demand), 10)

    def test_the_number_of_queries_does_not_grow_with_the_series(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._prepare()
            return self.env.cr.sql_log_count - before

        self._sales(self.product, [1] * 10)
        measure()
        few = measure()
        for i in range(15):
            self._sales(self._product(f"Many {i}"), [1] * 10)
        self.assertLessEqual(measure(), few + 1)  # the new series are added by one more
