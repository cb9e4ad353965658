from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .layout_case import LayoutCase


@tagged("post_install", "-at_install")
class TestHealth(LayoutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls._generate()

    def issues(self, kind):
        self.layout._refresh_issues()
        return self.env["gantry.layout.issue"].search([("layout_id", "=", self.layout.id), ("kind", "=", kind)])

    def test_a_generated_layout_is_healthy(self):
        """Nothing to say."""
        self.assertEqual(self.layout.issue_count, 0)

    def test_bins_without_position_are_listed(self):
        """Leaves below the warehouse; a location with others below it is no bin."""
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.wh_a1.lot_stock_id.id})
        box = self.env["stock.location"].create({"name": "Box", "location_id": shelf.id})
        self.assertEqual(self.issues("no_position").location_id, box)
        self.assertEqual(self.layout.issue_count, 1)

    def test_bins_of_a_blocked_aisle_are_unreachable_and_say_until_when(self):
        """With the aisle and the date."""
        aisle = self.layout.aisle_ids[0]
        until = fields.Datetime.now() + timedelta(days=2)
        aisle.write({"blocked_from": "2026-01-01", "blocked_until": until})
        issues = self.issues("unreachable")
        self.assertEqual(issues.location_id.gantry_aisle_id, aisle)
        self.assertEqual(len(issues), 16)
        self.assertIn("is blocked until", issues[0].text)
        aisle.action_open()
        self.assertFalse(self.issues("unreachable"))

    def test_one_way_everywhere_lets_nobody_back(self):
        """All aisles up: no bin can be reached and left."""
        self.layout.aisle_ids.one_way = "up"
        self.assertEqual(len(self.issues("unreachable")), 48)
        self.layout.aisle_ids[1].one_way = "none"
        self.assertFalse(self.issues("unreachable"))

    def test_barcodes_that_scan_alike_are_listed(self):
        """In another case, shared between companies, or on a product."""
        one, two, three = (self._bin(f"A-01-0{bay}-1") for bay in (1, 2, 3))
        two.barcode = one.barcode.lower()
        product = self._product("Nut", barcode=three.barcode)
        issues = self.issues("barcode")
        self.assertEqual(issues.location_id, one | two | three)
        self.assertEqual(issues.filtered(lambda issue: issue.location_id == one).other_id, two)
        self.assertEqual(issues.other_product_id, product)
        self.assertTrue(all(issues.mapped("text")) and all(issues.mapped("advice")))

    def test_overlapping_bins_are_listed(self):
        """A bin moved into its neighbour."""
        one, two = self._bin("A-01-01-1"), self._bin("A-01-03-1")
        two.gantry_y = one.gantry_y + 0.5
        issue = self.issues("overlap")
        self.assertEqual((issue.location_id, issue.other_id), (one, two))
        two.gantry_y = one.gantry_y + 1.2
        self.assertFalse(self.issues("overlap"))

    def test_stock_users_look_and_nobody_writes(self):
        """The button is for everybody who works with stock."""
        self.env["stock.location"].create({"name": "Box", "location_id": self.wh_a1.lot_stock_id.id})
        layout = self.layout.with_user(self.user_stock)
        action = layout.action_health()
        found = self.env[action["res_model"]].with_user(self.user_stock).search(action["domain"])
        self.assertEqual(found.mapped("kind"), ["no_position"])
        self.assertEqual(found.action_open_bin()["res_id"], found.location_id.id)
        self.assertFalse(found.has_access("write") or found.has_access("create") or found.has_access("unlink"))
