from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RouteCase

MODELS = ("gantry.route", "gantry.route.stop", "gantry.route.report")


@tagged("post_install", "-at_install")
class TestRouteAccess(RouteCase):
    """Stock users read and route; figures are nobody's to write; companies do not see each other."""

    def setUp(self):
        super().setUp()
        self.picking = self._delivery(["1-3", "5-33"])
        self.route = self._route(self.picking)
        self.env.flush_all()

    def test_stock_user_routes(self):
        picking = self.picking.with_user(self.user_stock)
        self.assertEqual(picking.action_gantry_route()["res_id"], self.route.id)
        route = picking.gantry_route_id
        self.assertEqual(route.stop_ids[0].products, self.route.stop_ids[0].products)
        route.action_plan_again()
        route.next_stop_id.action_skip()
        route.next_stop_id.action_done()
        self.assertEqual(self.route.stop_done_count, 1)
        self.assertTrue(route.explanation)
        urgent = self._delivery(["2-2"])
        self.env["gantry.route.add"].with_user(self.user_stock).create(
            {"route_id": route.id, "picking_ids": urgent.ids}).action_apply()
        self.assertEqual(urgent.gantry_route_id, self.route)
        self.assertTrue(route.get_map_route()["stops"])
        self.assertEqual(len(self.env["gantry.route.report"].with_user(self.user_stock).search([
            ("route_id", "=", route.id)])), 1)

    def test_figures_are_not_written(self):
        for record in (self.route, self.route.stop_ids[:1]):
            for call in ("write", "create", "unlink"):
                mine = record.with_user(self.user_stock)
                with self.assertRaises(AccessError, msg=(record, call)), self.env.cr.savepoint():
                    getattr(mine, call)(*{"write": [{"company_id": 1}], "create": [{}], "unlink": []}[call])
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.route.with_user(self.user_manager).write({"length_m": 1})
        self.route.with_user(self.user_manager).unlink()
        self.assertFalse(self.picking.gantry_route_id)
        self.assertFalse(self.picking.move_line_ids.gantry_stop_id)

    def test_strangers_see_nothing(self):
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        for model in MODELS:
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])
        for wizard in ("gantry.route.add", "gantry.route.short"):
            with self.assertRaises(AccessError, msg=wizard):
                self.env[wizard].with_user(employee).create({})
        for call in ("action_plan_again", "get_map_route", "action_open"):
            with self.assertRaises(AccessError, msg=call), self.env.cr.savepoint():
                getattr(self.route.with_user(employee), call)()

    def test_other_company(self):
        for model in MODELS:
            self.assertFalse(self.env[model].with_user(self.user_other).search([
                ("company_id", "=", self.company_a.id)]), model)
        stop = self.route.stop_ids[0].with_user(self.user_other)
        for call in (stop.action_done, stop.action_skip, self.route.with_user(self.user_other).action_plan_again,
                     self.route.with_user(self.user_other).get_map_route):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()
        with self.assertRaises(AccessError):
            self.env["gantry.route"].with_user(self.user_other)._route(self.picking)
