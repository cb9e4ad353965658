from odoo.addons.gantry_hold.tests.common import HoldCase
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged


@tagged("post_install", "-at_install")
class TestHoldExpiry(HoldCase):
    def setUp(self):
        super().setUp()
        self.milk.use_expiration_date = True
        self.lot_a.expiration_date = "2030-05-10 18:00:00"
        self.lot_b.expiration_date = "2030-05-11 08:00:00"

    def _form(self, **values):
        form = Form(self.env["gantry.hold.wizard"])
        form.reason = "Cooling failed"
        form.scope = "expiry"
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def test_range_includes_its_last_day(self):
        form = self._form(expiry_from="2030-05-01", expiry_to="2030-05-10", product_id=self.milk)
        hold = self.env["gantry.hold"].browse(form.save().action_hold()["res_id"])
        self.assertEqual(hold.line_ids.lot_id, self.lot_a)
        self.assertEqual((hold.scope, str(hold.expiry_to)), ("expiry", "2030-05-10"))

    def test_only_lots_on_hand(self):
        gone = self._lot(self.milk, "GONE", expiration_date="2030-05-10")
        form = self._form(expiry_from="2030-05-01", product_id=self.milk)
        self.assertEqual(self.env["stock.lot"].browse(form.found_lot_ids.ids), self.lot_a | self.lot_b)
        self.assertNotIn(gone.id, form.found_lot_ids.ids)

    def test_without_dates_nothing_is_found(self):
        self.assertFalse(self._form(product_id=self.milk).found_count)

    def test_range_the_wrong_way_round(self):
        with self.assertRaisesRegex(ValidationError, "ends before it begins"):
            self._form(expiry_from="2030-06-01", expiry_to="2030-05-01").save()

    @freeze_time("2030-05-20")
    def test_expired_and_held_stock_is_subtracted_once(self):
        milk = self.milk.with_context(warehouse_id=self.wh_a1.id)
        before = (milk.qty_available, milk.free_qty)
        self._hold(self.lot_a)
        milk.invalidate_recordset()
        self.assertEqual(before, (20, 0))
        self.assertEqual((milk.qty_available, milk.free_qty), (20, 0))
