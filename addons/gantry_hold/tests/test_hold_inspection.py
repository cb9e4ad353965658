from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import HoldCase


@tagged("post_install", "-at_install")
class TestHoldInspection(HoldCase):
    def _receipt(self, product, name, qty=5, source=None, user=None, dest=None):
        picking = self._picking(product, qty, source or self.loc_supplier, dest or self.stock, self.wh_a1.in_type_id)
        picking.move_line_ids.write({"lot_name": name})
        picking.move_ids.picked = True
        picking.with_user(user or self.env.user)._action_done()
        return picking

    def test_off_by_default(self):
        receipt = self._receipt(self.milk, "N1")
        self.assertEqual(receipt.move_line_ids.lot_id.gantry_hold_state, "free")
        self.assertFalse(receipt.gantry_hold_count)

    def test_switched_on_by_product_category_or_operation_type(self):
        parent = self.env["product.category"].create({"name": "Fresh"})
        category = self.env["product.category"].create({"name": "Dairy", "parent_id": parent.id})
        cheese = self._product("Cheese", tracking="lot", categ_id=category.id)
        for switch_on in (
            lambda: cheese.write({"gantry_quality_release": "yes"}),
            lambda: parent.write({"gantry_quality_release": True}),
            lambda: self.wh_a1.in_type_id.write({"gantry_quality_release": True}),
        ):
            with self.subTest(), self.env.cr.savepoint() as savepoint:
                switch_on()
                receipt = self._receipt(cheese, "C1", user=self.user_stock)
                lot = receipt.move_line_ids.lot_id
                self.assertEqual(lot.gantry_hold_state, "quarantine")
                hold = lot.gantry_hold_ids
                self.assertEqual((hold.kind, hold.scope, hold.picking_id), ("inspection", "receipt", receipt))
                self.assertEqual(hold.held_by_id, self.user_stock)
                self.assertFalse(self._picking(cheese, 5).move_line_ids)
                savepoint.rollback()
        parent.gantry_quality_release = True
        cheese.gantry_quality_release = "no"
        self.assertEqual(self._receipt(cheese, "C2").move_line_ids.lot_id.gantry_hold_state, "free")

    def test_released_by_another_person_than_the_receiver(self):
        self.milk.gantry_quality_release = "yes"
        receipt = self._receipt(self.milk, "N1", user=self.user_quality)
        hold = receipt.move_line_ids.lot_id.gantry_hold_ids
        with self.assertRaisesRegex(UserError, "somebody else"):
            hold.with_user(self.user_quality)._release(reason="ok")
        hold.with_user(self.user_quality_2)._release(reason="tests passed")
        self.assertEqual(hold.line_ids.lot_id.gantry_hold_state, "free")

    def test_rejected_lots_stay(self):
        self.milk.gantry_quality_release = "yes"
        lot = self._receipt(self.milk, "N1").move_line_ids.lot_id
        lot.gantry_hold_ids.with_user(self.user_quality)._reject(reason="sour")
        self.assertEqual(lot.gantry_hold_state, "rejected")
        self.assertNotIn(lot, self._picking(self.milk, 100).move_line_ids.lot_id)

    def test_second_part_of_the_receipt_waits_with_the_first(self):
        self.milk.gantry_quality_release = "yes"
        lot = self._receipt(self.milk, "N1").move_line_ids.lot_id
        self.assertEqual(self._receipt(self.milk, "N1").move_line_ids.lot_id, lot)
        self.assertEqual(len(lot.gantry_hold_ids), 1)
        lot.gantry_hold_ids.with_user(self.user_quality)._release(reason="ok")
        self._receipt(self.milk, "N1")  # what comes later was not examined
        self.assertEqual(lot.gantry_hold_state, "quarantine")

    def test_returns_of_customers_are_no_receipts(self):
        self.wh_a1.in_type_id.gantry_quality_release = True
        lot = self._receipt(self.milk, "R1", source=self.loc_customer).move_line_ids.lot_id
        self.assertEqual(lot.gantry_hold_state, "free")

    def test_chain_goes_on_after_the_release(self):
        """Two steps: the transfer into stock loses its reservation and gets it back."""
        self.wh_a1.reception_steps = "two_steps"
        self.milk.gantry_quality_release = "yes"
        receipt = self._receipt(self.milk, "N1", dest=self.wh_a1.wh_input_stock_loc_id)
        store = receipt._get_next_transfers()
        self.assertTrue(store)
        self.assertFalse(store.move_line_ids)
        lot = receipt.move_line_ids.lot_id
        self.assertEqual(lot.gantry_hold_ids.hit_ids.picking_id, store)
        lot.gantry_hold_ids.with_user(self.user_quality)._release(reason="ok")
        self.assertEqual(store.move_line_ids.lot_id, lot)

    def test_untracked_product_cannot_wait(self):
        with self.assertRaisesRegex(ValidationError, "not tracked"):
            self._product("Sand", gantry_quality_release="yes")
