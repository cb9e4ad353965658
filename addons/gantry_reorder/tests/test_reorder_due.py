from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderDue(ReorderCase):
    """What is due and what is put off goes by the planning day, also where that lies in the past."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(lead_days=7)
        cls.product = cls._product("Nut")
        cls.start = cls.start - 7 * 100
        cls._predict(cls.product, 20)
        past = fields.Date.from_string(TODAY) - timedelta(days=700)
        cls.startClassPatcher(patch.object(
            type(cls.env["gantry.demand"]), "_get_today", lambda self, company: past))
        cls.past = past
        cls._run()
        cls.row = cls._row(cls.product)

    def _found(self, *domain):
        return self.Rule.with_user(self.user_planner).search([("product_id", "=", self.product.id), *domain])

    def test_a_snoozed_row_leaves_the_list_and_wakes(self):
        self.assertTrue(self._found(("is_snoozed", "=", False)))
        self.row.with_user(self.user_planner).action_snooze()
        self.assertTrue(self.row.is_snoozed)
        self.assertEqual(self.row.snoozed_until, self.past + timedelta(days=7))
        self.assertFalse(self._found(("is_snoozed", "=", False)))
        self.assertTrue(self._found(("is_snoozed", "=", True)))
        self.assertFalse(self.Rule.search([*self.Rule._get_due_domain(), ("id", "=", self.row.id)]))
        self.row.with_user(self.user_planner).action_wake()
        self.assertTrue(self._found(("is_snoozed", "!=", True)))

    def test_due_dates_count_from_the_planning_day(self):
        spans = {"late": -3, "week": 5, "month": 20, "later": 90}
        for due, days in spans.items():
            self.env.cr.execute(
                "UPDATE gantry_reorder_rule SET order_by_date = %s, projected_stockout_date = %s WHERE id = %s",
                (self.past + timedelta(days=days), self.past + timedelta(days=days), self.row.id))
            self.env.invalidate_all()
            self.assertEqual(self.row.due, due)
            for other in spans:
                self.assertEqual(bool(self._found(("due", "=", other))), other == due, (due, other))
            self.assertEqual(bool(self._found(("runs_out_soon", "=", True))), days <= 30)
        self.env.cr.execute("UPDATE gantry_reorder_rule SET order_by_date = NULL WHERE id = %s", (self.row.id,))
        self.env.invalidate_all()
        self.assertFalse(self.row.due)
        self.assertTrue(self._found(("due", "=", False)))
        self.assertFalse(self._found(("due", "in", list(spans))))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderStanding(ReorderCase):
    """What is written to Odoo's rule stays right when today's orders of customers have left."""

    def _levels(self, mode, ordered, method="sS"):
        product = self._product("Bolt")
        self._seller(product, delay=7)
        self._policy(product_id=product.id, mode=mode, method=method, order_cost=5 if method == "sQ" else 0)
        self._predict(product, 70)
        if ordered:
            self._pending(product, ordered, self.wh_a1.lot_stock_id, self.env.ref("stock.stock_location_customers"), 3)
        self._run()
        row = self._row(product)
        return row.new_min, row.new_max, row

    def test_an_accepted_rule_does_not_depend_on_the_orders_of_the_day(self):
        plain, _high, _row = self._levels("suggest", 0)
        busy, _high, row = self._levels("suggest", 40)
        self.assertEqual(plain, busy, "40 ordered are part of the 70 that are forecast")
        self.assertEqual(row.committed_qty, 40)
        beyond, _high, _row = self._levels("suggest", 170)
        self.assertAlmostEqual(beyond, plain, delta=12, msg="the hundred on top are counted by Odoo itself")

    def test_an_automatic_rule_is_net_of_what_odoo_takes_off(self):
        plain, _high, _row = self._levels("auto", 0)
        busy, _high, _row = self._levels("auto", 40)
        self.assertEqual(busy, plain - 40)

    def test_a_fixed_quantity_is_what_odoo_orders(self):
        low, high, row = self._levels("auto", 0, "sQ")
        self.assertGreater(row.usual_order_qty, 10)
        self.assertEqual(high - low, row.usual_order_qty - 1)
        point = row.orderpoint_id
        self.assertEqual((point.product_min_qty, point.product_max_qty), (low, high))
        # Odoo orders up to the maximum as soon as the stock is one below the minimum
        self.assertEqual(point.product_max_qty - (low - 1), row.usual_order_qty)
