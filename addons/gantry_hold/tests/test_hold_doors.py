from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import HoldCase

HELD = "quarantine location"


@tagged("post_install", "-at_install")
class TestHoldDoors(HoldCase):
    """One test for each door by which a held lot could leave."""

    def test_reservation_takes_other_lots(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 15)
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_b)
        self.assertEqual(picking.move_line_ids.quantity, 10)
        self.assertEqual(self.lot_a.quant_ids.reserved_quantity, 0)
