import urllib.parse
import xmlrpc.client

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.tests import HttpCase, freeze_time, tagged

from .common import TODAY
from .test_api import READS, WRITES, ApiCase

try:
    import odoorpc
except ImportError:
    odoorpc = None


@tagged("post_install", "-at_install")
class TestForecastApiHttp(RpcMixin, ApiCase, HttpCase):
    """Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    rpc_model = "gantry.forecast.api"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._refresh()

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_planner, self.user_stock, self.user_other)

    def test_all_three_ways_read_the_same(self):
        for name in READS:
            arguments = self.arguments(name)
            answers = {way: call(name, **arguments) for way, call in self.rpc_ways().items()}
            self.assertEqual(answers["json2"], answers["jsonrpc"], name)
            # XML-RPC has no null
            self.assertEqual(without_null(answers["json2"]), answers["xmlrpc"], name)
            answer = answers["json2"]
            self.assertTrue(answer.get("items") or answer.get("reasons") or name == "list_overrides", name)

    def test_all_three_ways_change_once(self):
        for name in WRITES:
            for way, call in self.rpc_ways().items():
                arguments = self.arguments(name) | {"request_uid": f"{way}-{name}"}
                first = call(name, **arguments)
                self.assertEqual(call(name, **arguments), first, f"{name} by {way}")
                self.assertTrue(first.get("import_id") or first.get("override_id") or first.get("job_id"), first)
        self.assertEqual(self.env["gantry.demand.import"].search_count([("kind", "=", "rpc")]), 3)

    def test_refusals_are_sentences_with_a_status(self):
        status, answer = self.json2("refresh", user=self.user_stock, request_uid="x")
        self.assertEqual(status, 403)
        self.assertIn("Planner", answer["message"])
        status, answer = self.json2("get_history", date_from="soon")
        self.assertEqual((status, answer["message"]), (422, "date_from must be a date such as 2026-03-31, not soon."))
        error = self.jsonrpc("refresh", user=self.user_stock, request_uid="x")
        self.assertIn("Planner", error["data"]["message"])
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            self.xmlrpc("get_history", date_from="soon")
        self.assertIn("date_from must be a date", caught.exception.faultString)

    def test_other_company_is_shut_out(self):
        status, answer = self.json2("get_forecasts", user=self.user_other)
        self.assertEqual((status, answer["total"]), (200, 0))

    def test_no_key_no_answer(self):
        response = self.url_open(
            "/json/2/gantry.forecast.api/get_forecasts", data="{}",
            headers={"Authorization": "bearer wrong", "Content-Type": "application/json"},
        )  # fmt: skip
        self.assertEqual(response.status_code, 401)

    def test_helpers_are_out_of_reach(self):
        for method in ("_write_history", "_series_domain", "_require_group"):
            status, _answer = self.json2(method)
            self.assertEqual(status, 403, method)

    def test_odoorpc_client(self):
        self.assertIsNotNone(odoorpc, "the tests need the client odoorpc")
        address = urllib.parse.urlsplit(self.base_url())
        with self.allow_requests(all_requests=True):
            client = odoorpc.ODOO(address.hostname, protocol="jsonrpc", port=address.port)
            client.login(self.env.cr.dbname, self.user_planner.login, self.rpc_keys[self.user_planner])

            def call(name, **arguments):
                return client.execute_kw("gantry.forecast.api", name, [], arguments)

            self.assertEqual(call("get_forecasts", limit=1)["total"], 2)
            line = {"product_code": "SAW", "warehouse_code": "GA1", "date": "2026-01-06", "quantity": 3}
            for _call in range(2):
                answer = call("push_history", request_uid="o", lines=[line])
                self.assertEqual((answer["lines"], answer["errors"]), (1, []))
            self.assertEqual(call("get_history", date_from="2026-01-06", date_to="2026-01-06")["total"], 1)
            with self.assertRaisesRegex(odoorpc.error.RPCError, "lines must be a list"):
                call("push_history", request_uid="p", lines=[])
