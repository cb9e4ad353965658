from odoo import models
from odoo.tools import SQL


class GantryReorderRule(models.Model):
    _inherit = "gantry.reorder.rule"

    def _settle_classes(self, company):
        """One answer to what is an A and what is an X: where Insight has classified a product, by its settings."""
        result = super()._settle_classes(company)
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_reorder_rule rule
               SET abc = COALESCE(insight.abc, rule.abc), xyz = COALESCE(insight.xyz, rule.xyz)
              FROM gantry_insight insight
             WHERE rule.company_id = %s AND insight.product_id = rule.product_id
               AND insight.warehouse_id = rule.warehouse_id
               AND (COALESCE(insight.abc, rule.abc), COALESCE(insight.xyz, rule.xyz))
                   IS DISTINCT FROM (rule.abc, rule.xyz)
            """,
            company.id,
        ))
        return result

    def _job_run(self, job):
        """New rules change what is low and what is too much."""
        result = yield from super()._job_run(job)
        if job.company_id.gantry_insight_nightly:
            self.env["gantry.insight"]._enqueue_refresh(job.company_id)
        return result
