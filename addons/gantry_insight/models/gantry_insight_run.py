from odoo import api, models
from odoo.addons.gantry_base.jobs import Progress
from odoo.tools import SQL

CHANGED_MAX = 5000  # products; more are left to the full refresh


class GantryInsightRun(models.Model):
    """When insight and alerts are brought up to date: every night, after each forecast, and for what has moved."""

    _inherit = "gantry.insight"

    @api.model
    def _enqueue_refresh(self, company):
        """Ask for a full refresh of a company; the job that waits or runs already when there is one."""
        return self.env["gantry.job"]._enqueue(
            self.env._("Refresh insight and alerts of %s", company.name), self._name, "_job_refresh",
            identity="gantry_insight.refresh", company=company,
        )

    @api.model
    def _get_companies(self):
        """Companies with a warehouse that want it."""
        companies = self.env["res.company"].search([("gantry_insight_nightly", "=", True)])
        return self.env["stock.warehouse"].search([("company_id", "in", companies.ids)]).company_id

    @api.model
    def _cron_refresh(self):
        """Every night: one job per company."""
        for company in self._get_companies():
            self.with_company(company)._enqueue_refresh(company)

    def _job_refresh(self, job):
        """Handler of the full refresh."""
        company = job.company_id
        step = (job.checkpoint or {}).get("step", "insight")
        if step == "insight":
            mark = self._get_mark(company)
            count = self._refresh(company)
            # sudo: a planner refreshes but may not write on the company
            company.sudo().gantry_insight_watermark = mark
            yield Progress(60, 100, self.env._("%s products looked at", count), {"step": "alerts", "rows": count})
            step = "alerts"
        rows = (job.checkpoint or {}).get("rows", 0)
        Alert = self.env["gantry.alert"]
        if step == "alerts":
            counts = Alert._refresh(company)
            job._log(self.env._(
                "Alerts: %(new)s new, %(again)s came back, %(gone)s gone, %(open)s open.", **counts))
            yield Progress(85, 100, self.env._("Alerts are up to date"), {"step": "tell", "rows": rows, **counts})
        counts = {key: value for key, value in (job.checkpoint or {}).items() if key != "step"}
        Alert._update_activities(company)
        sent = Alert._send_digests(company)
        yield Progress(100, 100, self.env._("Insight and alerts are up to date"), {"step": "done"})
        return counts | {"mails": sent}

    # -- what has moved

    def _get_mark(self, company):
        rows = self.env.execute_query(SQL("SELECT max(write_date) FROM stock_move WHERE company_id = %s", company.id))
        return rows[0][0] if rows else False

    @api.model
    def _cron_refresh_changed(self):
        """Every quarter of an hour: alerts of products that have moved, so that they go when goods come."""
        for company in self._get_companies():
            self.with_company(company)._refresh_changed(company)

    def _refresh_changed(self, company):
        """Bring the rows and alerts of products with new or changed moves up to date.

        :return: number of products
        """
        if not company.gantry_insight_watermark:
            return 0
        self.env.flush_all()
        mark = self._get_mark(company)
        rows = self.env.execute_query(SQL(
            "SELECT DISTINCT product_id FROM stock_move WHERE company_id = %s AND write_date > %s LIMIT %s",
            company.id, company.gantry_insight_watermark, CHANGED_MAX + 1,
        ))
        product_ids = [row[0] for row in rows]
        if not product_ids:
            return 0
        if len(product_ids) > CHANGED_MAX:
            self._enqueue_refresh(company)
            return 0
        self._refresh(company, product_ids)
        self.env["gantry.alert"]._refresh(company, product_ids)
        self.env["gantry.alert"]._update_activities(company)
        # sudo: the caller may be a planner, who may not write on the company
        company.sudo().gantry_insight_watermark = mark
        return len(product_ids)
