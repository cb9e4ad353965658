from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.tests import HttpCase, tagged

from .common import InsightCase


@tagged("post_install", "-at_install")
class TestInsightUnits(HootMixin, HttpCase):
    def test_units_of_the_overview(self):
        self.run_hoot("@gantry_insight", at_least=14)


@tagged("post_install", "-at_install")
class TestInsightTour(InsightCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the browser's clock cannot be frozen: everything is counted from the real today
        cls.pump = cls._item("Tour Pump", cost=10)
        cls._receive(cls.pump, 7, cls.wh_a1, "2026-01-01")
        cls._expect(cls.pump, 7)
        start = cls.Forecast._get_bucket_start(cls.company_a)
        cls.env.cr.execute("UPDATE gantry_forecast SET date_start = %s WHERE product_id = %s", (start, cls.pump.id))
        cls._look()
        cls.alert = cls._alerts(cls.pump, "stockout")

    def test_from_the_overview_to_a_handled_alert(self):
        self.assertEqual(self.alert.state, "open")
        self.start_tour("/odoo/gantry-overview", "gantry_insight_overview", login="gantry_planner")
        self.assertEqual((self.alert.state, self.alert.handled_user_id), ("handled", self.user_planner))

    def test_an_empty_company_shows_the_first_steps(self):
        self.start_tour("/odoo/gantry-overview", "gantry_insight_first_steps", login="gantry_other")
        self.assertTrue(self.env["gantry.job"].search([
            ("identity", "=", "gantry_insight.refresh"), ("company_id", "=", self.company_b.id)]))
