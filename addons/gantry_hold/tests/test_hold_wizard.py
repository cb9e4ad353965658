from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import HoldCase


@tagged("post_install", "-at_install")
class TestHoldWizard(HoldCase):
    def _wizard(self, active=None, **vals):
        Wizard = self.env["gantry.hold.wizard"].with_user(self.user_stock)
        if active:
            Wizard = Wizard.with_context(active_model=active._name, active_ids=active.ids)
        form = Form(Wizard)
        form.reason = "Metal found"
        for name, value in vals.items():
            setattr(form, name, value)
        return form

    def _hold_of(self, form):
        action = form.save().action_hold()
        return self.env["gantry.hold"].browse(action["res_id"])

    def test_lots_from_a_list(self):
        for active in (self.lot_a, self.lot_a.quant_ids):
            form = self._wizard(active)
            self.assertEqual((form.found_count, form.found_qty), (1, 10))
            hold = self._hold_of(form)
            self.assertEqual((hold.line_ids.lot_id, hold.owner_id), (self.lot_a, self.user_stock))

    def test_preview_counts_reservations(self):
        self._picking(self.milk, 15).action_assign()
        form = self._wizard(self.lot_a | self.lot_b)
        self.assertEqual(form.found_reservations, 2)
        self.assertEqual(self._hold_of(form).hit_count, 2)

    def test_supplier_lot_is_found_by_any_of_its_numbers(self):
        self.lot_a.gantry_supplier_lot = "X_7"
        self.lot_b.ref = "x_7"
        other = self._lot(self._product("Cream", tracking="lot"), "X_7")
        decoy = self._lot(self.milk, "XA7")
        form = self._wizard(scope="supplier_lot", supplier_lot=" x_7 ")
        found = self.env["stock.lot"].browse(form.found_lot_ids.ids)
        self.assertEqual(found, self.lot_a | self.lot_b | other)
        self.assertNotIn(decoy, found)
        form.product_id = self.milk
        hold = self._hold_of(form)
        self.assertEqual(hold.line_ids.lot_id, self.lot_a | self.lot_b)
        self.assertEqual((hold.scope, hold.supplier_lot), ("supplier_lot", " x_7 "))

    def test_supplier_lot_of_one_supplier(self):
        farm, dairy = self.env["res.partner"].create([{"name": "Farm"}, {"name": "Dairy"}])
        lots = self.env["stock.lot"]
        for partner, name in ((farm, "S-F"), (dairy, "S-D")):
            picking = self._picking(self.milk, 5, self.loc_supplier, self.stock, self.wh_a1.in_type_id)
            picking.partner_id = partner
            picking.move_line_ids.write({"lot_name": name})
            picking.move_ids.picked = True
            picking._action_done()
            lots |= picking.move_line_ids.lot_id
        lots.gantry_supplier_lot = "77"
        form = self._wizard(scope="supplier_lot", supplier_lot="77", partner_id=farm)
        self.assertEqual(self._hold_of(form).line_ids.lot_id.mapped("name"), ["S-F"])

    def test_receipt(self):
        picking = self._picking(self.milk, 5, self.loc_supplier, self.stock, self.wh_a1.in_type_id)
        picking.move_line_ids.write({"lot_name": "R-1"})
        picking.move_ids.picked = True
        picking._action_done()
        form = self._wizard(picking, to_quarantine=True)
        self.assertEqual((form.scope, form.found_count), ("receipt", 1))
        hold = self._hold_of(form)
        self.assertEqual((hold.picking_id, hold.qty_on_hand, hold.qty_outside_quarantine), (picking, 5, 0))
        self.assertEqual(picking.gantry_hold_count, 1)
        self.assertEqual(picking.action_gantry_open_holds()["res_id"], hold.id)

    def test_nothing_found_is_said(self):
        form = self._wizard(scope="supplier_lot", supplier_lot="nothing like it")
        with self.assertRaisesRegex(UserError, "No lots were found"):
            form.save().action_hold()

    def test_decision(self):
        hold = self._hold(self.lot_a | self.lot_b, self.user_stock)
        hold.action_move_to_quarantine()
        Decision = self.env["gantry.hold.decision"].with_context(active_model="gantry.hold", active_ids=hold.ids)
        with self.assertRaises(AccessError):
            Decision.with_user(self.user_stock).create({"reason": "x"})
        wizard = Decision.with_user(self.user_quality).create({"reason": "fine"})
        self.assertEqual((wizard.line_count, wizard.own_count), (2, 0))
        wizard.line_ids -= hold.line_ids[1]
        wizard.action_decide()
        self.assertEqual(hold.line_ids.mapped("state"), ["released", "held"])
        self.assertEqual(self._on_hand(self.lot_a, self.bin_1), 10)  # back where it was
        wizard = Decision.with_user(self.user_quality).create({"reason": "sour", "decision": "reject"})
        wizard.action_decide()
        self.assertEqual(hold.state, "rejected")

    def test_draft_on_the_form(self):
        form = Form(self.env["gantry.hold"].with_user(self.user_stock))
        form.reason = "Wrong label"
        with form.line_ids.new() as line:
            line.lot_id = self.lot_a
        hold = form.save()
        self.assertEqual((hold.state, self.lot_a.gantry_hold_state), ("draft", "free"))
        hold.action_hold()
        self.assertEqual((hold.state, self.lot_a.gantry_hold_state), ("held", "held"))
        self.assertEqual(hold.action_open_stock()["domain"], [("lot_id", "in", self.lot_a.ids)])
        self.assertEqual(self.lot_a.action_gantry_open_holds()["res_id"], hold.id)
