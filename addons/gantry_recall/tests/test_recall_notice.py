from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import RecallCase

START = datetime(2026, 3, 2, 8)


class NoticeCase(RecallCase):
    @classmethod
    def _told(cls, **vals):
        """A case of which everybody was told."""
        case = cls._case(user=cls.user_recall_manager, **vals)
        case.action_trace()
        case.action_hold()
        case.action_notify()
        return case

    @classmethod
    def _notice(cls, case, partner):
        return case.notice_ids.filtered(lambda notice: notice.partner_id == partner)

    def _mails(self, notices):
        return self.env["mail.mail"].search([("model", "=", "gantry.recall.notice"), ("res_id", "in", notices.ids)])


@tagged("post_install", "-at_install")
class TestRecallNotice(NoticeCase):
    def test_one_notice_per_consignee_with_its_own_lots(self):
        self._ship(self.raw, 2, self.alice)
        self._give_back(self.to_bob)
        case = self._told()
        self.assertEqual(case.state, "notified")
        notice = case.notice_ids
        self.assertEqual(notice.partner_id, self.alice, "Bob has given all of it back")
        lines = {line.lot_id: line.qty_net for line in notice.line_ids}
        self.assertEqual(lines, {self.finished: 5, self.raw: 2})
        self.assertIn(self.to_alice.name, notice.line_ids.filtered(lambda r: r.lot_id == self.finished).documents)
        mail = self._mails(notice)
        self.assertEqual(mail.email_to, "alice@example.com")
        self.assertIn(notice.access_token, mail.body_html)
        self.assertIn("FIN-1", mail.body_html)
        self.assertIn("URGENT", mail.subject)

    def test_only_a_manager_tells_and_a_recall_needs_its_class(self):
        case = self._case()
        case.action_trace()
        with self.assertRaisesRegex(UserError, "Recall manager"):
            case.action_notify()
        case.hazard_class = False
        with self.assertRaisesRegex(UserError, "class"):
            case.with_user(self.user_recall_manager).action_notify()

    def test_a_drill_sends_nothing(self):
        case = self._case(is_drill=True)
        case.action_trace()
        case.action_notify()
        self.assertEqual(set(case.notice_ids.mapped("state")), {"sent"})
        self.assertFalse(self._mails(case.notice_ids))
        with freeze_time(datetime.now() + timedelta(days=5)):
            self.env["gantry.recall.notice"]._cron_remind()
        self.assertFalse(self._mails(case.notice_ids))

    def test_what_the_trace_finds_later_is_told_later(self):
        case = self._told()
        with self.assertRaisesRegex(UserError, "told already"):
            case.action_notify()
        # sent while nobody looked, by a colleague who had released it
        self.env["gantry.hold"].browse(case.hold_ids.ids).with_user(
            self._user("gantry_rq", "gantry_hold.group_quality_release", self.company_a)
        )._release(reason="test")
        self._ship(self.finished, 1, self.alice)
        self._ship(self.finished, 1, self.carol)
        case.action_trace()
        case.action_prepare_notices()
        self.assertTrue(self._notice(case, self.alice).is_outdated)
        self.assertFalse(self._notice(case, self.bob).is_outdated)
        case.action_notify()
        self.assertFalse(self._notice(case, self.alice).is_outdated)
        self.assertEqual(len(self._mails(self._notice(case, self.alice))), 2)
        self.assertEqual(len(self._mails(self._notice(case, self.bob))), 1)
        self.assertEqual(self._notice(case, self.carol).state, "sent")

    def test_reminders_at_their_hours_then_the_call_list(self):
        with freeze_time(START):
            case = self._told()
        notice, other = self._notice(case, self.alice), self._notice(case, self.bob)
        other._record_answer({other.line_ids.id: {"sold": 4}}, source="portal", who="Bob")
        sent = {}
        for hours in (23, 25, 49, 73, 99):
            with freeze_time(START + timedelta(hours=hours)):
                self.env["gantry.recall.notice"]._cron_remind()
            sent[hours] = (notice.reminder_count, len(self._mails(notice)) - 1, notice.to_call)
        self.assertEqual(
            sent, {23: (0, 0, False), 25: (1, 1, False), 49: (2, 2, False), 73: (3, 3, True), 99: (3, 3, True)}
        )
        self.assertEqual((other.reminder_count, len(self._mails(other))), (0, 1))
        self.assertEqual(len(case.activity_ids), 1)

    def test_hours_are_a_setting(self):
        self.company_a.gantry_recall_reminders = "2"
        with freeze_time(START):
            case = self._told()
        with freeze_time(START + timedelta(hours=3)):
            self.env["gantry.recall.notice"]._cron_remind()
        self.assertEqual(set(case.notice_ids.mapped("to_call")), {True})
        for bad in ("24, tomorrow", "-1", "1e9"):
            with self.assertRaises(UserError, msg=bad):
                self.company_a.gantry_recall_reminders = bad

    def test_bounces_failures_and_missing_addresses_are_called(self):
        self.carol.email = False
        self._ship(self.finished, 1, self.carol)
        case = self._told()
        self.assertTrue(self._notice(case, self.carol).to_call)
        self._notice(case, self.alice)._message_receive_bounce("alice@example.com", self.alice)
        self._mails(self._notice(case, self.bob)).state = "exception"
        self.env["gantry.recall.notice"]._cron_remind()
        self.assertEqual(case.call_count, 3)
        notice = self._notice(case, self.alice)
        self.env["gantry.recall.call"].with_user(self.user_recall).create(
            {"notice_id": notice.id, "outcome": "nobody"}
        )
        self.assertTrue(notice.to_call)
        call = self.env["gantry.recall.call"].with_user(self.user_recall).create(
            {"notice_id": notice.id, "outcome": "reached", "spoke_with": "Alice", "user_id": self.user_stock.id}
        )
        self.assertEqual(call.user_id, self.user_recall)
        self.assertEqual((notice.to_call, notice.state), (False, "reached"))
        with self.assertRaisesRegex(UserError, "not corrected"):
            call.note = "changed"

    def test_answers_are_checked_kept_and_counted(self):
        case = self._told()
        notice = self._notice(case, self.alice)
        line = notice.line_ids
        for bad in ({"sold": -1}, {"sold": "nan"}, {"sold": "many"}, {"sold": "inf"}, {"forwarded": 1}):
            with self.assertRaises(UserError, msg=str(bad)):
                notice._record_answer({line.id: bad}, source="portal", who="Alice")
        with self.assertRaisesRegex(UserError, "does not fit"):
            other = self._notice(case, self.bob).line_ids
            notice._record_answer({other.id: {"sold": 1}}, source="portal", who="Alice")
        notice._record_answer({line.id: {"sold": "2,5", "on_hand": 1}}, source="portal", who="Alice")
        self.assertEqual((line.qty_sold, line.qty_open, notice.state), (2.5, 1.5, "answered"))
        said = {"sold": 2, "on_hand": 1, "forwarded": 2, "forwarded_to": "Shop"}
        notice._record_answer({line.id: said}, source="phone", who="Alice")
        self.assertEqual((line.qty_open, len(notice.answer_ids)), (0, 2))
        status = case._status()
        self.assertEqual((status["consignees"], status["told"], status["answered"]), (2, 2, 1))
        row = status["quantities"][0]
        self.assertEqual((row["delivered"], row["sold"], row["open"]), (9, 2, 4))
        self.assertEqual([row["partner"] for row in status["non_responders"]], ["Bob"])

    def test_letter_and_status_report_are_printed(self):
        case = self._told(is_drill=False)
        Report = self.env["ir.actions.report"]
        notice = self._notice(case, self.alice)
        html = Report._render_qweb_html("gantry_recall.report_notice", notice.ids)[0].decode()
        self.assertIn(notice.access_token, html)
        self.assertIn("FIN-1", html)
        self.assertNotIn("DRILL", html)
        status = Report._render_qweb_html("gantry_recall.report_status", case.ids)[0].decode()
        self.assertIn("Bob", status)

    def test_access(self):
        case = self._told()
        notice = self._notice(case, self.alice)
        with self.assertRaises(UserError):
            notice.with_user(self.user_recall).state = "answered"
        with self.assertRaises(UserError):
            notice.with_user(self.user_recall).action_send()
        for user in (self.user_stock, self.user_recall_b):
            with self.assertRaises(AccessError):
                notice.with_user(user).read(["partner_id"])
            with self.assertRaises(AccessError):
                notice.line_ids.with_user(user).read(["name"])


