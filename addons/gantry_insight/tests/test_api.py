from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, InsightCase

READS = {"get_insight": {}, "get_overview": {}, "list_alerts": {}}
WRITES = {
    "acknowledge_alerts": {"alert_ids": [], "note": "Called"},
    "snooze_alerts": {"alert_ids": [], "until": "2027-01-01"},
    "reopen_alerts": {"alert_ids": []},
    "refresh": {},
}


class ApiCase(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw, cls.oil = cls._item("Saw", default_code="SAW", cost=10), cls._item("Oil", default_code="OIL", cost=2)
        with freeze_time(TODAY):
            cls._receive(cls.saw, 7, cls.wh_a1, cls._day(100))
            cls._receive(cls.oil, 500, cls.wh_a2, cls._day(100))
            cls._receive(cls.saw, 50, cls.wh_b1, cls._day(100))
            cls._expect(cls.saw, 7)
            cls._expect(cls.oil, 7, cls.wh_a2)
            cls._look()
            cls._look(cls.company_b)
        cls.alert = cls._alerts(cls.saw, "stockout")

    def api(self, user=None):
        user = user or self.user_planner
        return self.env["gantry.insight.api"].with_user(user).with_company(user.company_id)

    def arguments(self, name):
        """Valid arguments of a call."""
        values = {**READS, **WRITES}[name] | ({"request_uid": f"uid-{name}"} if name in WRITES else {})
        if "alert_ids" in values:
            values["alert_ids"] = self.alert.ids
        return values


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightApi(ApiCase):
    def test_these_are_all_methods(self):
        Api = type(self.env["gantry.insight.api"])
        public = {
            name for cls in Api.mro() if cls.__module__.startswith("odoo.addons.gantry_insight") for name in vars(cls)
            if not name.startswith("_") and callable(getattr(Api, name))
        }
        self.assertEqual(public, {*READS, *WRITES})

    def test_insight_is_filtered_ordered_and_paged(self):
        api = self.api(self.user_stock)
        answer = api.get_insight()
        self.assertEqual([(i["product_code"], i["value"]) for i in answer["items"]], [("OIL", 1000), ("SAW", 70)])
        self.assertEqual([i["product_code"] for i in api.get_insight(order="shortage")["items"]], ["SAW", "OIL"])
        self.assertEqual(api.get_insight(status="short")["items"][0]["stockout_date"], "2026-03-11")
        self.assertEqual(api.get_insight(warehouse_ids=[self.wh_a2.id])["total"], 1)
        self.assertEqual(api.get_insight(product_ids=[])["total"], 0)
        self.assertEqual(api.get_insight(category_id=self.category.id)["total"], 2)
        page = api.get_insight(limit=1)
        self.assertEqual((page["total"], page["next_offset"], len(page["items"])), (2, 1, 1))
        item = answer["items"][0]
        self.assertIsNone(item["service"], "nothing was sold, so nothing was measured")
        self.assertIsNone(item["order_by_date"])
        self.assertEqual(item["currency"], self.company_a.currency_id.name)

    def test_a_page_costs_as_many_queries_as_one_row(self):
        api, counts = self.api(), []
        api.get_insight()
        api.list_alerts(state=None)
        for limit in (1, 2):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            api.get_insight(limit=limit)
            api.list_alerts(limit=limit, state=None)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_alerts_tell_what_and_what_to_do(self):
        answer = self.api(self.user_stock).list_alerts(kind="stockout")
        self.assertEqual(answer["total"], 1)
        item = answer["items"][0]
        self.assertEqual((item["alert_id"], item["amount"], item["date"]), (self.alert.id, 70, "2026-03-11"))
        self.assertEqual(item["advice"], "7 Units more are needed within 14 days.")
        self.assertEqual(self.api().list_alerts(user_id=self.user_other.id)["total"], 0)
        self.assertEqual(self.api().list_alerts(state="gone")["total"], 0)
        self.assertEqual(self.api().list_alerts(state=None)["total"], 2)

    def test_acknowledged_once_and_answered_twice(self):
        api = self.api()
        first = api.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="a", note="Called")
        self.assertEqual((first, self.alert.state), ({"alert_ids": self.alert.ids}, "handled"))
        self.alert.with_user(self.user_planner).action_reopen()
        self.assertEqual(api.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="a", note="Called"), first)
        self.assertEqual(self.alert.state, "open", "the second call changes nothing")
        with self.assertRaisesRegex(UserError, "used before"):
            api.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="a", note="Other")

    def test_snoozed_until_a_day_and_reopened(self):
        api = self.api()
        answer = api.snooze_alerts(alert_ids=self.alert.ids, until="2026-04-01", request_uid="s")
        self.assertEqual((answer["alert_ids"], self.alert.snoozed_until.isoformat()), (self.alert.ids, "2026-04-01"))
        self.assertEqual(api.reopen_alerts(alert_ids=self.alert.ids, request_uid="r"), {"alert_ids": self.alert.ids})
        self.assertEqual(self.alert.state, "open")

    def test_a_refresh_is_one_job(self):
        first = self.api().refresh(request_uid="1")
        self.assertEqual(self.api().refresh(request_uid="1"), first)
        self.assertEqual(self.api().refresh(request_uid="2"), first, "the job that waits is taken")

    def test_the_overview_has_the_totals(self):
        answer = self.api(self.user_stock).get_overview()
        self.assertEqual((answer["tiles"]["value"], answer["tiles"]["count"]), (1070, 2))
        self.assertEqual(self.api().get_overview(warehouse_id=self.wh_a1.id)["tiles"]["value"], 70)

    def test_mistakes_are_told_in_a_sentence(self):
        api = self.api()
        for call, words in (
            (lambda: api.get_insight(order="luck"), "order must be one of value"),
            (lambda: api.get_insight(status="lost"), "status must be one of"),
            (lambda: api.get_insight(limit=-1), "limit must be a whole number"),
            (lambda: api.get_insight(product_ids="1"), "product_ids must be a list of ids"),
            (lambda: api.get_insight(category_id="1"), "category_id must be the id of a record"),
            (lambda: api.list_alerts(state="lost"), "state must be one of"),
            (lambda: api.list_alerts(kind="lost"), "kind must be one of"),
            (lambda: api.acknowledge_alerts(alert_ids=[], request_uid="1"), "between 1 and 1000 alerts"),
            (lambda: api.acknowledge_alerts(alert_ids=[self.alert.id + 999999], request_uid="2"), "There is no alert"),
            (lambda: api.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="", note="x"), "request_uid"),
            (lambda: api.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="3", note=4), "note must be a text"),
            (lambda: api.snooze_alerts(alert_ids=self.alert.ids, until="soon", request_uid="4"), "must be a date"),
            (lambda: api.snooze_alerts(alert_ids=self.alert.ids, until="2026-01-01", request_uid="5"), "future"),
            (lambda: api.get_overview(warehouse_id="x"), "warehouse_id must be a whole number"),
        ):
            with self.assertRaisesRegex(UserError, words):
                call()

    def test_roles(self):
        outsider = self._user("gantry_nobody", "base.group_user", self.company_a)
        for name in READS:
            with self.assertRaises(AccessError):
                getattr(self.api(outsider), name)(**self.arguments(name))
        for name in WRITES:
            with self.assertRaises(AccessError):
                getattr(self.api(self.user_stock), name)(**self.arguments(name))

    def test_another_company_is_not_there(self):
        other = self.api(self.user_other)
        self.assertEqual([i["warehouse_id"] for i in other.get_insight()["items"]], [self.wh_b1.id])
        self.assertNotIn(self.alert.id, [i["alert_id"] for i in other.list_alerts(state=None)["items"]])
        with self.assertRaisesRegex(UserError, "There is no alert"):
            other.acknowledge_alerts(alert_ids=self.alert.ids, request_uid="1")
        self.assertEqual(other.get_overview()["tiles"]["value"], 50, "at the price of its own company")
