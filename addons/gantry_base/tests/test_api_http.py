import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged

from .common import GantryCase
from .job_case import JobMixin


@tagged("post_install", "-at_install")
class TestApiHttp(JobMixin, GantryCase, HttpCase):
    """The RPC face as another program meets it."""

    def setUp(self):
        super().setUp()
        self.counter(2)
        self.job = self.enqueue(self.env(user=self.user_planner), company=self.company_a)

    def call(self, method, user=None, **arguments):
        user = user or self.user_planner
        key = (
            self.env(user=user)["res.users.apikeys"].sudo()._generate("rpc", "test", datetime.now() + timedelta(days=1))
        )
        response = self.url_open(
            f"/json/2/gantry.base.api/{method}",
            data=json.dumps(arguments),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        return response.status_code, response.json()

    def test_get_job(self):
        status, answer = self.call("get_job", job_id=self.job.id)
        self.assertEqual((status, answer["state"], answer["result"]), (200, "pending", None))

    def test_list_jobs(self):
        status, answer = self.call("list_jobs", limit=10)
        self.assertEqual((status, answer["total"]), (200, 1))

    def test_xml_rpc_carries_answers_with_nothing_in_them(self):
        key = (
            self.env(user=self.user_planner)["res.users.apikeys"]
            .sudo()
            ._generate("rpc", "test", datetime.now() + timedelta(days=1))
        )
        for method, arguments in (("get_job", {"job_id": self.job.id}), ("list_jobs", {"limit": 1})):
            answer = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname, self.user_planner.id, key, "gantry.base.api", method, [], arguments
            )
            self.assertIn(False, answer.values())

    def test_cancel_and_retry_job_with_replay(self):
        for _call in range(2):
            status, answer = self.call("cancel_job", job_id=self.job.id, request_uid="http-1")
            self.assertEqual((status, answer["state"]), (200, "cancelled"))
        for _call in range(2):
            status, answer = self.call("retry_job", job_id=self.job.id, request_uid="http-2")
            self.assertEqual((status, answer["state"]), (200, "pending"))
        self.assertEqual(self.job.state, "pending")

    def test_refusals_are_sentences(self):
        status, answer = self.call("get_job", user=self.user_stock, job_id=self.job.id)
        self.assertEqual(status, 403)
        self.assertIn("Planner", answer["message"])
        status, answer = self.call("get_job", job_id=-5)
        self.assertEqual(status, 422)
        self.assertEqual(answer["message"], "There is no job -5.")

    def test_inner_methods_are_out_of_reach(self):
        for model, method in (
            ("gantry.job", "_enqueue"),
            ("gantry.job", "_run_inline"),
            ("gantry.base.api", "_once"),
        ):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data="{}",
                headers={"Authorization": "bearer wrong", "Content-Type": "application/json"},
            )
            self.assertGreaterEqual(response.status_code, 400)
