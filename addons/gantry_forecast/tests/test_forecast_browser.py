import numpy as np

from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.tests import HttpCase, tagged

from .common import ForecastCase


@tagged("post_install", "-at_install")
class TestForecastUnits(HootMixin, HttpCase):
    def test_units_of_the_chart(self):
        self.run_hoot("@gantry_forecast", at_least=19)


@tagged("post_install", "-at_install")
class TestForecastTour(ForecastCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Tour Pump")
        # the browser's clock cannot be frozen: sales end with the week before this one
        start = cls.Forecast._get_bucket_start(cls.company_a)
        cls._sales(cls.product, np.random.default_rng(1).poisson(20, 60), last=start)
        cls._refresh()

    def test_a_planner_overrides_a_forecast_and_sees_it_change(self):
        self.start_tour("/odoo/gantry-planning", "gantry_forecast_planning", login="gantry_planner")
        override = self.Override.search([("product_id", "=", self.product.id)])
        self.assertEqual((override.quantity, override.user_id), (777, self.user_planner))
        # the running period is half sold: an override begins with the next one
        self.assertAlmostEqual(self._final(self._forecast(self.product))[1], 777, places=1)

    def test_the_accuracy_page_compares_with_the_others(self):
        self.start_tour(
            "/odoo/action-gantry_forecast.gantry_forecast_accuracy_action", "gantry_forecast_accuracy",
            login="gantry_planner",
        )
