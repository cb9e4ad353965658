from odoo.tests import HttpCase, tagged

from .common import HoldCase


@tagged("post_install", "-at_install")
class TestHoldTour(HoldCase, HttpCase):
    def test_one_holds_and_another_releases(self):
        """Found by the supplier's number, put on hold, moved away; the second person lets it go, and it moves back."""
        self.lot_a.gantry_supplier_lot = "TOUR-77"
        picking = self._picking(self.milk, 15)
        picking.action_assign()
        self.start_tour("/odoo/holds", "gantry_hold_place", login="gantry_stock")
        hold = self.lot_a.gantry_hold_ids
        self.assertEqual((hold.state, hold.held_by_id), ("held", self.user_stock))
        place = self.wh_a1.gantry_quarantine_location_id
        self.assertEqual(self._on_hand(self.lot_a, place), 10)
        self.start_tour(f"/odoo/holds/{hold.id}", "gantry_hold_release", login="gantry_quality")
        self.env.invalidate_all()
        self.assertEqual((hold.state, hold.line_ids.released_by_id), ("released", self.user_quality))
        self.assertEqual(self._on_hand(self.lot_a, self.bin_1), 10)
