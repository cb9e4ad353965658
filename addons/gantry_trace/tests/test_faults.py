"""Odd and broken histories: nothing lost, nothing half-done."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TraceCase


@tagged("post_install", "-at_install")
class TestFaults(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        product = cls._tracked("Odd")
        cls.a, cls.b, cls.c = (cls._lot(product, name) for name in "ABC")

    def _link(self, one, other):
        return self.env["gantry.trace.link"].create({"parent_lot_id": one.id, "child_lot_id": other.id})

    def test_a_cycle_ends(self):
        for one, other in ((self.a, self.b), (self.b, self.c), (self.c, self.a)):
            self._link(one, other)
        self.assertEqual(self.lots_of(self.a), self.b | self.c)
        self.assertEqual(self.lots_of(self.a, direction="up"), self.b | self.c)

    def test_a_lot_is_not_linked_with_itself(self):
        with self.assertRaises(ValidationError):
            self._link(self.a, self.a)

    def test_link_that_is_taken_away_is_gone_from_the_trace(self):
        link = self._link(self.a, self.b)
        self.assertEqual(self.lots_of(self.a), self.b)
        link.unlink()
        self.assertFalse(self.lots_of(self.a))

    def test_deleted_lot_keeps_its_place_and_its_name(self):
        self._receive_lot(self.a, 2)
        line = self.env["stock.move.line"].search([("lot_id", "=", self.a.id)])
        line.lot_id = self.b  # corrected, so that the lot can be deleted
        number = self.a.id
        self.env.flush_all()
        self.env["stock.quant"]._unlink_zero_quants()
        self.env.invalidate_all()
        self.a.unlink()
        self.assertEqual(self.Trace._node_names([number])[number], "A (deleted)")
        self.assertEqual([row["depth"] for row in self.Trace._closure([number])], [0])

    def test_no_lots_no_answer(self):
        self.assertEqual(self.Trace._closure([]), [])
        self.assertEqual(self.Trace._edges([]), [])
        self.assertEqual(self.Trace._balance([]), [])
        self.assertEqual(self.Trace._exposure([])["customers"], [])

    def test_rolled_back_step_leaves_no_edge(self):
        try:
            with self.env.cr.savepoint():
                self._link(self.a, self.b)
                self.assertEqual(self.lots_of(self.a), self.b)
                raise ValueError("no")
        except ValueError:
            self.env.invalidate_all()
        self.assertFalse(self.lots_of(self.a))

    def test_quantity_put_to_zero_afterwards_is_no_delivery_any_more(self):
        self._receive_lot(self.a, 5)
        picking = self._ship(self.a, 5, self.alice)
        picking.move_line_ids.quantity = 0
        self.assertEqual(self.customers_of(self.a).get(self.alice, 0), 0)
        row = self.env["gantry.trace.correction"].search([("line_id", "in", picking.move_line_ids.ids)])
        self.assertEqual((row.old_qty, row.new_qty), (5, 0))

    def test_stop_at_a_product_since_and_until(self):
        other = self._lot(self._tracked("Stop"), "S")
        one, two = self._link(self.a, other), self._link(other, self.b)
        one.date, two.date = "2026-01-01 00:00:00", "2026-02-01 00:00:00"
        self.assertEqual(self.lots_of(self.a), other | self.b)
        self.assertEqual(self.lots_of(self.a, stop_product_ids=other.product_id.ids), other)
        self.assertEqual(self.lots_of(self.a, until="2026-01-15 00:00:00"), other)
        self.assertFalse(self.lots_of(self.a, since="2026-01-15 00:00:00"))
