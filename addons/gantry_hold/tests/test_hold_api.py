
from odoo.addons.gantry_base.tests.rpc import RpcMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import HoldCase

READS = ("list_holds", "get_hold", "find_lots", "check_lots")
WRITES = ("hold_lots", "release", "reject", "move_to_quarantine")


class HoldApiCase(HoldCase):
    def _api(self, user):
        return self.env["gantry.hold.api"].with_user(user)

    def arguments(self, name):
        """Good arguments for each method; those that need a hold get a fresh one."""
        if name == "list_holds":
            return {"state": "held"}
        if name == "find_lots":
            return {"supplier_lot": "a"}
        if name == "check_lots":
            return {"lot_ids": self.lot_b.ids}
        if name == "hold_lots":
            return {"lot_ids": self.lot_b.ids, "reason": "Metal found", "request_uid": "u"}
        hold = self._hold(self._lot_on_stock(), self.user_stock)
        arguments = {"hold_id": hold.id}
        if name != "get_hold":
            arguments["request_uid"] = f"u{hold.id}"
        if name in ("release", "reject"):
            arguments["reason"] = "laboratory"
        return arguments

    def _lot_on_stock(self):
        lot = self._lot(self.milk, f"L{self.env['stock.lot'].search_count([])}")
        self._put_lot(lot, 3, self.bin_1)
        return lot


