from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import InsightCase

BAD = (
    ({"gantry_insight_short_days": 0}, "between 1 and 366 days"),
    ({"gantry_insight_short_days": 100, "gantry_insight_excess_days": 90}, "too much before"),
    ({"gantry_insight_slow_days": 30}, "at least as long as excess"),
    ({"gantry_insight_dead_days": 3}, "not dead before 30 days"),
    ({"gantry_alert_activity_max": -1}, "cannot be negative"),
    ({"gantry_insight_holding_pct": 120}, "between 0 and 100 %"),
    ({"gantry_insight_service_pct": 100}, "between 0 and 100 %"),
    ({"gantry_insight_abc_a_pct": 96}, "Class A must end"),
    ({"gantry_insight_xyz_y": 0.1}, "Class X must end"),
)


@tagged("post_install", "-at_install")
class TestInsightSettings(InsightCase):
    def test_nonsense_is_refused_in_a_sentence(self):
        for vals, words in BAD:
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self.company_a.write(vals)

    def test_the_settings_page_writes_the_company(self):
        with Form(self.env["res.config.settings"].with_company(self.company_a)) as form:
            form.gantry_insight_excess_days = 120
            form.gantry_alert_digest = False
            form.gantry_alert_user_id = self.user_planner
        form.record.execute()
        self.assertEqual(self.company_a.gantry_insight_excess_days, 120)
        self.assertFalse(self.company_a.gantry_alert_digest)
        self.assertEqual(self.company_a.gantry_alert_user_id, self.user_planner)

    def test_the_cron_asks_for_a_job_per_company_that_wants_it(self):
        Job = self.env["gantry.job"]
        Job.search([("identity", "=", "gantry_insight.refresh")])._end("cancelled")
        self.company_b.gantry_insight_nightly = False
        self.Insight._cron_refresh()
        jobs = Job.search([("identity", "=", "gantry_insight.refresh"), ("state", "=", "pending")])
        self.assertIn(self.company_a, jobs.company_id)
        self.assertNotIn(self.company_b, jobs.company_id)
