from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.tests import HttpCase, tagged

from .test_api import READS, WRITES, ApiCase


@tagged("post_install", "-at_install")
class TestInsightApiHttp(RpcMixin, ApiCase, HttpCase):
    """Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    rpc_model = "gantry.insight.api"

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_planner, self.user_stock, self.user_other)

    def test_all_three_ways_read_the_same(self):
        for name in READS:
            arguments = self.arguments(name)
            status, answer = self.json2(name, **arguments)
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer, self.jsonrpc(name, **arguments), name)
            self.assertEqual(without_null(answer), self.xmlrpc(name, **arguments), name)
            self.assertTrue(answer.get("items") or answer.get("tiles"), name)

    def test_all_three_ways_change_once(self):
        for name in WRITES:
            for way, call in self.rpc_ways().items():
                arguments = self.arguments(name) | {"request_uid": f"{way}-{name}"}
                first = call(name, **arguments)
                self.assertEqual(call(name, **arguments), first, f"{name} by {way}")
                self.assertTrue(first.get("alert_ids") or first.get("job_id"), first)

    def test_refusals_are_sentences_with_a_status(self):
        status, answer = self.json2("refresh", user=self.user_stock, request_uid="x")
        self.assertEqual(status, 403)
        self.assertIn("Planner", answer["message"])
        status, answer = self.json2("get_insight", order="luck")
        self.assertEqual(status, 422)
        self.assertIn("order must be one of", answer["message"])
        arguments = {"alert_ids": self.alert.ids, "request_uid": "x"}
        self.assertEqual(self.json2("acknowledge_alerts", user=self.user_other, **arguments)[0], 422)

    def test_helpers_are_not_reachable(self):
        for method in ("_alerts", "_series_domain", "_alert_answer"):
            self.assertEqual(self.json2(method)[0], 403, method)
