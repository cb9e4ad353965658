import re

from odoo.addons.gantry_route.tests.common import RouteCase
from odoo.exceptions import UserError
from odoo.tests import tagged

NAMES = (["1-3", "5-33"], ["1-20", "6-1", "1-3"], ["5-4"])


@tagged("post_install", "-at_install")
class TestRouteBatch(RouteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pickings = cls.env["stock.picking"].union(*(cls._delivery(names) for names in NAMES))
        cls.batch = cls.env["stock.picking.batch"].create({
            "picking_type_id": cls.out_type.id, "company_id": cls.company_a.id,
            "picking_ids": [(6, 0, cls.pickings.ids)]})
        cls.batch.action_confirm()

    def _printed_bins(self):
        html = self.env["ir.actions.report"]._render_qweb_html(
            "stock_picking_batch.report_picking_batch", self.batch.ids)[0].decode()
        names = "|".join(sorted(self.bins, key=len, reverse=True))
        return re.findall(rf"GA1/Stock/({names})<", html), html

    def test_one_walk_for_the_batch(self):
        self.batch.action_gantry_route()
        route = self.batch.gantry_route_id
        self.assertEqual(route.batch_id, self.batch)
        self.assertEqual(route.name, self.batch.name)
        self.assertEqual(route.picking_ids, self.pickings)
        self.assertEqual(route.stop_count, 5)
        self.assertLess(route.length_m, route.name_order_m)

    def test_printed_batch_follows_the_walk(self):
        by_name = sorted({name for names in NAMES for name in names})
        self.assertEqual(self._printed_bins()[0], by_name)
        self.batch.action_gantry_route()
        printed, html = self._printed_bins()
        self.assertEqual(printed, self._names(self.batch.gantry_route_id))
        self.assertNotEqual(printed, by_name)
        self.assertIn("m in name order", html)

    def test_list_of_lines_follows_the_walk(self):
        self.batch.action_gantry_route()
        action = self.batch.action_batch_detailed_operations()
        view = self.env["stock.move.line"].get_view(action["views"][0][0], "list")
        order = re.search(r'default_order="([^"]+)"', view["arch"]).group(1)
        lines = self.env["stock.move.line"].search(action["domain"], order=order)
        walked = [line.location_id for line in lines]
        self.assertEqual(list(dict.fromkeys(walked)), list(self.batch.gantry_route_id.stop_ids.location_id))

    def test_transfers_join_and_leave(self):
        self.batch.action_gantry_route()
        route = self.batch.gantry_route_id
        route.stop_ids[0].action_done()
        late = self._delivery(["4-4"])
        late.batch_id = self.batch
        self.assertEqual(self.batch.gantry_route_id, route)
        self.assertIn(self.bins["4-4"], route.stop_ids.location_id)
        self.assertEqual(route.stop_done_count, 1)
        late.batch_id = False
        self.assertNotIn(self.bins["4-4"], route.stop_ids.location_id)
        self.assertFalse(late.gantry_route_id)
        self.assertEqual(route.picking_ids, self.pickings)

    def test_batches_planned_by_themselves(self):
        self.out_type.gantry_auto_route = True
        self.assertFalse(self.batch.gantry_route_id)
        self.pickings.do_unreserve()
        self.pickings.action_assign()
        self.assertEqual(self.batch.gantry_route_id.picking_ids, self.pickings)

    def test_nothing_reserved(self):
        self.pickings.do_unreserve()
        with self.assertRaisesRegex(UserError, "check the availability"):
            self.batch.action_gantry_route()

    def test_remote_batch(self):
        answer = self.env["gantry.route.api"].with_user(self.user_stock).plan_route(
            batch_id=self.batch.id, request_uid="1")
        self.assertEqual([item["route_id"] for item in answer["routes"]], self.batch.gantry_route_id.ids)
        self.assertEqual(sorted(answer["routes"][0]["transfer_ids"]), sorted(self.pickings.ids))
