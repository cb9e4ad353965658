"""Who may load the story, and where it is refused."""

from datetime import date

from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

TODAY = date(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestDemoAccess(GantryCase):
    def test_planner_may_not_load(self):
        demo = self.env["gantry.demo"].with_user(self.user_planner)
        for call in (demo._load, demo._enqueue):
            with self.assertRaises(AccessError):
                call(TODAY)
        with self.assertRaises(AccessError):
            self.env["gantry.demo.load"].with_user(self.user_planner).create({})
        self.assertNotEqual(self.company_a.name, "Kilbarrow Trade Supplies")

    def test_company_with_real_moves_is_left_alone(self):
        product = self._product("Real")
        self._receive(product, 5, self.wh_a1, "2026-01-05")
        demo = self.env["gantry.demo"].with_user(self.user_manager)
        for call in (demo._load, demo._enqueue):
            with self.assertRaisesRegex(UserError, "has real stock moves"):
                call(TODAY)
        self.assertEqual(self.company_a.name, "Gantry Test A")
        self.assertFalse(self.company_a.gantry_demo_chapters)

    def test_moves_of_another_company_do_not_matter(self):
        self._receive(self._product("Theirs"), 5, self.wh_b1, "2026-01-05")
        self.assertFalse(self.env["gantry.demo"].with_user(self.user_manager)._refusal(self.company_a))

    def test_manager_asks_for_it_on_screen_and_gets_one_job(self):
        wizard = Form(self.env["gantry.demo.load"].with_user(self.user_manager))
        self.assertFalse(wizard.refusal)
        wizard.today = TODAY
        record = wizard.save()
        action = record.action_load()
        job = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((job.model, job.method, job.params), ("gantry.demo", "_job_load", {"today": "2026-03-10"}))
        self.assertEqual(job.company_id, self.company_a)
        self.assertEqual(record.action_load()["res_id"], job.id, "asked twice, loaded once")

    def test_screen_says_why_not(self):
        self._receive(self._product("Real"), 5, self.wh_a1, "2026-01-05")
        record = self.env["gantry.demo.load"].with_user(self.user_manager).create({})
        self.assertIn("has real stock moves", record.refusal)
        with self.assertRaises(UserError):
            record.action_load()

    def test_empty_planning_list_offers_the_story_to_a_manager_of_an_empty_company(self):
        Forecast = self.env["gantry.forecast"]
        link = 'name="gantry_demo.action_gantry_demo_load"'
        self.assertIn(link, Forecast.with_user(self.user_manager).get_empty_list_help("<p>Nothing yet</p>"))
        self.assertNotIn(link, Forecast.with_user(self.user_planner).get_empty_list_help("<p>Nothing yet</p>"))
        self._receive(self._product("Real"), 5, self.wh_a1, "2026-01-05")
        self.assertEqual(
            Forecast.with_user(self.user_manager).get_empty_list_help("<p>Nothing yet</p>"), "<p>Nothing yet</p>"
        )

    def test_settings_lead_to_the_screen(self):
        self.user_manager.group_ids |= self.env.ref("base.group_system")
        settings = self.env["res.config.settings"].with_user(self.user_manager).create({})
        self.assertFalse(settings.gantry_demo_date)
        action = settings.action_gantry_demo_load()
        self.assertEqual((action["res_model"], action["target"]), ("gantry.demo.load", "new"))
