from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import GantryCase
from .job_case import CommittedJobs


@tagged("post_install", "-at_install")
class TestRequest(GantryCase):
    def setUp(self):
        super().setUp()
        self.calls = []
        self.ledger = self.env["gantry.request"].with_user(self.user_planner)

    def once(self, request_uid="r-1", payload=None, answer=None, ledger=None, method="test/add"):
        def func():
            self.calls.append(payload)
            return answer

        ledger = self.ledger if ledger is None else ledger
        return ledger._once(request_uid, method, payload, func)

    def test_repeated_call_gets_the_first_answer_and_does_nothing(self):
        self.assertEqual(self.once(payload={"qty": 2}, answer={"id": 7}), {"id": 7})
        self.assertEqual(self.once(payload={"qty": 2}, answer={"id": 8}), {"id": 7})
        self.assertEqual(len(self.calls), 1)

    def test_order_of_keys_does_not_matter(self):
        self.once(payload={"a": 1, "b": 2}, answer=1)
        self.once(payload={"b": 2, "a": 1}, answer=2)
        self.assertEqual(len(self.calls), 1)

    def test_empty_answers_are_answers(self):
        for number, answer in enumerate((None, 0, False, [], {})):
            for _call in range(2):
                self.assertEqual(self.once(f"empty-{number}", answer=answer), answer)
        self.assertEqual(len(self.calls), 5)

    def test_same_uid_for_something_else_is_refused(self):
        self.once(payload={"qty": 2})
        with self.assertRaisesRegex(UserError, "used before for another request"):
            self.once(payload={"qty": 3})
        with self.assertRaisesRegex(UserError, "used before for another request"):
            self.once(payload={"qty": 2}, method="test/remove")
        self.assertEqual(len(self.calls), 1)

    def test_users_do_not_share_uids(self):
        self.once(answer="planner")
        other = self.env["gantry.request"].with_user(self.user_manager)
        self.assertEqual(self.once(answer="manager", ledger=other), "manager")

    def test_failed_call_leaves_no_trace_and_can_be_repeated(self):
        def fail():
            self.env["res.partner"].create({"name": "Job test lost"})
            raise UserError("No.")

        with self.assertRaises(UserError):
            self.ledger._once("r-1", "test/add", None, fail)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Job test lost")]))
        self.assertEqual(self.once(answer="now"), "now")

    def test_uid_must_be_a_short_text(self):
        for uid in ("", None, 12, "x" * 129):
            with self.assertRaisesRegex(UserError, "request_uid"):
                self.once(uid)
        self.assertFalse(self.calls)

    def test_old_requests_are_forgotten(self):
        self.once("old")
        self.once("new")
        entries = self.env["gantry.request"].search([("request_uid", "in", ("old", "new"))])
        old = entries.filtered(lambda entry: entry.request_uid == "old")
        self.env.cr.execute(
            "UPDATE gantry_request SET create_date = now() - interval '31 days' WHERE id = %s", [old.id]
        )
        self.env.invalidate_all()
        self.env["gantry.request"]._gc_requests()
        self.assertEqual(entries.exists(), entries - old)


@tagged("post_install", "-at_install")
class TestRequestRace(CommittedJobs, TransactionCase):
    def setUp(self):
        super().setUp()
        self.calls, self.errors, self.answers = [], [], []

    def call(self, env):
        try:
            with mute_logger("odoo.sql_db"):
                answer = env["gantry.request"]._once("job-test-race", "m", {}, lambda: self.calls.append(1) or "first")
            self.answers.append(answer)
        except SerializationFailure as error:
            self.errors.append(error)
            env.cr.rollback()

    def test_of_two_calls_at_once_one_works_and_the_other_is_retried_to_its_answer(self):
        with self.transaction() as env:
            self.call(env)
            thread = self.in_thread(self.call)
            thread.join(0.3)
            self.assertTrue(thread.is_alive(), "the second call waits for the first")
        self.wait_for(thread)
        self.assertEqual((len(self.calls), len(self.errors)), (1, 1), "the second is told to try again")
        with self.transaction() as env:
            self.call(env)
        self.assertEqual((len(self.calls), self.answers), (1, ["first", "first"]))

    def test_second_call_works_when_the_first_fails(self):
        with self.registry.cursor() as cr:
            self.call(api.Environment(cr, SUPERUSER_ID, {}))
            thread = self.in_thread(self.call)
            thread.join(0.3)
            self.assertTrue(thread.is_alive())
            cr.rollback()
        self.wait_for(thread)
        self.assertEqual((len(self.calls), self.errors), (2, []))
