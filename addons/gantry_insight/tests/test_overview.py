from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, InsightCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOverview(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw, cls.oil, cls.dead = cls._item("Saw"), cls._item("Oil", cost=2), cls._item("Dead", cost=1)
        cls._receive(cls.saw, 7, cls.wh_a1, cls._day(40))
        cls._receive(cls.oil, 500, cls.wh_a2, cls._day(100))
        cls._receive(cls.dead, 30, cls.wh_a1, cls._day(500))
        cls._expect(cls.saw, 7)
        cls._expect(cls.oil, 7, cls.wh_a2)
        cls._look()

    def overview(self, user=None, **filters):
        Insight = self.Insight.with_user(user or self.user_stock)
        return Insight.with_context(allowed_company_ids=self.company_a.ids).get_overview(**filters)

    def test_everything_adds_up_to_the_same_value(self):
        data = self.overview()
        value = data["tiles"]["value"]
        self.assertEqual(value, 70 + 1000 + 30)
        for part in ("ages", "health", "categories", "matrix"):
            self.assertAlmostEqual(sum(item["value"] for item in data[part]), value, msg=part)
        self.assertEqual(data["trend"][-1]["value"], value)
        self.assertEqual(sum(item["count"] for item in data["matrix"]), 3)

    def test_tiles(self):
        tiles = self.overview()["tiles"]
        self.assertEqual((tiles["short_value"], tiles["short_value_count"], tiles["stock_count"]), (70, 1, 3))
        self.assertAlmostEqual(tiles["excess_value"], 2 * 410 + 30)
        self.assertEqual(tiles["holding_cost"], 220)

    def test_filters(self):
        self.assertEqual(self.overview(warehouse_id=self.wh_a2.id)["tiles"]["value"], 1000)
        child = self.env["product.category"].create({"name": "Oils", "parent_id": self.category.id})
        self.oil.categ_id = child
        self._look()
        self.assertEqual(self.overview(categ_id=child.id)["tiles"]["value"], 1000)
        self.assertEqual(self.overview(categ_id=self.category.id)["tiles"]["value"], 1100)

    def test_worst_and_alerts_come_with_their_money(self):
        data = self.overview()
        self.assertEqual([row["product"] for row in data["excess"]], ["Oil", "Dead"])
        self.assertEqual([(row["product"], row["stockout"]) for row in data["shortage"]], [("Saw", "2026-03-11")])
        self.assertEqual({alert["kind"]: alert["amount"] for alert in data["alerts"]},
                         {"stockout": 70, "dead": 30, "slow": 820})

    def test_an_empty_company_is_told_what_to_do_first(self):
        Insight = self.Insight.with_user(self.user_other).with_context(allowed_company_ids=self.company_b.ids)
        data = Insight.get_overview()
        self.assertEqual(data["steps"], {"stock": False, "demand": False, "forecast": False})
        self._receive(self.saw, 10, self.wh_b1, self._day(3))
        self.assertTrue(Insight.get_overview()["steps"]["stock"])
        self._look(self.company_b)
        self.assertIsNone(Insight.get_overview()["steps"])

    def test_a_running_refresh_is_shown(self):
        self.assertIsNone(self.overview()["job_id"])
        job = self.Insight.with_user(self.user_planner).with_company(self.company_a)._enqueue_refresh(self.company_a)
        self.assertEqual(self.overview()["job_id"], job.id)

    def test_who_may_see_and_refresh(self):
        self.assertFalse(self.overview()["may_refresh"])
        self.assertTrue(self.overview(self.user_planner)["may_refresh"])
        outsider = self._user("gantry_nobody", "base.group_user", self.company_a)
        with self.assertRaises(AccessError):
            self.overview(outsider)
        with self.assertRaises(UserError):
            self.overview(warehouse_id="1 OR 1=1")

    def test_buttons_of_a_row_lead_somewhere(self):
        row = self._row(self.saw).with_user(self.user_stock)
        self.assertEqual(row.alert_count, 1)
        self.assertEqual(self.Alert.search(row.action_alerts()["domain"]), self._alerts(self.saw))
        self.assertEqual(self.History.search(row.action_history()["domain"]).product_id, self.saw)
        self.assertEqual(row.action_forecast()["res_id"], self._forecast(self.saw).id)
        self.assertEqual(row.action_product()["res_id"], self.saw.id)
        self.assertEqual(self.saw.with_user(self.user_stock).action_gantry_insight()["res_id"], row.id)
        self.assertEqual(self.saw.product_tmpl_id.action_gantry_insight()["res_id"], row.id)
        self._receive(self.saw, 5, self.wh_a2, self._day(3))
        self._look()
        self.assertEqual(self.saw.action_gantry_insight()["view_mode"].split(",")[0], "list")

    def test_urgent_kinds_come_first(self):
        self.assertEqual([alert["kind"] for alert in self.overview()["alerts"]], ["stockout", "slow", "dead"])
