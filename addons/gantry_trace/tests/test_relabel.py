"""The relabel wizard: stock changes its lot, the way back stays."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import TraceCase


@tagged("post_install", "-at_install")
class TestRelabel(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._tracked("Flour")
        cls.old = cls._lot(cls.product, "OLD")
        cls._receive_lot(cls.old, 10)

    def _form(self, user=None):
        Wizard = self.env["gantry.trace.relabel"].with_user(user or self.user_stock)
        return Form(Wizard.with_context(default_lot_id=self.old.id))

    def _relabel(self, user=None, **values):
        form = self._form(user)
        for name, value in {"reason": "new label", **values}.items():
            setattr(form, name, value)
        return form.save().action_relabel()

    def test_place_and_quantity_are_proposed(self):
        form = self._form()
        self.assertEqual((form.location_id, form.qty), (self.wh_a1.lot_stock_id, 10))

    def test_part_of_the_lot_gets_a_new_number_and_is_traced(self):
        action = self._relabel(qty=4, new_name="NEW")
        new = self.env["stock.lot"].browse(action["res_id"])
        self.assertEqual((new.name, new.product_qty, self.old.product_qty), ("NEW", 4, 6))
        self._ship(new, 3, self.alice)
        self.assertEqual(self.customers_of(self.old), {self.alice: 3})
        self.assertEqual(self.confidence(self.old, new), "certain")
        links = self.env["gantry.trace.link"].search([("parent_lot_id", "=", self.old.id)])
        self.assertEqual((len(links), links.state, links.user_id), (1, "confirmed", self.user_stock))

    def test_balance_knows_the_relabel(self):
        action = self._relabel(qty=4, new_name="NEW")
        old, new = self.Trace._balance([self.old.id, action["res_id"]])
        self.assertEqual([old["received"], old["relabelled_out"], old["adjusted"], old["on_hand"]], [10, 4, 0, 6])
        self.assertEqual([new["relabelled_in"], new["opening"], new["adjusted"], new["on_hand"]], [4, 0, 0, 4])
        self.assertEqual((old["difference"], new["difference"], new["reasons"]), (0, 0, []))

    def test_into_an_existing_lot(self):
        other = self._lot(self.product, "OTHER")
        self._receive_lot(other, 1)
        self._relabel(qty=10, new_lot_id=other)
        self.assertEqual((other.product_qty, self.old.product_qty), (11, 0))
        self.assertEqual(self.lots_of(other, direction="up"), self.old)

    def test_what_cannot_be_relabelled_is_refused_with_a_sentence(self):
        for error, values in (
            (ValidationError, {"qty": 11, "new_name": "X"}),
            (ValidationError, {"qty": 0, "new_name": "X"}),
            (UserError, {"qty": 1, "new_name": "OLD"}),
            (UserError, {"qty": 1}),
        ):
            with self.assertRaises(error, msg=values):
                self._relabel(**values)
        self.assertEqual(self.old.product_qty, 10)
