from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import RouteCase

BINS = ["1-3", "1-20", "5-33", "5-4"]
READS = ("list_routes", "get_route", "next_stop", "distance")
WRITES = ("plan_route", "finish_stop", "skip_stop", "short_pick", "add_urgent")


class RouteApiCase(RouteCase):
    def _api(self, user=None):
        return self.env["gantry.route.api"].with_user(user or self.user_stock)

    def arguments(self, name):
        """Good arguments for each method, on a route of its own where the method needs one."""
        if name == "distance":
            return {"from_location_id": self.bins["1-1"].id, "to_location_ids": [self.bins["2-2"].id]}
        picking = self._delivery(["1-3", "5-33"], qty=2)
        if name == "plan_route":
            return {"transfer_ids": picking.ids, "request_uid": f"p{picking.id}"}
        route = self._route(picking)
        if name == "list_routes":
            return {"state": "planned", "transfer_id": picking.id}
        if name in ("get_route", "next_stop"):
            return {"route_id": route.id}
        request = {"request_uid": f"{name}{route.id}"}
        if name == "add_urgent":
            return request | {"route_id": route.id, "transfer_ids": self._delivery(["4-4"]).ids}
        if name == "short_pick":
            return request | {"line_id": picking.move_line_ids[0].id, "quantity": 1}
        return request | {"stop_id": route.next_stop_id.id}


