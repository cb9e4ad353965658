"""Flows in which Odoo's own traceability gives a wrong or incomplete answer; numbers as in the research note."""

from odoo.tests import Form, tagged

from .common import TraceCase


@tagged("post_install", "-at_install")
class TestFlows(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._tracked("Flour")
        cls.lot_a, cls.lot_b = cls._lot(cls.product, "A"), cls._lot(cls.product, "B")
        cls._receive_lot(cls.lot_a, 10)

    def test_2_lot_relabelled_by_one_adjustment_reaches_the_customer_of_the_new_label(self):
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        old = quants.search([("lot_id", "=", self.lot_a.id), ("location_id.usage", "=", "internal")])
        old.inventory_quantity = 0
        new = quants.create(
            {
                "product_id": self.product.id,
                "lot_id": self.lot_b.id,
                "location_id": self.wh_a1.lot_stock_id.id,
                "inventory_quantity": 10,
            }
        )
        (old | new).action_apply_inventory()
        self._ship(self.lot_b, 10, self.alice)
        self.assertEqual(self.customers_of(self.lot_a), {self.alice: 10})
        self.assertEqual(self.confidence(self.lot_a, self.lot_b), "derived")
        link = self.env["gantry.trace.link"].search([("parent_lot_id", "=", self.lot_a.id)])
        self.assertEqual((link.kind, link.state, link.qty), ("relabel", "proposed", 10))

    def test_2_relabel_in_two_adjustments_is_confirmed_or_refused(self):
        self._count(self.product, self.lot_a, 0)
        self._count(self.product, self.lot_b, 10)
        self._ship(self.lot_b, 4, self.alice)
        link = self.env["gantry.trace.link"].search([("parent_lot_id", "=", self.lot_a.id)])
        self.assertEqual(self.customers_of(self.lot_a), {self.alice: 4})
        link.action_confirm()
        self.assertEqual(self.confidence(self.lot_a, self.lot_b), "certain")
        link.action_refuse()
        self.assertEqual(self.customers_of(self.lot_a), {})

    def test_2_adjustments_of_other_quantities_are_no_relabel(self):
        self._count(self.product, self.lot_a, 0)
        self._count(self.product, self.lot_b, 7)
        self.assertFalse(self.env["gantry.trace.link"].search([("parent_lot_id", "=", self.lot_a.id)]))

    def test_3_full_return_leaves_nothing_at_the_customer(self):
        picking = self._ship(self.lot_a, 10, self.alice)
        self.assertEqual(self.customers_of(self.lot_a), {self.alice: 10})
        self._give_back(picking)
        [row] = self.Trace._exposure(self.lot_a.ids)["customers"]
        self.assertEqual((row["partner_id"], row["qty_out"]), (self.alice.id, 10))
        self.assertEqual((row["qty_returned"], row["qty_net"]), (10, 0))

    def test_3_return_counts_for_the_customer_of_the_delivery(self):
        delivery = self._ship(self.lot_a, 10, self.alice)
        back = self._give_back(delivery)
        back.partner_id = self.bob
        self.assertEqual(self.customers_of(self.lot_a), {self.alice: 0})

    def test_4_shipment_by_an_internal_operation_type_is_a_shipment(self):
        picking = self._transfer(
            self.lot_a, 6, self.wh_a1.lot_stock_id, self.loc_customer, self.bob, self.wh_a1.int_type_id
        )
        self.assertEqual(picking.picking_type_code, "internal")
        self.assertEqual(self.customers_of(self.lot_a), {self.bob: 6})
        self.lot_a.invalidate_recordset()
        self.assertEqual(self.lot_a.delivery_ids, picking)

    def test_9_lot_shared_with_a_sister_company_is_followed_to_the_end_customer(self):
        transit = self.env.ref("stock.stock_location_inter_company")
        self._transfer(
            self.lot_a, 10, self.wh_a1.lot_stock_id, transit, self.company_b.partner_id, self.wh_a1.out_type_id
        )
        self._transfer(
            self.lot_a, 10, transit, self.wh_b1.lot_stock_id, self.company_a.partner_id, self.wh_b1.in_type_id,
            self.company_b,
        )  # fmt: skip
        self._ship(self.lot_a, 7, self.carol, self.wh_b1)
        self.assertEqual(self.customers_of(self.lot_a), {self.carol: 7})
        masked = self.Trace.with_user(self.user_stock)._exposure(self.lot_a.ids)
        self.assertEqual(masked["customers"], [], "a user of company A must not see the customers of company B")
        self.assertEqual(masked["hidden_detail"], {"companies": 1, "customers": 1, "lots": 1, "qty_net": 7})
        self.assertEqual(masked["hidden"], 2, "a customer and the three that are left in company B")

    def test_9_sister_company_with_a_lot_of_its_own(self):
        mine = self._lot(self.product, "SHARED", company_id=self.company_a.id)
        theirs = self._lot(self.product, "SHARED", company_id=self.company_b.id)
        self._receive_lot(mine, 5)
        self._ship(mine, 5, self.company_b.partner_id)
        self.assertFalse(self.lots_of(mine))
        self._receive_lot(theirs, 5, self.wh_b1, self.company_a.partner_id)
        self._ship(theirs, 5, self.carol, self.wh_b1)
        self.assertEqual(self.lots_of(mine), theirs)
        self.assertEqual(self.customers_of(mine)[self.carol], 5)

    def test_9_receipt_booked_before_the_delivery(self):
        mine = self._lot(self.product, "EARLY", company_id=self.company_a.id)
        theirs = self._lot(self.product, "EARLY", company_id=self.company_b.id)
        self._receive_lot(mine, 5)
        self._receive_lot(theirs, 5, self.wh_b1, self.company_a.partner_id)
        self._ship(mine, 5, self.company_b.partner_id)
        self.assertEqual(self.lots_of(mine), theirs)

    def test_11_balance_of_a_lot_with_scrap_and_rest(self):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "lot_id": self.lot_a.id,
                "scrap_qty": 3,
                "location_id": self.wh_a1.lot_stock_id.id,
            }
        )
        scrap.action_validate()
        self._ship(self.lot_a, 5, self.alice)
        [row] = self.Trace._balance(self.lot_a.ids)
        self.assertEqual([row["received"], row["scrapped"], row["shipped"], row["on_hand"]], [10, 3, 5, 2])
        self.assertEqual((row["difference"], row["reasons"]), (0, []))
        exposure = self.Trace._exposure(self.lot_a.ids)
        self.assertEqual([row["qty"] for row in exposure["scrapped"]], [3])
        self.assertEqual([row["qty"] for row in exposure["on_hand"]], [2])

    def test_12_corrected_receipt_is_known_under_both_lots(self):
        self._ship(self.lot_a, 10, self.alice)
        line = self.env["stock.move.line"].search([("lot_id", "=", self.lot_a.id)], limit=1, order="id desc")
        line.lot_id = self.lot_b
        [row] = self.env["gantry.trace.correction"].search([("line_id", "=", line.id)])
        self.assertEqual((row.old_lot_name, row.new_lot_name, row.user_id), ("A", "B", self.env.user))

    def test_link_by_hand_counts_and_can_be_left_out(self):
        with Form(self.env["gantry.trace.link"]) as form:
            form.parent_lot_id = self.lot_a
            form.child_lot_id = self.lot_b
        self._receive_lot(self.lot_b, 2)
        self._ship(self.lot_b, 2, self.bob)
        self.assertEqual(self.customers_of(self.lot_a), {self.bob: 2})
        self.assertEqual(self.customers_of(self.lot_a, min_confidence="certain"), {})
