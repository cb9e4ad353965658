from odoo.tests import tagged

from .common import RouteCase


@tagged("post_install", "-at_install")
class TestClosest(RouteCase):
    """The removal strategy Closest Location, in metres where the warehouse wants that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.article.categ_id = cls.env["product.category"].create({
            "name": "Closest", "removal_strategy_id": cls.env.ref("stock.removal_closest").id})
        cls._fill(["6-40", "1-10", "1-2"], 1)

    def _reserved(self, picking_type=None, qty=1):
        picking_type = picking_type or self.out_type
        picking = self.env["stock.picking"].create({
            "picking_type_id": picking_type.id, "location_id": self.wh_a1.lot_stock_id.id,
            "location_dest_id": self.loc_customer.id, "move_ids": [(0, 0, {
                "product_id": self.article.id, "product_uom_qty": qty, "location_id": self.wh_a1.lot_stock_id.id,
                "location_dest_id": self.loc_customer.id})]})
        picking.action_confirm()
        picking.action_assign()
        return picking.move_line_ids.location_id.mapped("name")

    def test_off_by_default(self):
        self.assertEqual(self._reserved(), ["1-10"], "the first by name")

    def test_nearest_to_where_walks_start(self):
        self.wh_a1.gantry_closest_by_metres = True
        self.assertEqual(self._reserved(), ["1-2"])

    def test_nearest_to_the_start_of_the_operation_type(self):
        self.wh_a1.gantry_closest_by_metres = True
        self.out_type.gantry_start_point_id = self.env["gantry.layout.point"].create({
            "layout_id": self.layout.id, "name": "Back right", "kind": "pack", "x": 22.0, "y": 28.5})
        self.assertEqual(self._reserved(), ["6-40"])
        self.assertEqual(self._reserved(self.wh_a1.int_type_id), ["1-2"], "another operation starts at the depot")

    def test_bins_without_position_come_last(self):
        self.wh_a1.gantry_closest_by_metres = True
        self.bins["1-2"].gantry_layout_id = False
        self.assertEqual(self._reserved(), ["1-10"])

    def test_without_layout_by_name(self):
        self.wh_a1.gantry_closest_by_metres = True
        self.layout.bin_ids.gantry_layout_id = False
        self.layout.unlink()
        self.assertEqual(self._reserved(), ["1-10"])

    def test_other_strategies_stay(self):
        self.wh_a1.gantry_closest_by_metres = True
        self.article.categ_id.removal_strategy_id = self.env.ref("stock.removal_fifo")
        self.env["stock.quant"].search([("product_id", "=", self.article.id)]).in_date = "2020-02-01"
        self.env["stock.quant"].search([
            ("product_id", "=", self.article.id), ("location_id", "=", self.bins["6-40"].id)]).in_date = "2020-01-01"
        self.assertEqual(self._reserved(), ["6-40"])
