from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ForecastCase

READS = {
    "get_forecasts": {},
    "get_history": {},
    "get_accuracy": {},
    "get_explanation": {"product_id": 0, "warehouse_id": 0},
    "list_overrides": {},
}
WRITES = {
    "push_history": {"lines": [{"product_code": "P", "date": "2026-01-05", "quantity": 1}]},
    "push_override": {
        "product_id": 0, "date_from": "2026-03-09", "date_to": "2026-03-15", "quantity": 5, "reason": "Fair"
    },
    "cancel_override": {"override_id": 0},
    "refresh": {},
}  # fmt: skip


class ApiCase(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tools = cls.env["product.category"].create({"name": "Tools"})
        cls.saw = cls._product("Saw", default_code="SAW", categ_id=cls.tools.id, barcode="4006381333931")
        cls.oil = cls._product("Oil", default_code="OIL")
        cls._sales(cls.saw, [10, 12, 8, 11, 9, 10, 13, 7] * 4)
        cls._sales(cls.oil, [0, 3, 0, 0, 5, 0, 1, 0] * 4, warehouse=cls.wh_a2)

    def api(self, user=None):
        user = user or self.user_planner
        return self.env["gantry.forecast.api"].with_user(user).with_company(user.company_id)

    def arguments(self, name):
        """Valid arguments of a call."""
        values = {**READS, **WRITES}[name] | ({"request_uid": f"uid-{name}"} if name in WRITES else {})
        if "product_id" in values:
            values["product_id"] = self.saw.id
        if "warehouse_id" in values:
            values["warehouse_id"] = self.wh_a1.id
        if "override_id" in values:
            values["override_id"] = self._override().id
        if "lines" in values:
            line = {"product_code": "SAW", "warehouse_id": self.wh_a1.id, "date": "2026-01-05", "quantity": 1}
            values["lines"] = [line]
        return values

    def _override(self):
        return self.Override.create({
            "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "date_from": "2026-03-09",
            "date_to": "2026-03-15", "quantity": 70, "reason": "Order of the city", "company_id": self.company_a.id,
        })  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastApi(ApiCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._refresh()

    def test_these_are_all_methods(self):
        Api = type(self.env["gantry.forecast.api"])
        public = {
            name
            for cls in Api.mro()
            if cls.__module__.startswith("odoo.addons.gantry_forecast")
            for name in vars(cls)
            if not name.startswith("_") and callable(getattr(Api, name))
        }
        self.assertEqual(public, {*READS, *WRITES})

    def test_forecasts_come_with_buckets_and_quantiles(self):
        answer = self.api(self.user_stock).get_forecasts()
        self.assertEqual([(i["product_code"], i["warehouse_id"]) for i in answer["items"]],
                         [("SAW", self.wh_a1.id), ("OIL", self.wh_a2.id)])  # fmt: skip
        item = answer["items"][0]
        self.assertEqual((item["bucket"], len(item["buckets"]), item["buckets"][0]["date"]), ("week", 6, "2026-03-02"))
        self.assertAlmostEqual(item["buckets"][0]["mean"], 10, delta=2)
        levels = list(item["buckets"][0]["quantiles"].values())
        self.assertEqual(len(levels), 12)
        self.assertEqual(levels, sorted(levels))
        self.assertEqual(item["unit"], "Units")

    def test_forecasts_are_filtered_and_paged(self):
        api = self.api()
        self.assertEqual(api.get_forecasts(category_id=self.tools.id)["total"], 1)
        self.assertEqual(api.get_forecasts(product_ids=[self.oil.id])["items"][0]["product_code"], "OIL")
        self.assertEqual(api.get_forecasts(warehouse_ids=[])["total"], 0)
        page = api.get_forecasts(limit=1)
        self.assertEqual((page["total"], page["next_offset"], len(page["items"])), (2, 1, 1))
        self.assertIsNone(api.get_forecasts(limit=1, offset=1)["next_offset"])
        item = api.get_forecasts(date_from="2026-03-09", date_to="2026-03-16")["items"][0]
        self.assertEqual([bucket["date"] for bucket in item["buckets"]], ["2026-03-09", "2026-03-16"])

    def test_a_page_of_forecasts_costs_as_many_queries_as_one(self):
        api = self.api()
        api.get_forecasts()
        counts = []
        for limit in (1, 2):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            api.get_forecasts(limit=limit)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_history_is_told_by_day(self):
        answer = self.api(self.user_stock).get_history(product_ids=[self.saw.id], date_from="2026-02-16", limit=1)
        self.assertEqual((answer["total"], answer["next_offset"]), (2, 1))
        item = answer["items"][0]
        self.assertEqual((item["product_code"], item["date"], item["quantity"], item["source"], item["excluded"]),
                         ("SAW", "2026-02-22", 13.0, "import", False))  # fmt: skip
        self.assertEqual(self.api().get_history(source="delivery")["total"], 0)

    def test_accuracy_stands_beside_naive_and_window(self):
        for group_by, count in (("product", 2), ("category", 2), ("warehouse", 2), ("all", 1)):
            items = self.api().get_accuracy(group_by=group_by)["items"]
            self.assertEqual(len(items), count, group_by)
            self.assertTrue(all(item["wape"] > 0 and item["wape_naive"] > 0 for item in items))
        item = self.api().get_accuracy(group_by="product", product_ids=[self.saw.id])["items"][0]
        Accuracy = self.env["gantry.forecast.accuracy"]
        lines = Accuracy.search([("product_id", "=", self.saw.id), ("kind", "=", "backtest")])
        self.assertAlmostEqual(item["wape"], sum(lines.mapped("error_forecast")) / sum(lines.mapped("actual")))
        self.assertEqual(item["group"], self.saw.id)
        months = self.api().get_accuracy(group_by="month")["items"]
        self.assertRegex(months[0]["group"], r"^\d{4}-\d\d-01$")
        self.assertEqual(self.api().get_accuracy(kind="live")["items"], [])

    def test_the_explanation_is_that_of_the_screen(self):
        answer = self.api(self.user_stock).get_explanation(product_id=self.saw.id, warehouse_id=self.wh_a1.id)
        self.assertEqual([r["text"] for r in answer["reasons"]],
                         [r["text"] for r in self._forecast(self.saw).explanation])  # fmt: skip
        self.assertTrue(answer["model"])
        with self.assertRaisesRegex(UserError, "no forecast of product"):
            self.api().get_explanation(product_id=self.saw.id, warehouse_id=self.wh_a2.id)

    def test_overrides_reach_the_forecast_and_can_be_cancelled(self):
        call = {
            "request_uid": "o-1", "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "quantity": 70,
            "date_from": "2026-03-09", "date_to": "2026-03-15", "reason": "Order of the city",
        }  # fmt: skip
        first = self.api().push_override(**call)
        self.assertEqual(first["forecasts"], 1)
        forecast = self.api().get_forecasts(product_ids=[self.saw.id])["items"][0]
        self.assertAlmostEqual(forecast["buckets"][1]["final"], 70, places=3)
        self.assertLess(forecast["buckets"][1]["mean"], 20)
        self.assertEqual(self.api().push_override(**call), first, "the second call returns the first answer")
        self.assertEqual(self.api().list_overrides()["total"], 1)
        item = self.api().list_overrides()["items"][0]
        self.assertEqual((item["reason"], item["state"]), ("Order of the city", "planned"))
        self.assertEqual(item["user_id"], self.user_planner.id)
        for _call in range(2):
            answer = self.api().cancel_override(request_uid="o-2", override_id=first["override_id"])
            self.assertEqual(answer["state"], "cancelled")
        forecast = self.api().get_forecasts(product_ids=[self.saw.id])["items"][0]
        self.assertEqual(forecast["buckets"][1]["final"], forecast["buckets"][1]["mean"])

    def test_a_category_override_is_shared_by_its_products(self):
        answer = self.api().push_override(
            request_uid="o-3", category_id=self.tools.id, mode="percent", quantity=50, reason="Spring",
            date_from="2026-03-09", date_to="2026-03-15",
        )  # fmt: skip
        self.assertEqual(answer["forecasts"], 1)
        bucket = self.api().get_forecasts(product_ids=[self.saw.id])["items"][0]["buckets"][1]
        self.assertAlmostEqual(bucket["final"], 1.5 * bucket["mean"], places=2)

    def test_bad_overrides_are_one_sentence(self):
        good = {"request_uid": "o-4", "product_id": self.saw.id, "quantity": 7, "reason": "x",
                "date_from": "2026-03-09", "date_to": "2026-03-15"}  # fmt: skip
        for change, sentence in (
            ({"category_id": self.tools.id}, "either product_id or category_id"),
            ({"reason": " "}, "needs a reason"),
            ({"mode": "double"}, "mode must be one of set, add, percent"),
            ({"date_to": "2026-03-01"}, "not before it"),
            ({"date_from": "tomorrow"}, "date_from must be a date such as"),
            ({"quantity": "many"}, "quantity must be a number"),
            ({"quantity": float("nan")}, "quantity must be a number"),
            ({"quantity": -1}, "below zero"),
            ({"product_id": 10**9}, "does not exist"),
            ({"product_id": "SAW"}, "must be the id of a record"),
            ({"request_uid": ""}, "needs a request_uid"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self.api().push_override(**good | change)
        self.assertFalse(self.Override.search_count([]))

    def test_bad_questions_are_one_sentence(self):
        for name, change, sentence in (
            ("get_forecasts", {"limit": -1}, "limit must be a whole number"),
            ("get_forecasts", {"product_ids": 5}, "product_ids must be a list of ids"),
            ("get_forecasts", {"category_id": "Tools"}, "category_id must be the id"),
            ("get_history", {"date_from": "01/02/2026"}, "must be a date such as 2026-03-31"),
            ("get_history", {"source": "magic"}, "source must be one of delivery, production"),
            ("get_accuracy", {"group_by": "colour"}, "group_by must be one of product, category"),
            ("get_accuracy", {"kind": "x"}, "kind must be one of"),
            ("refresh", {"mode": "x", "request_uid": "r"}, "mode must be one of"),
            ("refresh", {"company_id": self.company_b.id, "request_uid": "r"}, "do not work in company"),
            ("cancel_override", {"override_id": 10**9, "request_uid": "r"}, "There is no override"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                getattr(self.api(), name)(**change)

    def test_refresh_starts_one_job(self):
        first = self.api().refresh(request_uid="r-1")
        self.assertEqual(self.env["gantry.job"].browse(first["job_id"]).method, "_job_refresh")
        self.assertEqual(self.api().refresh(request_uid="r-1"), first)
        self.assertEqual(self.api().refresh(request_uid="r-2"), first, "the one that waits is returned")

    def test_changes_need_a_planner(self):
        for name in WRITES:
            with self.assertRaisesRegex(AccessError, "Planner", msg=name):
                getattr(self.api(self.user_stock), name)(**self.arguments(name))

    def test_reading_needs_a_user_of_the_warehouse(self):
        user = self._user("gantry_nobody", "base.group_user", self.company_a)
        for name in READS:
            with self.assertRaises(AccessError, msg=name):
                getattr(self.api(user), name)(**self.arguments(name))

    def test_other_company_sees_and_changes_nothing(self):
        api = self.api(self.user_other)
        for name in ("get_forecasts", "get_history", "get_accuracy", "list_overrides"):
            self.assertEqual(getattr(api, name)()["total"], 0, name)
        with self.assertRaisesRegex(UserError, "no forecast"):
            api.get_explanation(**self.arguments("get_explanation"))
        with self.assertRaisesRegex(UserError, "There is no override"):
            api.cancel_override(**self.arguments("cancel_override"))
        with self.assertRaisesRegex(UserError, "warehouse_id .* does not exist"):
            api.push_override(**self.arguments("push_override"), warehouse_id=self.wh_a1.id)
        answer = api.push_history(**self.arguments("push_history"))
        self.assertEqual(answer["errors"][0]["reason"], "There is no such warehouse.")

    def test_figures_never_measured_are_null(self):
        product = self._product("Unmeasured")
        forecast = self.env["gantry.forecast"].create({"product_id": product.id, "warehouse_id": self.wh_a1.id})
        [item] = self.api().get_forecasts(product_ids=[product.id])["items"]
        self.assertEqual((item["forecast_id"], item["wape"], item["bias"]), (forecast.id, None, None))
        [item] = self.api().get_forecasts(product_ids=[self.saw.id])["items"]
        self.assertGreater(item["wape"], 0)

    def test_absurd_values_get_one_sentence(self):
        override = {"date_from": "2026-03-09", "date_to": "2026-03-15", "quantity": 5, "reason": "x",
                    "product_id": self.saw.id}
        for change, sentence in (
            ({"quantity": 10**400}, "quantity must not be above a thousand million"),
            ({"quantity": float("inf")}, "quantity must be a number"),
            ({"product_id": 10**12}, "product_id is too large"),
            ({"date_from": "0001-01-01"}, "date_from must not be before 1950"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self.api().push_override(request_uid=str(change)[:40], **override | change)
        with self.assertRaisesRegex(UserError, "product_ids is too large"):
            self.api().get_forecasts(product_ids=[10**12])
        line = {"product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "date": "2026-02-02", "quantity": 1}
        bad = [line | {"quantity": 10**400}, line | {"product_id": 10**12}, line | {"date": "1200-01-01"}]
        answer = self.api().push_history(request_uid="absurd", lines=bad)
        self.assertEqual([error["field"] for error in answer["errors"]], ["quantity", "product_id", "date"])

    def test_a_second_request_gets_the_first_answer_although_the_world_has_changed(self):
        vals = {"request_uid": "again", "date_from": "2026-03-09", "date_to": "2026-03-15", "quantity": 5,
                "reason": "Deal", "product_id": self.saw.id}
        first = self.api().push_override(**vals)
        refreshed = self.api().refresh(request_uid="refresh")
        self.saw.company_id = self.company_b
        other = self.env(user=self.user_planner, context={"allowed_company_ids": self.company_a.ids})
        self.assertEqual(other["gantry.forecast.api"].push_override(**vals), first)
        self.assertEqual(self.api().refresh(request_uid="refresh"), refreshed)
        with self.assertRaisesRegex(UserError, "."):
            self.api().push_override(**vals | {"quantity": 6})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPushHistory(ApiCase):
    def push(self, *lines, uid="h-1", **options):
        return self.api().push_history(request_uid=uid, lines=list(lines), **options)

    def line(self, quantity, date="2026-01-06", **keys):
        keys = keys or {"product_code": "SAW", "warehouse_code": "GA1"}
        return {"quantity": quantity, "date": date, **keys}

    def rows(self):
        found = self.Demand.search([("product_id", "=", self.saw.id), ("date", "=", "2026-01-06")])
        return [(row.quantity, row.quantity_out, row.quantity_returned, row.line_count) for row in found]

    def test_lines_are_added_up_per_day(self):
        answer = self.push(
            self.line(5), self.line(4, product_id=self.saw.id, warehouse_id=self.wh_a1.id),
            self.line(-2, product_code="4006381333931", warehouse_code="GA1"),
        )  # fmt: skip
        self.assertEqual((answer["lines"], answer["demand_rows"], answer["errors"]), (3, 1, []))
        self.assertEqual(self.rows(), [(7.0, 9.0, 2.0, 3)])
        record = self.env["gantry.demand.import"].browse(answer["import_id"])
        self.assertEqual((record.kind, record.state, record.line_count), ("rpc", "imported", 3))
        self.assertTrue(self._forecast(self.saw).demand_changed)

    def test_replay_writes_once(self):
        first = self.push(self.line(5))
        self.assertEqual(self.push(self.line(5)), first)
        self.assertEqual(self.rows(), [(5.0, 5.0, 0.0, 1)])
        with self.assertRaisesRegex(UserError, "used before for another request"):
            self.push(self.line(6))

    def test_one_bad_line_stops_all_and_each_is_told(self):
        answer = self.push(
            self.line(5),
            self.line(1, product_code="GONE", warehouse_code="GA1"),
            self.line("x"),
            self.line(float("nan")),
            self.line(1, date="2027-01-01"),
            self.line(1, date="6.1.2026"),
            self.line(1, product_code="SAW", warehouse_code="NO"),
            self.line(1, product_code="SAW"),
            self.line(1, product_code="SAW", warehouse_code="GA1", colour="red"),
            "text",
            self.line(1e12),
            self.line(1, product_code=["SAW"], warehouse_code="GA1"),
        )
        self.assertEqual((answer["import_id"], answer["demand_rows"]), (None, 0))
        self.assertEqual(
            [(e["line"], e["field"], e["reason"]) for e in answer["errors"]],
            [
                (1, "product_code", "No product has this code."),
                (2, "quantity", "The quantity is not a number."),
                (3, "quantity", "The quantity is not a number."),
                (4, "date", "The date lies in the future."),
                (5, "date", "This is not a date such as 2026-03-31."),
                (6, "warehouse_code", "There is no such warehouse."),
                (7, "warehouse_code", "Name the warehouse."),
                (8, "colour", "There is no such field."),
                (9, None, "A line must be an object."),
                (10, "quantity", "The quantity is above a thousand million."),
                (11, "product_code", "No product has this code."),
            ],
        )
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.push(self.line(5))["errors"], [], "the corrected lines may take the same request_uid")

    def test_earlier_lines_are_added_to_or_replaced(self):
        self.push(self.line(5))
        self.push(self.line(2), uid="h-2")
        self.assertEqual(self.rows(), [(7.0, 7.0, 0.0, 2)])
        third = self.push(self.line(3), uid="h-3", overlap="replace")
        self.assertEqual(self.rows(), [(3.0, 3.0, 0.0, 1)])
        self.env["gantry.demand.import"].browse(third["import_id"])._undo()
        self.assertEqual(self.rows(), [(7.0, 7.0, 0.0, 2)])

    def test_the_only_warehouse_need_not_be_named(self):
        api = self.api(self.user_other)
        line = {"product_code": "SAW", "quantity": 1, "date": date(2026, 1, 6).isoformat()}
        answer = api.push_history(request_uid="h-4", lines=[line])
        self.assertEqual(answer["errors"], [])
        self.assertEqual(
            self.Demand.search([("company_id", "=", self.company_b.id)]).warehouse_id, self.wh_b1
        )

    def test_no_lines_or_too_many_are_refused(self):
        for lines in ([], "x", [{}] * 20_001):
            with self.assertRaisesRegex(UserError, "list of 1 to 20,000"):
                self.api().push_history(request_uid="h-5", lines=lines)
        with self.assertRaisesRegex(UserError, "overlap must be one of add, replace"):
            self.push(self.line(1), overlap="mix")
