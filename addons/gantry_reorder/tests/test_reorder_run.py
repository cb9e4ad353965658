from odoo.tests import freeze_time, tagged

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderRun(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7, mode="suggest")
        cls.product = cls._product("Bolt", standard_price=2)
        cls._predict(cls.product, 70)

    def test_a_suggestion_waits_and_says_why(self):
        self._run()
        row = self._row(self.product)
        self.assertEqual(row.state, "proposed")
        self.assertFalse(row.orderpoint_id)
        self.assertGreater(row.new_min, 70)
        self.assertGreaterEqual(row.new_max, row.new_min)
        self.assertGreater(row.order_qty, 0)
        self.assertEqual(row.policy_id, self.policy)
        text = " ".join(line["text"] for line in row.explanation)
        self.assertIn("70", text)
        self.assertIn("97 %", text)
        self.assertIn("Policy", text)

    def test_automatic_mode_creates_and_keeps_the_history(self):
        self.policy.mode = "auto"
        self._run()
        row = self._row(self.product)
        self.assertEqual(row.state, "applied")
        point = row.orderpoint_id
        self.assertEqual((point.product_min_qty, point.product_max_qty), (row.new_min, row.new_max))
        self.assertEqual(point.trigger, "auto")
        self.assertEqual(row.change_ids.kind, "create")
        self.assertIn("fill rate", row.change_ids.reason)
