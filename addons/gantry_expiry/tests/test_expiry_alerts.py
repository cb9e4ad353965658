import datetime

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import ExpiryCase


@tagged("post_install", "-at_install")
class TestExpiryAlerts(ExpiryCase):
    def _run(self, day=0):
        with freeze_time(self.now + datetime.timedelta(days=day)):
            self.env.flush_all()
            self.env.invalidate_all()
            self.env["stock.lot"]._gantry_cron_expiry_alerts()

    def test_alert_repeats_until_it_is_handled(self):
        lot = self._lot("A", 18, qty=5)
        self._run()
        activity = lot.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.user_planner))
        self.assertIn("5 on hand in", activity.note)
        self._run(3)  # not yet
        self.assertEqual(lot.gantry_expiry_alerts, 1)
        self._run(7)
        self.assertEqual((lot.activity_ids, lot.gantry_expiry_alerts), (activity, 2))
        self.assertIn("reminder 1", activity.summary)
        activity.action_done()  # clicked away, nothing decided
        self._run(14)
        self.assertEqual((len(lot.activity_ids), lot.gantry_expiry_alerts), (1, 3))
        line = self._line(lot)
        self.env["gantry.expiry.decision"]._decide(line, action="sell_first")
        self.assertFalse(lot.activity_ids)
        self._run(30)
        self.assertEqual(lot.gantry_expiry_alerts, 3)

    def test_no_stock_no_alert(self):
        lot = self._lot("A", 18)
        self._run()
        self.assertFalse(lot.activity_ids)

    def test_alert_of_odoo_is_repeated_not_doubled(self):
        lot = self._lot("A", 18, qty=5)
        self.env["stock.lot"]._alert_date_exceeded()
        self.assertEqual(len(lot.activity_ids), 1)
        self._run()
        self.assertEqual(len(lot.activity_ids), 1)
        self._run(7)
        self.assertIn("reminder 1", lot.activity_ids.summary)

    def test_switched_off(self):
        self.company_a.gantry_expiry_repeat_days = 0
        lot = self._lot("A", 18, qty=5)
        self._run()
        self.assertFalse(lot.activity_ids)

    def test_decision_that_runs_out(self):
        lot = self._lot("A", 18, qty=5)
        until = fields.Date.to_date(self.now) + datetime.timedelta(days=2)
        self.env["gantry.expiry.decision"]._decide(self._line(lot), action="sell_first", until=until)
        self._run(1)
        self.assertFalse(lot.activity_ids)
        self._run(3)
        self.assertTrue(lot.activity_ids)
