from odoo.fields import Command
from odoo.tests import tagged

from .common import ExpiryCase


@tagged("post_install", "-at_install")
class TestShelfLife(ExpiryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls.env["res.partner"].create({"name": "Shop", "is_company": True})
        cls.branch = cls.env["res.partner"].create({"name": "Branch", "parent_id": cls.shop.id, "type": "delivery"})
        cls.short = cls._lot("SHORT", 15, qty=10)
        cls.long = cls._lot("LONG", 40, qty=10)

    def test_off_by_default(self):
        self.assertEqual(self._delivery(self.milk, 5, self.shop).move_line_ids.lot_id, self.short)

    def test_customer_asks_for_more(self):
        self.shop.with_company(self.company_a).gantry_min_shelf_days = 30
        for partner in (self.shop, self.branch):
            picking = self._delivery(self.milk, 5, partner)
            self.assertEqual(picking.move_line_ids.lot_id, self.long)
        # not even when nothing else is left
        self.assertFalse(self._delivery(self.milk, 5, self.shop).move_line_ids)
        self.assertEqual(self._delivery(self.milk, 5).move_line_ids.lot_id, self.short)

    def test_product_asks_for_more(self):
        self.milk.gantry_min_shelf_days = 30
        self.assertEqual(self._delivery(self.milk, 5, self.shop).move_line_ids.lot_id, self.long)

    def test_the_longer_of_both_counts(self):
        self.shop.with_company(self.company_a).gantry_min_shelf_days = 10
        self.milk.gantry_min_shelf_days = 50
        self.assertFalse(self._delivery(self.milk, 5, self.shop).move_line_ids)

    def test_production_and_transfers_take_any(self):
        self.milk.gantry_min_shelf_days = 30
        move = self.env["stock.move"].create(
            {
                "product_id": self.milk.id, "product_uom_qty": 5, "product_uom": self.milk.uom_id.id,
                "location_id": self.stock.id, "location_dest_id": self.wh_a2.lot_stock_id.id,
                "company_id": self.company_a.id,
            }
        )  # fmt: skip
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, self.short)

    def test_first_step_of_a_delivery_knows_the_customer(self):
        self.shop.with_company(self.company_a).gantry_min_shelf_days = 30
        output = self.wh_a1.wh_output_stock_loc_id
        common = {"product_id": self.milk.id, "product_uom_qty": 5, "product_uom": self.milk.uom_id.id}
        ship = self.env["stock.move"].create(
            {**common, "location_id": output.id, "location_dest_id": self.loc_customer.id,
             "partner_id": self.shop.id, "procure_method": "make_to_order"}
        )  # fmt: skip
        pick = self.env["stock.move"].create(
            {**common, "location_id": self.stock.id, "location_dest_id": output.id,
             "move_dest_ids": [Command.link(ship.id)]}
        )  # fmt: skip
        (pick | ship)._action_confirm()
        pick._action_assign()
        self.assertEqual(pick.move_line_ids.lot_id, self.long)

    def test_other_company_has_its_own_agreement(self):
        self.shop.with_company(self.company_b).gantry_min_shelf_days = 30
        self.assertEqual(self._delivery(self.milk, 5, self.shop).move_line_ids.lot_id, self.short)
