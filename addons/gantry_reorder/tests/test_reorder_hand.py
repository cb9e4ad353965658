from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models import gantry_reorder_run
from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderHand(ReorderCase):
    """What people set, turned down or took back stays so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7, mode="auto", approve_change_pct=0)
        cls.product = cls._product("Bolt", standard_price=2)
        cls._predict(cls.product, 70)

    def levels(self, point):
        point.invalidate_recordset()
        return point.product_min_qty, point.product_max_qty

    def row(self, product=None):
        row = self._row(product or self.product)
        row.invalidate_recordset()
        return row

    def test_accept_all_leaves_out_what_people_set(self):
        self.policy.mode = "suggest"
        other = self._product("Nut", standard_price=2)
        self._predict(other, 70)
        point, free = self._point(self.product, 10, 20), self._point(other, 10, 20)
        self._run()
        point.with_user(self.user_manager).write({"product_min_qty": 3, "product_max_qty": 4})
        self._run()
        rules = self.Rule.with_user(self.user_planner).with_company(self.company_a)
        answer = rules.action_accept_all()
        self.assertEqual(self.levels(point), (3, 4))
        self.assertNotEqual(self.levels(free), (10, 20))
        self.assertIn("1 rules set by hand were left out", answer["params"]["message"])
        self.row().with_user(self.user_planner).action_accept()
        self.assertNotEqual(self.levels(point), (3, 4), "asked for by itself it is accepted")

    def test_only_the_last_change_is_taken_back(self):
        point = self._point(self.product, 10, 20)
        self._run()
        self.policy.target_pct = 99.9
        self._run()
        last, first = self.row().change_ids
        with self.assertRaisesRegex(UserError, "only its last change"):
            first.with_user(self.user_planner).action_undo()
        (first + last).with_user(self.user_planner).action_undo()
        self.assertEqual(self.levels(point), (10, 20), "both, the last one first")

    def test_a_rule_that_moved_on_is_not_taken_back(self):
        point = self._point(self.product, 10, 20)
        self._run()
        point._write_by_gantry({"product_min_qty": 1, "product_max_qty": 2})
        with self.assertRaisesRegex(UserError, "only its last change"):
            self.row().with_user(self.user_planner).action_undo()
        self.assertEqual(self.levels(point), (1, 2))

    def test_a_planner_does_not_take_back_what_a_manager_set(self):
        point = self._point(self.product, 10, 20)
        self._run()
        point.with_user(self.user_manager).write({"product_min_qty": 3, "product_max_qty": 4})
        with self.assertRaises(AccessError):
            self.row().with_user(self.user_planner).action_undo()
        with self.assertRaises(UserError):
            self.row().change_ids[1].with_user(self.user_planner).action_undo()
        self.assertEqual(self.levels(point), (3, 4))
        before = self.row().change_ids[:1].old_min
        self.row().with_user(self.user_manager).action_undo()
        self.assertEqual(self.levels(point)[0], before)

    def test_a_quantity_by_hand_stays_until_it_is_ordered(self):
        self._seller(self.product)
        self._put(self.product, 5000, self.wh_a1)
        self._run()
        row = self.row()
        self.assertEqual(row.order_qty_computed, 0)
        row.with_user(self.user_planner).order_qty = 50
        self._run()
        row = self.row()
        self.assertEqual((row.order_qty, row.has_manual_qty, row.order_qty_computed), (50, True, 0))
        self.assertEqual(row.order_value, 50 * row.unit_cost)
        row._settle_ordered()
        self.assertEqual((self.row().order_qty, self.row().has_manual_qty), (0, False))
        self._put(self.product, -5000, self.wh_a1)
        self._run()
        self.assertGreater(self.row().order_qty_computed, 0)
        self.row().with_user(self.user_planner).order_qty = 0
        self._put(self.product, 5000, self.wh_a1)
        self._run()
        self.assertFalse(self.row().has_manual_qty, "nothing by hand is over when there is nothing to order")

    def test_a_target_reached_together_does_not_depend_on_the_shard(self):
        products = self.product
        for number, cost in enumerate((500, 30, 1)):
            product = self._product(f"Part {number}", standard_price=cost)
            self._predict(product, 70)
            products += product
        self.policy.write({"share_target": True, "target_pct": 95})
        self._run()
        levels = [self.row(product).new_min for product in products]
        self.assertGreater(len(set(levels)), 1)
        with patch.object(gantry_reorder_run, "SHARD", 2):
            self._run()
        self.assertEqual([self.row(product).new_min for product in products], levels)

    def test_a_minimum_of_nothing_is_turned_down_for_good(self):
        self.policy.mode = "suggest"
        rare = self._product("Rare", standard_price=2)
        self._predict(rare, 0)
        self._point(rare, 30, 60)
        self._run()
        row = self.row(rare)
        self.assertEqual((row.state, row.new_min), ("proposed", 0))
        row.action_keep()
        self._run()
        self.assertEqual(self.row(rare).state, "ok")

    def test_the_mode_of_the_policy_decides_who_orders(self):
        self.policy.mode = "suggest"
        self._run()
        self.row().with_user(self.user_planner).action_accept()
        point = self.row().orderpoint_id
        self.assertEqual(point.trigger, "manual")
        self.policy.mode = "auto"
        self._run()
        self.assertEqual(point.trigger, "auto")
        self.policy.mode = "suggest"
        self._run()
        self.assertEqual(point.trigger, "manual")
        self.policy.mode = "auto"
        self._run()
        point.with_user(self.user_manager).trigger = "manual"
        self._run()
        self.assertEqual(point.trigger, "manual", "set by hand")
