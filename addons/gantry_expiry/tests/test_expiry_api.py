
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ExpiryCase


class ExpiryApiCase(ExpiryCase):
    def arguments(self, name):
        if name == "list_expiring":
            return {"within_days": 30, "product_id": self.milk.id}
        if name == "get_fefo":
            return {"group_by": "month"}
        lot = self._lot(f"L{self.env['stock.lot'].search_count([])}", 15, qty=2)
        line = self._line(lot)
        return {"line_ids": line.ids, "action": "markdown", "percent": 20, "request_uid": f"u{line.id}"}


@tagged("post_install", "-at_install")
class TestExpiryApi(ExpiryApiCase):
    def _api(self, user):
        return self.env["gantry.expiry.api"].with_user(user)

    def test_worklist_and_decision(self):
        lot, fresh = self._lot("A", -1, qty=5), self._lot("F", 90, qty=5)
        self._line(lot)
        api = self._api(self.user_stock)
        page = api.list_expiring(product_id=self.milk.id)
        self.assertEqual([item["lot"] for item in page["items"]], ["A", "F"])
        item = page["items"][0]
        self.assertEqual((item["stage"], item["value"], item["proposal"]), ("expired", 10, "scrap"))
        self.assertEqual(api.list_expiring(product_id=self.milk.id, undecided=True)["total"], 1)
        self.assertEqual(api.list_expiring(product_id=self.milk.id, stage="fresh")["items"][0]["lot_id"], fresh.id)
        arguments = {"line_ids": [item["line_id"]], "action": "scrap", "request_uid": "1"}
        answer = self._api(self.user_planner).decide(**arguments)
        self.assertTrue(answer["scrap_ids"])
        self.assertEqual(self._api(self.user_planner).decide(**arguments), answer)
        self.assertEqual(self.env["gantry.expiry.decision"].search_count([("lot_id", "=", lot.id)]), 1)

    def test_roles(self):
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        for name in ("list_expiring", "get_fefo", "decide"):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(self._api(employee), name)(**self.arguments(name))
        with self.assertRaisesRegex(AccessError, "Planner"), self.env.cr.savepoint():
            self._api(self.user_stock).decide(**self.arguments("decide"))

    def test_other_company(self):
        arguments = self.arguments("decide")
        api = self._api(self.user_other)
        self.assertEqual(api.list_expiring(product_id=self.milk.id)["total"], 0)
        with self.assertRaisesRegex(UserError, "no expiring stock"):
            api.decide(**arguments)

    def test_bad_arguments_get_a_sentence(self):
        api = self._api(self.user_planner)
        good = self.arguments("decide")
        cases = [
            (lambda: api.list_expiring(stage="rotten"), "stage must be one of"),
            (lambda: api.list_expiring(within_days="soon"), "whole number"),
            (lambda: api.list_expiring(limit=-1), "limit"),
            (lambda: api.get_fefo(group_by="moon"), "group_by must be one of"),
            (lambda: api.get_fefo(date_from="soon"), "date such as"),
            (lambda: api.decide(**good | {"action": "eat"}), "action must be one of"),
            (lambda: api.decide(**good | {"line_ids": []}), "whole numbers"),
            (lambda: api.decide(**good | {"line_ids": [0]}), "no expiring stock with the id 0"),
            (lambda: api.decide(**good | {"percent": 101}), "0 to 100"),
            (lambda: api.decide(**good | {"until": "soon"}), "date such as"),
        ]
        for call, sentence in cases:
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                call()


@tagged("post_install", "-at_install")
class TestExpiryApiHttp(RpcMixin, ExpiryApiCase, HttpCase):
    rpc_model = "gantry.expiry.api"

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_planner)

    def test_every_method_three_ways(self):
        lot = self._lot("A", 15, qty=5)
        picking = self._delivery(self.milk, 1)
        picking.move_ids.picked = True
        picking._action_done()
        self._line(lot)
        for call in self.rpc_ways().values():
            self.assertTrue(call("list_expiring", **self.arguments("list_expiring"))["items"])
            self.assertTrue(call("get_fefo", **self.arguments("get_fefo")))
            self.assertTrue(call("decide", **self.arguments("decide"))["decision_ids"])
