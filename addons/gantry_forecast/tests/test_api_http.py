import json
import urllib.parse
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.tests import HttpCase, freeze_time, tagged

from .common import TODAY
from .test_api import READS, WRITES, ApiCase

try:
    import odoorpc
except ImportError:
    odoorpc = None


@tagged("post_install", "-at_install")
class TestForecastApiHttp(ApiCase, HttpCase):
    """Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._refresh()

    def setUp(self):
        super().setUp()
        self.password = {}
        for user in (self.user_planner, self.user_stock, self.user_other):
            self.password[user] = (
                self.env(user=user)["res.users.apikeys"]
                .sudo()
                ._generate("rpc", "test", datetime.now() + timedelta(days=1))
            )

    # -- three ways to call

    def json2(self, method, user=None, **arguments):
        key = self.password[user or self.user_planner]
        response = self.url_open(
            f"/json/2/gantry.forecast.api/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def jsonrpc(self, method, user=None, **arguments):
        user = user or self.user_planner
        payload = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {
                "service": "object",
                "method": "execute_kw",
                "args": [*self.login(user), "gantry.forecast.api", method, [], arguments],
            },
        }
        response = self.url_open(
            "/jsonrpc", data=json.dumps(payload), headers={"Content-Type": "application/json"}
        ).json()
        return response["result"] if "result" in response else response["error"]

    def xmlrpc(self, method, user=None, **arguments):
        user = user or self.user_planner
        proxy = xmlrpc.client.ServerProxy(f"{self.base_url()}/xmlrpc/2/object", transport=self.transport())
        return proxy.execute_kw(*self.login(user), "gantry.forecast.api", method, [], arguments)

    def login(self, user):
        return self.env.cr.dbname, user.id, self.password[user]

    def transport(self):
        """XML-RPC by the client of the test, which lets the server use the test's transaction."""
        case = self

        class Transport(xmlrpc.client.Transport):
            def request(self, host, handler, request_body, verbose=False):
                response = case.url_open(handler, data=request_body, headers={"Content-Type": "text/xml"})
                parser, target = self.getparser()
                parser.feed(response.content)
                parser.close()
                return target.close()

        return Transport()

    def ways(self):
        return {
            "json2": lambda name, **arguments: self.json2(name, **arguments)[1],
            "jsonrpc": self.jsonrpc,
            "xmlrpc": self.xmlrpc,
        }

    # -- the tests

    def test_all_three_ways_read_the_same(self):
        for name in READS:
            arguments = self.arguments(name)
            answers = {way: call(name, **arguments) for way, call in self.ways().items()}
            self.assertEqual(answers["json2"], answers["jsonrpc"], name)
            # XML-RPC has no null
            self.assertEqual(without_null(answers["json2"]), answers["xmlrpc"], name)
            answer = answers["json2"]
            self.assertTrue(answer.get("items") or answer.get("reasons") or name == "list_overrides", name)

    def test_all_three_ways_change_once(self):
        for name in WRITES:
            for way, call in self.ways().items():
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
            client.login(self.env.cr.dbname, self.user_planner.login, self.password[self.user_planner])

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
