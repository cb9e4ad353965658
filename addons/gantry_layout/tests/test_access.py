from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .layout_case import LayoutCase

MODELS = (
    "gantry.layout", "gantry.layout.zone", "gantry.layout.block", "gantry.layout.aisle", "gantry.layout.node",
    "gantry.layout.edge", "gantry.layout.point")
WIZARDS = (
    "gantry.layout.generator", "gantry.layout.block.wizard", "gantry.layout.import.wizard",
    "gantry.layout.import.fault")
CALLS = {
    "list_layouts": {}, "get_layout": {"layout_id": 0}, "list_bins": {"layout_id": 0}, "get_health": {"layout_id": 0}}


class ApiCase(LayoutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls._generate()
        cls.env["gantry.layout.node"].create([
            {"layout_id": cls.layout.id, "name": name, "x": x, "y": -4} for name, x in (("N1", 0), ("N2", 9))])
        nodes = cls.layout.node_ids
        cls.env["gantry.layout.edge"].create(
            {"layout_id": cls.layout.id, "start_id": nodes[0].id, "end_id": nodes[1].id})

    def api(self, user):
        return self.env["gantry.layout.api"].with_user(user).with_context(allowed_company_ids=user.company_id.ids)

    def arguments(self, method):
        return {name: self.layout.id for name in CALLS[method]}


@tagged("post_install", "-at_install")
class TestAccess(ApiCase):
    def test_stock_users_read_and_managers_edit(self):
        """Every model of the layout."""
        for model in MODELS:
            record = self.env[model].search([("company_id", "=", self.company_a.id)], limit=1)
            self.assertTrue(record, model)
            self.assertTrue(record.with_user(self.user_stock).has_access("read"), model)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.with_user(self.user_stock).has_access(operation), (model, operation))
                self.assertTrue(record.with_user(self.user_manager).has_access(operation), (model, operation))

    def test_other_companies_see_nothing(self):
        """A rule on every model, the findings included."""
        self.env["stock.location"].create({"name": "Box", "location_id": self.wh_a1.lot_stock_id.id})
        self.layout._refresh_issues()
        for model in (*MODELS, "gantry.layout.issue"):
            record = self.env[model].search([("company_id", "=", self.company_a.id)], limit=1)
            self.assertTrue(record, model)
            self.assertFalse(self.env[model].with_user(self.user_other).search([("id", "=", record.id)]), model)
            with self.assertRaises(AccessError):
                record.with_user(self.user_other).check_access("read")

    def test_wizards_are_for_stock_managers(self):
        """Whoever may not edit cannot open them."""
        for model in WIZARDS:
            self.assertFalse(self.env[model].with_user(self.user_stock).has_access("create"), model)
            self.assertTrue(self.env[model].with_user(self.user_manager).has_access("create"), model)

    def test_buttons_that_change_need_the_right(self):
        """Also when called without the screen."""
        layout = self.layout.with_user(self.user_stock)
        with self.assertRaises(AccessError):
            layout.action_reach()
        with self.assertRaises(AccessError):
            layout.aisle_ids[0].action_open()

    def test_strangers_are_refused_by_every_method(self):
        """A user without stock rights."""
        portal = self.env["res.users"].create({
            "name": "Clerk", "login": "layout-clerk", "group_ids": [(6, 0, self.env.ref("base.group_user").ids)],
            "company_id": self.company_a.id, "company_ids": [(6, 0, self.company_a.ids)]})
        for method in CALLS:
            with self.assertRaises(AccessError, msg=method):
                getattr(self.api(portal), method)(**self.arguments(method))
        with self.assertRaises(AccessError):
            self.api(portal).import_bins(layout_id=self.layout.id, bins=[{"location": "x"}], request_uid="r")

    def test_another_company_is_refused_by_every_method(self):
        """By the rules, or with nothing in the list."""
        self.assertNotIn(
            self.layout.id, [item["layout_id"] for item in self.api(self.user_other).list_layouts()["items"]])
        for method in ("get_layout", "list_bins", "get_health"):
            with self.assertRaises(AccessError, msg=method):
                getattr(self.api(self.user_other), method)(**self.arguments(method))

    def test_stock_users_do_not_import(self):
        """Not even to check."""
        for dry_run in (True, False):
            with self.assertRaises(AccessError):
                self.api(self.user_stock).import_bins(
                    layout_id=self.layout.id, bins=[{"location": "A-01-01-1"}], request_uid="r", dry_run=dry_run)


