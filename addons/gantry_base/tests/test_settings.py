from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import GantryCase


@tagged("post_install", "-at_install")
class TestSettings(GantryCase):
    def test_days_are_kept(self):
        with Form(self.env["res.config.settings"]) as form:
            form.gantry_job_keep_days = 12
            form.gantry_request_keep_days = 14
        form.record.execute()
        param = self.env["ir.config_parameter"].get_param
        self.assertEqual(param("gantry_base.job_keep_days"), "12")
        self.assertEqual(param("gantry_base.request_keep_days"), "14")

    def test_no_days_at_all_are_refused(self):
        for name in ("gantry_job_keep_days", "gantry_request_keep_days"):
            with self.assertRaisesRegex(ValidationError, "at least one day"):
                self.env["res.config.settings"].create({name: 0})

    def test_check_of_background_work_starts_one_job_and_shows_it(self):
        settings = self.env["res.config.settings"].create({})
        action = settings.action_gantry_self_check()
        self.assertEqual(action["res_model"], "gantry.job")
        self.assertEqual(settings.action_gantry_self_check()["res_id"], action["res_id"], "not two at a time")
        job = self.env["gantry.job"].browse(action["res_id"])
        job.with_context(self.env.context)._run_inline(max_steps=2)
        self.assertEqual((job.state, job.progress), ("running", 10))
        self.assertRegex(job.log_ids[0].message, r"^Taken by .+ after \d+ s")

    def test_planner_cannot_start_the_check(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.user_planner).action_gantry_self_check()
