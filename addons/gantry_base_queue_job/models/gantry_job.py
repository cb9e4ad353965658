from odoo import SUPERUSER_ID, api, models
from odoo.addons.gantry_base.jobs import Committed
from odoo.addons.gantry_base.models.gantry_job_run import SLICE_S

CHANNEL = "root.gantry"


class GantryJob(models.Model):
    _inherit = "gantry.job"

    def _dispatch(self):
        """Hand the jobs to the queue; one that is there already only gets its new priority."""
        for job in self.sudo():
            # the runner itself takes on the user who asked for the job
            delayed = (
                job.with_user(SUPERUSER_ID)
                .with_delay(
                    priority=job.priority,
                    max_retries=5,
                    description=job.name,
                    channel=CHANNEL,
                    identity_key=f"gantry.job:{job.id}",
                )
                ._run_in_queue()
            )
            if delayed.priority != job.priority:  # then it is the record of the one that is there
                delayed.sudo().priority = job.priority

    @api.model
    def _cron_run(self):
        """The scheduled action runs nothing itself: it hands over what the queue has lost."""
        self.browse(self._free_ids())._dispatch()
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _run_in_queue(self):
        """Run one turn of the job in a transaction of its own: a commit would cost the queue its lock."""
        self.ensure_one()
        with self.env.registry.cursor() as cr:
            job = self.with_env(api.Environment(cr, SUPERUSER_ID, {}))
            if not job._claim():
                return "nothing to do: it has ended or another worker is at it"
            if job._run_claimed(Committed(job.env, budget_s=SLICE_S)):
                return job.state
            job._dispatch()
            return "goes on in a new queue job"
