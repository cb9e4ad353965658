from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class GantryDemandHistoryEnd(models.Model):
    """The day a company plans from, when its history comes from another system and ends in the past."""

    _inherit = "gantry.demand"

    @api.model
    def _get_today(self, company):
        """The day after the last imported one while nothing has been shipped in Odoo since; otherwise today.

        Days after the end of an imported history are unknown. Taken for days without demand they would let every
        forecast fall to zero.
        """
        today = super()._get_today(company)
        end = self._get_history_end(company)
        return min(today, end + timedelta(days=1)) if end else today

    @api.model
    def _get_history_end(self, company):
        """Last day of the imported history, None when Odoo's own moves reach as far or imports do not count."""
        if not company.gantry_forecast_import:
            return None
        rows = self.env.execute_query(
            SQL(
                """
                SELECT last.date, EXISTS (
                        SELECT FROM gantry_demand own
                         WHERE own.company_id = %(company)s AND own.date >= last.date AND own.source != 'import')
                  FROM (SELECT date FROM gantry_demand WHERE company_id = %(company)s
                         ORDER BY date DESC LIMIT 1) last
                """,
                company=company.id,
            )
        )
        return rows[0][0] if rows and not rows[0][1] else None
