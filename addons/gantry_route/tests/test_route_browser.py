from odoo.tests import HttpCase, tagged

from .common import RouteCase


@tagged("post_install", "-at_install")
class TestRouteTour(RouteCase, HttpCase):
    def test_a_picker_walks(self):
        """Planned from the transfer; one stop done, one skipped, one short; the rest found in another bin."""
        short = self._product("Short")
        products = [self._product("One"), short, self._product("Two"), self._product("Three")]
        picking = self._delivery(["1-20", "5-33", "3-38", "5-4"], qty=2, products=products)
        self._fill(["6-1"], 5, short)
        self.start_tour(
            f"/odoo/action-stock.action_picking_tree_all/{picking.id}", "gantry_route_walk", login="gantry_stock")
        self.env.invalidate_all()
        route = picking.gantry_route_id
        self.assertEqual(route.stop_done_count, 2)
        self.assertEqual(route.stop_ids[0].location_id, self.bins["1-20"])
        self.assertEqual(route.stop_ids[1].location_id, self.bins["5-33"])
        self.assertIn(self.bins["6-1"], route.stop_ids.location_id)
        self.assertTrue(route.stop_ids[-1].skipped)
        lines = picking.move_line_ids.filtered(lambda line: line.product_id == short)
        self.assertEqual(sorted(lines.mapped("quantity")), [1, 1])
