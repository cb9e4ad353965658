import datetime

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ExpiryCase


@tagged("post_install", "-at_install")
class TestExpiryWorklist(ExpiryCase):
    def test_stage_follows_the_dates(self):
        for days, stage, alerting in (
            (-1, "1_expired", True), (3, "2_remove", True), (8, "3_best_before", True), (15, "4_alert", True),
            (25, "5_fresh", False),
        ):  # fmt: skip
            lot = self._lot(f"D{days}", days, qty=4)
            line = self._line(lot)
            self.assertEqual((line.stage, line.alerting, line.days_left), (stage, alerting, days), days)
            self.assertEqual((line.quantity, line.value, line.location_id), (4, 8, self.bin_1))

    def test_one_row_per_bin(self):
        lot = self._lot("TWO", 15, qty=4)
        self.env["stock.quant"]._update_available_quantity(self.milk, self.bin_2, 6, lot_id=lot)
        rows = {line.location_id: line.value for line in self._line(lot)}
        self.assertEqual(rows, {self.bin_1: 8, self.bin_2: 12})

    def test_stock_of_others_is_worth_nothing_to_us(self):
        owner = self.env["res.partner"].create({"name": "Owner"})
        lot = self._lot("OWN", 15)
        self.env["stock.quant"]._update_available_quantity(self.milk, self.bin_1, 4, lot_id=lot, owner_id=owner)
        self.assertEqual(self._line(lot).value, 0)

    def test_what_is_gone_is_not_listed(self):
        self.assertFalse(self._line(self._lot("GONE", 3)))

    def test_proposals(self):
        self._sell(90)  # one a day
        sells, too_much = self._lot("S", 15, qty=8), self._lot("M", 16, qty=30)
        over = self._lot("O", 3, qty=2)
        self.assertEqual(self._line(sells).proposal, "sell_first")
        line = self._line(too_much)
        # 11 days of sale, of which the other lot uses 8
        self.assertEqual(line.proposal, "markdown")
        self.assertAlmostEqual(line.surplus, 30 - (11 - 8), delta=0.2)
        self.assertEqual(line.percent, 30)  # 4 of the 15 days since the alert are over
        self.assertIn("will not sell in time", line.why)
        self.assertEqual(self._line(over).proposal, "scrap")
        vendor = self.env["res.partner"].create({"name": "Dairy"})
        self.milk.seller_ids = [(0, 0, {"partner_id": vendor.id, "gantry_takes_back": True,
                                        "gantry_takes_back_days": 10})]  # fmt: skip
        self.assertEqual(self._line(too_much).proposal, "return")
        self.assertEqual(self._line(over).proposal, "scrap")  # too late for the vendor

    def _sell(self, qty):
        lot = self._lot("SOLD", 60, qty=qty)
        picking = self._delivery(self.milk, qty)
        self.assertEqual(picking.move_line_ids.lot_id, lot)
        picking.move_ids.picked = True
        picking._action_done()

    def _decide(self, lots, **vals):
        lines = self.env["gantry.expiry.line"]
        for lot in lots:
            lines |= self._line(lot)
        env = self.env(user=self.user_planner)
        return env["gantry.expiry.decision"]._decide(lines.with_env(env), **vals)

    def test_scrap_takes_it_off_the_shelf(self):
        lot = self._lot("X", -2, qty=7)
        decision = self._decide(lot, action="scrap")
        self.assertEqual((decision.state, decision.quantity, decision.value), ("done", 7, 14))
        self.assertEqual(decision.scrap_ids.state, "done")
        self.assertFalse(self._line(lot))

    def test_return_makes_a_transfer_to_the_vendor(self):
        vendor = self.env["res.partner"].create({"name": "Dairy"})
        lot = self._lot("R", 15, qty=7)
        with self.assertRaisesRegex(UserError, "no vendor"), self.env.cr.savepoint():
            self._decide(lot, action="return")
        self.milk.seller_ids = [(0, 0, {"partner_id": vendor.id, "gantry_takes_back": True})]
        decision = self._decide(lot, action="return")
        picking = decision.picking_id
        self.assertEqual((picking.partner_id, picking.move_ids.state), (vendor, "assigned"))
        self.assertEqual((picking.move_line_ids.lot_id, picking.move_line_ids.quantity), (lot, 7))
        self.assertEqual(self._line(lot).decision, "return")
        picking.button_validate()
        self.assertFalse(self._line(lot))

    def test_markdown_tells_who_is_responsible(self):
        lot = self._lot("M", 15, qty=7)
        with self.assertRaisesRegex(ValidationError, "needs a percentage"), self.env.cr.savepoint():
            self._decide(lot, action="markdown")
        decision = self._decide(lot, action="markdown", percent=25, until=fields.Date.today())
        activity = lot.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.user_planner, "Mark down by 25 %"))
        self.assertFalse(self._line(lot).alerting)
        decision.until = fields.Date.today() - datetime.timedelta(days=1)
        line = self._line(lot)
        self.assertTrue(line.alerting)
        self.assertFalse(line.decision)

    def test_a_new_decision_takes_the_place_of_the_old(self):
        lot = self._lot("N", 15, qty=7)
        first = self._decide(lot, action="sell_first")
        second = self._decide(lot, action="markdown", percent=30)
        self.assertEqual((first.state, second.state), ("cancelled", "open"))
        second.action_withdraw()
        self.assertTrue(self._line(lot).alerting)

    def test_wizard_starts_from_the_proposal(self):
        lot = self._lot("W", -2, qty=7)
        line = self._line(lot)
        Wizard = self.env["gantry.expiry.decide"].with_user(self.user_planner)
        form = Form(Wizard.with_context(active_model="gantry.expiry.line", active_ids=line.ids))
        self.assertEqual((form.action, form.quantity, form.value), ("scrap", 7, 14))
        form.save().action_decide()
        self.assertFalse(self._line(lot))

    def test_reading_the_worklist_takes_few_queries(self):
        for number in range(30):
            self._lot(f"Q{number}", 15, self._expiring(f"P{number}"), qty=1)
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("company_id", "=", self.company_a.id)]
        with self.assertQueryCount(40):
            rows = self.env["gantry.expiry.line"].search_read(domain, ["proposal", "why", "value", "stage"])
        self.assertEqual(len(rows), 30)
