"""Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

import json
import xmlrpc.client
from datetime import datetime, timedelta

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.tests import HttpCase, tagged

from .test_api import ApiCase


@tagged("post_install", "-at_install")
class TestTraceApiHttp(ApiCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.keys = {
            user: self.env(user=user)["res.users.apikeys"]
            .sudo()
            ._generate("rpc", "test", datetime.now() + timedelta(days=1))
            for user in (self.user_stock, self.stranger)
        }

    def json2(self, method, user, **arguments):
        response = self.url_open(
            f"/json/2/gantry.trace.api/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"bearer {self.keys[user]}", "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def jsonrpc(self, method, user, **arguments):
        login = [self.env.cr.dbname, user.id, self.keys[user]]
        params = {"service": "object", "method": "execute_kw",
                  "args": [*login, "gantry.trace.api", method, [], arguments]}  # fmt: skip
        payload = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        headers = {"Content-Type": "application/json"}
        return self.url_open("/jsonrpc", data=json.dumps(payload), headers=headers).json()

    def xmlrpc(self, method, user, **arguments):
        call = (self.env.cr.dbname, user.id, self.keys[user], "gantry.trace.api", method, [], arguments)
        body = xmlrpc.client.dumps(call, "execute_kw")
        response = self.url_open("/xmlrpc/2/object", data=body, headers={"Content-Type": "text/xml"})
        return xmlrpc.client.loads(response.content)[0][0]

    def test_every_method_answers_the_same_over_all_protocols(self):
        for method, arguments in self.READS.items():
            status, first = self.json2(method, self.user_stock, **arguments)
            self.assertEqual(status, 200, first)
            self.assertEqual(self.jsonrpc(method, self.user_stock, **arguments)["result"], first, method)
            self.assertEqual(self.xmlrpc(method, self.user_stock, **arguments), without_null(first), method)

    def test_stranger_is_refused_over_the_wire(self):
        for method, arguments in self.READS.items():
            status, answer = self.json2(method, self.stranger, **arguments)
            self.assertEqual(status, 403, (method, answer))

    def test_inner_methods_are_not_for_callers(self):
        for method in ("_lot", "_options"):
            status, _answer = self.json2(method, self.user_stock, lot_id=self.lot.id)
            self.assertIn(status, (403, 404), method)