@tagged("post_install", "-at_install")
class TestHoldApi(HoldApiCase):
    def test_hold_and_release(self):
        self._picking(self.milk, 15).action_assign()
        api = self._api(self.user_stock)
        answer = api.hold_lots(lot_ids=self.lot_a.ids, reason="Metal", request_uid="1", to_quarantine=True)
        self.assertEqual((answer["lots"], answer["reservations_released"]), (1, 1))
        hold_id = answer["hold_ids"][0]
        hold = api.get_hold(hold_id=hold_id)
        self.assertEqual((hold["state"], hold["kind"], hold["lots_on_hold"]), ("held", "quality", 1))
        line = hold["lot_lines"][0]
        self.assertEqual((line["lot"], line["state"], line["on_hand"]), ("A", "held", 10))
        self.assertEqual(line["not_in_quarantine"], 0)
        self.assertEqual(hold["hits"][0]["quantity"], 10)
        checked = api.check_lots(lot_ids=(self.lot_a | self.lot_b).ids)
        self.assertEqual([item["hold_state"] for item in checked], ["held", "free"])
        self.assertIn("Metal", checked[0]["why"])
        answer = self._api(self.user_quality).release(hold_id=hold_id, reason="fine", request_uid="2")
        self.assertEqual(answer, {"hold_id": hold_id, "state": "released", "lot_ids": self.lot_a.ids})
        page = api.list_holds(lot_id=self.lot_a.id, state="released")
        self.assertEqual([item["hold_id"] for item in page["items"]], [hold_id])
        self.assertEqual(api.list_holds(state="draft")["total"], 0)

    def test_the_same_request_holds_once(self):
        api = self._api(self.user_stock)
        first = api.hold_lots(**self.arguments("hold_lots"))
        self.assertEqual(api.hold_lots(**self.arguments("hold_lots")), first)
        self.assertEqual(len(self.lot_b.gantry_hold_ids), 1)
        with self.assertRaisesRegex(UserError, "used before"):
            api.hold_lots(**self.arguments("hold_lots") | {"reason": "other"})

    def test_find_lots(self):
        api = self._api(self.user_stock)
        self.lot_b.gantry_supplier_lot = "A"
        found = api.find_lots(supplier_lot="a", product_id=self.milk.id)
        self.assertEqual([item["lot"] for item in found["items"]], ["A", "B"])
        page = api.find_lots(supplier_lot="a", product_id=self.milk.id, limit=1)
        self.assertEqual((len(page["items"]), page["next_offset"]), (1, 1))
        with self.assertRaisesRegex(UserError, "either"):
            api.find_lots()

    def test_roles(self):
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        for name in READS + WRITES:
            arguments = self.arguments(name)
            with self.assertRaises(AccessError, msg=name), self.env.cr.savepoint():
                getattr(self._api(employee), name)(**arguments)
        for name in ("release", "reject"):
            arguments = self.arguments(name)
            with self.assertRaisesRegex(AccessError, "Quality release"), self.env.cr.savepoint():
                getattr(self._api(self.user_stock), name)(**arguments)

    def test_other_company(self):
        hold = self._hold(self.lot_a)
        api = self._api(self.user_other)
        self.assertEqual(api.list_holds()["total"], 0)
        for call in (
            lambda: api.get_hold(hold_id=hold.id),
            lambda: api.move_to_quarantine(hold_id=hold.id, request_uid="x"),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                call()

    def test_second_person_over_rpc(self):
        hold = self._hold(self.lot_a, self.user_quality)
        with self.assertRaisesRegex(UserError, "somebody else"):
            self._api(self.user_quality).release(hold_id=hold.id, reason="fine", request_uid="x")

    def test_bad_arguments_get_a_sentence(self):
        api = self._api(self.user_quality)
        cases = [
            (lambda: api.hold_lots(lot_ids=[], reason="x", request_uid="1"), "1 to"),
            (lambda: api.hold_lots(lot_ids=["a"], reason="x", request_uid="1"), "whole numbers"),
            (lambda: api.hold_lots(lot_ids=[0], reason="x", request_uid="1"), "no lot with the id 0"),
            (lambda: api.hold_lots(lot_ids=self.lot_a.ids, reason=" ", request_uid="1"), "needs a reason"),
            (
                lambda: api.hold_lots(lot_ids=self.lot_a.ids, reason="x", request_uid="1", kind="inspection"),
                "kind must be one of",
            ),
            (lambda: api.hold_lots(lot_ids=self.lot_a.ids, reason="x", request_uid=""), "request_uid"),
            (lambda: api.get_hold(hold_id=0), "no Hold with the id 0"),
            (lambda: api.get_hold(hold_id="7"), "whole number"),
            (lambda: api.list_holds(state="lost"), "state must be one of"),
            (lambda: api.list_holds(limit=-1), "limit"),
        ]
        for call, sentence in cases:
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                call()

    def test_reading_a_page_takes_few_queries(self):
        for _number in range(12):
            self._hold(self._lot_on_stock())
        api = self._api(self.user_stock)
        api.list_holds(limit=2)
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            self.assertEqual(len(api.list_holds(limit=12)["items"]), 12)


@tagged("post_install", "-at_install")
class TestHoldApiHttp(RpcMixin, HoldApiCase, HttpCase):
    """As other programs meet it: JSON-2 with a key, JSON-RPC and XML-RPC with a password."""

    rpc_model = "gantry.hold.api"

    def setUp(self):
        super().setUp()
        self.use_rpc(self.user_quality, self.user_stock)

    def test_every_method_three_ways(self):
        for name in READS + WRITES:
            for call in self.rpc_ways().values():
                arguments = self.arguments(name)
                answer = call(name, **arguments)
                self.assertIsInstance(answer, list if name == "check_lots" else dict, name)
                self.assertTrue(answer, name)
                self.assertNotIn("message", answer, name)

    def test_button_validate_over_rpc(self):
        """The door that scripts take: the transfer is validated without any screen."""
        picking = self._picking(self.milk, 5)
        picking.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                "move_id": picking.move_ids.id,
                "picking_id": picking.id,
                "product_id": self.milk.id,
                "product_uom_id": self.milk.uom_id.id,
                "lot_id": self.lot_a.id,
                "quantity": 5,
                "location_id": self.bin_1.id,
                "location_dest_id": self.loc_customer.id,
                "picked": True,
            }
        )
        self._hold_behind_the_back(self.lot_a)
        status, answer = self.json2("button_validate", self.user_stock, "stock.picking", ids=picking.ids)
        self.assertEqual(status, 422)
        self.assertIn("may only go to a quarantine location", answer["message"])
        self.assertEqual(self._on_hand(self.lot_a, self.bin_1), 10)

    def test_state_cannot_be_written_over_rpc(self):
        hold = self._hold(self.lot_a)
        status, _answer = self.json2(
            "write", self.user_stock, "stock.lot", ids=self.lot_a.ids, vals={"gantry_hold_state": "free"}
        )
        self.assertEqual(status, 403)
        for method in ("_release", "_hold_lots", "_place_lines"):
            status, _answer = self.json2(method, self.user_quality, "gantry.hold", ids=hold.ids)
            self.assertEqual(status, 403, method)
        self.assertEqual(self.lot_a.gantry_hold_state, "held")
