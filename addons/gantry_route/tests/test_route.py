from unittest.mock import patch

import numpy as np

from odoo.addons.gantry_route.core import Block, Problem, solve
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RouteCase

BINS = ["1-3", "5-33", "2-10", "6-1", "3-28", "1-36", "4-4"]


@tagged("post_install", "-at_install")
class TestRoute(RouteCase):
    def _shortest(self, names):
        """Metres of the shortest walk from the depot, straight from the core."""
        geometry = self.env["gantry.layout"]._get_geometry(self.wh_a1)
        rows = geometry.index_of([self.bins[name].id for name in names])
        return solve(Problem(
            floor=Block(xs=geometry.xs, crossings=geometry.crossings), place=geometry.column[rows],
            along=geometry.along[rows], start=(0, geometry.crossings[0]))).length_m

    def test_route_of_a_transfer(self):
        picking = self._delivery(BINS)
        route = self._route(picking)
        self.assertEqual(picking.gantry_route_id, route)
        self.assertEqual(route.method, "exact")
        self.assertAlmostEqual(route.length_m, self._shortest(BINS), 1)
        self.assertLess(route.length_m, route.name_order_m)
        self.assertAlmostEqual(route.saved_share, 1 - route.length_m / route.name_order_m, 4)
        self.assertEqual(sorted(self._names(route)), sorted(BINS))
        self.assertEqual(route.stop_ids.mapped("sequence"), list(range(1, len(BINS) + 1)))
        self.assertAlmostEqual(route.stop_ids[-1].total_m, sum(route.stop_ids.mapped("leg_m")), 0)
        self.assertIn("m in name order", route.summary)
        self.assertAlmostEqual(route.duration_min, (route.length_m / 1.2 + 10 * len(BINS)) / 60, 1)
        self.assertIn("exact", " ".join(reason["text"] for reason in route.explanation))

    def test_name_order_is_what_odoo_prints(self):
        """The figure beaten is the walk past the bins sorted by name, measured aisle by aisle."""
        route = self._route(self._delivery(["1-2", "1-10", "2-1"]))  # by name: 1-10, 1-2, 2-1
        bins = [self.bins[name] for name in ("1-10", "1-2", "2-1")]
        front, middle = self.env["gantry.layout"]._get_geometry(self.wh_a1).crossings[:2]
        y = [bin_location.gantry_access_y for bin_location in bins]
        pitch = bins[2].gantry_access_x - bins[0].gantry_access_x
        across = min(y[1] - front + y[2] - front, middle - y[1] + middle - y[2])
        metres = (y[0] - front) + (y[0] - y[1]) + pitch + across + (y[2] - front) + pitch
        self.assertAlmostEqual(route.name_order_m, metres, 1)

    def test_two_lines_in_one_bin_are_one_stop(self):
        other = self._product("Other")
        picking = self._delivery(["2-7", "2-7", "5-5"], products=[self.article, other, self.article])
        route = self._route(picking)
        self.assertEqual(len(route.stop_ids), len(picking.move_line_ids.location_id))
        shared = route.stop_ids.filtered(lambda stop: stop.location_id == self.bins["2-7"])
        self.assertEqual(len(shared), 1)
        self.assertEqual(shared.line_ids.product_id, self.article | other)

    def test_lines_carry_the_order(self):
        picking = self._delivery(BINS)
        route = self._route(picking)
        lines = picking.move_line_ids.sorted("gantry_route_sequence")
        self.assertEqual(lines.mapped("gantry_stop_id"), route.stop_ids)
        self.assertEqual([line.location_id.name for line in lines], self._names(route))

    def test_one_walk_for_several_transfers(self):
        pickings = self._delivery(BINS[:3]) | self._delivery(BINS[3:]) | self._delivery(["1-3"])
        apart = sum(self._route(pickings).mapped("length_m"))
        old = pickings.gantry_route_id
        route = self._route(pickings, together=True)
        self.assertEqual(len(route), 1)
        self.assertFalse(old.exists(), "routes that lost their transfers are dropped")
        self.assertEqual(route.picking_ids, pickings)
        self.assertLess(route.length_m, apart)
        first = route.stop_ids.filtered(lambda stop: stop.location_id == self.bins["1-3"])
        self.assertEqual(len(first.line_ids.picking_id), 2)
        self.assertEqual(self._route(pickings[:1]), route, "a transfer on a shared walk stays there")

    def test_bins_without_position_come_last(self):
        self.bins["4-4"].gantry_layout_id = False
        route = self._route(self._delivery(BINS))
        self.assertEqual(self._names(route)[-1], "4-4")
        self.assertFalse(route.stop_ids[-1].has_way)
        self.assertEqual(route.missing_ids, self.bins["4-4"])
        self.assertAlmostEqual(route.length_m, self._shortest([name for name in BINS if name != "4-4"]), 1)
        self.assertIn("4-4", " ".join(reason["text"] for reason in route.explanation))

    def test_without_layout_the_bin_sequence_counts(self):
        picking = self._delivery(BINS)
        self.layout.with_context(active_test=False).bin_ids.gantry_layout_id = False
        self.layout.unlink()
        route = self._route(picking)
        self.assertEqual((route.method, route.length_m), ("sequence", 0.0))
        by_sequence = sorted(BINS, key=lambda name: self.bins[name].gantry_sequence)
        self.assertEqual(self._names(route), by_sequence)
        self.assertIn("no layout", route.explanation[0]["text"])
        for name in BINS:
            self.bins[name].gantry_sequence = 0
        route = self._route(picking)
        self.assertEqual((route.method, self._names(route)), ("name", sorted(BINS)))

    def test_blocked_aisle_changes_the_route(self):
        names = ["2-30", "3-30", "4-30", "5-2"]
        route = self._route(self._delivery(names))
        before = route.length_m
        self.assertFalse(route.is_stale)
        aisle = self.layout.aisle_ids.filtered(lambda aisle: aisle.number == 1)
        aisle.blocked_from = "2020-01-01 00:00:00"
        route.invalidate_recordset()
        self.assertTrue(route.is_stale)
        route.action_open()
        self.assertFalse(route.is_stale)
        self.assertEqual(route.method, "search")
        self.assertGreaterEqual(route.length_m, before)
        self.layout.aisle_ids.filtered(lambda aisle: aisle.number == 3).blocked_from = "2020-01-01 00:00:00"
        route.action_open()
        self.assertEqual(route.missing_ids, self.bins["3-30"])
        self.assertIn("No open way", " ".join(reason["text"] for reason in route.explanation))

    def test_policy_of_the_operation_type(self):
        self.out_type.gantry_policy = "s_shape"
        route = self._route(self._delivery(BINS))
        self.assertEqual(route.method, "s_shape")
        self.assertGreaterEqual(route.length_m, self._shortest(BINS))
        told = next(reason for reason in route.explanation if reason["code"] == "route.policy")
        self.assertAlmostEqual(told["numbers"]["shortest"], self._shortest(BINS), 1)

    def test_start_and_end_of_the_operation_type(self):
        points = self.env["gantry.layout.point"].create([
            {"layout_id": self.layout.id, "name": name, "kind": "pack", "x": x, "y": y}
            for name, x, y in (("Right", 22.0, 1.5), ("Back", 22.0, 28.5))])
        self.out_type.write({"gantry_start_point_id": points[0].id, "gantry_end_point_id": points[1].id})
        route = self._route(self._delivery(["6-1", "6-39"]))
        self.assertEqual((route.start_point_id, route.end_point_id), (points[0], points[1]))
        self.assertEqual(self._names(route), ["6-1", "6-39"])
        self.assertEqual(route.path[0], [22.0, 1.5])
        self.assertEqual(route.path[-1], [22.0, 28.5])

    def test_heavy_before_fragile(self):
        self.out_type.gantry_precedence = "handling"
        fragile, heavy, plain = (self._product(name) for name in ("Glass", "Anvil", "Book"))
        fragile.gantry_handling = "fragile"
        category = self.env["product.category"].create({"name": "Iron", "gantry_handling": "heavy"})
        heavy.categ_id = self.env["product.category"].create({"name": "Anvils", "parent_id": category.id})
        picking = self._delivery(["1-1", "6-39", "3-3"], products=[fragile, heavy, plain])
        route = self._route(picking)
        self.assertEqual(self._names(route), ["6-39", "3-3", "1-1"])
        self.assertIn("route.rank", [reason["code"] for reason in route.explanation])
        self.out_type.gantry_precedence = "none"
        self.assertNotEqual(self._names(self._route(picking)), ["6-39", "3-3", "1-1"])
        plain.weight = 50
        self.out_type.gantry_precedence = "weight"
        self.assertEqual(self._names(self._route(picking))[0], "3-3")

    def test_receipts_walk_to_where_goods_are_put(self):
        move_lines = [
            (0, 0, {"product_id": self.article.id, "quantity": 1, "location_id": self.loc_supplier.id,
                    "location_dest_id": self.bins[name].id}) for name in ("4-4", "1-3")]
        picking = self.env["stock.picking"].create({
            "picking_type_id": self.wh_a1.in_type_id.id, "location_id": self.loc_supplier.id,
            "location_dest_id": self.wh_a1.lot_stock_id.id, "move_line_ids": move_lines})
        picking.action_confirm()
        route = self._route(picking)
        self.assertEqual(route.side, "dest")
        self.assertEqual(set(self._names(route)), {"4-4", "1-3"})

    def test_one_warehouse_at_a_time(self):
        other = self._delivery(["1-1"])
        other.picking_type_id = self.wh_a2.out_type_id
        with self.assertRaisesRegex(UserError, "several warehouses"):
            self._route(self._delivery(["1-2"]) | other, together=True)

    def test_nothing_reserved(self):
        picking = self._delivery(["1-1"], reserve=False)
        self.assertFalse(self._route(picking))
        with self.assertRaisesRegex(UserError, "check the availability"):
            picking.action_gantry_plan_route()

    def test_planned_by_itself(self):
        self.assertFalse(self._delivery(["1-1"]).gantry_route_id)
        self.out_type.gantry_auto_route = True
        self.assertEqual(self._delivery(["1-1", "2-2"]).gantry_route_id.stop_count, 2)

    def test_state_follows_the_transfers(self):
        pickings = self._delivery(["1-1"]) | self._delivery(["2-2"])
        route = self._route(pickings, together=True)
        pickings[0].button_validate()
        self.assertEqual(route.state, "planned")
        pickings[1].button_validate()
        self.assertEqual(route.state, "done")
        self.assertEqual(route.date_done, max(pickings.mapped("date_done")))
        self.assertEqual(route.stop_done_count, 2)
        self.assertGreater(route.length_m, 0)
        cancelled = self._delivery(["3-3"])
        route = self._route(cancelled)
        cancelled.action_cancel()
        self.assertEqual(route.state, "cancel")

    def test_queries_do_not_grow_with_lines(self):
        few = self.env["stock.picking"].union(*(self._delivery([f"{n}-1"]) for n in range(1, 5)))
        names = [f"{aisle}-{bay}" for aisle in range(1, 7) for bay in range(1, 26)]
        many = self.env["stock.picking"].union(*(self._delivery(names[n::4]) for n in range(4)))
        counts = []
        for pickings in (few, many, few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._route(pickings)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(sum(len(picking.move_line_ids) for picking in many), 150)
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertLessEqual(counts[3], counts[2] + 1)

    def test_a_layout_that_the_core_refuses_is_told(self):
        picking = self._delivery(BINS)
        bad = np.array([np.nan])
        with patch("odoo.addons.gantry_route.core.walk.Floor.ends", return_value=((0, bad[0]), (0, 0.0), True)):
            route = self._route(picking)
        self.assertEqual(route.method, "sequence")
        self.assertIn("does not allow", route.explanation[0]["text"])
