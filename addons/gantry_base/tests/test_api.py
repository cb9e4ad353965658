import datetime

import numpy as np

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import GantryCase
from .job_case import JobMixin

CALLS = {
    "get_job": {"job_id": 0},
    "list_jobs": {},
    "cancel_job": {"job_id": 0, "request_uid": "a"},
    "retry_job": {"job_id": 0, "request_uid": "b"},
}


@tagged("post_install", "-at_install")
class TestHelpers(GantryCase):
    def test_everything_becomes_plain_json(self):
        to_json = self.env["gantry.api"]._json
        value = {
            "count": np.int64(3),
            "rows": np.array([[1.5, np.nan], [np.inf, 2]]),
            2: (True, None, "x"),
            "day": datetime.date(2026, 1, 5),
            "time": datetime.datetime(2026, 1, 5, 10, 30),
            "company": self.company_a,
            "flag": np.bool_(True),
        }
        self.assertEqual(
            to_json(value),
            {
                "count": 3,
                "rows": [[1.5, None], [None, 2.0]],
                "2": [True, None, "x"],
                "day": "2026-01-05",
                "time": "2026-01-05T10:30:00Z",
                "company": self.company_a.ids,
                "flag": True,
            },
        )
        with self.assertRaisesRegex(TypeError, "no JSON form"):
            to_json(object())

    def test_pages_are_checked_and_capped(self):
        page = self.env["gantry.api"]._page
        self.assertEqual(page(5000, 10), (1000, 10))
        self.assertEqual(page(20, 0, maximum=50), (20, 0))
        for limit, offset in ((-1, 0), (1, -1), ("5", 0), (1, None), (True, 0), (1.5, 0)):
            with self.assertRaisesRegex(UserError, "whole number"):
                page(limit, offset)
        for limit, offset in ((10**30, 0), (1, 2**63)):
            with self.assertRaisesRegex(UserError, "must be at most 2,147,483,647"):
                page(limit, offset)

    def test_last_page_has_no_next(self):
        answer = self.env["gantry.api"]._page_answer
        self.assertEqual(answer([1, 2], 5, 2, 0)["next_offset"], 2)
        self.assertIsNone(answer([5], 5, 2, 4)["next_offset"])
        self.assertIsNone(answer([], 5, 2, 9)["next_offset"])


@tagged("post_install", "-at_install")
class TestBaseApi(JobMixin, GantryCase):
    def setUp(self):
        super().setUp()
        self.counter(2)
        self.job = self.enqueue(self.env(user=self.user_planner), company=self.company_a)

    def api(self, user):
        return self.env["gantry.base.api"].with_user(user).with_company(user.company_id)

    def test_every_public_method_needs_the_role_of_a_planner(self):
        Api = type(self.env["gantry.base.api"])
        public = {
            name
            for cls in Api.mro()
            if cls.__module__.startswith("odoo.addons.gantry_base")
            for name in vars(cls)
            if not name.startswith("_") and callable(getattr(Api, name))
        }
        self.assertEqual(public, set(CALLS))
        for name, arguments in CALLS.items():
            arguments = arguments | ({"job_id": self.job.id} if "job_id" in arguments else {})
            with self.assertRaisesRegex(AccessError, "Planner", msg=name):
                getattr(self.api(self.user_stock), name)(**arguments)

    def test_other_company_is_shut_out_of_every_method(self):
        api = self.api(self.user_other)
        for name, arguments in CALLS.items():
            if "job_id" in arguments:
                with self.assertRaises(AccessError, msg=name):
                    getattr(api, name)(**arguments | {"job_id": self.job.id})
        self.assertEqual(api.list_jobs()["total"], 0)

    def test_job_is_told_with_result_and_log(self):
        self.job._log("First line")
        self.job._run_inline()
        answer = self.api(self.user_planner).get_job(job_id=self.job.id)
        self.assertEqual((answer["state"], answer["progress"], answer["result"]), ("done", 100, {"steps": 2}))
        self.assertEqual(answer["log"][0]["message"], "First line")
        self.assertRegex(answer["ended_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_list_is_paged_newest_first(self):
        second = self.enqueue(self.env(user=self.user_planner), company=self.company_a)
        api = self.api(self.user_planner)
        page = api.list_jobs(limit=1)
        self.assertEqual([item["job_id"] for item in page["items"]], [second.id])
        self.assertEqual((page["total"], page["next_offset"]), (2, 1))
        page = api.list_jobs(limit=1, offset=1)
        self.assertEqual([item["job_id"] for item in page["items"]], [self.job.id])
        self.assertIsNone(page["next_offset"])
        self.assertEqual(api.list_jobs(limit=0)["items"], [])

    def test_list_asks_the_database_as_often_for_many_as_for_one(self):
        for _ in range(20):
            self.enqueue(self.env(user=self.user_planner), company=self.company_a)
        api = self.api(self.user_planner)
        api.list_jobs(limit=1)
        self.env.invalidate_all()
        with self.assertQueryCount(3):
            api.list_jobs(limit=100)

    def test_list_of_one_state(self):
        api = self.api(self.user_planner)
        self.assertEqual(api.list_jobs(state="pending")["total"], 1)
        self.assertEqual(api.list_jobs(state="done")["total"], 0)
        with self.assertRaisesRegex(UserError, "no state ended"):
            api.list_jobs(state="ended")

    def test_cancel_is_idempotent(self):
        api = self.api(self.user_planner)
        first = api.cancel_job(job_id=self.job.id, request_uid="c-1")
        self.assertEqual(first, {"job_id": self.job.id, "state": "cancelled"})
        self.job.action_retry()
        self.assertEqual(api.cancel_job(job_id=self.job.id, request_uid="c-1"), first)
        self.assertEqual(self.job.state, "pending", "the repeated call does nothing")

    def test_retry_takes_ended_jobs_only(self):
        api = self.api(self.user_planner)
        with self.assertRaisesRegex(UserError, "failed or cancelled"):
            api.retry_job(job_id=self.job.id, request_uid="r-1")
        self.job.action_cancel()
        answer = api.retry_job(job_id=self.job.id, request_uid="r-1")
        self.assertEqual(answer, {"job_id": self.job.id, "state": "pending"})

    def test_planner_cannot_cancel_the_job_of_a_colleague(self):
        second = self._user("gantry_planner_2", "gantry_base.group_planner", self.company_a)
        with self.assertRaises(AccessError):
            self.api(second).cancel_job(job_id=self.job.id, request_uid="c-2")

    def test_missing_and_absurd_ids_get_a_sentence(self):
        api = self.api(self.user_planner)
        for job_id in (0, -1, 2_000_000_000):
            with self.assertRaisesRegex(UserError, "There is no job"):
                api.get_job(job_id=job_id)
        for job_id in ("7", None, True, 1.0, [1], 2**40):
            with self.assertRaises(UserError):
                api.get_job(job_id=job_id)
