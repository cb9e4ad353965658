from psycopg2 import errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HoldCase


@tagged("post_install", "-at_install")
class TestHold(HoldCase):
    def test_hold_blocks_the_lot_and_its_quants(self):
        hold = self._hold(self.lot_a, self.user_stock)
        self.assertEqual((hold.state, hold.lot_count, hold.active_count), ("held", 1, 1))
        self.assertEqual(self.lot_a.gantry_hold_state, "held")
        self.assertEqual(self.lot_b.gantry_hold_state, "free")
        quant = self.lot_a.quant_ids
        self.assertEqual((quant.gantry_hold_state, quant.available_quantity, quant.quantity), ("held", 0, 10))
        self.assertEqual((hold.line_ids.qty_at_hold, hold.qty_outside_quarantine), (10, 10))

    def test_hold_releases_reservations_and_lists_them(self):
        picking = self._picking(self.milk, 15)
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        hold = self._hold(self.lot_a, self.user_stock)
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_b)
        self.assertEqual(self.lot_a.quant_ids.reserved_quantity, 0)
        self.assertEqual(picking.move_ids.state, "partially_available")
        hit = hold.hit_ids
        self.assertEqual((hit.lot_id, hit.picking_id, hit.quantity, hit.picked), (self.lot_a, picking, 10, False))
        self.assertEqual(hit.reference, picking.name)
        self.assertIn(hold.name, picking.message_ids[0].body)

    def test_picked_lines_are_released_and_marked(self):
        picking = self._picking(self.milk, 10)
        picking.action_assign()
        picking.move_ids.picked = True
        hold = self._hold(self.lot_a)
        self.assertTrue(hold.hit_ids.picked)
        self.assertFalse(picking.move_line_ids.filtered(lambda line: line.lot_id == self.lot_a))

    def test_other_lots_can_be_reserved_for_what_was_hit(self):
        picking = self._picking(self.milk, 8)
        picking.action_assign()
        hold = self._hold(picking.move_line_ids.lot_id)
        hold.hit_ids.action_reserve_again()
        self.assertEqual(picking.move_ids.state, "assigned")
        self.assertEqual(picking.move_line_ids.lot_id, (self.lot_a | self.lot_b) - hold.line_ids.lot_id)

    def test_release_by_a_second_person(self):
        hold = self._hold(self.lot_a, self.user_quality)
        with self.assertRaisesRegex(UserError, "somebody else has to release"):
            hold.with_user(self.user_quality)._release(reason="fine")
        with self.assertRaisesRegex(AccessError, "Quality release"):
            hold.with_user(self.user_stock)._release(reason="fine")
        with self.assertRaisesRegex(UserError, "needs a reason"):
            hold.with_user(self.user_quality_2)._release(reason=" ")
        hold.with_user(self.user_quality_2)._release(reason="lab result 17")
        self.assertEqual((hold.state, self.lot_a.gantry_hold_state), ("released", "free"))
        self.assertEqual(hold.line_ids.released_by_id, self.user_quality_2)
        self.assertEqual(self.lot_a.quant_ids.available_quantity, 10)

    def test_postgresql_refuses_a_release_by_the_same_person(self):
        hold = self._hold(self.lot_a, self.user_quality)
        hold.flush_recordset()
        with mute_logger("odoo.sql_db"), self.assertRaises(errors.CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE gantry_hold_lot SET state = 'released', released_by_id = held_by_id WHERE hold_id = %s",
                [hold.id],
            )
        with mute_logger("odoo.sql_db"), self.assertRaises(errors.CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute("UPDATE gantry_hold_lot SET state = 'released' WHERE hold_id = %s", [hold.id])

    def test_two_holds_need_two_releases(self):
        first, second = self._hold(self.lot_a), self._hold(self.lot_a, kind="recall")
        first.with_user(self.user_quality)._release(reason="fine")
        self.assertEqual((first.state, self.lot_a.gantry_hold_state), ("released", "held"))
        second.with_user(self.user_quality)._release(reason="over")
        self.assertEqual(self.lot_a.gantry_hold_state, "free")

    def test_part_of_the_lots_is_released(self):
        hold = self._hold(self.lot_a | self.lot_b)
        hold.with_user(self.user_quality)._release(self.lot_a, reason="fine")
        self.assertEqual((hold.state, hold.active_count), ("held", 1))
        hold.with_user(self.user_quality)._reject(self.lot_b, reason="sour")
        self.assertEqual((hold.state, self.lot_b.gantry_hold_state), ("rejected", "rejected"))

    def test_quarantine_in_one_click_and_back(self):
        hold = self._hold(self.lot_a | self.lot_b, self.user_stock)
        hold.action_move_to_quarantine()
        place = self.wh_a1.gantry_quarantine_location_id
        self.assertTrue(place.gantry_allow_hold)
        self.assertEqual((self._on_hand(self.lot_a, place), hold.qty_outside_quarantine), (10, 0))
        hold.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "in quarantine already"):
            hold.action_move_to_quarantine()
        hold.with_user(self.user_quality)._release(self.lot_a, reason="fine")
        hold.action_put_back()
        self.assertEqual((self._on_hand(self.lot_a, self.bin_1), self._on_hand(self.lot_b, place)), (10, 10))

    def test_free_quantity_and_forecast_leave_out_what_is_held(self):
        self._hold(self.lot_a)
        milk = self.milk.with_context(warehouse_id=self.wh_a1.id)
        self.assertEqual((milk.qty_available, milk.free_qty, milk.virtual_available), (20, 10, 10))

    def test_a_placed_hold_is_evidence(self):
        hold = self._hold(self.lot_a, self.user_stock)
        stock = self.env(user=self.user_stock)
        for vals in ({"reason": "x"}, {"date_held": False}, {"held_by_id": False}, {"line_ids": [(5,)]}):
            with self.assertRaises(UserError):
                hold.with_env(stock).write(vals)
        with self.assertRaises(UserError):
            hold.line_ids.with_env(stock).write({"state": "released", "released_by_id": self.user_quality.id})
        with self.assertRaises(UserError):
            hold.with_env(stock).unlink()
        with self.assertRaises(UserError):
            hold.line_ids.with_env(stock).unlink()
        with self.assertRaises(AccessError):
            self.lot_a.with_env(stock).write({"gantry_hold_state": "free"})
        self.assertEqual(self.lot_a.gantry_hold_state, "held")
        hold.with_env(stock).owner_id = self.user_quality

    def test_bad_calls_get_a_sentence(self):
        Hold = self.env["gantry.hold"]
        with self.assertRaisesRegex(UserError, "no lot"):
            Hold._hold_lots(self.env["stock.lot"], reason="x")
        with self.assertRaisesRegex(UserError, "needs a reason"):
            Hold._hold_lots(self.lot_a, reason="")
        with self.assertRaisesRegex(UserError, "no kind"):
            Hold._hold_lots(self.lot_a, reason="x", kind="magic")
