import threading
import time
from unittest.mock import patch

import psycopg2

from odoo.addons.base.models import ir_cron
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..jobs import Progress
from ..models import gantry_job_run
from .job_case import CommittedJobs, JobMixin


@tagged("post_install", "-at_install")
class TestJobRunner(CommittedJobs, TransactionCase):
    """Jobs over real transactions: commits, kills, races."""

    def test_every_step_is_seen_by_others_at_once(self):
        seen = []

        def watched(partners, job):
            for step in range(3):
                if step:
                    seen.append(self.look(job.id, "state", "progress_done", "message"))
                yield Progress(step + 1, 3, f"step {step}")

        self.handler(watched)
        job_id = self.committed_job()
        self.run_cron()
        self.assertEqual(seen, [["running", 1, "step 0"], ["running", 2, "step 1"]])
        self.assertEqual(self.look(job_id, "state"), "done")

    def test_killed_worker_loses_one_step_and_the_next_goes_on(self):
        started = []

        def killed_once(partners, job):
            start = (job.checkpoint or {}).get("step", 0)
            started.append(start)
            for step in range(start, 4):
                partners.create({"name": f"Job test {step}"})
                if step == 2 and len(started) == 1:
                    partners.flush_model()
                    partners.env.cr.execute("SELECT pg_backend_pid()")
                    pid = partners.env.cr.fetchone()[0]
                    with self.transaction() as other:  # what PostgreSQL does when the process is gone
                        other.cr.execute("SELECT pg_terminate_backend(%s)", (pid,))
                    time.sleep(0.1)
                yield Progress(step + 1, 4, checkpoint={"step": step + 1})
            return {"started": started}

        self.handler(killed_once)
        job_id = self.committed_job()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            self.run_cron()
        self.assertEqual(self.look(job_id, "state", "checkpoint", "deaths"), ["running", {"step": 2}, 0])
        self.assertTrue(self.look(job_id, "worker"))
        self.run_cron()
        self.assertEqual(started, [0, 2])
        self.assertEqual(self.look(job_id, "state", "attempts"), ["done", 2])
        with self.transaction() as env:
            names = env["res.partner"].search([("name", "=like", "Job test %")], order="name").mapped("name")
        self.assertEqual(names, [f"Job test {step}" for step in range(4)], "each step is done exactly once")

    def test_job_that_kills_every_worker_is_given_up(self):
        def killer(partners, job):
            yield Progress(1, 2, checkpoint={"step": 1})
            partners.env.cr.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        self.handler(killer)
        job_id = self.committed_job()
        for _run in range(3):
            with mute_logger("odoo.sql_db", gantry_job_run.__name__), self.assertRaises(psycopg2.Error):
                self.run_cron()
        self.run_cron()
        state, error = self.look(job_id, "state", "error")
        self.assertEqual(state, "failed")
        self.assertIn("lost 3 times", error)

    def test_cancel_from_another_transaction_stops_at_the_next_step(self):
        seen = []

        def cancelled(partners, job):
            for step in range(5):
                seen.append(step)
                partners.create({"name": f"Job test {step}"})
                if step == 1:
                    with self.transaction() as env:
                        env["gantry.job"].browse(job.id).action_cancel()
                yield Progress(step + 1, 5)

        self.handler(cancelled)
        job_id = self.committed_job()
        self.run_cron()
        self.assertEqual(seen, [0, 1])
        self.assertEqual(self.look(job_id, "state", "progress_done"), ["cancelled", 2])
        with self.transaction() as env:
            self.assertEqual(env["res.partner"].search_count([("name", "=like", "Job test %")]), 2)

    def test_failure_keeps_what_was_committed(self):
        def fail(partners, job):
            partners.create({"name": "Job test kept"})
            yield Progress(1, 2)
            partners.create({"name": "Job test lost"})
            raise UserError("No.")

        self.handler(fail)
        job_id, next_id = self.committed_job(), self.committed_job()
        self.run_cron()
        self.assertEqual(self.look(job_id, "state", "error"), ["failed", "No."])
        self.assertEqual(self.look(next_id, "state"), "failed", "one failure must not stop the runner")
        with self.transaction() as env:
            names = env["res.partner"].search([("name", "=like", "Job test %")]).mapped("name")
        self.assertEqual(names, ["Job test kept"] * 2)

    def test_broken_transaction_still_ends_as_a_failed_job(self):
        def broken(partners, job):
            yield Progress(1, 2)
            partners.env.cr.execute("SELECT no_such_column FROM res_partner")

        self.handler(broken)
        job_id = self.committed_job()
        with mute_logger("odoo.sql_db", gantry_job_run.__name__):
            self.run_cron()
        self.assertEqual(self.look(job_id, "state"), "failed")

    def test_meeting_another_transaction_is_tried_again_from_the_checkpoint(self):
        with self.transaction() as env:
            partner_id = env["res.partner"].create({"name": "Job test contested"}).id
        started = []

        def contested(partners, job):
            started.append((job.checkpoint or {}).get("step", 0))
            if not job.checkpoint:
                yield Progress(1, 2, checkpoint={"step": 1})
            partner = partners.browse(partner_id)
            partner.fetch(["comment"])  # from here on this transaction sees the past
            if len(started) == 1:
                with self.transaction() as env:
                    env["res.partner"].browse(partner_id).comment = "theirs"
            partner.comment = "mine"
            partner.flush_recordset()
            yield Progress(2, 2, checkpoint={"step": 2})

        self.handler(contested)
        job_id = self.committed_job()
        with mute_logger("odoo.sql_db"):
            self.run_cron()
        self.assertEqual(started, [0, 1])
        self.assertEqual(self.look(job_id, "state", "attempts"), ["done", 1])

    def test_job_held_by_one_runner_is_not_free_for_another(self):
        self.counter(1)
        job_id = self.committed_job()
        with self.registry.cursor() as cr_1, self.registry.cursor() as cr_2:
            mine = self.env(cr=cr_1)["gantry.job"].browse(job_id)
            yours = self.env(cr=cr_2)["gantry.job"].browse(job_id)
            self.assertTrue(mine._claim())
            self.assertFalse(yours._claim())
            self.assertNotIn(job_id, yours._free_ids())
            cr_2.rollback()
            mine._execute(gantry_job_run.Committed(mine.env))
            mine._unlock()
            self.assertFalse(yours._claim(), "a job that has ended in the meantime is not run again")
        self.assertEqual(self.look(job_id, "attempts"), 1)

    def test_two_runners_share_the_jobs_and_run_each_once(self):
        runs = []

        def note(partners, job):
            runs.append((job.id, threading.get_ident()))
            time.sleep(0.05)
            yield Progress(1, 1)

        self.handler(note)
        job_ids = [self.committed_job() for _ in range(8)]
        threads = [self.in_thread(lambda env: env["gantry.job"]._cron_run()) for _ in range(2)]
        for thread in threads:
            self.wait_for(thread)
        self.assertEqual(sorted(job_id for job_id, _thread in runs), job_ids)
        self.assertEqual(len({thread for _job, thread in runs}), 2, "both runners have worked")
        self.assertEqual({self.look(job_id, "state") for job_id in job_ids}, {"done"})

    def test_asking_twice_at_the_same_time_is_left_to_the_retry(self):
        self.counter(1)
        errors = []

        def second(env):
            try:
                with mute_logger("odoo.sql_db"):
                    self.enqueue(env, identity="job-test-same")
            except ConcurrencyError as error:
                errors.append(error)

        with self.transaction() as env:
            self.enqueue(env, identity="job-test-same")
            thread = self.in_thread(second)
            thread.join(0.3)
            self.assertTrue(thread.is_alive(), "the second waits for the first")
        self.wait_for(thread)
        self.assertEqual(len(errors), 1)
        again = self.committed_job(identity="job-test-same")
        with self.transaction() as env:
            self.assertEqual(env["gantry.job"].search([("state", "=", "pending")]).ids, [again])


