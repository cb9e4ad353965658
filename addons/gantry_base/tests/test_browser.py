from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import GantryCase
from .hoot import HootMixin
from .job_case import JobMixin


@tagged("post_install", "-at_install")
class TestUnits(HootMixin, HttpCase):
    def test_units_of_the_widgets(self):
        self.run_hoot("@gantry_base", at_least=18)


@tagged("post_install", "-at_install")
class TestTour(JobMixin, GantryCase, HttpCase):
    _registry_readonly_enabled = False  # the worker of the test works while the widget reads

    def test_job_is_watched_to_its_end(self):
        """The form of a job shows it waiting, moving and done; a worker takes one step between two looks."""
        self.counter(5)
        job = self.enqueue(self.env(user=self.user_manager), company=self.company_a)
        Job = type(self.env["gantry.job"])
        read, dispatch = Job.read, Job._dispatch

        def look(jobs, field_names=None, load="_classic_read"):
            answer = read(jobs, field_names, load)
            if jobs == job and jobs.state == "running" and "elapsed_s" in (field_names or ()):
                jobs._run_inline(max_steps=1)
            return answer

        def take(jobs):
            dispatch(jobs)
            jobs._run_inline(max_steps=1)

        with patch.object(Job, "read", look), patch.object(Job, "_dispatch", take):
            self.start_tour(f"/odoo/gantry.job/{job.id}", "gantry_base_job", login="gantry_manager")
        self.assertEqual(job.state, "done")
