from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandProject(ForecastCase):
    """A single delivery to one customer, far above the usual: a planner is asked what it was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Valve")
        cls.shop, cls.builder = cls.env["res.partner"].create([{"name": "Shop"}, {"name": "Builder"}])
        for week in range(12):
            cls._deliver(cls.product, 4 + week % 3, cls.wh_a1, date(2025, 9, 1) + timedelta(weeks=week),
                         partner_id=cls.shop.id)

    def _sell(self, quantity, partner, day="2026-01-14"):
        return self._deliver(self.product, quantity, self.wh_a1, day, partner_id=partner.id)

    def _asked(self):
        self.Demand._refresh(self.company_a)
        return self.Demand.search([("product_id", "=", self.product.id), ("flag", "=", "project_ask")])

    def test_a_big_order_of_a_new_customer_is_asked_about(self):
        self._sell(200, self.builder)
        asked = self._asked()
        self.assertEqual((str(asked.date), asked.quantity, asked.excluded), ("2026-01-14", 200, False))

    def test_a_branch_of_a_customer_is_that_customer(self):
        branches = self.env["res.partner"].create([
            {"name": name, "parent_id": self.builder.id} for name in ("North", "South")])
        self._sell(200, branches[0])
        self._sell(100, branches[1], "2026-02-02")
        self.assertFalse(self._asked())

    def test_who_comes_again_is_no_project(self):
        self._sell(200, self.builder)
        self._sell(80, self.builder, "2026-02-02")
        self.assertFalse(self._asked())

    def test_many_customers_on_one_day_are_no_project(self):
        for number in range(10):
            self._sell(20, self.env["res.partner"].create({"name": f"Customer {number}"}))
        self.assertFalse(self._asked())

    def test_a_somewhat_bigger_order_is_usual(self):
        self._sell(20, self.builder)
        self.assertFalse(self._asked())

    def test_little_history_tells_nothing(self):
        fresh = self._product("Fresh")
        for day in ("2026-01-05", "2026-01-12"):
            self._deliver(fresh, 1, self.wh_a1, day, partner_id=self.shop.id)
        self._deliver(fresh, 200, self.wh_a1, "2026-01-14", partner_id=self.builder.id)
        self._asked()
        self.assertFalse(self.Demand.search([("product_id", "=", fresh.id), ("flag", "=", "project_ask")]))

    def test_one_click_leaves_it_out_and_the_forecast_is_due(self):
        self._sell(200, self.builder)
        asked = self._asked()
        forecast = self._forecast(self.product)
        forecast.demand_changed = False
        asked.with_user(self.user_planner).action_exclude_project()
        self.assertEqual((asked.flag, asked.excluded), ("project", True))
        self.assertIn(self.user_planner.name, asked.reason)
        self.assertTrue(forecast.demand_changed)
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual((asked.flag, asked.excluded), ("project", True))

    def test_one_click_keeps_it_and_nobody_is_asked_again(self):
        self._sell(200, self.builder)
        asked = self._asked()
        asked.with_user(self.user_planner).action_keep_project()
        self.assertEqual((asked.flag, asked.excluded), ("none", False))
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual(asked.flag, "none")

    def test_only_planners_answer(self):
        self._sell(200, self.builder)
        asked = self._asked()
        for method in ("action_exclude_project", "action_keep_project"):
            with self.assertRaises(AccessError):
                getattr(asked.with_user(self.user_stock), method)()