@tagged("post_install", "-at_install")
class TestRecallPage(NoticeCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.case = self._told()
        self.notice = self._notice(self.case, self.alice)
        self.url = f"/recall/{self.notice.access_token}"

    def _post(self, **values):
        page = self.url_open(self.url)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(self.url, data={"csrf_token": token, **values}, method="POST")

    def test_a_consignee_answers_without_login_and_sees_only_its_own(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn("FIN-1", page.text)
        for foreign in ("Bob", "bob@example.com", self.to_bob.name):
            self.assertNotIn(foreign, page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        line = self.notice.line_ids
        answer = self._post(**{f"on_hand_{line.id}": "3", f"sold_{line.id}": "2", "who": "Alice"})
        self.assertEqual(answer.status_code, 200, answer.text)
        self.env.invalidate_all()
        self.assertEqual((line.qty_on_hand, line.qty_sold, self.notice.state), (3, 2, "answered"))
        self.assertEqual((self.notice.answer_ids.source, self.notice.answer_ids.who), ("portal", "Alice"))

    def test_a_bad_answer_is_refused_in_words(self):
        line = self.notice.line_ids
        answer = self._post(**{f"sold_{line.id}": "-2", "who": "Alice"})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("zero or more", answer.text)
        self.env.invalidate_all()
        self.assertFalse(self.notice.answer_ids)

    def test_unknown_expired_and_closed(self):
        for token in ("x" * 43, "1", self.notice.access_token[:-1], "%27%20OR%201=1"):
            self.assertEqual(self.url_open(f"/recall/{token}").status_code, 404)
        self.notice.sudo().token_expires = fields.Datetime.now() - timedelta(minutes=1)
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 410)
        self.assertNotIn("FIN-1", page.text)
        self.notice.sudo().token_expires = fields.Datetime.now() + timedelta(days=1)
        self.case.action_cancel()
        self.assertEqual(self.url_open(self.url).status_code, 410)

    def test_guessing_is_stopped(self):
        codes = [self.url_open(f"/recall/{'g' * 40}{number}").status_code for number in range(21)]
        self.assertEqual(codes, [404] * 20 + [429])
        self.assertEqual(self.url_open(self.url).status_code, 429, "nor does the right one open then")

    def test_answers_are_limited(self):
        line = self.notice.line_ids
        for _number in range(20):
            self.env["gantry.recall.visit"]._note("answer", "127.0.0.1", self.notice)
        self.assertEqual(self._post(**{f"sold_{line.id}": "1", "who": "A"}).status_code, 429)

    def test_tokens_are_long_and_differ(self):
        tokens = self.case.notice_ids.mapped("access_token")
        self.assertEqual(len(set(tokens)), 2)
        self.assertTrue(all(len(token) >= 43 for token in tokens))
