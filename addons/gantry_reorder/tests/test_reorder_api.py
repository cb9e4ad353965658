
from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.addons.gantry_reorder.models.gantry_reorder_api_write import POLICY_SETTINGS
from odoo.addons.gantry_reorder.models.gantry_reorder_policy import WEEKDAYS
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import HttpCase, freeze_time, tagged

from .common import TODAY, ReorderCase

READS = ("get_proposals", "get_projection", "get_health", "get_policies", "get_changes", "get_backtest")
WRITES = ("run", "accept", "order", "undo", "set_policy", "backtest")
API = "gantry.reorder.api"


class ApiCase(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7)
        cls.product = cls._product("Bolt", standard_price=2, default_code="B-1")
        with freeze_time(TODAY):
            cls._predict(cls.product, 70)
            cls.point = cls._point(cls.product, 5, 9)
            cls._run()
            cls.row = cls._row(cls.product)
            cls.row.action_accept()
            cls.point._write_by_gantry({"product_min_qty": 5, "product_max_qty": 9})
            cls._run()
        cls.replay = cls.env["gantry.reorder.backtest"].create({"company_id": cls.company_a.id})

    def arguments(self, name):
        return {
            "get_projection": {"rule_id": self.row.id}, "get_backtest": {"backtest_id": self.replay.id},
            "accept": {"rule_ids": self.row.ids},
            "order": {"rule_ids": self.row.ids, "quantities": {str(self.row.id): 12}},
            "undo": {"change_id": self.row.change_ids[-1:].id},
            "set_policy": {"values": {"name": "By RPC", "target_pct": 95}}, "backtest": {},
        }.get(name, {})

    def api(self, user=None):
        return self.env[API].with_user(user or self.user_planner)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderApi(ApiCase):
    def test_proposals_say_what_and_why(self):
        answer = self.api(self.user_stock).get_proposals(product_ids=[self.product.id])
        self.assertEqual((answer["total"], answer["next_offset"]), (1, None))
        item = answer["items"][0]
        self.assertEqual((item["rule_id"], item["product_code"], item["state"]), (self.row.id, "B-1", "proposed"))
        self.assertEqual((item["old_min"], item["old_max"]), (5, 9))
        self.assertEqual((item["new_min"], item["order_qty"]), (self.row.new_min, self.row.order_qty))
        self.assertTrue(any("70" in reason for reason in item["reasons"]))
        self.assertTrue(any("vendor" in problem for problem in item["problems"]))
        self.assertNotIn("reasons", self.api().get_proposals(reasons=False)["items"][0])

    def test_proposals_are_filtered_and_paged(self):
        self.assertEqual(self.api().get_proposals(state="blocked")["total"], 0)
        self.assertEqual(self.api().get_proposals(warehouse_ids=[self.wh_a2.id])["total"], 0)
        self.assertEqual(self.api().get_proposals(policy_id=self.policy.id, to_order=True)["total"], 1)
        page = self.api().get_proposals(limit=0)
        self.assertEqual((page["items"], page["total"]), ([], 1))
        for arguments in ({"state": "nice"}, {"limit": -1}, {"product_ids": "all"}, {"warehouse_ids": ["x"]}):
            with self.assertRaises(UserError, msg=arguments):
                self.api().get_proposals(**arguments)

    def test_figures_that_are_not_there_are_null(self):
        fresh = self._product("Fresh")
        self._point(fresh, 1, 2)
        self._run()
        item = self.api().get_proposals(product_ids=[fresh.id])["items"][0]
        self.assertEqual((item["state"], item["new_min"], item["safety_qty"]), ("blocked", None, None))
        self.assertEqual(item["old_min"], 1)

    def test_accept_writes_the_rule_once(self):
        answer = self.api().accept(request_uid="a", rule_ids=self.row.ids)
        self.assertEqual(answer, {"accepted": self.row.ids})
        self.assertEqual(self.point.product_min_qty, self.row.new_min)
        count = len(self.row.change_ids)
        self.assertEqual(self.api().accept(request_uid="a", rule_ids=self.row.ids), answer)
        self.assertEqual(len(self.row.change_ids), count)
        with self.assertRaises(UserError):
            self.api().accept(request_uid="a", rule_ids=[])
        self.assertEqual(self.api().accept(request_uid="b", rule_ids=self.row.ids), {"accepted": []})

    def test_quantities_that_make_no_sense_are_refused(self):
        for quantities in ([1], {"x": 1}, {str(self.row.id): -1}, {str(self.row.id): float("nan")},
                           {str(self.row.id): True}, {str(self.row.id): 1e12}, {str(self.row.id): "many"}):
            with self.assertRaises(UserError, msg=quantities):
                self.api().order(request_uid=f"q{quantities}"[:100], rule_ids=self.row.ids, quantities=quantities)

    def test_a_policy_is_made_and_changed(self):
        api = self.api(self.user_manager)
        made = api.set_policy(request_uid="p1", values={
            "name": "A goods", "abc": "A", "target_kind": "cycle", "target_pct": 99, "mode": "auto",
            "date_from": "2026-01-01", "create_rules": False})
        self.assertEqual((made["abc"], made["target_pct"], made["mode"]), ("A", 99, "auto"))
        self.assertEqual(made["date_from"], "2026-01-01")
        changed = api.set_policy(request_uid="p2", policy_id=made["policy_id"], values={"abc": None, "target_pct": 90})
        self.assertEqual((changed["policy_id"], changed["abc"], changed["target_pct"]), (made["policy_id"], None, 90))
        self.assertEqual(api.get_policies()["total"], 2)
        for values in ({}, {"rule_count": 1}, {"target_pct": "high"}, {"mode": "wild"}, {"warehouse_id": self.wh_b1.id},
                       {"date_from": "soon"}, {"create_rules": 1}, {"name": ""}):
            with self.assertRaises(UserError, msg=values):
                api.set_policy(request_uid=f"bad{values}"[:100], values=values)

    def test_every_setting_of_a_policy_can_be_set(self):
        fields = self.env["gantry.reorder.policy"]._fields.items()
        names = {name for name, field in fields if field.store and not field.readonly} - set(MAGIC_COLUMNS)
        self.assertEqual(set(POLICY_SETTINGS), names - {"company_id"})
        api = self.api(self.user_manager)
        made = api.set_policy(request_uid="d1", values={
            "name": "Tuesdays", "user_id": self.user_planner.id, "review_days": 7,
            **{f"order_{day}": day == "tuesday" for day in WEEKDAYS}})
        self.assertEqual((made["user_id"], made["order_tuesday"], made["order_monday"]),
                         (self.user_planner.id, True, False))
        shown = {item["policy_id"]: item for item in api.get_policies()["items"]}[made["policy_id"]]
        self.assertEqual((shown["review_days"], shown["order_tuesday"], shown["order_friday"]), (7, True, False))
        for values in ({"review_days": 1.5}, {"sequence": "1"}, {"order_monday": 1}, {"user_id": 0},
                       {"order_tuesday": False}):
            with self.assertRaises(UserError, msg=values):
                api.set_policy(request_uid=f"bad{values}", policy_id=made["policy_id"], values=values)

    def test_undo_takes_a_change_back(self):
        self.api().accept(request_uid="a", rule_ids=self.row.ids)
        change = self.api().get_changes(rule_id=self.row.id, limit=1)["items"][0]
        self.assertEqual((change["kind"], change["user_id"]), ("accept", self.user_planner.id))
        self.assertIn("fill rate", change["reason"])
        self.api().undo(request_uid="u", change_id=change["change_id"])
        self.assertEqual((self.point.product_min_qty, self.point.product_max_qty), (5, 9))
        self.assertTrue(self.api().get_changes(rule_id=self.row.id)["items"][1]["undone"])

    def test_health_lists_problems(self):
        item = self.api().get_health(kind="no_vendor")["items"][0]
        self.assertEqual((item["rule_id"], item["blocks"]), (self.row.id, False))
        with self.assertRaises(UserError):
            self.api().get_health(kind="flu")

    def test_who_may(self):
        for name in READS:
            self.assertTrue(getattr(self.api(self.user_stock), name)(**self.arguments(name)), name)
        for name in WRITES:
            with self.assertRaises(AccessError, msg=name):
                getattr(self.api(self.user_stock), name)(request_uid=f"x-{name}", **self.arguments(name))
        with self.assertRaises(AccessError):
            self.api(self.user_planner).set_policy(request_uid="x", **self.arguments("set_policy"))

    def test_other_companies_are_out_of_reach(self):
        api = self.api(self.user_other)
        for name in ("get_proposals", "get_health", "get_policies", "get_changes"):
            self.assertEqual(getattr(api, name)()["total"], 0, name)
        for name in ("get_projection", "get_backtest", "accept", "order", "undo"):
            extra = {"request_uid": f"y-{name}"} if name in WRITES else {}
            with self.assertRaises((UserError), msg=name):
                getattr(api, name)(**self.arguments(name), **extra)


