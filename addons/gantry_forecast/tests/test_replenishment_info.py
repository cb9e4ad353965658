import json

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReplenishmentInfo(ForecastCase):
    def test_the_wizard_of_odoo_can_use_the_forecast_of_the_warehouse(self):
        product = self._product("Valve")
        self._sales(product, [70] * 60)
        self._sales(product, [7] * 60, self.wh_a2)
        self._refresh()
        for warehouse, daily in ((self.wh_a1, 10), (self.wh_a2, 1)):
            rule = self.env["stock.warehouse.orderpoint"].create({
                "product_id": product.id, "warehouse_id": warehouse.id, "location_id": warehouse.lot_stock_id.id,
                "product_min_qty": 50, "product_max_qty": 150, "company_id": self.company_a.id,
            })
            info = self.env["stock.replenishment.info"].with_user(self.user_manager).create({
                "orderpoint_id": rule.id, "based_on": "gantry"})
            graph = json.loads(info.json_replenishment_graph)
            self.assertAlmostEqual(graph["daily_demand"], daily, delta=0.1 * daily)
            self.assertAlmostEqual(graph["ordering_period"], 100 / daily, delta=0.2 * 100 / daily)
            info.percent_factor = 200
            self.assertAlmostEqual(
                json.loads(info.json_replenishment_graph)["daily_demand"], 2 * daily, delta=0.2 * daily)

    def test_a_product_without_forecast_has_no_demand(self):
        rule = self.env["stock.warehouse.orderpoint"].create({
            "product_id": self._product("New").id, "warehouse_id": self.wh_a1.id,
            "location_id": self.wh_a1.lot_stock_id.id, "company_id": self.company_a.id,
        })
        info = self.env["stock.replenishment.info"].create({"orderpoint_id": rule.id, "based_on": "gantry"})
        self.assertEqual(json.loads(info.json_replenishment_graph)["daily_demand"], 0)
