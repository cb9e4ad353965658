from odoo.addons.point_of_sale.tests.common import CommonPosTest
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestHoldPointOfSale(CommonPosTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pos_config_usd.open_ui()
        cls.milk = cls.ten_dollars_with_10_incl.product_variant_id
        cls.milk.write({"tracking": "lot", "is_storable": True})
        cls.lot, cls.free = cls.env["stock.lot"].create(
            [{"name": name, "product_id": cls.milk.id} for name in ("1001", "1002")]
        )
        cls.stock = cls.company_data["default_warehouse"].lot_stock_id
        for lot in cls.lot | cls.free:
            cls.env["stock.quant"]._update_available_quantity(cls.milk, cls.stock, 5, lot_id=lot)

    def _sell(self, lot_name, qty=1):
        order, _refund = self.create_backend_pos_order(
            {
                "order_data": {"pricelist_id": self.pos_config_usd.pricelist_id.id},
                "line_data": [
                    {"product_id": self.milk.id, "pack_lot_ids": [[0, 0, {"lot_name": lot_name}]], "qty": qty}
                ],
                "payment_data": [{"payment_method_id": self.cash_payment_method.id, "amount": 10 * qty}],
            }
        )
        return order

    def _hold(self):
        return self.env["gantry.hold"]._hold_lots(self.lot, reason="Metal found")

    def _on_hand(self, lot):
        self.env.invalidate_all()
        return sum(lot.quant_ids.filtered(lambda quant: quant.location_id == self.stock).mapped("quantity"))

    def test_held_lot_cannot_be_sold(self):
        self._hold()
        with self.assertRaisesRegex(UserError, "on hold and cannot be sold.*Metal"), self.env.cr.savepoint():
            self._sell("1001")
        self.assertEqual(self._on_hand(self.lot), 5)
        self.assertIn(self._sell("1002").state, ("paid", "done"))
        self.assertEqual(self._on_hand(self.free), 4)

    def test_till_does_not_offer_it(self):
        Line = self.env["pos.order.line"]
        arguments = (self.env.company.id, self.pos_config_usd.id, self.milk.id)
        self.assertEqual({lot["name"] for lot in Line.get_existing_lots(*arguments)}, {"1001", "1002"})
        self._hold()
        self.assertEqual([lot["name"] for lot in Line.get_existing_lots(*arguments)], ["1002"])

    def test_sold_before_the_hold_the_session_still_closes(self):
        """Stock moves at closing: the lot is on hold by then, its delivery stays open."""
        self.env.company.point_of_sale_update_stock_quantities = "closing"
        session = self.pos_config_usd.current_session_id
        session.update_stock_at_closing = True
        self._sell("1001", 2)
        self._sell("1002", 1)
        self._hold()
        session.action_pos_session_closing_control()
        self.assertEqual(session.state, "closed")
        self.assertEqual(self._on_hand(self.lot), 5)
        self.assertTrue(session.picking_ids.filtered(lambda picking: picking.state != "done"))

    def test_customers_bring_it_back(self):
        self._sell("1001", 2)
        self.assertEqual(self._on_hand(self.lot), 3)
        self._hold()
        self._sell("1001", -1)
        self.assertEqual(self._on_hand(self.lot), 4)