@tagged("post_install", "-at_install")
class TestReorderApiHttp(RpcMixin, ApiCase, HttpCase):
    """Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    rpc_model = API

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_manager, self.user_stock)

    def test_all_three_ways_read_the_same(self):
        for name in READS:
            answers = {way: call(name, **self.arguments(name)) for way, call in self.rpc_ways().items()}
            self.assertEqual(answers["json2"], answers["jsonrpc"], name)
            # XML-RPC has no null
            self.assertEqual(without_null(answers["json2"]), answers["xmlrpc"], name)
            answer = answers["json2"]
            self.assertTrue(answer.get("items") or answer.get("state") or "dates" in answer, name)

    def test_all_three_ways_change_once(self):
        for name in ("run", "accept", "order", "set_policy", "backtest"):
            for way, call in self.rpc_ways().items():
                arguments = self.arguments(name) | {"request_uid": f"{way}-{name}"}
                first = call(name, **arguments)
                self.assertEqual(call(name, **arguments), first, f"{name} by {way}")
                self.assertFalse(first.get("message"), first)
        self.assertEqual(self.Policy.search_count([("name", "=", "By RPC")]), 3)

    def test_refusals_are_sentences_with_a_status(self):
        status, answer = self.json2("run", user=self.user_stock, request_uid="x")
        self.assertEqual(status, 403)
        self.assertIn("Planner", answer["message"])
        status, answer = self.json2("get_proposals", state="nice")
        self.assertEqual(status, 422)
        self.assertIn("state", answer["message"])
