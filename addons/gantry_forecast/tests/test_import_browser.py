from odoo.tests import HttpCase, tagged

from .import_case import ImportCase


@tagged("post_install", "-at_install")
class TestImportTour(ImportCase, HttpCase):
    def test_a_planner_imports_an_order_file(self):
        self._product("Tour product", default_code="TOUR-1")
        action = self.env.ref("gantry_forecast.gantry_demand_import_action")
        self.start_tour(f"/odoo/action-{action.id}", "gantry_forecast_import", login="gantry_planner")
        record = self.env["gantry.demand.import"].search([("filename", "=", "tour.csv")])
        self.assertEqual((record.state, record.error_count), ("checked", 1))
        self._finish(record)
        self.assertEqual(record.state, "imported")
        self.assertEqual(
            self._demand(), [("TOUR-1", "GA1", "2024-01-15", 4.0), ("TOUR-1", "GA1", "2024-01-16", 6.0)]
        )
