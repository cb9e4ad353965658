"""The recall that the story leaves to be run."""

from datetime import date
from unittest.mock import patch

from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.tests import tagged

from ..models.gantry_demo_trace import DEFECTIVE

TODAY = date(2026, 3, 10)
NEEDED = ("company", "catalog", "partners", "recall")


@tagged("post_install", "-at_install")
class TestDemoTrace(GantryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Demo = type(cls.env["gantry.demo"])
        every = Demo._chapters
        with patch.object(
            Demo, "_chapters", lambda demo: [row for row in every(demo) if row[0] in NEEDED]
        ):
            cls.env["gantry.demo"].with_user(cls.user_manager)._load(TODAY, volume=0.05)
        cls.case = cls.env["gantry.recall"].search([("company_id", "=", cls.company_a.id)])

    def test_the_case_is_ready_and_runs_from_the_drum_to_three_shops(self):
        case = self.case
        self.assertEqual((case.state, case.lot_ids.name, case.is_drill), ("draft", DEFECTIVE, False))
        case.action_trace()
        down = case.scope_ids.filtered(lambda row: row.direction == "down")
        self.assertEqual(sorted(down.mapped("name")), [DEFECTIVE, "SL-0611", "SL-0618"])
        data = case.snapshot_ids._data()
        shops = {row["partner_id"]: row["qty_net"] for row in data["customers"]}
        self.assertEqual(sorted(shops.values()), [24, 48, 60], "twelve bottles came back")
        case.action_hold()
        self.assertEqual(set(down.lot_id.mapped("gantry_hold_state")), {"held"})
        case.action_balance()
        self.assertFalse(case.unexplained_count - len(case.order_ids.filtered("is_unexplained")))

    def test_one_lot_is_held_and_stock_is_about_to_expire(self):
        held = self.env["stock.lot"].search([("name", "=", "RC-04"), ("company_id", "=", self.company_a.id)])
        self.assertEqual(held.gantry_hold_state, "held")
        expired = self.env["stock.lot"].search([("name", "=", "RC-01"), ("company_id", "=", self.company_a.id)])
        self.assertEqual(str(expired.expiration_date.date()), "2026-03-01")
        self.assertEqual(expired.product_qty, 24)

    def test_everything_happened_on_working_days_before_today(self):
        lots = self.env["stock.lot"].search([("company_id", "=", self.company_a.id)])
        lines = self.env["stock.move.line"].search([("lot_id", "in", lots.ids), ("state", "=", "done")])
        self.assertGreater(len(lines), 12)
        for line in lines:
            self.assertLess(line.date.date(), TODAY)
            self.assertLess(line.date.weekday(), 5)
            self.assertEqual(line.date, line.move_id.date)
            move, picking = line.move_id, line.move_id.picking_id
            self.assertEqual((line.state, line.picking_id, line.location_id), (move.state, picking, move.location_id))
            if picking:
                self.assertEqual((move.reference, move.picking_type_id), (picking.name, picking.picking_type_id))
