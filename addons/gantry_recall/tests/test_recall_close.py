from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..models.gantry_recall_balance import OrderUnits
from .test_recall_notice import NoticeCase


@tagged("post_install", "-at_install")
class TestRecallClose(NoticeCase):
    def test_case_accounts_for_what_is_answered(self):
        case = self._told()
        case.action_balance()
        # 40 came, 31 are here, 9 are with customers who have said nothing
        self.assertAlmostEqual(case.accounted, 31 / 40)
        for notice, said in zip(case.notice_ids, ({"sold": 5}, {"destroyed": 3}), strict=True):
            notice._record_answer({notice.line_ids.id: said}, source="phone", who="x")
        self.assertAlmostEqual(case.accounted, 39 / 40)
        self.assertIn("97.5 %", case.account_html)

    def test_every_difference_wants_a_reason(self):
        self._count(self.juice, self.finished, 8)  # 11 were there
        case = self._case()
        case.action_balance()
        row = case.scope_ids.filtered(lambda row: row.lot_id == self.finished and row.direction == "down")
        self.assertEqual((row.difference, case.unexplained_count), (3, 1))
        self.assertTrue(row.reason_text)
        row.explanation = "Breakage"
        self.assertEqual(case.unexplained_count, 0)
        case.action_balance()
        self.assertEqual(row.explanation, "Breakage", "tracing again does not forget it")

    def test_orders_are_compared_in_a_common_unit(self):
        kg, gram = self.env.ref("uom.product_uom_kgm"), self.env.ref("uom.product_uom_gram")
        flour, salt = self._product("Flour", uom_id=kg.id), self._product("Salt", uom_id=gram.id)
        dough = self._product("Dough", uom_id=kg.id)
        vals = OrderUnits(self.env).values({1: (flour.id, 10), 2: (salt.id, 500)}, {3: (dough.id, 10)})
        self.assertEqual((vals["qty_in"], vals["qty_out"], vals["difference"]), (10.5, 10, 0.5))
        bread = self._product("Bread", weight=0.5)
        flour.weight = 1
        nothing = OrderUnits(self.env).values({2: (salt.id, 500)}, {3: (bread.id, 2)})
        self.assertIn("weight", nothing["reason_text"])
        vals = OrderUnits(self.env).values({1: (flour.id, 10)}, {3: (bread.id, 22)})
        self.assertEqual((vals["qty_in"], vals["qty_out"], vals["difference"]), (10, 11, -1))

    def test_orders_of_the_case_are_found_and_added_up(self):
        case = self._case()
        self.env["gantry.trace.edge"]._feed_pending()
        other = self._lot(self.juice, "SIDE")
        # one order used 10 of the defective lot and 2 of another one for 11 of the finished lot
        for parent, used in ((self.raw, 10), (other, 2)):
            self.env.cr.execute(
                """
                INSERT INTO gantry_trace_edge (parent_node, child_node, parent_product_id, child_product_id, kind,
                    confidence, doc_model, doc_id, qty, child_qty, at, company_id)
                VALUES (%s, %s, %s, %s, 'consume', 'certain', 'stock.picking', %s, %s, 11, now(), %s)
                """,
                [parent.id, self.finished.id, self.juice.id, self.juice.id, self.to_alice.id, used, self.company_a.id],
            )
        case.action_balance()
        order = case.order_ids
        self.assertEqual((order.name, order.qty_in, order.qty_out, order.difference), (self.to_alice.name, 12, 11, 1))
        self.assertEqual(case.unexplained_count, 1)
        order.explanation = "Pomace"
        case.action_balance()
        self.assertEqual((case.order_ids, case.unexplained_count), (order, 0))

    def test_checks_are_drawn_from_the_stored_seed(self):
        case = self._told(check_level="b", check_share=0.5)
        case.action_draw_checks()
        drawn = case.check_ids.notice_id
        self.assertEqual(len(drawn), 1)
        case.action_draw_checks()
        self.assertEqual(case.check_ids.notice_id, drawn)
        check = case.check_ids.with_user(self.user_recall)
        check.result = "passed"
        self.assertEqual(check.checked_by_id, self.user_recall)
        with self.assertRaisesRegex(UserError, "drawn"):
            check.notice_id = case.notice_ids - drawn
        self.assertIn(str(case.check_seed), case.step_ids.filtered(lambda step: step.code == "checked")[0].note)

    def test_a_case_closes_when_all_is_done_and_stays_closed(self):
        case = self._told(hazard_note="Cuts", root_cause="Old sieve", corrective_action="New sieve", check_level="a")
        with self.assertRaisesRegex(UserError, "not finished"):
            case._close()
        case._sign_hazard()
        for notice in case.notice_ids:
            notice._record_answer({notice.line_ids.id: {"sold": notice.qty_net}}, source="phone", who="x")
        case.action_draw_checks()
        case.check_ids.write({"result": "passed"})
        case.action_balance()
        ticked = case.item_ids.filtered(lambda item: not item.is_booked)
        ticked[1:].write({"ticked": True})
        with self.assertRaisesRegex(UserError, "Authority"):
            case._close()
        with self.assertRaisesRegex(UserError, "Recall manager"):
            ticked[0].with_user(self.user_recall).waiver = "Not in scope"
        ticked[0].waiver = "Not in scope"
        with self.assertRaisesRegex(UserError, "Recall manager"):
            case.with_user(self.user_recall)._close()
        case._close()
        self.assertEqual(case.state, "closed")
        last = case.snapshot_ids.sorted("number")[-1]
        self.assertIn(last.chain_hash, case.step_ids.filtered(lambda step: step.code == "closed").note)
        for change in (
            lambda: ticked.write({"note": "x"}),
            lambda: case.action_trace(),
            lambda: case.write({"root_cause": "x"}),
            lambda: case.scope_ids[0].write({"explanation": "x"}),
        ):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                change()

    def test_signatures_ask_for_the_password(self):
        for name in ("action_close", "action_sign_hazard"):
            with self.assertRaisesRegex(UserError, "HTTP"):
                getattr(self._case(hazard_note="x"), name)()

    def test_a_drill_is_scored_by_the_clock(self):
        profile = self.env.ref("gantry_recall.profile_four_hours")
        start = datetime(2026, 3, 2, 8)
        scores = []
        for minutes in (90, 360):
            with freeze_time(start):
                case = self._case(is_drill=True, profile_id=profile.id)
                case.action_trace()
                case.action_hold()
                case.action_notify()
            with freeze_time(start + timedelta(minutes=minutes)):
                case.action_balance()
                case.item_ids.filtered(lambda item: not item.is_booked).ticked = True
                case._close()
            scores.append((case.score, case.score_minutes, case.score_passed, case.score_failed))
        self.assertEqual(scores, [(100, 90, True, ""), (87.5, 360, False, "time")])
        self.assertEqual(self.finished.gantry_hold_state, "free")

    def test_a_drill_counts_whom_it_could_not_reach(self):
        self.bob.email = False
        case = self._case(is_drill=True, profile_id=self.env.ref("gantry_recall.profile_four_hours").id)
        case.action_trace()
        case.action_hold()
        case.action_notify()
        case.action_balance()
        case.item_ids.filtered(lambda item: not item.is_booked).ticked = True
        case._close()
        self.assertEqual((case.score_reached, case.score_failed), (0.5, "reached"))

    def test_bad_limits_are_refused(self):
        Profile = self.env["gantry.recall.profile"]
        for vals in ({"max_minutes": 0}, {"min_accounted": 1.5}, {"max_over": -0.1}):
            with self.assertRaises(UserError, msg=str(vals)):
                Profile.create({"name": "x", **vals})
