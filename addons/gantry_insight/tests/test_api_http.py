import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.tests import HttpCase, tagged

from .test_api import READS, WRITES, ApiCase


@tagged("post_install", "-at_install")
class TestInsightApiHttp(ApiCase, HttpCase):
    """Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    def setUp(self):
        super().setUp()
        self.keys = {
            user: self.env(user=user)["res.users.apikeys"].sudo()._generate(
                "rpc", "test", datetime.now() + timedelta(days=1))
            for user in (self.user_planner, self.user_stock, self.user_other)
        }

    def json2(self, method, user=None, **arguments):
        response = self.url_open(
            f"/json/2/gantry.insight.api/{method}", data=json.dumps(arguments),
            headers={"Authorization": f"bearer {self.keys[user or self.user_planner]}",
                     "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def login(self, user):
        return self.env.cr.dbname, user.id, self.keys[user]

    def jsonrpc(self, method, **arguments):
        args = [*self.login(self.user_planner), "gantry.insight.api", method, [], arguments]
        payload = {"jsonrpc": "2.0", "method": "call", "id": 1,
                   "params": {"service": "object", "method": "execute_kw", "args": args}}
        answer = self.url_open(
            "/jsonrpc", data=json.dumps(payload), headers={"Content-Type": "application/json"}).json()
        return answer["result"] if "result" in answer else answer["error"]

    def xmlrpc(self, method, **arguments):
        case = self

        class Transport(xmlrpc.client.Transport):
            def request(self, host, handler, request_body, verbose=False):
                response = case.url_open(handler, data=request_body, headers={"Content-Type": "text/xml"})
                parser, target = self.getparser()
                parser.feed(response.content)
                parser.close()
                return target.close()

        proxy = xmlrpc.client.ServerProxy(f"{self.base_url()}/xmlrpc/2/object", transport=Transport())
        return proxy.execute_kw(*self.login(self.user_planner), "gantry.insight.api", method, [], arguments)

    def test_all_three_ways_read_the_same(self):
        for name in READS:
            arguments = self.arguments(name)
            status, answer = self.json2(name, **arguments)
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer, self.jsonrpc(name, **arguments), name)
            self.assertEqual(without_null(answer), self.xmlrpc(name, **arguments), name)
            self.assertTrue(answer.get("items") or answer.get("tiles"), name)

    def test_all_three_ways_change_once(self):
        ways = {
            "json2": lambda name, **args: self.json2(name, **args)[1], "jsonrpc": self.jsonrpc, "xmlrpc": self.xmlrpc,
        }
        for name in WRITES:
            for way, call in ways.items():
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
        self.assertIn("There is no order luck", answer["message"])
        arguments = {"alert_ids": self.alert.ids, "request_uid": "x"}
        self.assertEqual(self.json2("acknowledge_alerts", user=self.user_other, **arguments)[0], 422)

    def test_helpers_are_not_reachable(self):
        for method in ("_alerts", "_series_domain", "_alert_answer"):
            self.assertEqual(self.json2(method)[0], 403, method)
