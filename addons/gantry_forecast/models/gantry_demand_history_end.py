from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

GAP_DAYS = 3  # a long weekend between the last imported sale and the first delivery in Odoo is no gap


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    # both are written by `gantry.demand._settle_sources`
    gantry_go_live = fields.Date(
        "First Delivery in Odoo", readonly=True, copy=False,
        help="From this day on demand is counted from deliveries in Odoo; imported sales of later days count no more.",
    )
    gantry_import_end = fields.Date(
        "Last Imported Sale", readonly=True, copy=False, help="Last day with imported sales before deliveries in Odoo.",
    )


class GantryDemandHistoryEnd(models.Model):
    """Where imported history ends and Odoo's own begins, and the day a company plans from.

    Sales of one day may be known twice: imported and as deliveries in Odoo. Per warehouse imported ones count up to
    the first delivery. Days between the last imported sale and that delivery are unknown, not days without demand.
    """

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

    @api.model
    def _settle_sources(self, company):
        """Note for each warehouse since when demand comes from Odoo, and how far imported sales reach.

        Forecasts of a warehouse for which that has changed are due again.
        """
        self.env.flush_all()
        go_live, import_end = self._read_sources(company)
        changed = self.env["stock.warehouse"]
        # sudo: a planner may not write on warehouses, and the demand of those he does not see counts as well
        for warehouse in changed.sudo().with_context(active_test=False).search([("company_id", "=", company.id)]):
            found = (go_live.get(warehouse.id, False), import_end.get(warehouse.id, False))
            if found != (warehouse.gantry_go_live, warehouse.gantry_import_end):
                warehouse.gantry_go_live, warehouse.gantry_import_end = found
                changed |= warehouse
        if changed and import_end:
            self.env.cr.execute(
                SQL("UPDATE gantry_forecast SET demand_changed = TRUE WHERE warehouse_id IN %s", changed._ids)
            )
            self.env["gantry.forecast"].invalidate_model(["demand_changed"])

    def _read_sources(self, company):
        """First day with deliveries and last imported day before it, by warehouse.

        :return: two dicts of dates
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT warehouse_id, source, min(date) FILTER (WHERE quantity_out > 0), max(date) FROM gantry_demand
                 WHERE company_id = %s AND source IN ('delivery', 'import') GROUP BY 1, 2
                """,
                company.id,
            )
        )
        go_live = {row[0]: row[2] for row in rows if row[1] == "delivery" and row[2]}
        import_end = {row[0]: row[3] for row in rows if row[1] == "import"}
        for warehouse_id, last in list(import_end.items()):
            if warehouse_id in go_live and last >= go_live[warehouse_id]:
                [(last,)] = self.env.execute_query(
                    SQL(
                        "SELECT max(date) FROM gantry_demand WHERE company_id = %s AND warehouse_id = %s"
                        " AND source = 'import' AND date < %s",
                        company.id, warehouse_id, go_live[warehouse_id],
                    )
                )
            import_end[warehouse_id] = last or False
        return go_live, import_end

    @api.model
    def _get_counted(self, company):
        """SQL condition on the rows of `demand` that count: none twice, and imported ones only when they are wanted."""
        if not company.gantry_forecast_import:
            return SQL("demand.source <> 'import'")
        warehouses = self.env["stock.warehouse"].sudo().with_context(active_test=False).search(
            [("company_id", "=", company.id), ("gantry_go_live", "!=", False)]
        )
        if not warehouses:
            return SQL("TRUE")
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", w.id, w.gantry_go_live) for w in warehouses)
        return SQL(
            "(demand.source <> 'import' OR demand.date < CASE demand.warehouse_id %s ELSE 'infinity' END)", cases
        )

    @api.model
    def _get_gaps(self, company):
        """Days of each warehouse about which neither an import nor Odoo tells anything.

        :return: {warehouse id: (first day, last day)}
        """
        if not company.gantry_forecast_import:
            return {}
        today = self._get_today(company)
        gaps = {}
        # sudo: a planner need not see every warehouse of the company for its forecasts to be right
        for warehouse in self.env["stock.warehouse"].sudo().with_context(active_test=False).search(
            [("company_id", "=", company.id), ("gantry_import_end", "!=", False)]
        ):
            first = warehouse.gantry_import_end + timedelta(days=1)
            last = (warehouse.gantry_go_live or today) - timedelta(days=1)
            if (last - first).days >= GAP_DAYS:
                gaps[warehouse.id] = (first, last)
        return gaps