@tagged("post_install", "-at_install")
class TestJobCron(JobMixin, TransactionCase):
    """The scheduled action itself, with its time budget."""

    def setUp(self):
        super().setUp()
        self.use_cron_runner()

    def run_scheduled_action(self):
        with self.enter_registry_test_mode():
            self.env.ref("gantry_base.cron_run_jobs").method_direct_trigger()

    def test_asking_for_a_job_triggers_the_scheduled_action(self):
        self.counter(1)
        cron = self.env.ref("gantry_base.cron_run_jobs")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.enqueue()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_scheduled_action_runs_waiting_jobs(self):
        self.counter(3)
        jobs = self.enqueue() | self.enqueue()
        self.run_scheduled_action()
        self.assertEqual(jobs.mapped("state"), ["done", "done"])

    def test_long_job_pauses_when_its_time_is_up_and_goes_on_in_the_next_turn(self):
        starts = []

        def slow(partners, job):
            start = (job.checkpoint or {}).get("step", 0)
            starts.append(start)
            for step in range(start, 3):
                time.sleep(0.25)
                yield Progress(step + 1, 3, checkpoint={"step": step + 1})

        self.handler(slow)
        job = self.enqueue()
        cron = self.env.ref("gantry_base.cron_run_jobs")
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", 0.2), patch.object(gantry_job_run, "SLICE_S", 0):
            self.run_scheduled_action()
            self.assertEqual((job.state, job.worker, job.checkpoint), ("running", False, {"step": 1}))
            self.assertTrue(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]))
            self.run_scheduled_action()
            self.run_scheduled_action()
            self.run_scheduled_action()
        self.assertEqual(job.state, "done")
        self.assertEqual(starts, [0, 1, 2, 3], "each turn starts where the last one was saved")
        self.assertEqual((job.attempts, job.deaths), (1, 0), "a pause is no failure")

    def test_short_job_is_not_kept_waiting_behind_a_paused_one(self):
        self.counter(1)
        long_job, short_job = self.enqueue(), self.enqueue()
        long_job.write({"state": "running", "date_alive": "2026-01-01"})
        self.assertEqual(self.env["gantry.job"]._free_ids()[:2], [short_job.id, long_job.id])
        long_job.priority = 0
        self.assertEqual(self.env["gantry.job"]._free_ids()[:2], [long_job.id, short_job.id])
