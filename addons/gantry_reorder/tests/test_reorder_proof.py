from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .test_reorder_backtest import BacktestCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderProof(BacktestCase):
    """What was reached in a replay of the last year steers what the next run aims at."""

    def _proved(self, **vals):
        self.policy.write(vals)
        job = self.env["gantry.reorder.proof"]._enqueue_proof(self.company_a)
        job._run_inline()
        self.assertEqual(job.state, "done", job.error)
        return self.env["gantry.reorder.proof"].search([("company_id", "=", self.company_a.id)])

    def test_the_run_asks_for_a_proof_once_a_week(self):
        jobs = self.env["gantry.job"].sudo().search([("method", "=", "_job_prove")])
        self.assertEqual(len(jobs), 1, "the run of the set-up has asked for it")
        self._proved()
        jobs.unlink()
        self._run()
        self.assertFalse(self.env["gantry.job"].sudo().search_count([("method", "=", "_job_prove")]))

    def test_each_class_gets_its_aim_and_the_reason(self):
        proof = self._proved(target_pct=90).filtered("days")
        self.assertEqual(proof.mapped("demand_class"), ["smooth"])
        self.assertGreater(proof.days, 300)
        self.assertEqual(proof.rule_count, 2)
        self.assertGreater(proof.reached_pct, 80)
        text = " ".join(line["text"] for line in proof.explanation)
        self.assertIn("aim at", text)
        self._run()
        row = self._row(self.steady)
        self.assertEqual(row.target_pct, 90, "the target stays the policy's")
        self.assertAlmostEqual(row.expected_fill, proof.aim_pct, delta=1.5)

    def test_what_fell_short_is_aimed_higher(self):
        """Forecasts that promise too much: half of what sells. What reached too little raises the aim."""
        proof = self._proved(target_pct=90).filtered("days")
        proof.sudo().write({"aim_pct": 99.5})
        self._run()
        higher = self._row(self.steady).new_min
        proof.sudo().write({"aim_pct": 80.0})
        self._run()
        self.assertGreater(higher, self._row(self.steady).new_min)

    def test_a_new_target_does_not_use_an_old_proof(self):
        proof = self._proved(target_pct=90).filtered("days")
        proof.sudo().write({"aim_pct": 99.9})
        self._run()
        before = self._row(self.steady).expected_fill
        self.policy.target_pct = 85
        self._run()
        self.assertGreater(before, 99)
        self.assertLess(self._row(self.steady).expected_fill, 95)
        self.assertTrue(self.env["gantry.reorder.proof"]._is_stale(self.company_a))

    def test_products_that_share_a_target_get_one_price(self):
        proof = self._proved(target_pct=95, share_target=True).filtered("days")
        self.assertEqual(proof.mapped("demand_class"), [False])
        self.assertGreater(proof.price, 0)
        self._run()
        low = self._row(self.scarce).new_min
        proof.sudo().write({"price": proof.price * 50})
        self._run()
        self.assertGreater(self._row(self.scarce).new_min, low)
        self._row(self.scarce)._recompute()
        self.assertGreater(self._row(self.scarce).new_min, low, "recalculated alone it pays the same price")

    def test_without_history_nothing_is_proved_and_nothing_breaks(self):
        self.env.cr.execute("DELETE FROM gantry_demand")
        proof = self._proved()
        self.assertTrue(proof)
        self.assertFalse(proof.filtered("days"))
        self._run()

    def test_a_clerk_may_read_and_not_ask(self):
        self._proved()
        self.assertTrue(self.env["gantry.reorder.proof"].with_user(self.user_stock).search_count([]))
        self.assertFalse(self.env["gantry.reorder.proof"].with_user(self.user_other).search_count([]))
        with self.assertRaises(AccessError):
            self.policy.with_user(self.user_stock).action_prove()
        with self.assertRaises(AccessError):
            self.env["gantry.reorder.proof"].with_user(self.user_manager).search([], limit=1).write({"aim_pct": 1})
        action = self.policy.with_user(self.user_planner).action_prove()
        self.assertEqual(action["res_model"], "gantry.job")
