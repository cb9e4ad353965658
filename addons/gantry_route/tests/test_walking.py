from odoo.tests import tagged

from .common import RouteCase


@tagged("post_install", "-at_install")
class TestWalking(RouteCase):
    """Metres per line by warehouse and operation type."""

    def test_metres_per_line_weigh_by_lines(self):
        short = self._route(self._delivery(["1-1"]))
        long = self._route(self._delivery(["1-3", "5-33", "2-10", "6-1"]))
        self.env.flush_all()
        metres = (short.length_m + long.length_m) / 5
        self.assertAlmostEqual(self.out_type.gantry_metres_per_line, metres, 4)
        self.assertAlmostEqual(self.wh_a1.gantry_metres_per_line, metres, 4)
        self.assertEqual(self.wh_a2.gantry_metres_per_line, 0)
        domain = [("picking_type_id", "=", self.out_type.id)]
        ((_week, per_line, by_name, saved),) = self.env["gantry.route.report"]._read_group(
            domain, ["date:week"], ["metres_per_line:avg", "name_metres_per_line:avg", "saved_m:sum"])
        self.assertAlmostEqual(per_line, metres, 4)
        self.assertAlmostEqual(by_name, (short.name_order_m + long.name_order_m) / 5, 4)
        self.assertAlmostEqual(saved, 5 * (by_name - per_line), 3)

    def test_routes_without_metres_or_dropped_do_not_count(self):
        self.bins["1-1"].gantry_layout_id = False
        self._route(self._delivery(["1-1"]))
        cancelled = self._delivery(["2-2"])
        self._route(cancelled)
        cancelled.action_cancel()
        self.env.flush_all()
        self.assertEqual(self.env["gantry.route.report"].search_count([("warehouse_id", "=", self.wh_a1.id)]), 0)

    def test_buttons(self):
        action = self.wh_a1.action_gantry_walking()
        self.assertEqual(action["context"]["search_default_warehouse_id"], self.wh_a1.id)
        self.assertIn("A One", action["name"])
        action = self.out_type.action_gantry_walking()
        self.assertEqual(action["context"]["search_default_picking_type_id"], self.out_type.id)
