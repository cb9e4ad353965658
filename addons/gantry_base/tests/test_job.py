import doctest
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import jobs
from ..jobs import Progress
from ..models import gantry_job_run
from .common import GantryCase
from .job_case import JobMixin


@tagged("post_install", "-at_install")
class TestJob(JobMixin, GantryCase):
    """A job inside one transaction: what it records, what its buttons do."""

    def test_examples_in_the_docstrings_hold(self):
        outcome = doctest.testmod(jobs)
        self.assertGreaterEqual(outcome.attempted, 5)
        self.assertFalse(outcome.failed)

    def test_job_runs_to_its_result(self):
        seen = self.counter(3)
        job = self.enqueue(self.env(user=self.user_planner))
        self.assertEqual(job.state, "pending")
        self.assertEqual(job._run_inline(), {"steps": 3})
        self.assertEqual(seen, [0, 1, 2])
        self.assertRecordValues(
            job.sudo(),
            [{"state": "done", "progress": 100, "progress_done": 3, "progress_total": 3, "message": "step 2"}],
        )
        self.assertEqual(job.user_id, self.user_planner)
        self.assertTrue(job.date_started and job.date_done)
        self.assertFalse(job.worker)

    def test_plain_method_is_a_handler_too(self):
        self.handler(lambda partners, job: {"answer": job.params["question"] * 2})
        self.assertEqual(self.enqueue(params={"question": 21})._run_inline(), {"answer": 42})

    def test_handler_runs_as_the_user_who_asked_in_the_company_of_the_job(self):
        seen = {}

        def look(partners, job):
            seen.update(user=partners.env.user, su=partners.env.su, company=partners.env.company, ids=partners.ids)
            job._log("I may write my log")
            yield Progress(1, 1)

        self.handler(look)
        partner = self.user_planner.partner_id
        job = self.enqueue(self.env(user=self.user_planner), record=partner, company=self.company_a)
        job._run_inline()
        self.assertEqual(job.state, "done", job.error)
        expected = {"user": self.user_planner, "su": False, "company": self.company_a, "ids": partner.ids}
        self.assertEqual(seen, expected)
        self.assertEqual(job.log_ids.mapped("message"), ["I may write my log"])

    def test_handler_has_no_more_rights_than_its_user(self):
        def create_company(partners, job):
            yield Progress(0, 1)
            partners.env["res.company"].create({"name": "Forbidden"})

        self.handler(create_company)
        job = self.enqueue(self.env(user=self.user_planner))
        job._run_inline()
        self.assertEqual(job.state, "failed")
        self.assertFalse(self.env["res.company"].search([("name", "=", "Forbidden")]))

    def test_failing_step_is_undone_and_earlier_ones_stay(self):
        def fail(partners, job):
            partners.create({"name": "Job test kept"})
            yield Progress(1, 2, "half way", {"step": 1})
            partners.create({"name": "Job test lost"})
            raise UserError("Line 7 has\nno product.")

        self.handler(fail)
        job = self.enqueue()
        job._run_inline()
        self.assertEqual((job.state, job.error), ("failed", "Line 7 has no product."))
        self.assertEqual((job.progress, job.checkpoint), (50, {"step": 1}))
        names = self.env["res.partner"].search([("name", "=like", "Job test %")]).mapped("name")
        self.assertEqual(names, ["Job test kept"])

    def test_what_a_failing_step_has_logged_is_kept(self):
        def fail(partners, job):
            job._log("Line 1 is fine")
            yield Progress(1, 2)
            job._log("Line 2 has no product", "warning")
            raise UserError("Stopped.")

        self.handler(fail)
        job = self.enqueue()
        job._run_inline()
        self.assertEqual(job.log_ids.mapped("message"), ["Line 1 is fine", "Line 2 has no product", "Stopped."])

    def test_unexpected_error_is_one_sentence_and_its_trace_is_for_managers(self):
        def crash(partners, job):
            yield Progress(1, 2)
            raise ZeroDivisionError("division by zero")

        self.handler(crash)
        job = self.enqueue(self.env(user=self.user_planner))
        with mute_logger(gantry_job_run.__name__):
            job._run_inline()
        self.assertIn("ZeroDivisionError: division by zero", job.error)
        self.assertNotIn("Traceback", job.error)
        line = job.log_ids.filtered(lambda line: line.level == "error")
        self.assertIn("Traceback", line.with_user(self.user_manager).detail)
        with self.assertRaises(AccessError):
            line.with_user(self.user_planner).read(["detail"])

    def test_step_that_is_no_progress_fails_clearly(self):
        def odd(partners, job):
            yield 5

        self.handler(odd)
        job = self.enqueue()
        with mute_logger(gantry_job_run.__name__):
            job._run_inline()
        self.assertEqual(job.state, "failed")
        self.assertIn("int, not Progress", job.error)

    def test_retry_goes_on_from_the_checkpoint_and_restart_does_not(self):
        seen = self.counter(4)
        job = self.enqueue()
        job._run_inline(max_steps=2)
        self.assertEqual((job.state, job.progress, job.worker), ("running", 50, False))
        job.action_cancel()
        job._run_inline()
        self.assertEqual(job.state, "cancelled")
        job.action_retry()
        self.assertEqual((job.state, job.progress), ("pending", 50))
        job._run_inline()
        self.assertEqual(job.state, "done", "an old wish to cancel stops the new run")
        self.assertEqual(seen, [0, 1, 2, 3])
        job.action_restart()
        job._run_inline()
        self.assertEqual(seen, [0, 1, 2, 3, 0, 1, 2, 3])

    def test_pending_job_is_cancelled_at_once(self):
        seen = self.counter(2)
        job = self.enqueue()
        job.action_cancel()
        self.assertEqual(job.state, "cancelled")
        job._run_inline()
        self.assertFalse(seen)

    def test_handler_can_clean_up_when_it_is_cancelled(self):
        closed = []

        def tidy(partners, job):
            try:
                while True:
                    yield Progress(1, 2)
            finally:
                closed.append(job.id)

        self.handler(tidy)
        job = self.enqueue()
        job._run_inline(max_steps=1)
        job.action_cancel()
        job._run_inline()
        self.assertEqual(closed, [job.id])

    def test_same_identity_waits_or_runs_only_once(self):
        self.counter(1)
        first = self.enqueue(identity="refresh", company=self.company_a)
        self.assertEqual(self.enqueue(identity="refresh", company=self.company_a), first)
        elsewhere = self.enqueue(identity="refresh", company=self.company_b)
        self.assertNotEqual(elsewhere, first)
        first._run_inline()
        second = self.enqueue(identity="refresh", company=self.company_a)
        self.assertNotEqual(second, first)
        with self.assertRaisesRegex(UserError, "already waiting or running"):
            first.action_restart()

    def test_bad_requests_are_refused_when_they_are_made(self):
        Job = self.env["gantry.job"]
        with self.assertRaisesRegex(ValueError, "no method _job_missing"):
            Job._enqueue("x", "res.partner", "_job_missing")
        with self.assertRaisesRegex(ValueError, "is a res.company"):
            self.handler(lambda partners, job: None)
            self.enqueue(record=self.company_a)

    def test_dead_worker_is_counted_and_three_in_a_row_are_enough(self):
        self.counter(3)
        job = self.enqueue()
        for deaths in (1, 2):
            job.write({"state": "running", "worker": "gone:1"})
            self.assertTrue(job._take())
            self.assertEqual((job.deaths, job.state), (deaths, "running"))
        job.worker = "gone:1"
        self.assertFalse(job._take())
        self.assertEqual(job.state, "failed")
        self.assertIn("lost 3 times", job.error)
        self.assertEqual(len(job.log_ids.filtered(lambda line: line.level == "warning")), 3)

    def test_job_that_gets_further_forgets_its_dead_workers(self):
        self.counter(3)
        job = self.enqueue()
        job.write({"state": "running", "worker": "gone:1", "deaths": 1, "checkpoint": {"step": 1}})
        job._run_inline(max_steps=1)
        self.assertEqual((job.deaths, job.checkpoint), (0, {"step": 2}))

    def test_archived_user_stops_the_job_with_a_sentence(self):
        self.counter(1)
        job = self.enqueue(self.env(user=self.user_planner))
        self.user_planner.active = False
        job._run_inline()
        self.assertEqual(job.state, "failed")
        self.assertIn("not active any more", job.error)

    def test_run_now_puts_the_job_first_and_wakes_the_cron(self):
        self.use_cron_runner()
        self.counter(1)
        job = self.enqueue()
        with patch.object(type(self.env["ir.cron"]), "_trigger") as trigger:
            job.action_run_now()
        trigger.assert_called_once()
        self.assertEqual(job.priority, 0)

    def test_user_is_told_about_the_end(self):
        self.counter(1)
        job = self.enqueue(self.env(user=self.user_planner))
        with patch.object(type(self.env["res.users"]), "_bus_send") as send:
            job._run_inline()
        self.assertEqual(send.call_args.args[0], "simple_notification")
        self.assertEqual(send.call_args.args[1]["type"], "success")

    def test_link_opens_the_record(self):
        self.counter(1)
        partner = self.env["res.partner"].create({"name": "Linked"})
        job = self.enqueue(record=partner)
        self.assertEqual(job.record_name, "Linked")
        self.assertEqual(job.action_open_record()["res_id"], partner.id)
        partner.unlink()
        job.invalidate_recordset()
        self.assertFalse(job.record_name)
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            job.action_open_record()

    def test_names_of_many_records_cost_no_more_queries_than_of_one(self):
        self.counter(1)
        partners = self.env["res.partner"].create([{"name": f"Linked {number}"} for number in range(20)])
        jobs = self.env["gantry.job"].union(*(self.enqueue(record=partner) for partner in partners))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(3):  # the jobs, which partners exist, their names
            self.assertEqual(jobs.mapped("record_name"), partners.mapped("name"))

    def test_only_ended_jobs_can_be_deleted(self):
        self.counter(1)
        job = self.enqueue()
        with self.assertRaisesRegex(UserError, "Cancel"):
            job.unlink()
        job.action_cancel()
        job.unlink()
        self.assertFalse(job.exists())

    def test_old_ended_jobs_are_forgotten_after_the_days_of_the_settings(self):
        self.counter(1)
        self.env["ir.config_parameter"].set_param("gantry_base.job_keep_days", "10")
        old, young, waiting = self.enqueue(), self.enqueue(), self.enqueue()
        (old | young)._end("done")
        now = fields.Datetime.now()
        old.date_done = now - timedelta(days=11)
        young.date_done = now - timedelta(days=9)
        self.env["gantry.job"]._gc_jobs()
        self.assertEqual((old | young | waiting).exists(), young | waiting)
