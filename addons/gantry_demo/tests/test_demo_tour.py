"""The way to the story on screen."""

from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestDemoTour(GantryCase, HttpCase):
    def test_manager_starts_the_story_from_the_empty_planning_list(self):
        self.start_tour(
            "/odoo/action-gantry_forecast.gantry_forecast_action", "gantry_demo_load", login=self.user_manager.login
        )
        job = self.env["gantry.job"].search([("identity", "=", "gantry_demo.load")])
        self.assertEqual((job.company_id, job.user_id, job.state), (self.company_a, self.user_manager, "pending"))
