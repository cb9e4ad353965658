from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TODAY, ForecastCase

MODELS = {
    # model: what a stock user, a planner may do besides reading
    "gantry.demand": ("", "w"),
    "gantry.demand.stockout": ("", ""),
    "gantry.demand.event": ("", "cwu"),
    "gantry.forecast": ("", "cwu"),
    "gantry.forecast.line": ("", ""),
    "gantry.forecast.override": ("", "cwu"),
    "gantry.forecast.accuracy": ("", ""),
    "gantry.forecast.recipe": ("", ""),
    "gantry.forecast.recipe.tier": ("", ""),
}
OPERATIONS = {"c": "create", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastAccess(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Shared")
        cls._receive(cls.product, 500, cls.wh_a1, "2025-01-01")
        for week in range(1, 9):
            cls._deliver(cls.product, 5, cls.wh_a1, f"2026-0{1 + week // 5}-{1 + 3 * week:02d}")
            cls._deliver(cls.product, 7, cls.wh_b1, f"2026-0{1 + week // 5}-{1 + 3 * week:02d}")
        cls._receive(cls.product, 40, cls.wh_a2, "2026-01-01")
        cls._deliver(cls.product, 40, cls.wh_a2, "2026-01-02")
        for company in (cls.company_a, cls.company_b):
            cls._refresh(company)
            cls.env["gantry.demand.event"].create({"name": "Promo", "company_id": company.id})
            cls.Override.create({
                "product_id": cls.product.id, "company_id": company.id, "date_from": "2026-03-09",
                "date_to": "2026-03-15", "quantity": 5, "reason": "Test",
            })

    def test_every_model_has_the_rights_of_its_table(self):
        for model, (stock, planner) in MODELS.items():
            for user, allowed in ((self.user_stock, stock), (self.user_planner, planner)):
                env = self.env(user=user)
                self.assertTrue(env[model].has_access("read"), f"{user.login} {model}")
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        env[model].has_access(operation), letter in allowed, f"{user.login} {operation} {model}")
        outsider = self._user("gantry_nobody", "base.group_user", self.company_a)
        for model in MODELS:
            self.assertFalse(self.env(user=outsider)[model].has_access("read"), model)

    def test_no_model_shows_another_company(self):
        for model in MODELS:
            if model == "gantry.demand.stockout":
                continue  # company B was never out of stock
            everything = self.env[model].sudo().with_context(active_test=False).search([])
            mine = everything.filtered(lambda record: record.company_id == self.company_a)
            theirs = everything.filtered(lambda record: record.company_id == self.company_b)
            self.assertTrue(mine and theirs, model)
            for user, own, other in ((self.user_planner, mine, theirs), (self.user_other, theirs, mine)):
                seen = self.env(user=user)[model].with_context(
                    active_test=False, allowed_company_ids=user.company_ids.ids).search([])
                self.assertEqual(set(seen.ids) & set(own.ids), set(own.ids), f"{user.login} {model}")
                self.assertFalse(set(seen.ids) & set(other.ids), f"{user.login} {model}")

    def test_the_chart_of_another_company_is_refused(self):
        forecast = self._forecast(self.product, self.wh_b1)
        with self.assertRaises(AccessError):
            forecast.with_user(self.user_planner).get_chart()

    def test_a_refresh_of_one_company_leaves_the_other_alone(self):
        other = self._forecast(self.product, self.wh_b1)
        self.env.cr.execute("UPDATE gantry_forecast SET write_date = '2020-01-01' WHERE id = %s", (other.id,))
        self._refresh(self.company_a)
        self.env.invalidate_all()
        self.assertEqual(other.write_date.year, 2020)

    def test_an_override_of_one_company_does_not_touch_the_other(self):
        other = self._forecast(self.product, self.wh_b1)
        before = self._final(other)
        self.Override.create({
            "product_id": self.product.id, "company_id": self.company_a.id, "date_from": "2026-03-09",
            "date_to": "2026-03-22", "quantity": 999, "reason": "Only A",
        })
        self.assertEqual(self._final(other).tolist(), before.tolist())

    def test_a_stock_user_cannot_override(self):
        with self.assertRaises(AccessError):
            self.Override.with_user(self.user_stock).create({
                "product_id": self.product.id, "date_from": "2026-03-09", "date_to": "2026-03-15", "reason": "No",
            })

    def test_the_product_shows_only_the_forecasts_of_the_own_company(self):
        planner = self.env(user=self.user_planner)
        product = self.product.with_env(planner).with_context(allowed_company_ids=self.company_a.ids)
        own = self.Forecast.search([("product_id", "=", self.product.id), ("company_id", "=", self.company_a.id)])
        self.assertAlmostEqual(product.gantry_next_30_qty, sum(own.mapped("next_30_qty")), delta=0.01)
        self.assertEqual(product.action_gantry_forecast()["res_model"], "gantry.forecast")