@tagged("post_install", "-at_install")
class TestRouteApi(RouteApiCase):
    def test_plan_and_walk(self):
        picking = self._delivery(BINS)
        answer = self._api().plan_route(transfer_ids=picking.ids, request_uid="1")
        item = answer["routes"][0]
        route = picking.gantry_route_id
        self.assertEqual((item["route_id"], item["transfer_ids"], item["stops"]), (route.id, picking.ids, 4))
        self.assertAlmostEqual(item["metres"], route.length_m, 2)
        self.assertLess(item["metres"], item["name_order_metres"])
        whole = self._api().get_route(route_id=route.id)
        names = [stop["location"].rsplit("/", 1)[-1] for stop in whole["stops"]["items"]]
        self.assertEqual(names, self._names(route))
        self.assertEqual(whole["start"]["point_id"], self.depot.id)
        self.assertEqual(whole["stops"]["items"][0]["lines"][0]["transfer_id"], picking.id)
        self.assertTrue(whole["reasons"] and whole["path"])
        walked = 0.0
        for number in range(4):
            following = self._api().next_stop(route_id=route.id)
            self.assertEqual(following["stop"]["sequence"], number + 1)
            self.assertAlmostEqual(following["metres_left"], route.length_m - walked, 1)
            walked += following["metres"]
            self._api().finish_stop(stop_id=following["stop"]["stop_id"], request_uid=f"s{number}")
        self.assertIsNone(self._api().next_stop(route_id=route.id)["stop"])
        self.assertTrue(all(picking.move_line_ids.mapped("picked")))

    def test_plan_several(self):
        pickings = self._delivery(["1-1"]) | self._delivery(["2-2"])
        empty = self._delivery(["3-3"], reserve=False)
        answer = self._api().plan_route(transfer_ids=(pickings | empty).ids, request_uid="1")
        self.assertEqual((len(answer["routes"]), answer["without_lines"]), (2, empty.ids))
        answer = self._api().plan_route(transfer_ids=pickings.ids, together=True, request_uid="2")
        self.assertEqual([sorted(route["transfer_ids"]) for route in answer["routes"]], [sorted(pickings.ids)])

    def test_next_stop_from_a_bin(self):
        picking = self._delivery(BINS)
        route = self._route(picking)
        before = route.stop_ids.ids
        answer = self._api().next_stop(route_id=route.id, location_id=self.bins["5-3"].id)
        self.assertEqual(answer["stop"]["location_id"], self.bins["5-4"].id)
        self.assertAlmostEqual(answer["metres"], 0.0, 2)
        self.assertEqual(route.stop_ids.ids, before, "asking changes nothing")

    def test_short_pick(self):
        product = self._product("Scarce")
        picking = self._delivery(["1-3"], qty=8, products=[product])
        self._fill(["6-39"], 2, product)
        route = self._route(picking)
        answer = self._api().short_pick(line_id=picking.move_line_ids.id, quantity=3, request_uid="1")
        self.assertEqual((answer["elsewhere"], answer["missing"]), (2, 3))
        self.assertEqual(answer["next"]["stop"]["location_id"], self.bins["6-39"].id)
        self.assertEqual(answer["route"]["route_id"], route.id)

    def test_distance(self):
        one, other = self.bins["1-1"], self.bins["3-1"]
        self.bins["4-4"].gantry_layout_id = False
        there = self._api().distance(
            from_location_id=one.id, to_location_ids=[other.id, self.bins["4-4"].id, one.id])
        front = 1.5
        metres = 8.0 + (one.gantry_access_y - front) + (other.gantry_access_y - front)
        self.assertEqual([item["location_id"] for item in there], [other.id, self.bins["4-4"].id, one.id])
        self.assertAlmostEqual(there[0]["metres"], metres, 2)
        self.assertEqual([item["metres"] for item in there[1:]], [None, 0.0])

    def test_pages(self):
        pickings = self.env["stock.picking"].union(*(self._delivery([f"{number}-1"]) for number in range(1, 6)))
        self._route(pickings)
        page = self._api().list_routes(warehouse_id=self.wh_a1.id, limit=2)
        self.assertEqual((page["total"], len(page["items"]), page["next_offset"]), (5, 2, 2))
        route = self._route(self._delivery(BINS))
        whole = self._api().get_route(route_id=route.id, limit=3, offset=3)
        self.assertEqual((len(whole["stops"]["items"]), whole["stops"]["total"]), (1, 4))

    def test_the_same_request_acts_once(self):
        for name in WRITES:
            arguments = self.arguments(name)
            first = getattr(self._api(), name)(**arguments)
            self.assertEqual(getattr(self._api(), name)(**arguments), first, name)

    def test_roles(self):
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        for name in READS + WRITES:
            arguments = self.arguments(name)
            with self.assertRaises(AccessError, msg=name), self.env.cr.savepoint():
                getattr(self._api(employee), name)(**arguments)

    def test_other_company(self):
        for name in READS + WRITES:
            arguments = self.arguments(name)
            if name == "list_routes":
                self.assertEqual(self._api(self.user_other).list_routes(**arguments)["total"], 0)
                continue
            with self.assertRaises(AccessError, msg=name), self.env.cr.savepoint():
                getattr(self._api(self.user_other), name)(**arguments)

    def test_bad_arguments_get_a_sentence(self):
        api = self._api()
        picking = self._delivery(["1-1"], qty=2)
        route = self._route(picking)
        line, b_bin = picking.move_line_ids, self.wh_b1.lot_stock_id
        cases = [
            (lambda: api.list_routes(state="lost"), "state must be one of"),
            (lambda: api.list_routes(limit=-1), "limit"),
            (lambda: api.get_route(route_id=0), "id of a record"),
            (lambda: api.get_route(route_id=2**31 - 1), "There is no Pick route"),
            (lambda: api.next_stop(route_id=route.id, location_id="A"), "id of a record"),
            (lambda: api.plan_route(request_uid="1"), "either transfer_ids or batch_id"),
            (lambda: api.plan_route(transfer_ids=[], request_uid="2"), "1 to 1000"),
            (lambda: api.plan_route(transfer_ids=7, request_uid="3"), "list of ids"),
            (lambda: api.plan_route(transfer_ids=picking.ids, request_uid=""), "request_uid"),
            (lambda: api.short_pick(line_id=line.id, quantity=2, request_uid="4"), "less than"),
            (lambda: api.short_pick(line_id=line.id, quantity=-1, request_uid="5"), "at least zero"),
            (lambda: api.short_pick(line_id=line.id, quantity="x", request_uid="6"), "at least zero"),
            (lambda: api.distance(from_location_id=self.bins["1-1"].id, to_location_ids=[self.loc_customer.id]),
             "has no layout|same warehouse"),
            (lambda: api.distance(from_location_id=self.wh_a2.lot_stock_id.id, to_location_ids=[
                self.wh_a2.lot_stock_id.id]), "no layout"),
        ]
        self.assertTrue(b_bin)
        for call, sentence in cases:
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                call()
        route.stop_ids.action_done()
        picking.button_validate()
        with self.assertRaisesRegex(UserError, "no longer planned"):
            api.next_stop(route_id=route.id)


@tagged("post_install", "-at_install")
class TestRouteApiHttp(RpcMixin, RouteApiCase, HttpCase):
    """As other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    rpc_model = "gantry.route.api"

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_stock)

    def test_every_method_three_ways(self):
        for name in READS + WRITES:
            for way, call in self.rpc_ways().items():
                answer = call(name, **self.arguments(name))
                self.assertIsInstance(answer, list if name == "distance" else dict, (name, way, answer))
                self.assertTrue(answer, name)
                self.assertNotIn("message", answer, (name, way, answer))

    def test_figures_cannot_be_written_over_rpc(self):
        route = self._route(self._delivery(["1-1"]))
        for model, record in (("gantry.route", route), ("gantry.route.stop", route.stop_ids)):
            status, _answer = self.json2("write", model=model, ids=record.ids, vals={"company_id": self.company_b.id})
            self.assertEqual(status, 403, model)
        for method in ("_route", "_slip_in", "_plan_again"):
            self.assertEqual(self.json2(method, model="gantry.route", ids=route.ids)[0], 403, method)
        status, drawn = self.json2("get_map_route", model="gantry.route", ids=route.ids)
        self.assertEqual((status, len(drawn["stops"])), (200, 1))
