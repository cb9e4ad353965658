from odoo.tests import tagged

from .common import ExpiryCase


@tagged("post_install", "-at_install")
class TestFefo(ExpiryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.early = cls._lot("EARLY", 15, qty=10)
        cls.late = cls._lot("LATE", 40, qty=10, location=cls.bin_2)

    def _ship(self, lot, qty=5, **vals):
        picking = self._delivery(self.milk, qty)
        picking.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            {
                "move_id": picking.move_ids.id, "picking_id": picking.id, "product_id": self.milk.id,
                "product_uom_id": self.milk.uom_id.id, "lot_id": lot.id, "quantity": qty,
                "location_id": lot.quant_ids.location_id[:1].id, "location_dest_id": self.loc_customer.id, **vals,
            }
        )  # fmt: skip
        picking.move_ids.picked = True
        picking._action_done()
        return picking.move_line_ids

    def test_earliest_lot_is_ok(self):
        line = self._ship(self.early)
        self.assertEqual((line.gantry_fefo, line.gantry_fefo_rate, line.gantry_shelf_days), ("ok", 100, 15))
        self.assertFalse(line.gantry_fefo_lot_id)

    def test_later_lot_is_a_miss(self):
        line = self._ship(self.late)
        self.assertEqual((line.gantry_fefo, line.gantry_fefo_rate), ("missed", 0))
        self.assertEqual((line.gantry_fefo_lot_id, line.gantry_fefo_days), (self.early, 25))

    def test_reserved_lots_could_not_go(self):
        self.assertEqual(self._delivery(self.milk, 10).move_line_ids.lot_id, self.early)
        self.assertEqual(self._ship(self.late).gantry_fefo, "ok")

    def test_both_lots_in_one_delivery(self):
        """The early lot is used up by the same delivery: nothing is missed."""
        picking = self._delivery(self.milk, 15)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(set(picking.move_line_ids.mapped("gantry_fefo")), {"ok"})

    def test_expired_lots_could_not_go(self):
        self._lot("OVER", 2, qty=5)
        self.assertEqual(self._ship(self.early).gantry_fefo, "ok")

    def test_stock_of_another_warehouse_does_not_count(self):
        self._lot("FAR", 10, qty=5, location=self.wh_a2.lot_stock_id)
        self.assertEqual(self._ship(self.early).gantry_fefo, "ok")

    def test_lots_on_hold_could_not_go(self):
        if "gantry.hold" not in self.env:
            self.skipTest("needs gantry_hold")
        self.env["gantry.hold"]._hold_lots(self.early, reason="x")
        self.assertEqual(self._ship(self.late).gantry_fefo, "ok")

    def test_transfers_and_receipts_are_not_measured(self):
        self.early.quant_ids.move_quants(location_dest_id=self.bin_2)
        lines = self.env["stock.move.line"].search([("lot_id", "=", self.early.id)])
        self.assertTrue(lines)
        self.assertEqual(set(lines.mapped("gantry_fefo")), {False})

    def test_compliance_of_a_product(self):
        self._ship(self.late)
        self._ship(self.early)
        self._ship(self.early)
        answer = self.env["gantry.expiry.api"].get_fefo()
        row = next(row for row in answer if row["key"] == self.milk.id)
        self.assertEqual((row["lines"], row["followed"], row["days_too_late"]), (3, 66.7, 25))
