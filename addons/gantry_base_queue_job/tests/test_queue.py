from unittest.mock import patch

from odoo.addons.gantry_base.jobs import Progress
from odoo.addons.gantry_base.models import gantry_job_run
from odoo.addons.gantry_base.tests.common import GantryCase
from odoo.addons.gantry_base.tests.job_case import JobMixin
from odoo.addons.queue_job.job import Job
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import gantry_job as glue


@tagged("post_install", "-at_install")
class TestQueue(JobMixin, GantryCase):
    """The same jobs, run by the queue. Without this addon there is no queue job at all."""

    def queued(self, job, states=("pending",)):
        return self.env["queue.job"].search([("identity_key", "=", f"gantry.job:{job.id}"), ("state", "in", states)])

    def work(self, queued):
        """What the runner of the queue does with a queue job."""
        queue_job = Job.load(self.env, queued.uuid)
        queue_job.set_started()
        queue_job.store()
        self.env.flush_all()
        with self.enter_registry_test_mode():
            answer = queue_job.perform()
        queue_job.set_done(result=answer)
        queue_job.store()
        return answer

    def test_job_becomes_one_queue_job_and_wakes_no_cron(self):
        self.counter(1)
        cron = self.env.ref("gantry_base.cron_run_jobs")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        job = self.enqueue(self.env(user=self.user_planner))
        queued = self.queued(job)
        self.assertEqual(len(queued), 1)
        self.assertRecordValues(queued, [{"channel": "root.gantry", "priority": 10, "max_retries": 5}])
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), before)
        job.action_run_now()
        self.assertEqual(self.queued(job), queued, "run now does not queue it twice")
        self.assertEqual(queued.priority, 0)

    def test_queue_runs_the_job_as_its_user(self):
        users = []

        def note(partners, job):
            users.append(partners.env.user)
            yield Progress(1, 1)
            return {"ok": True}

        self.handler(note)
        job = self.enqueue(self.env(user=self.user_planner), company=self.company_a)
        self.assertEqual(self.work(self.queued(job)), "done")
        self.assertEqual((job.state, job.result, users), ("done", {"ok": True}, [self.user_planner]))

    def test_long_job_goes_on_in_a_new_queue_job(self):
        seen = self.counter(3)
        job = self.enqueue()
        with patch.object(glue, "SLICE_S", 0), patch.object(gantry_job_run, "SLICE_S", 0):
            for turn in range(4):
                self.assertEqual(job.state, "running" if turn else "pending")
                self.work(self.queued(job))
        self.assertEqual((job.state, seen, job.deaths), ("done", [0, 1, 2], 0))
        self.assertFalse(self.queued(job))
        self.assertEqual(len(self.queued(job, ("done",))), 4)

    def test_cancelled_job_is_not_run_by_the_queue(self):
        seen = self.counter(2)
        job = self.enqueue()
        job.action_cancel()
        self.work(self.queued(job))
        self.assertEqual((job.state, seen), ("cancelled", []))

    def test_running_job_is_cancelled_at_its_next_turn(self):
        seen = self.counter(3)
        job = self.enqueue()
        with patch.object(glue, "SLICE_S", 0), patch.object(gantry_job_run, "SLICE_S", 0):
            self.work(self.queued(job))
        job.action_cancel()
        self.work(self.queued(job))
        self.assertEqual((job.state, seen), ("cancelled", [0]))

    def test_failure_is_the_job_s_own_and_not_the_queue_s(self):
        def fail(partners, job):
            yield Progress(1, 2, checkpoint={"step": 1})
            raise UserError("No stock.")

        self.handler(fail)
        job = self.enqueue()
        queued = self.queued(job)
        self.assertEqual(self.work(queued), "failed")
        self.assertEqual((job.state, job.error, queued.state), ("failed", "No stock.", "done"))
        job.action_retry()
        self.assertEqual(len(self.queued(job)), 1)

    def test_scheduled_action_hands_over_what_the_queue_has_lost(self):
        self.counter(1)
        job = self.enqueue()
        self.queued(job).unlink()
        job.write({"state": "running", "worker": "gone:1"})
        with self.enter_registry_test_mode():
            self.env.ref("gantry_base.cron_run_jobs").method_direct_trigger()
        self.assertEqual(job.state, "running", "the scheduled action itself runs nothing")
        self.work(self.queued(job))
        self.assertEqual((job.state, job.attempts), ("done", 1))
