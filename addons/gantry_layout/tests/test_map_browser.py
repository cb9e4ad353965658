"""The map in a real browser."""

from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.tests import HttpCase, tagged

from .map_case import MapCase


@tagged("post_install", "-at_install")
class TestMapBrowser(HootMixin, MapCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["stock.quant"]._update_available_quantity(cls.pear, cls.bins["A-L1-1"], 5, lot_id=cls.lot)

    def test_javascript_units(self):
        self.run_hoot("@gantry_layout", at_least=40)

    def test_tour_of_a_stock_user(self):
        self.start_tour("/odoo/warehouse-map", "gantry_layout_map_tour", login=self.user_stock.login)

    def test_manager_blocks_an_aisle_and_opens_it(self):
        revision = self.layout.revision
        url = f"/odoo/action-gantry_layout.gantry_layout_map_action?layout_id={self.layout.id}"
        self.start_tour(
            f"{url}&location_id={self.bins['A-L1-1'].id}", "gantry_layout_block_tour", login=self.user_manager.login)
        self.layout.invalidate_recordset()
        self.assertGreaterEqual(self.layout.revision, revision + 2)
        self.assertFalse(self.layout.aisle_ids.filtered("blocked_from"))

    def test_plan_comes_as_columns_of_equal_length(self):
        self.authenticate(self.user_stock.login, self.user_stock.login)
        answer = self.url_open(
            "/web/dataset/call_kw/gantry.layout/get_map_data",
            json={"params": {"model": "gantry.layout", "method": "get_map_data", "args": [self.layout.id, "fill"],
                             "kwargs": {}}})
        bins = answer.json()["result"]["bins"]
        self.assertEqual({len(column) for column in bins.values()}, {24})
