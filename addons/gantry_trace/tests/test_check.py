"""The nightly comparison finds what was changed behind Odoo's back, mends it and raises the alarm."""

from odoo.addons.gantry_base.tests.job_case import JobMixin
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TraceCase

LOGGER = "odoo.addons.gantry_trace.models.gantry_trace_check"


@tagged("post_install", "-at_install")
class TestCheck(JobMixin, TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls._tracked("Checked")
        cls.one, cls.two, cls.three = (cls._lot(product, name) for name in ("C-1", "C-2", "C-3"))
        cls.link = cls.env["gantry.trace.link"].create(
            {"parent_lot_id": cls.one.id, "child_lot_id": cls.two.id, "company_id": cls.company_a.id}
        )
        cls.Check = cls.env["gantry.trace.check"]
        cls.Check._rebuild(first=True)

    def test_nothing_to_mend_is_no_alarm(self):
        check = self.Check._rebuild()
        self.assertEqual((check.state, check.missing, check.extra, check.changed), ("ok", 0, 0, 0))
        self.assertFalse(check.activity_ids)

    @mute_logger(LOGGER)
    def test_what_sql_took_away_comes_back_and_is_told(self):
        self.env.cr.execute("DELETE FROM gantry_trace_edge WHERE parent_node = %s", [self.one.id])
        self.assertFalse(self.lots_of(self.one))
        check = self.Check._rebuild()
        self.assertEqual((check.state, check.missing), ("differs", 1))
        self.assertIn("C-1 → C-2", check.sample_text)
        self.assertEqual(self.lots_of(self.one), self.two)
        self.assertIn(self.user_manager, check.activity_ids.user_id)

    @mute_logger(LOGGER)
    def test_what_sql_changed_or_added_is_put_right(self):
        to_three = "UPDATE gantry_trace_link SET child_lot_id = %s WHERE id = %s"
        self.env.cr.execute(to_three, [self.three.id, self.link.id])
        check = self.Check._rebuild()
        self.assertEqual((check.missing, check.extra), (1, 1))
        self.assertEqual(self.lots_of(self.one), self.three)
        self.env.cr.execute("UPDATE gantry_trace_edge SET qty = 7 WHERE parent_node = %s", [self.one.id])
        check = self.Check._rebuild()
        self.assertEqual((check.missing, check.extra, check.changed), (0, 0, 1))

    def test_runs_as_a_job_and_once_at_a_time(self):
        self.Check._cron_check()
        self.Check._cron_check()
        job = self.env["gantry.job"].search([("model", "=", "gantry.trace.check")])
        self.assertEqual(len(job), 1)
        job._run_inline()
        self.assertEqual((job.state, job.result["state"]), ("done", "ok"))

    def test_failing_feed_does_not_stop_the_move_and_the_night_makes_up_for_it(self):
        def broken(*_args):
            raise ValueError("broken on purpose")

        self.patch(type(self.env["gantry.trace.edge"]), "_feed", broken)
        with mute_logger("odoo.addons.gantry_trace.models.gantry_trace_edge"):
            self.env["gantry.trace.link"].create({"parent_lot_id": self.two.id, "child_lot_id": self.three.id})
            self.env.cr.precommit.run()
        self.assertFalse(self.lots_of(self.two))
        with mute_logger(LOGGER):
            self.assertEqual(self.Check._rebuild().missing, 1)
        self.assertEqual(self.lots_of(self.two), self.three)
