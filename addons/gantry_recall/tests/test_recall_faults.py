from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RecallCase
from .test_recall_notice import NoticeCase


@tagged("post_install", "-at_install")
class TestRecallFaults(RecallCase):
    def test_a_worker_that_dies_while_snapshotting_leaves_nothing_half_done(self):
        case = self._case()
        with (
            patch.object(type(self.env["gantry.recall.lot"]), "_replace", side_effect=MemoryError),
            self.assertRaises(MemoryError),
            self.env.cr.savepoint(),
        ):
            case._take_snapshot()
        self.env.invalidate_all()
        self.assertEqual((case.state, len(case.snapshot_ids), len(case.scope_ids)), ("draft", 0, 0))
        self.assertEqual(case.step_ids.mapped("code"), ["opened"])
        case._take_snapshot()
        self.assertEqual((case.state, case.snapshot_ids.number, case.snapshot_ids.is_whole), ("traced", 1, True))

    def test_two_cases_for_one_lot_know_of_each_other(self):
        one, two = self._case(), self._case(self.user_recall_manager)
        self.assertIn(one.name, two.other_text)
        self.assertIn(two.name, one.other_text)
        self.assertFalse(self._case(is_drill=True).other_text, "a drill bothers nobody")
        one.with_user(self.user_recall_manager).action_cancel()
        self.env.invalidate_all()
        self.assertFalse(two.other_text)

    def test_a_program_is_told_of_the_case_that_is_open(self):
        api = self.env["gantry.recall.api"].with_user(self.user_recall)
        arguments = {"title": "Glass", "reason": "Glass", "lot_ids": self.raw.ids}
        first = api.open_case(**arguments, request_uid="one")
        with self.assertRaisesRegex(UserError, first["name"]), self.env.cr.savepoint():
            api.open_case(**arguments, request_uid="two")
        self.assertEqual(api.open_case(**arguments, request_uid="one"), first, "the same request is no second case")
        drill = api.open_case(**arguments, request_uid="three", is_drill=True)
        self.assertNotEqual(drill["recall_id"], first["recall_id"])


@tagged("post_install", "-at_install")
class TestRecallLetter(NoticeCase):
    def test_without_a_printing_program_the_letter_is_a_page(self):
        case = self._told()
        notice = case.notice_ids[0]
        Report = type(self.env["ir.actions.report"])
        with patch.object(Report, "get_wkhtmltopdf_state", lambda self: "install"):
            action = notice.action_print_letter()
        self.assertEqual(action["params"]["next"]["url"], f"/report/html/gantry_recall.report_notice/{notice.id}")
        self.assertIn("no program to make PDF", action["params"]["message"])
        with patch.object(Report, "get_wkhtmltopdf_state", lambda self: "ok"):
            self.assertEqual(notice.action_print_letter()["type"], "ir.actions.report")
        html = self.env["ir.actions.report"]._render_qweb_html("gantry_recall.report_notice", notice.ids)[0].decode()
        self.assertIn("FIN-1", html)
        self.assertIn(notice.partner_id.name, html)

    def test_goods_forwarded_are_followed_up(self):
        case = self._told()
        notice = case.notice_ids[0]
        said = {"forwarded": 2, "forwarded_to": "Corner shop"}
        notice._record_answer({notice.line_ids.id: said}, source="phone", who="x")
        [activity] = case.activity_ids.filtered(lambda activity: activity.note and "Corner shop" in activity.note)
        self.assertEqual(activity.user_id, case.owner_id)


@tagged("post_install", "-at_install")
class TestRecallSchedule(RecallCase):
    def _drills(self):
        self.env["gantry.recall"]._cron_propose_drills()
        return self.env["gantry.recall"].search([("is_drill", "=", True), ("company_id", "=", self.company_a.id)])

    def test_a_drill_is_drafted_when_the_last_one_is_too_long_ago(self):
        self.assertFalse(self._drills(), "off by default")
        self.company_a.gantry_recall_drill_months = 12
        drill = self._drills()
        self.assertEqual((drill.state, drill.lot_ids), ("draft", self.finished), "a lot that was delivered")
        self.assertTrue(drill.activity_ids)
        self.assertRegex(drill.reason, r"seed \d+")
        self.assertEqual(self._drills(), drill, "one at a time")
        drill.sudo().write({"state": "closed", "date_closed": "2020-01-01 00:00:00"})
        self.assertEqual(len(self._drills()), 2)

    def test_without_deliveries_there_is_nothing_to_drill(self):
        self.company_b.gantry_recall_drill_months = 1
        self.env["gantry.recall"]._cron_propose_drills()
        self.assertFalse(self.env["gantry.recall"].search([("company_id", "=", self.company_b.id)]))
