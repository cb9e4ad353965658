import re
from unittest.mock import patch

from odoo.addons.gantry_route.core.walk import Floor
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RouteCase

BINS = ["1-3", "5-33", "2-10", "6-1", "3-28", "1-36", "4-4"]


@tagged("post_install", "-at_install")
class TestRouteChange(RouteCase):
    """What happens to a walk under way."""

    def _walk(self, names=BINS, **kwargs):
        picking = self._delivery(names, **kwargs)
        return picking, self._route(picking)

    def _commit(self):
        self.env.cr.precommit.run()

    # -- done, skipped, short

    def test_a_stop_is_done(self):
        _picking, route = self._walk()
        stop = route.next_stop_id
        self.assertEqual(stop, route.stop_ids[0])
        self.assertTrue(stop.is_next)
        planned = route.stop_ids
        stop.action_done()
        self.assertTrue(all(stop.line_ids.mapped("picked")))
        self.assertEqual(route.stop_ids, planned, "the rest keeps its order")
        self.assertEqual(route.next_stop_id, planned[1])
        with self.assertRaisesRegex(UserError, "is done"):
            stop.action_done()

    def test_picked_on_another_screen(self):
        picking, route = self._walk()
        line = picking.move_line_ids.sorted("gantry_route_sequence")[0]
        line.picked = True
        self.assertTrue(route.stop_ids[0].done)

    def test_stops_out_of_order_plan_again_from_there(self):
        _picking, route = self._walk()
        whole = route.name_order_m
        last = route.stop_ids[-1]
        last.action_done()
        self.assertEqual(route.stop_ids[0], last)
        floor = Floor(self.env["gantry.layout"]._get_geometry(self.wh_a1))
        place, along = floor.places(last.location_id.ids)
        here = (int(place[0]), float(along[0]))
        metres = floor.metres_from(here, route.stop_ids[1].location_id.ids)[0]
        self.assertAlmostEqual(route.stop_ids[1].leg_m, metres, 1)
        self.assertAlmostEqual(route.name_order_m, whole, 1, "the figure beaten is that of the whole walk")
        self.assertIn("Planned again", " ".join(reason["text"] for reason in route.explanation))

    def test_skipped_stops_come_last(self):
        _picking, route = self._walk()
        first, before = route.stop_ids[0].location_id, route.stop_ids
        route.stop_ids[0].action_skip()
        self.assertEqual(set(route.stop_ids), set(before), "stops that somebody sees on a screen stay the same records")
        self.assertEqual(route.stop_ids[-1].location_id, first)
        self.assertTrue(route.stop_ids[-1].skipped)
        self.assertEqual(len(route.stop_ids), len(BINS))
        for _number in BINS:
            route.next_stop_id.action_done()
        self.assertEqual(route.stop_done_count, len(BINS))

    def test_short_pick_takes_the_rest_elsewhere(self):
        product = self._product("Scarce")
        picking, route = self._walk(["1-3", "5-33"], qty=8, products=[product, self.article])
        self._fill(["6-39"], 5, product)
        line = picking.move_line_ids.filtered(lambda line: line.product_id == product)
        answer = line._gantry_short_pick(3)
        self.assertEqual(answer, {"elsewhere": 5, "missing": 0})
        self.assertEqual((line.quantity, line.picked), (3, True))
        new = line.move_id.move_line_ids - line
        self.assertEqual((new.location_id, new.quantity, new.picked), (self.bins["6-39"], 5, False))
        self.assertIn(self.bins["6-39"], route.stop_ids.location_id)
        self.assertTrue(route.stop_ids.filtered(lambda stop: stop.location_id == self.bins["1-3"]).done)

    def test_short_pick_of_what_is_nowhere_else(self):
        picking, route = self._walk(["1-3", "5-33"], qty=8)
        wizard_action = route.stop_ids[0].action_short_pick()
        wizard = self.env["gantry.route.short"].with_context(**wizard_action["context"]).create({"quantity": 0})
        message = wizard.action_apply()["params"]["message"]
        self.assertIn("8", message)
        self.assertIn("missing", message)
        self.assertEqual((route.stop_done_count, route.stop_count), (1, 2))
        self.assertEqual(sum(picking.move_line_ids.mapped("quantity")), 8)
        wizard = self.env["gantry.route.short"].create({"stop_id": route.next_stop_id.id, "quantity": 8})
        with self.assertRaisesRegex(UserError, "Less than"):
            wizard.action_apply()

    # -- lines come and go

    def test_a_line_more_is_planned_at_the_end_of_the_transaction(self):
        picking, route = self._walk()
        product = self._product("Late")
        self._fill(["6-39"], product=product)
        move = self.env["stock.move"].create({
            "picking_id": picking.id, "product_id": product.id, "product_uom_qty": 1, "location_id":
            self.wh_a1.lot_stock_id.id, "location_dest_id": self.loc_customer.id})
        move._action_confirm()
        move._action_assign()
        self.assertTrue(route.needs_plan)
        self._commit()
        self.assertFalse(route.needs_plan)
        self.assertIn(self.bins["6-39"], route.stop_ids.location_id)
        self.assertEqual(move.move_line_ids.gantry_stop_id.route_id, route)

    def test_a_line_less(self):
        picking, route = self._walk()
        line = picking.move_line_ids[0]
        gone = line.location_id
        line.unlink()
        self.assertTrue(route.needs_plan)
        route.action_open()
        self.assertNotIn(gone, route.stop_ids.location_id)

    def test_a_line_moved_to_another_bin(self):
        picking, route = self._walk()
        line = picking.move_line_ids[0]
        self._fill(["6-39"], product=line.product_id)
        line.location_id = self.bins["6-39"]
        self._commit()
        self.assertIn(self.bins["6-39"], route.stop_ids.location_id)

    @mute_logger("odoo.addons.gantry_route.models.gantry_route_change")
    def test_a_failing_plan_does_not_stop_the_user(self):
        picking, route = self._walk()
        picking.move_line_ids[0].unlink()
        with patch.object(type(route), "_prepare_route_problem", side_effect=ZeroDivisionError):
            self._commit()
        self.assertTrue(route.needs_plan)
        self.assertEqual(len(picking.move_line_ids), len(BINS) - 1)

    # -- slipped in

    def test_urgent_transfer_is_slipped_in(self):
        _picking, route = self._walk()
        before, metres = [stop.location_id for stop in route.stop_ids], route.length_m
        urgent = self._delivery(["3-20"])
        wizard = self.env["gantry.route.add"].create({"route_id": route.id, "picking_ids": urgent.ids})
        wizard.action_apply()
        self.assertEqual(urgent.gantry_route_id, route)
        after = [stop.location_id for stop in route.stop_ids]
        self.assertEqual([bin_location for bin_location in after if bin_location != self.bins["3-20"]], before)
        extra = next(reason for reason in route.reasons if reason["code"] == "route.urgent")["numbers"]["extra"]
        self.assertAlmostEqual(route.length_m, metres + extra, 1)
        again = self._delivery(["3-20"])
        self.assertEqual(route._slip_in(again), 0.0, "a bin on the way costs nothing")

    def test_slipped_in_where_it_costs_least(self):
        _picking, route = self._walk()
        urgent = self._delivery(["6-30"])
        places = [stop.location_id.id for stop in route.stop_ids]
        floor = Floor(self.env["gantry.layout"]._get_geometry(self.wh_a1))
        start = floor.point(self.depot.id)

        def metres(order):
            total, here = 0.0, start
            for location_id in order:
                total += floor.metres_from(here, [location_id])[0]
                place, along = floor.places([location_id])
                here = (int(place[0]), float(along[0]))
            return total + float(floor.metres_from(start, [order[-1]])[0])

        best = min(
            metres([*places[:at], self.bins["6-30"].id, *places[at:]]) for at in range(len(places) + 1))
        route._slip_in(urgent)
        self.assertAlmostEqual(route.length_m, best, 1)

    def test_slip_in_with_precedence_plans_the_whole(self):
        self.out_type.gantry_precedence = "handling"
        glass = self._product("Glass", gantry_handling="fragile")
        _picking, route = self._walk(["1-3", "5-33"])
        urgent = self._delivery(["1-1"], products=[glass])
        self.assertIsNone(route._slip_in(urgent))
        self.assertEqual(urgent.gantry_route_id.stop_ids[-1].location_id, self.bins["1-1"])

    def test_not_slipped_in(self):
        _picking, route = self._walk(["1-3"])
        done = self._delivery(["2-2"])
        done.button_validate()
        with self.assertRaisesRegex(UserError, "done or cancelled"):
            route._slip_in(done)
        with self.assertRaisesRegex(UserError, "Nothing is reserved"):
            route._slip_in(self._delivery(["2-3"], reserve=False))

    # -- lists and prints

    def test_detailed_operations_follow_the_route(self):
        picking, route = self._walk()
        action = picking.action_detailed_operations()
        self.assertTrue(action["context"]["gantry_has_route"])
        arch = self.env["stock.move.line"].get_view(action["views"][0][0], "list")["arch"]
        order = re.search(r'default_order="([^"]+)"', arch).group(1)
        lines = self.env["stock.move.line"].search(action["domain"], order=order)
        self.assertEqual([line.location_id for line in lines], [stop.location_id for stop in route.stop_ids])

    def _printed(self, picking):
        html = self.env["ir.actions.report"]._render_qweb_html("stock.report_picking", picking.ids)[0].decode()
        names = "|".join(sorted(self.bins, key=len, reverse=True))
        return re.findall(rf"GA1/Stock/({names})<", html), html

    def test_printed_transfer_follows_the_route(self):
        self.env.user.group_ids += self.env.ref("stock.group_stock_multi_locations")
        picking = self._delivery(BINS)
        self.assertEqual(self._printed(picking)[0], sorted(BINS))
        route = self._route(picking)
        printed, html = self._printed(picking)
        self.assertEqual(printed, self._names(route))
        self.assertNotEqual(printed, sorted(BINS))
        self.assertIn("m in name order", html)

    def test_a_product_from_several_bins_is_printed_at_each_visit(self):
        self.env.user.group_ids += self.env.ref("stock.group_stock_multi_locations")
        product = self._product("Everywhere")
        self._fill(["1-3", "6-1"], 2, product)
        picking = self._delivery(["3-28", "2-10"], products=[self._product("One"), product], qty=12)
        picking.action_assign()
        route = self._route(picking)
        self.assertEqual(self._printed(picking)[0], self._names(route))

    def test_printing_plans_again_what_is_out_of_date(self):
        picking, route = self._walk()
        self.layout.aisle_ids.filtered(lambda aisle: aisle.number == 6).blocked_from = "2020-01-01 00:00:00"
        picking.do_print_picking()
        self.assertEqual(route.missing_ids, self.bins["6-1"])

    def test_map(self):
        _picking, route = self._walk()
        self.bins["4-4"].gantry_layout_id = False
        drawn = route.with_user(self.user_stock).get_map_route()
        self.assertEqual([stop["location_id"] for stop in drawn["stops"]], [
            stop.location_id.id for stop in route.stop_ids])
        self.assertIsNone(next(stop for stop in drawn["stops"] if stop["name"] == "4-4")["x"])
        length = sum(
            abs(one[0] - two[0]) + abs(one[1] - two[1])
            for one, two in zip(drawn["path"], drawn["path"][1:], strict=False))
        self.assertAlmostEqual(length, route.length_m, 0)
        action = route.action_open_map()
        self.assertEqual((action["tag"], action["context"]["route_id"]), ("gantry_layout_map", route.id))
