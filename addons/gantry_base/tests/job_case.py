"""What tests of jobs need: handlers on the fly, and jobs that are really committed."""

import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import BaseCase

from ..jobs import Progress


class JobMixin(BaseCase):
    def handler(self, func, model="res.partner", name="_job_test"):
        """Give ``model`` a handler ``func(self, job)`` for the length of the test."""
        patcher = patch.object(type(self.env[model]), name, func, create=True)
        patcher.start()
        self.addCleanup(patcher.stop)

    def use_cron_runner(self):
        """Run jobs by the scheduled action, also when another addon has moved them elsewhere."""
        Job = type(self.env["gantry.job"])
        for name, func in (
            ("_dispatch", lambda jobs: jobs and jobs._wake_cron()),
            ("_cron_run", lambda jobs: jobs._take_turn()),
        ):
            patcher = patch.object(Job, name, func)
            patcher.start()
            self.addCleanup(patcher.stop)

    def enqueue(self, env=None, **options):
        """A job for the handler of the test."""
        return (env or self.env)["gantry.job"]._enqueue("Test job", "res.partner", "_job_test", **options)

    def counter(self, steps, seen=None):
        """A handler that takes so many steps, and notes in ``seen`` which ones it did."""
        seen = [] if seen is None else seen

        def count(partners, job):
            for step in range((job.checkpoint or {}).get("step", 0), steps):
                seen.append(step)
                yield Progress(step + 1, steps, f"step {step}", {"step": step + 1})
            return {"steps": steps}

        self.handler(count)
        return seen


class CommittedJobs(JobMixin):
    """Tests over several real transactions. What they leave behind is deleted at the end."""

    def setUp(self):
        super().setUp()
        self.use_cron_runner()
        self.addCleanup(self._delete_all)
        # whatever runs jobs in earlier tests or in the background of this database must not be counted here
        with self.transaction() as env:
            env["gantry.job"].search([("state", "in", ("pending", "running"))])._end("cancelled")

    def _delete_all(self):
        with self.transaction() as env:
            env["gantry.job"].search([("name", "=", "Test job")])._end("cancelled")
            env["gantry.job"].search([("name", "=", "Test job")]).unlink()
            env["res.partner"].search([("name", "=like", "Job test %")]).unlink()
            env["gantry.request"].search([("request_uid", "=like", "job-test-%")]).unlink()

    @contextmanager
    def transaction(self):
        """A transaction of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def in_thread(self, func):
        """Start ``func(env)`` in a thread and a transaction of its own.

        The environment is made here: the registry is locked for other threads while tests run.
        """
        cr = self.registry.cursor()
        env = api.Environment(cr, SUPERUSER_ID, {})

        def work():
            with cr:
                func(env)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def wait_for(self, thread):
        thread.join(30)
        self.assertFalse(thread.is_alive(), "the thread hangs")

    def committed_job(self, **options):
        with self.transaction() as env:
            return self.enqueue(env, **options).id

    def run_cron(self):
        with self.transaction() as env:
            env["gantry.job"]._cron_run()

    def look(self, job_id, *names):
        """The values of a job as another transaction sees them now."""
        with self.transaction() as env:
            job = env["gantry.job"].browse(job_id)
            values = [job[name] for name in names]
            return values[0] if len(values) == 1 else values
