from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, InsightCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAlert(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._item("Saw")

    def _run_short(self, qty=7):
        """The saw lasts a week."""
        self._receive(self.saw, qty, self.wh_a1, self._day(20))
        self._expect(self.saw, 7)
        self._look()
        return self._alerts(self.saw, "stockout")

    # -- once, and gone with its cause

    def test_the_same_thing_is_never_told_twice(self):
        alert = self._run_short()
        self.assertEqual((alert.state, alert.amount, alert.date.isoformat()), ("open", 70, "2026-03-11"))
        counts = self._look()
        self.assertEqual(self._alerts(self.saw), alert)
        self.assertEqual((counts["new"], counts["gone"], counts["open"]), (0, 0, 1))

    @mute_logger("odoo.sql_db")
    def test_the_database_itself_refuses_a_second_one(self):
        alert = self._run_short()
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "INSERT INTO gantry_alert (kind, product_id, warehouse_id, company_id, state)"
                " VALUES (%s, %s, %s, %s, 'open')",
                (alert.kind, self.saw.id, self.wh_a1.id, self.company_a.id),
            )

    def test_a_receipt_ends_it_and_its_activity(self):
        alert = self._run_short()
        self.Alert._update_activities(self.company_a)
        self.assertEqual(alert.activity_ids.user_id, alert.user_id)
        self._receive(self.saw, 100, self.wh_a1, self._day(0))
        counts = self._look()
        self.assertEqual((alert.state, alert.date_gone.isoformat(), counts["gone"]), ("gone", TODAY, 1))
        self.assertFalse(alert.activity_ids)
        self.assertIn("The cause is gone", alert.message_ids[0].body)

    def test_goods_on_order_end_it(self):
        alert = self._run_short()
        self._open_receipt(self.saw, 100, ahead=2)
        self._look()
        self.assertEqual(alert.state, "gone")

    def test_under_a_planning_day_in_the_past_documents_keep_their_distance(self):
        """An imported history ends years ago: goods due in two days from now are due in two days."""
        day = fields.Date.to_date("2011-12-12")
        self._receive(self.saw, 7, self.wh_a1, fields.Datetime.to_datetime("2011-12-01 12:00:00"))
        self._expect(self.saw, 7)
        self.env.cr.execute("UPDATE gantry_forecast SET date_start = %s WHERE product_id = %s", (day, self.saw.id))
        with patch.object(type(self.env["gantry.demand"]), "_get_today", lambda model, company: day):
            self._look()
            alert = self._alerts(self.saw, "stockout")
            self.assertEqual((alert.state, alert.date.year), ("open", 2011))
            self._open_receipt(self.saw, 100, ahead=2)
            self._look()
            self.assertEqual((alert.state, alert.date_gone.isoformat()), ("gone", TODAY))
            self.Alert._gc_gone()
            self.assertTrue(alert.exists(), "forgotten a year after it went")
            vendor = self.env["res.partner"].create({"name": "Slow Steel Ltd"})
            late = self._open_receipt(self.saw, 20, ahead=-5, vendor=vendor)
            self._look()
            alert = self._alerts(self.saw, "late")
            self.assertEqual((alert.partner_id, alert.numbers["days"]), (vendor, 5))
            self.assertEqual(alert.action_act()["res_id"], late.id)

    def test_a_cause_that_comes_back_opens_the_same_alert(self):
        alert = self._run_short()
        self._receive(self.saw, 100, self.wh_a1, self._day(0))
        self._look()
        self._deliver(self.saw, 100, self.wh_a1, self._day(0))
        with freeze_time("2026-03-05"):
            counts = self._look()
        self.assertEqual(self._alerts(self.saw, "stockout"), alert)
        self.assertEqual((alert.state, alert.times, alert.first_seen.isoformat()), ("open", 2, "2026-03-05"))
        self.assertEqual((counts["new"], counts["again"]), (0, 1))

    def test_a_kind_that_is_switched_off_leaves(self):
        alert = self._run_short()
        self.company_a.gantry_alert_stockout = False
        self._look()
        self.assertEqual(alert.state, "gone")

    def test_what_has_moved_is_looked_at_within_the_quarter_hour(self):
        alert = self._run_short()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET write_date = '2026-03-01' WHERE company_id = %s", (self.company_a.id,))
        self.company_a.gantry_insight_watermark = "2026-03-02"
        self.assertEqual(self.Insight._refresh_changed(self.company_a), 0)
        self._receive(self.saw, 100, self.wh_a1, self._day(0))
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET write_date = '2026-03-04' WHERE quantity = 100")
        self.assertEqual(self.Insight._refresh_changed(self.company_a), 1)
        self.assertEqual(alert.state, "gone")
        self.assertEqual(self.Insight._refresh_changed(self.company_a), 0)

    # -- kinds

    def test_out_of_stock_says_so(self):
        self._receive(self.saw, 5, self.wh_a1, self._day(20))
        self._deliver(self.saw, 5, self.wh_a1, self._day(2))
        self._expect(self.saw, 7)
        self._look()
        alert = self._alerts(self.saw)
        self.assertEqual((alert.kind, alert.numbers["variant"]), ("stockout", "out"))
        self.assertEqual(alert.summary, "Out of stock: 30 Units are expected in the next 30 days.")
        self.assertEqual(alert.advice, "14 Units more are needed within 14 days.")

    def test_below_the_minimum_is_low_and_running_out_is_only_told_once(self):
        self.env["stock.warehouse.orderpoint"].create({
            "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "location_id": self.wh_a1.lot_stock_id.id,
            "product_min_qty": 40, "product_max_qty": 80, "trigger": "manual"})
        self._receive(self.saw, 30, self.wh_a1, self._day(20))
        self._expect(self.saw, 7)
        self._look()
        low = self._alerts(self.saw)
        self.assertEqual((low.kind, low.quantity, low.amount), ("low", 10, 100))
        self.assertEqual(low.summary, "30 Units on hand and 0 on their way, below the minimum of 40.")
        self._deliver(self.saw, 25, self.wh_a1, self._day(0))
        self._look()
        self.assertEqual((low.state, self._alerts(self.saw, state="open").kind), ("gone", "stockout"))

    def test_what_is_on_its_way_fills_up_to_the_minimum(self):
        self.env["stock.warehouse.orderpoint"].create({
            "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "location_id": self.wh_a1.lot_stock_id.id,
            "product_min_qty": 40, "product_max_qty": 80, "trigger": "manual"})
        self._receive(self.saw, 30, self.wh_a1, self._day(20))
        self._expect(self.saw, 7)
        receipt = self._open_receipt(self.saw, 4, ahead=2)
        self._look()
        low = self._alerts(self.saw)
        self.assertEqual((low.kind, low.quantity), ("low", 6))
        self.assertIn("and 4 on their way", low.summary)
        receipt.move_ids.product_uom_qty = 10
        self._look()
        self.assertEqual(low.state, "gone")

    def test_what_is_promised_is_no_stock(self):
        self.env["stock.warehouse.orderpoint"].create({
            "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "location_id": self.wh_a1.lot_stock_id.id,
            "product_min_qty": 20, "product_max_qty": 80, "trigger": "manual"})
        self._receive(self.saw, 60, self.wh_a1, self._day(20))
        self._expect(self.saw, 1)
        self._look()
        self.assertFalse(self._alerts(self.saw, "low"))
        move = self.env["stock.move"].create({
            "product_id": self.saw.id, "product_uom_qty": 45, "product_uom": self.saw.uom_id.id,
            "location_id": self.wh_a1.lot_stock_id.id, "location_dest_id": self.loc_customer.id,
            "picking_type_id": self.wh_a1.out_type_id.id, "company_id": self.company_a.id})
        move._action_confirm()
        self._look()
        low = self._alerts(self.saw, "low")
        self.assertEqual((low.state, low.quantity), ("open", 5), "as much as Odoo's rule misses")
        self.assertEqual(
            low.summary, "60 Units on hand and 0 on their way, less 45 promised: below the minimum of 20.")

    def test_too_much_is_overstock_slow_or_dead_but_only_one_of_them(self):
        much, slow, dead = self._item("Much"), self._item("Slow"), self._item("Dead")
        for product, back in ((much, 100), (slow, 100), (dead, 500)):
            self._receive(product, 200, self.wh_a1, self._day(back))
        self._expect(much, 7)
        self._expect(slow, 1)
        self._look()
        kinds = [self._alerts(product).mapped("kind") for product in (much, slow, dead)]
        self.assertEqual(kinds, [["overstock"], ["slow"], ["dead"]])
        self.assertEqual(self._alerts(dead).amount, 2000)
        self.assertIn("nothing came in or was sold since", self._alerts(dead).summary)

    def test_small_change_raises_no_alert_about_too_much(self):
        """A thousandth of the stock value is 10.01: nine units too much of a 1-cent screw are not worth a look."""
        gold, screw = self._item("Gold", cost=10_000), self._item("Screw", cost=0.01)
        self._receive(gold, 1, self.wh_a1, self._day(3))
        self._receive(screw, 100, self.wh_a1, self._day(500))
        self._look()
        self.assertFalse(self._alerts(screw))
        self.company_a.gantry_alert_min_value = 0.5
        self._look()
        self.assertEqual(self._alerts(screw).kind, "dead")

    def test_late_goods_name_the_vendor_and_leave_when_they_come(self):
        self._receive(self.saw, 100, self.wh_a1, self._day(20))
        vendor = self.env["res.partner"].create({"name": "Slow Steel Ltd"})
        late = self._open_receipt(self.saw, 20, ahead=-5, vendor=vendor)
        self._open_receipt(self.saw, 10, ahead=-3, vendor=vendor)
        self._open_receipt(self.saw, 10, ahead=3, vendor=vendor)
        self._look()
        alert = self._alerts(self.saw, "late")
        self.assertEqual((alert.partner_id, alert.quantity, alert.amount), (vendor, 30, 300))
        self.assertEqual(alert.summary, "30 Units of Slow Steel Ltd were due on 02/27/2026, 5 days ago.")
        self.assertIn(late.id, alert.action_act().get("domain")[0][2])
        for picking in late | self.env["stock.picking"].search([("partner_id", "=", vendor.id), ("id", "!=", late.id)]):
            self._arrive(picking)
        self._look()
        self.assertEqual(alert.state, "gone")

    def test_two_late_vendors_are_two_things(self):
        self._receive(self.saw, 100, self.wh_a1, self._day(20))
        for name in ("One", "Two"):
            self._open_receipt(self.saw, 20, ahead=-5, vendor=self.env["res.partner"].create({"name": name}))
        self._look()
        self.assertEqual(set(self._alerts(self.saw, "late").partner_id.mapped("name")), {"One", "Two"})

    def _live(self, errors, actual=20):
        forecast = self._expect(self.saw, 20)
        self.env["gantry.forecast.accuracy"].sudo().create([
            {
                "product_id": self.saw.id, "warehouse_id": self.wh_a1.id, "company_id": self.company_a.id,
                "date": self._day(9 + 7 * number).date(), "kind": "live", "lag": 1, "actual": actual,
                "forecast": actual + error, "demand_class": "smooth",
            }
            for number, error in enumerate(errors)
        ])
        self._receive(self.saw, 60, self.wh_a1, self._day(20))
        self._look()
        return forecast, self._alerts(self.saw, "drift")

    def test_a_forecast_that_reality_has_left_drifts(self):
        _forecast, alert = self._live([8, 9, 7, 8, 10, 8, 9, 8])
        self.assertEqual((alert.numbers["variant"], alert.quantity), ("high", 67))
        self.assertIn("Too high in the last 8 periods", alert.summary)

    def test_errors_to_both_sides_are_no_drift(self):
        self.assertFalse(self._live([8, -9, 7, -8, 10, -8, 9, -8])[1])

    def test_a_forecast_that_failed_its_backtest_is_told(self):
        self._receive(self.saw, 60, self.wh_a1, self._day(20))
        self._expect(self.saw, 20, is_wrong=True, wrong_score=500, wape=0.8)
        self._look()
        alert = self._alerts(self.saw, "drift")
        self.assertEqual((alert.amount, alert.numbers["variant"]), (500, "wrong"))
        self.assertIn("missed by 80 %", alert.summary)

    # -- what people do

    def test_handled_is_quiet_until_it_is_twice_as_bad(self):
        alert = self._run_short()
        alert.with_user(self.user_planner).action_handle(note="Called the vendor")
        self._look()
        self.assertEqual((alert.state, alert.note), ("handled", "Called the vendor"))
        self.assertEqual(alert.handled_user_id, self.user_planner)
        self._expect(self.saw, 10)
        self._look()
        self.assertEqual(alert.state, "handled")
        self._expect(self.saw, 21)
        self._look()
        self.assertEqual((alert.state, alert.handled_user_id.id), ("open", False))

    def test_snoozed_comes_back_on_its_day(self):
        alert = self._run_short()
        alert.with_user(self.user_planner).action_snooze()
        self.assertEqual((alert.state, alert.snoozed_until.isoformat()), ("snoozed", "2026-03-11"))
        self._look()
        self.assertEqual(alert.state, "snoozed")
        with freeze_time("2026-03-11"):
            self._look()
        self.assertEqual(alert.state, "open")

    def test_a_snooze_into_the_past_is_refused(self):
        alert = self._run_short().with_user(self.user_planner)
        with self.assertRaisesRegex(UserError, "a day in the future"):
            alert.action_snooze(until="2026-03-04")

    def test_reopened_is_open(self):
        alert = self._run_short().with_user(self.user_planner)
        alert.action_handle()
        alert.action_reopen()
        self.assertEqual((alert.state, alert.date_handled), ("open", False))

    def test_gone_cannot_be_handled(self):
        alert = self._run_short()
        self._receive(self.saw, 100, self.wh_a1, self._day(0))
        self._look()
        alert.with_user(self.user_planner).action_handle()
        self.assertEqual(alert.state, "gone")

    def test_figures_are_nobodys_to_write(self):
        alert = self._run_short()
        for vals in ({"amount": 1}, {"state": "gone"}, {"product_id": self.saw.id}):
            with self.assertRaises(AccessError):
                alert.with_user(self.user_planner).write(vals)
        alert.with_user(self.user_planner).note = "May be written"
        with self.assertRaises(AccessError):
            alert.with_user(self.user_stock).action_handle()

    def test_every_kind_has_its_sentences_and_something_to_do(self):
        self._run_short()
        alert = self._alerts(self.saw)
        templates = self.env["gantry.explain"]._reason_templates()
        for kind, _label in self.Alert._fields["kind"].selection:
            self.assertIn(f"alert_{kind}_advice", templates)
            self.assertTrue([code for code in templates if code.startswith(f"alert_{kind}") and "advice" not in code])
        self.assertEqual(alert.action_act()["res_model"], "product.replenish")
        self.assertEqual(alert.action_insight()["res_id"], self._row(self.saw).id)
        self.assertTrue(all(reason["text"] and "?" not in reason["text"] for reason in alert.explanation))

    # -- owners

    def test_the_owner_is_the_product_s_planner_else_the_company_s(self):
        other = self._user("gantry_second", "gantry_base.group_planner", self.company_a)
        oil = self._item("Oil")
        self.saw.product_tmpl_id.with_company(self.company_a).responsible_id = other
        oil.product_tmpl_id.with_company(self.company_a).responsible_id = self.user_stock
        self.company_a.gantry_alert_user_id = self.user_manager
        for product in (self.saw, oil):
            self._receive(product, 7, self.wh_a1, self._day(20))
            self._expect(product, 7)
        self._look()
        self.assertEqual(self._alerts(self.saw).user_id, other)
        self.assertEqual(self._alerts(oil).user_id, self.user_manager, "a picker is no owner")

    def test_without_any_setting_there_is_an_owner_all_the_same(self):
        self.saw.product_tmpl_id.with_company(self.company_a).responsible_id = False
        alert = self._run_short()
        self.assertTrue(alert.user_id.has_group("gantry_base.group_planner"))
        self.assertIn(self.company_a, alert.user_id.company_ids)

    def test_the_owner_somebody_chose_stays_until_they_leave(self):
        alert = self._run_short()
        self.company_a.gantry_alert_user_id = self.user_manager
        alert.with_user(self.user_planner).user_id = self.user_planner
        self._look()
        self.assertEqual(alert.user_id, self.user_planner)
        self.user_planner.active = False
        self._look()
        self.assertNotEqual(alert.user_id, self.user_planner)
        self.assertTrue(alert.user_id)

    def test_gone_for_a_year_is_forgotten(self):
        alert = self._run_short()
        self._receive(self.saw, 100, self.wh_a1, self._day(0))
        self._look()
        self.Alert._gc_gone()
        self.assertTrue(alert.exists())
        with freeze_time("2027-03-10"):
            self.Alert._gc_gone()
        self.assertFalse(alert.exists())