@tagged("post_install", "-at_install")
class TestApi(ApiCase):
    def test_a_layout_tells_everything_but_its_bins(self):
        """Areas, aisles, walkways, points."""
        answer = self.api(self.user_stock).get_layout(layout_id=self.layout.id)
        self.assertEqual((answer["kind"], answer["bins"], answer["revision"]), ("blocks", 48, self.layout.revision))
        self.assertEqual([len(answer[part]) for part in ("zones", "areas", "aisles", "nodes", "walkways", "points")],
                         [1, 1, 3, 2, 1, 1])
        self.assertEqual(answer["aisles"][0] | {"aisle_id": 0, "area_id": 0}, {
            "aisle_id": 0, "area_id": 0, "name": "A", "number": 1, "x": 2.0, "y_from": 1.5,
            "y_to": answer["aisles"][0]["y_to"], "direction": "none", "passable_for": "all", "is_blocked": False,
            "blocked_from": None, "blocked_until": None, "blocked_reason": None})
        self.assertEqual(answer["walkways"][0]["length_m"], 9)

    def test_bins_come_in_pages_and_in_walking_order(self):
        """Half of them, then the other half."""
        api = self.api(self.user_stock)
        one = api.list_bins(layout_id=self.layout.id, limit=30)
        two = api.list_bins(layout_id=self.layout.id, limit=30, offset=one["next_offset"])
        self.assertEqual((one["total"], len(two["items"]), two["next_offset"]), (48, 18, None))
        self.assertEqual([item["sequence"] for item in one["items"] + two["items"]], list(range(1, 49)))
        some = api.list_bins(layout_id=self.layout.id, location_ids=[one["items"][3]["location_id"]])
        self.assertEqual(some["items"], [one["items"][3]])
        self.assertEqual(api.list_bins(layout_id=self.layout.id, zone_id=2**31 - 1)["total"], 0)

    def test_health_counts_and_filters(self):
        """An unplaced bin and a blocked aisle."""
        box = self.env["stock.location"].create({"name": "Box", "location_id": self.wh_a1.lot_stock_id.id})
        self.layout.aisle_ids[0].blocked_from = "2026-01-01"
        api = self.api(self.user_stock)
        answer = api.get_health(layout_id=self.layout.id)
        self.assertEqual(answer["counts"], {"no_position": 1, "unreachable": 16, "barcode": 0, "overlap": 0})
        self.assertEqual(answer["total"], 17)
        only = api.get_health(layout_id=self.layout.id, kind="no_position")
        self.assertEqual([item["location_id"] for item in only["items"]], [box.id])

    def test_what_cannot_be_meant_is_refused_in_a_sentence(self):
        """No traceback for a wrong id, kind or row."""
        api = self.api(self.user_manager)
        for method, arguments in (
                ("get_layout", {"layout_id": 2**31 - 1}), ("get_layout", {"layout_id": "1"}),
                ("get_health", {"layout_id": self.layout.id, "kind": "sick"}),
                ("list_bins", {"layout_id": self.layout.id, "limit": -1}),
                ("import_bins", {"layout_id": self.layout.id, "bins": []}),
                ("import_bins", {"layout_id": self.layout.id, "bins": "x"}),
                ("import_bins", {"layout_id": self.layout.id, "bins": [{"location": "A-01-01-1"}]}),
                ("import_bins", {"layout_id": self.layout.id, "bins": [{"location": "A"}], "dry_run": True,
                                 "parent_location_id": self.wh_a2.lot_stock_id.id})):
            with self.assertRaises(UserError, msg=(method, arguments)):
                getattr(api, method)(**arguments)

    def test_an_import_is_all_or_nothing_and_is_not_repeated(self):
        """Dry run, bad row, good rows, the same request again."""
        api, bin_ = self.api(self.user_manager), self._bin("A-01-01-1")
        rows = [{"location": "A-01-01-1", "x": 0.6}, {"location": "New", "x": 1, "y": 2}]
        dry = api.import_bins(layout_id=self.layout.id, bins=rows, dry_run=True)
        self.assertEqual((dry["imported"], dry["faults"], dry["counts"]["new_bins"]), (False, [], 1))
        bad = api.import_bins(
            layout_id=self.layout.id, bins=[*rows, {"location": "B", "x": "far", "y": 1}], request_uid="one")
        self.assertEqual((bad["imported"], bad["faults"][0]["row"], bad["faults"][0]["column"]), (False, 3, "x"))
        self.assertEqual(bin_.gantry_x, 0.5)
        good = api.import_bins(layout_id=self.layout.id, bins=rows, request_uid="two")
        self.assertTrue(good["imported"])
        self.assertEqual(bin_.gantry_x, 0.6)
        bin_.gantry_x = 0.9
        self.assertEqual(api.import_bins(layout_id=self.layout.id, bins=rows, request_uid="two"), good)
        self.assertEqual(bin_.gantry_x, 0.9)


@tagged("post_install", "-at_install")
class TestApiHttp(ApiCase, RpcMixin, HttpCase):
    rpc_model = "gantry.layout.api"

    def test_every_method_over_every_protocol(self):
        """JSON-2, JSON-RPC and XML-RPC give the same answers, apart from nulls."""
        self.use_rpc(self.user_manager)
        self.env.flush_all()
        rows = [{"location": "A-01-01-1", "x": 0.6}]
        for name, call in self.rpc_ways().items():
            layouts = call("list_layouts")
            self.assertIn(self.layout.id, [item["layout_id"] for item in layouts["items"]], name)
            self.assertEqual(call("get_layout", layout_id=self.layout.id)["name"], self.layout.name)
            self.assertEqual(call("list_bins", layout_id=self.layout.id, limit=5)["total"], 48)
            self.assertEqual(call("get_health", layout_id=self.layout.id)["counts"]["overlap"], 0)
            self.assertFalse(
                call("import_bins", layout_id=self.layout.id, bins=rows, dry_run=True)["imported"], name)
            answer = call("import_bins", layout_id=self.layout.id, bins=rows, request_uid=f"http-{name}")
            self.assertTrue(answer["imported"], name)
