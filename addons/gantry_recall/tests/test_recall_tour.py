from odoo.tests import HttpCase, tagged

from ..core import verify
from .common import RecallCase


@tagged("post_install", "-at_install")
class TestRecallTour(RecallCase, HttpCase):
    def _found(self, title):
        self.env.invalidate_all()
        return self.env["gantry.recall"].search([("title", "=", title)])

    def test_a_case_by_its_buttons_an_answer_on_the_page_and_the_evidence(self):
        self.start_tour("/odoo/recalls", "gantry_recall_case", login="gantry_recaller")
        case = self._found("Tour recall")
        self.assertEqual((case.state, case.told_count, len(case.snapshot_ids)), ("notified", 2, 2))
        self.assertEqual(set((self.raw | self.finished).mapped("gantry_hold_state")), {"held"})
        notice = case.notice_ids.filtered(lambda notice: notice.partner_id == self.alice)
        self.authenticate(None, None)
        page = self.url_open(f"/recall/{notice.access_token}")
        self.assertIn("FIN-1", page.text)
        self.assertNotIn("Bob", page.text)
        pack = case.with_user(self.user_recall_manager)._pack_evidence()
        self.assertEqual(verify(pack.raw), [])

    def test_a_drill_goes_the_same_way_and_nothing_leaves_the_house(self):
        self.start_tour("/odoo/recalls", "gantry_recall_drill", login="gantry_recall")
        case = self._found("Tour drill")
        self.assertEqual((case.state, case.is_drill, case.told_count), ("notified", True, 2))
        self.assertEqual(self.finished.gantry_hold_state, "free")
        mails = self.env["mail.mail"].search(
            [("model", "=", "gantry.recall.notice"), ("res_id", "in", case.notice_ids.ids)]
        )
        self.assertFalse(mails)
