from odoo import models


class GantryReorderRule(models.Model):
    _inherit = "gantry.reorder.rule"

    def _job_run(self, job):
        """New rules change what is low and what is too much."""
        result = yield from super()._job_run(job)
        if job.company_id.gantry_insight_nightly:
            self.env["gantry.insight"]._enqueue_refresh(job.company_id)
        return result
