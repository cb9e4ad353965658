from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ExpiryCase


@tagged("post_install", "-at_install")
class TestExpiryAccess(ExpiryCase):
    def test_models_by_role(self):
        everything = {"read", "write", "create", "unlink"}
        table = {
            "gantry.expiry.line": (set(), {"read"}, {"read"}, {"read"}),
            "gantry.expiry.decision": (set(), {"read"}, {"read", "write", "create"}, everything),
            "gantry.expiry.decide": (set(), set(), everything, everything),
        }
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        users = (employee, self.user_stock, self.user_planner, self.user_manager)
        for model, rights in table.items():
            for user, expected in zip(users, rights, strict=True):
                allowed = {right for right in everything if self.env[model].with_user(user).has_access(right)}
                self.assertEqual(allowed, expected, f"{model} for {user.login}")

    def test_other_company(self):
        lot = self._lot("A", 15, qty=5)
        line = self._line(lot)
        self.assertFalse(self.env["gantry.expiry.line"].with_user(self.user_other).search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(self.user_other).read(["quantity"])
        decision = self.env["gantry.expiry.decision"]._decide(line, action="sell_first")
        with self.assertRaises(AccessError):
            decision.with_user(self.user_other).read(["action"])

    def test_a_shared_lot_has_a_decision_per_company(self):
        lot = self._lot("A", 15, qty=5)
        self.env["stock.quant"]._update_available_quantity(self.milk, self.wh_b1.lot_stock_id, 3, lot_id=lot)
        lines = self._line(lot)
        mine = lines.filtered(lambda line: line.company_id == self.company_a)
        self.env["gantry.expiry.decision"]._decide(mine, action="sell_first")
        answer = {line.company_id: line.alerting for line in self._line(lot)}
        self.assertEqual(answer, {self.company_a: False, self.company_b: True})
