from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import HoldCase

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"


@tagged("post_install", "-at_install")
class TestHoldAccess(HoldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = cls._user("gantry_employee", "base.group_user", cls.company_a)

    def test_models_by_role(self):
        everything = {READ, WRITE, CREATE, UNLINK}
        table = {
            "gantry.hold": (set(), everything, everything),
            "gantry.hold.lot": (set(), everything, everything),
            "gantry.hold.hit": (set(), {READ}, {READ}),
            "gantry.hold.wizard": (set(), everything, everything),
            "gantry.hold.decision": (set(), set(), everything),
        }
        for model, rights in table.items():
            for user, expected in zip((self.employee, self.user_stock, self.user_quality), rights, strict=True):
                records = self.env[model].with_user(user)
                allowed = {right for right in everything if records.has_access(right)}
                self.assertEqual(allowed, expected, f"{model} for {user.login}")

    def test_other_company_sees_nothing_but_is_held(self):
        """A lot that companies share is on hold for both; the reservation of the other one is counted, not shown."""
        stock_b = self.wh_b1.lot_stock_id
        self._put_lot(self.lot_a, 6, stock_b)
        picking = self._picking(self.milk, 6, stock_b, picking_type=self.wh_b1.out_type_id)
        picking.action_assign()
        self.assertTrue(picking.move_line_ids)
        hold = self._hold(self.lot_a, self.user_stock)
        self.assertFalse(picking.move_line_ids)
        seen = hold.with_user(self.user_stock).with_company(self.company_a)
        seen.invalidate_recordset()
        self.assertEqual((seen.hit_count, seen.hidden_hit_count, len(seen.hit_ids)), (0, 1, 0))
        with self.assertRaises(AccessError):
            hold.with_user(self.user_other).read(["reason"])
        lot = self.lot_a.with_user(self.user_other)
        self.assertEqual(lot.gantry_hold_state, "held")
        self.assertIn("another company", lot.gantry_hold_text)
        self.assertNotIn("Metal", lot.gantry_hold_text)

    def test_lots_of_two_companies_give_two_holds(self):
        own = self._lot(self._product("Own", tracking="lot", company_id=self.company_b.id), "B1")
        holds = self._hold(self.lot_a | own)
        self.assertEqual(set(holds.mapped("company_id")), {self.company_a, self.company_b})
        with self.assertRaises(AccessError):
            self._hold(own, self.user_stock)

    def test_quarantine_is_marked_by_quality(self):
        manager = self._user("gantry_stock_manager", "stock.group_stock_manager", self.company_a)
        with self.assertRaisesRegex(AccessError, "Quality release"), self.env.cr.savepoint():
            self.bin_2.with_user(manager).gantry_allow_hold = True
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.loc_customer.gantry_allow_hold = True
        # a mark on a view reaches its own bins only
        customer = self.env["stock.location"].create(
            {"name": "Next door", "usage": "customer", "location_id": self.wh_a1.view_location_id.id}
        )
        self.wh_a1.view_location_id.gantry_allow_hold = True
        self.assertTrue(self.bin_2._gantry_is_quarantine())
        self.assertFalse(customer._gantry_is_quarantine())

    def test_lots_of_another_company_cannot_be_slipped_in(self):
        own = self._lot(self._product("Own", tracking="lot", company_id=self.company_b.id), "B1")
        Hold = self.env["gantry.hold"].with_user(self.user_stock)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            Hold.create({"reason": "x", "line_ids": [(0, 0, {"lot_id": own.id})]}).action_hold()
        self.assertEqual(own.gantry_hold_state, "free")

    def test_employee_cannot_hold(self):
        with self.assertRaises(AccessError):
            self._hold(self.lot_a, self.employee)
