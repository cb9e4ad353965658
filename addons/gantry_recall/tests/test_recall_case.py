from psycopg2 import errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestRecallCase(RecallCase):
    def test_trace_finds_what_was_made_of_the_defective_lot_and_who_has_it(self):
        self._give_back(self.to_bob)
        case = self._case()
        case.action_trace()
        self.assertEqual(case.state, "traced")
        down = case.scope_ids.filtered(lambda row: row.direction == "down")
        self.assertEqual(down.lot_id, self.raw | self.finished)
        finished = down.filtered(lambda row: row.lot_id == self.finished)
        self.assertEqual(case.scope_ids, down, "nothing was made from anything")
        self.assertEqual((finished.qty_net, finished.qty_on_hand, finished.difference), (5, 15, 0))
        data = case.snapshot_ids._data()
        self.assertEqual(
            {row["partner_name"]: row["qty_net"] for row in data["customers"]}, {"Alice": 5, "Bob": 0}
        )
        self.assertEqual(case.snapshot_ids.customer_count, 1)

    def test_second_snapshot_is_chained_and_tells_what_changed(self):
        case = self._case()
        case.action_trace()
        self._ship(self.finished, 3, self.carol)
        self._ship(self.finished, 1, self.alice)
        case.action_trace()
        second, first = case.snapshot_ids
        self.assertEqual((second.number, second.previous_hash), (2, first.chain_hash))
        self.assertTrue(first.is_whole and second.is_whole)
        self.assertEqual((second.added, second.removed), (1, 0))
        self.assertIn("Carol", second.difference_text)
        self.assertIn("5 → 6", second.difference_text)

    def test_the_database_refuses_to_change_or_delete_a_snapshot(self):
        case = self._case()
        case.action_trace()
        self.env.flush_all()
        for statement in (
            "UPDATE gantry_recall_snapshot SET content = '{}' WHERE id = %s",
            "DELETE FROM gantry_recall_snapshot WHERE id = %s",
            "TRUNCATE gantry_recall_snapshot CASCADE -- %s",
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.RestrictViolation, msg=statement),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(statement, [case.snapshot_ids.id])
        self.assertTrue(case.snapshot_ids.is_whole)

    def test_hold_takes_everything_found_and_returns_arrive_in_quarantine(self):
        case = self._case()
        case.action_trace()
        case.action_hold()
        self.assertEqual(case.state, "held")
        self.assertEqual(set((self.raw | self.finished).mapped("gantry_hold_state")), {"held"})
        self.assertEqual((case.hold_ids.kind, case.hold_ids.origin_ref), ("recall", case.name))
        back = self._give_back(self.to_alice)
        self.assertTrue(back.move_line_ids.location_dest_id._gantry_is_quarantine())
        other = self._lot(self.juice, "FIN-2")
        self._receive_lot(other, 2)
        link = {"parent_lot_id": self.raw.id, "child_lot_id": other.id, "kind": "manual", "qty": 2}
        self.env["gantry.trace.link"].create(link)
        case.action_trace()
        case.action_hold()
        self.assertEqual(len(case.hold_ids), 2, "the second hold has the new lot only")
        self.assertEqual(case.hold_ids.line_ids.mapped("lot_id"), self.raw | self.finished | other)

    def test_a_drill_holds_nothing(self):
        case = self._case(is_drill=True)
        case.action_trace()
        case.action_hold()
        self.assertEqual(case.state, "held")
        self.assertEqual(self.finished.gantry_hold_state, "free")
        self.assertFalse(case.hold_ids)
        self.assertIn("2 lots", case.step_ids.filtered(lambda step: step.code == "held").note)

    def test_a_case_without_lots_and_a_cycle(self):
        with self.assertRaisesRegex(UserError, "which lots"):
            self._case(lot_ids=[]).action_trace()
        link = {"parent_lot_id": self.finished.id, "child_lot_id": self.raw.id, "kind": "manual", "qty": 1}
        self.env["gantry.trace.link"].create(link)
        case = self._case()
        case.action_trace()
        self.assertEqual(case.scope_count, 2)

    def test_a_deleted_lot_is_shown_and_not_lost(self):
        case = self._case()
        case.action_trace()
        extra = self._lot(self.juice, "EXTRA")
        self.env["gantry.trace.link"].create(
            {"parent_lot_id": self.raw.id, "child_lot_id": extra.id, "kind": "manual", "qty": 1}
        )
        case.action_trace()
        row = case.scope_ids.filtered(lambda row: row.lot_id == extra)
        self.env["gantry.trace.link"].search([("child_lot_id", "=", extra.id)]).unlink()
        extra.unlink()
        case.action_trace()
        row.invalidate_recordset()
        self.assertEqual((row.name, row.in_scope, bool(row.lot_id)), ("EXTRA", False, False))

    def test_buttons_only(self):
        case = self._case(state="closed", check_seed=1)
        self.assertEqual(case.state, "draft")
        self.assertNotEqual(case.check_seed, 1)
        for vals in ({"state": "closed"}, {"hold_ids": []}, {"company_id": self.company_b.id}):
            with self.assertRaisesRegex(UserError, "buttons"):
                case.write(vals)
        case.action_trace()
        with self.assertRaisesRegex(UserError, "stays a drill"):
            case.is_drill = True
        with self.assertRaisesRegex(UserError, "evidence"):
            case.unlink()
        with self.assertRaisesRegex(UserError, "Recall manager"):
            case.action_cancel()
        case.with_user(self.user_recall_manager).action_cancel()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            case.title = "Other"

    def test_a_signature_ends_with_the_text_it_was_for(self):
        case = self._case(hazard_note="Cuts")
        case._sign_hazard()
        self.assertEqual(case.hazard_signed_by_id, self.user_recall)
        case.hazard_note = "Other"
        self.assertFalse(case.hazard_signed_at)


