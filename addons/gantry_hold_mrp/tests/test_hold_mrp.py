from odoo.addons.gantry_hold.tests.common import HoldCase
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

REFUSED = "may only go to a quarantine location"


@tagged("post_install", "-at_install")
class TestHoldMrp(HoldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cheese = cls._product("Cheese", tracking="lot")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.cheese.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [Command.create({"product_id": cls.milk.id, "product_qty": 2})],
            }
        )

    def _order(self, qty=2):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.cheese.id,
                "product_qty": qty,
                "bom_id": self.bom.id,
                "picking_type_id": self.wh_a1.manu_type_id.id,
                "location_src_id": self.stock.id,
                "location_dest_id": self.stock.id,
            }
        )
        order.action_confirm()
        return order

    def _produce(self, order, name):
        lot = self._lot(self.cheese, name)
        order.lot_producing_ids = lot
        order.qty_producing = order.product_qty
        order.move_raw_ids.picked = True
        order.button_mark_done()
        return lot

    def test_components_on_hold_are_not_consumed(self):
        order = self._order(5)
        order.action_assign()
        lots = order.move_raw_ids.move_line_ids.lot_id
        hold = self._hold(lots)
        self.assertFalse(order.move_raw_ids.move_line_ids.lot_id & lots)
        self.assertEqual(set(hold.hit_ids.mapped("reference")), {order.name})
        self.assertEqual(order.action_gantry_open_holds()["res_id"], hold.id)
        self.assertEqual(hold.hit_ids[0].action_open_document()["res_model"], "mrp.production")

    def test_finishing_an_order_with_held_components_is_refused(self):
        order = self._order(2)
        order.action_assign()
        lot = order.move_raw_ids.move_line_ids.lot_id
        self._hold_behind_the_back(lot)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self._produce(order, "K1")
        self.assertNotEqual(order.state, "done")

    def test_hold_what_an_order_made(self):
        order = self._order(2)
        order.action_assign()
        used = order.move_raw_ids.move_line_ids.lot_id
        made = self._produce(order, "K1")
        Wizard = self.env["gantry.hold.wizard"].with_context(
            active_model="mrp.production", active_id=order.id, active_ids=order.ids
        )
        for part, lots in (("made", made), ("used", used), ("both", made | used)):
            form = Form(Wizard)
            form.production_part = part
            form.reason = "Sour"
            self.assertEqual(form.found_count, len(lots))
            hold = self.env["gantry.hold"].browse(form.save().action_hold()["res_id"])
            self.assertEqual((hold.line_ids.lot_id, hold.scope, hold.production_id), (lots, "production", order))
        self.assertEqual(order.gantry_hold_count, 3)

    def test_unbuild_of_a_held_lot_is_refused(self):
        order = self._order(2)
        order.action_assign()
        made = self._produce(order, "K1")
        self._hold(made)
        unbuild = self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_id": self.cheese.id, "lot_id": made.id, "product_qty": 2,
             "location_id": self.stock.id, "location_dest_id": self.stock.id}
        )  # fmt: skip
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            unbuild.action_unbuild()
        self.assertEqual(self._on_hand(made, self.stock), 2)

    def test_quality_release_of_what_is_made(self):
        self.wh_a1.manu_type_id.gantry_quality_release = True
        order = self._order(2)
        order.action_assign()
        made = self._produce(order, "K1")
        self.assertEqual((made.gantry_hold_state, made.gantry_hold_ids.kind), ("quarantine", "inspection"))
