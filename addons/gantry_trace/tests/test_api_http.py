"""Every method as other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

from odoo.addons.gantry_base.models.gantry_api import without_null
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.tests import HttpCase, tagged

from .test_api import ApiCase


@tagged("post_install", "-at_install")
class TestTraceApiHttp(RpcMixin, ApiCase, HttpCase):
    rpc_model = "gantry.trace.api"

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_stock, self.stranger)

    def test_every_method_answers_the_same_over_all_protocols(self):
        for method, arguments in self.READS.items():
            status, first = self.json2(method, self.user_stock, **arguments)
            self.assertEqual(status, 200, first)
            self.assertEqual(self.jsonrpc(method, **arguments), first, method)
            self.assertEqual(self.xmlrpc(method, **arguments), without_null(first), method)

    def test_stranger_is_refused_over_the_wire(self):
        for method, arguments in self.READS.items():
            status, answer = self.json2(method, self.stranger, **arguments)
            self.assertEqual(status, 403, (method, answer))

    def test_inner_methods_are_not_for_callers(self):
        for method in ("_lot", "_options"):
            status, _answer = self.json2(method, self.user_stock, lot_id=self.lot.id)
            self.assertIn(status, (403, 404), method)