@tagged("post_install", "-at_install")
class TestRecallAccess(RecallCase):
    EVERYTHING = {"read", "write", "create", "unlink"}
    USER = {
        "gantry.recall": EVERYTHING,
        "gantry.recall.snapshot": {"read"},
        "gantry.recall.step": {"read"},
        "gantry.recall.lot": {"read", "write"},
        "gantry.recall.notice": {"read", "write"},
        "gantry.recall.notice.line": {"read"},
        "gantry.recall.answer": {"read"},
        "gantry.recall.call": {"read", "create"},
        "gantry.recall.visit": set(),
        "gantry.recall.order": {"read", "write"},
        "gantry.recall.check": {"read", "write"},
        "gantry.recall.item": {"read", "write"},
        "gantry.recall.profile": {"read"},
    }

    def test_models_by_role(self):
        stranger = self._user("gantry_nobody", "base.group_user", self.company_a)
        portal = self._user_portal()
        for model, rights in self.USER.items():
            for user in (stranger, portal, self.user_stock):
                self.assertFalse(self._rights(model, user), f"{model} for {user.login}")
            self.assertEqual(self._rights(model, self.user_recall), rights, model)

    def _user_portal(self):
        group = self.env.ref("base.group_portal")
        return self.env["res.users"].create(
            {"name": "P", "login": "gantry_portal_user", "group_ids": [(6, 0, group.ids)]}
        )

    def _rights(self, model, user):
        records = self.env[model].with_user(user)
        return {right for right in self.EVERYTHING if records.has_access(right)}

    def test_another_company_sees_nothing(self):
        case = self._case()
        case.action_trace()
        case.env.flush_all()
        for record in (case, case.snapshot_ids, case.scope_ids[:1], case.step_ids[:1]):
            with self.assertRaises(AccessError):
                record.with_user(self.user_recall_b).read(["create_date"])

    def test_only_the_explanation_of_a_lot_can_be_written(self):
        case = self._case()
        case.action_trace()
        row = case.scope_ids[0]
        row.explanation = "Spilled"
        with self.assertRaises(UserError):
            row.qty_net = 0
