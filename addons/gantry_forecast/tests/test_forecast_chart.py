from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastChart(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Valve")
        cls._sales(cls.product, [10 + week % 3 for week in range(80)])
        cls._refresh()
        cls.forecast = cls._forecast(cls.product)

    def test_it_shows_history_forecast_bands_and_last_year(self):
        chart = self.forecast.with_user(self.user_stock).get_chart()
        self.assertEqual((chart["bucket"], len(chart["history"]), len(chart["forecast"])), ("week", 80, 6))
        self.assertEqual(chart["history"][-1]["date"], "2026-02-23")
        self.assertEqual(chart["history"][-1]["quantity"], 10 + 79 % 3)
        self.assertEqual(chart["history"][-1]["last_year"], 10 + 27 % 3)
        first = chart["forecast"][0]
        self.assertEqual((first["date"], first["last_year"]), ("2026-03-02", 10 + 28 % 3))
        bands = [first[name] for name in ("p05", "p25", "p50", "p75", "p95")]
        self.assertEqual(bands, sorted(bands))

    def test_it_shows_excluded_days_days_out_of_stock_and_events(self):
        self.Demand.search([("date", "=", "2026-03-01")]).excluded = True
        self.env.cr.execute(
            "INSERT INTO gantry_demand_stockout (product_id, warehouse_id, company_id, date_from, date_to)"
            " VALUES (%s, %s, %s, '2026-02-21', '2026-02-24')",
            (self.product.id, self.wh_a1.id, self.company_a.id),
        )
        self.env["gantry.demand.event"].create({
            "name": "Promo", "date_from": "2026-03-10", "date_to": "2026-03-12", "company_id": self.company_a.id})
        self.env["gantry.demand.event"].create({
            "name": "Elsewhere", "date_from": "2026-03-10", "date_to": "2026-03-12",
            "company_id": self.company_a.id, "warehouse_ids": self.wh_a2.ids})
        chart = self.forecast.get_chart()
        last = chart["history"][-1]
        self.assertEqual((last["quantity"], last["excluded"]), (0, 10 + 79 % 3))
        self.assertEqual([bucket["out_days"] for bucket in chart["history"][-2:]], [2, 2])
        self.assertEqual([event["name"] for event in chart["events"]], ["Promo"])

    def test_it_counts_what_the_forecast_counts(self):
        self._deliver(self.product, 5, self.wh_a1, "2026-02-24")
        self._sales(self._product("Sold"), [5])
        self.Demand._refresh(self.company_a)
        [last] = [bucket["quantity"] for bucket in self.forecast.get_chart()["history"][-1:]]
        self.assertEqual(last, 5, "the imported sale of that week is the delivery's twin")
        self.company_a.gantry_forecast_import = False
        self.assertEqual(sum(bucket["quantity"] for bucket in self.forecast.get_chart()["history"]), 5)

    def test_it_marks_the_time_nobody_knows_about(self):
        self._deliver(self._product("First"), 5, self.wh_a2, "2026-02-24")
        self._sales(self.product, [3] * 4, self.wh_a2, last="2026-01-05")
        self.Demand._refresh(self.company_a)
        [gap] = self._forecast(self.product, self.wh_a2).get_chart()["events"]
        self.assertEqual((gap["type"], gap["date_from"], gap["date_to"]), ("gap", "2026-01-05", "2026-02-23"))

    def test_a_product_never_forecast_has_an_empty_chart(self):
        forecast = self.Forecast.create({"product_id": self._product("New").id, "warehouse_id": self.wh_a1.id})
        chart = forecast.get_chart()
        self.assertEqual((chart["history"], chart["forecast"]), ([], []))
        self.assertEqual([reason["code"] for reason in forecast.explanation], ["forecast_no_demand"])

    def test_it_needs_few_queries_whatever_the_history(self):
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=17):
            self.forecast.get_chart()
