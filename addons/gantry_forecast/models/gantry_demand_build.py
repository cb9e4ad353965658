from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.copy import refresh_statistics
from ..tools.guard import refuse_figures

OVERLAP = timedelta(days=1)  # a long transaction may commit moves that were written before the watermark
PLANNER_FIELDS = ("flag", "excluded", "reason")

# What a done move from one location to another is for the warehouse it leaves. Goods that enter the transit
# between companies are sold to the other company. Dropshipments never see a warehouse and count nowhere.
_KIND = """
    CASE WHEN {src}.warehouse_id IS NULL OR {src}.usage NOT IN ('internal', 'transit') THEN NULL
         WHEN {dst}.usage = 'customer' OR ({dst}.usage = 'transit' AND {dst}.company_id IS NULL) THEN 'delivery'
         WHEN {dst}.usage = 'production' THEN 'production'
         WHEN {dst}.usage IN ('internal', 'transit')
              AND {dst}.warehouse_id IS DISTINCT FROM {src}.warehouse_id THEN 'transfer'
    END
"""
KIND = SQL(_KIND.format(src="src", dst="dst"))
ORIGIN_KIND = SQL(_KIND.format(src="origin_src", dst="origin_dst"))

# stock.move.quantity counts in the unit of the move
QUANTITY = SQL(
    "CASE WHEN move.product_uom = template.uom_id THEN move.quantity"
    "     ELSE move.quantity * uom.factor / NULLIF(template_uom.factor, 0) END::float8"
)


class GantryDemandBuild(models.Model):
    """How the demand history is built from done moves.

    The unit of an incremental refresh is a product: a return changes the day of its delivery, an edited move
    leaves its old day, so everything of a product that moved is counted again, in one statement for all of them.
    """

    _inherit = "gantry.demand"

    @api.model
    def _refresh(self, company, full=False):
        """Bring the history of a company up to date.

        :param company: res.company
        :param bool full: count every move again
        :return: dict of counts: products looked at, rows changed, series changed
        """
        self.env.flush_all()
        setting = self._get_setting(company)
        full = full or not company.gantry_demand_watermark or company.gantry_demand_setting != setting
        cr = self.env.cr
        cr.execute(SQL("SELECT max(write_date) FROM stock_move WHERE state = 'done' AND company_id = %s", company.id))
        watermark = cr.fetchone()[0] or fields.Datetime.now()
        refresh_statistics(cr, "stock_move", "gantry_demand", "gantry_demand_stockout")
        products = self._collect_products(company, full)
        changed = asked = 0
        self.env["gantry.demand.stockout"]._extend_open_spans(company)
        if products:
            changed = self._rebuild_days(company)
            self.env["gantry.demand.stockout"]._rebuild_spans(company)
            asked = self._propose_projects(company)
        self._settle_sources(company)
        series = self._mark_changed(company)
        cr.execute("DROP TABLE gantry_moved_product")
        # sudo: a planner refreshes the history but may not write on the company
        company.sudo().write({"gantry_demand_watermark": watermark, "gantry_demand_setting": setting})
        self.invalidate_model()
        self.env["gantry.demand.stockout"].invalidate_model()
        return {"products": products, "rows": changed, "series": series, "full": full, "projects": asked}

    def _get_setting(self, company):
        sources = "".join(
            name[0] for name in ("delivery", "production", "transfer") if company[f"gantry_forecast_{name}"]
        )
        return f"{sources}/{self._get_timezone(company)}"

    def _get_timezone(self, company):
        """Time zone in which a day of demand begins."""
        name = company.sudo().partner_id.tz or "UTC"
        return name if name in pytz.all_timezones_set else "UTC"

    @api.model
    def _get_today(self, company):
        return datetime.now(pytz.timezone(self._get_timezone(company))).date()

    @api.model
    def _get_day(self, company, moment):
        """SQL of the company's day at a moment in UTC."""
        zone = self._get_timezone(company)
        if zone == "UTC":
            return SQL("%s::date", moment)
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def _collect_products(self, company, full):
        """Fill the temporary table of products to count again; return their number."""
        cr = self.env.cr
        where = SQL("TRUE") if full else SQL("write_date > %s", company.gantry_demand_watermark - OVERLAP)
        cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_moved_product ON COMMIT DROP AS
                SELECT DISTINCT product_id FROM stock_move
                 WHERE state = 'done' AND company_id = %(company)s AND %(where)s
            """,
            company=company.id, where=where,
        ))
        if full:
            cr.execute(SQL(
                """
                INSERT INTO gantry_moved_product
                SELECT DISTINCT product_id FROM gantry_demand WHERE company_id = %s AND source <> 'import'
                EXCEPT SELECT product_id FROM gantry_moved_product
                """,
                company.id,
            ))
        cr.execute("SELECT count(*) FROM gantry_moved_product")
        count = cr.fetchone()[0]
        cr.execute("ANALYZE gantry_moved_product")
        return count

    def _get_move_condition(self):
        """Condition on moves out of a warehouse: what was made and goes back into production is no consumption."""
        return SQL(
            """
            NOT (dst.usage = 'production' AND move.origin_returned_move_id IS NOT NULL AND EXISTS (
                 SELECT FROM stock_move made JOIN stock_location place ON place.id = made.location_id
                  WHERE made.id = move.origin_returned_move_id AND place.usage = 'production'))
            """
        )

    def _get_lines_query(self, company):
        """Demand lines of the collected products: one per move out, one per return."""
        sources = [
            name for name in ("delivery", "production", "transfer") if company[f"gantry_forecast_{name}"]
        ] or ["none"]
        joins = SQL(
            """
            FROM gantry_moved_product moved
            JOIN stock_move move ON move.product_id = moved.product_id AND move.state = 'done'
            JOIN stock_location src ON src.id = move.location_id
            JOIN stock_location dst ON dst.id = move.location_dest_id
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom uom ON uom.id = move.product_uom
            JOIN uom_uom template_uom ON template_uom.id = template.uom_id
            """
        )
        return SQL(
            """
            SELECT move.product_id, src.warehouse_id, move.date, %(kind)s AS source,
                   %(quantity)s AS quantity_out, 0.0::float8 AS quantity_returned
            %(joins)s
             WHERE %(kind)s IN %(sources)s AND %(is_demand)s
             UNION ALL
            SELECT move.product_id, origin_src.warehouse_id, origin.date, %(origin_kind)s, 0, %(quantity)s
            %(joins)s
              JOIN stock_move origin ON origin.id = move.origin_returned_move_id AND origin.state = 'done'
                                    AND origin.product_id = move.product_id
              JOIN stock_location origin_src ON origin_src.id = origin.location_id
              JOIN stock_location origin_dst ON origin_dst.id = origin.location_dest_id
             WHERE move.origin_returned_move_id IS NOT NULL
               AND src.usage = origin_dst.usage AND %(origin_kind)s IN %(sources)s
             UNION ALL
            SELECT move.product_id, dst.warehouse_id, move.date, 'delivery', 0, %(quantity)s
            %(joins)s
             WHERE move.origin_returned_move_id IS NULL AND src.usage = 'customer' AND dst.warehouse_id IS NOT NULL
               AND 'delivery' IN %(sources)s
            """,
            kind=KIND, origin_kind=ORIGIN_KIND, quantity=QUANTITY, joins=joins, sources=tuple(sources),
            is_demand=self._get_move_condition(),
        )

    def _rebuild_days(self, company):
        """Write what the collected products' days are now; only rows that differ are touched."""
        cr = self.env.cr
        cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_day ON COMMIT DROP AS
            SELECT line.product_id, line.warehouse_id,
                   %(day)s AS date, line.source,
                   sum(line.quantity_out) - sum(line.quantity_returned) AS quantity,
                   sum(line.quantity_out) AS quantity_out, sum(line.quantity_returned) AS quantity_returned,
                   count(*)::int AS line_count
              FROM (%(lines)s) line
              JOIN stock_warehouse warehouse ON warehouse.id = line.warehouse_id
             WHERE warehouse.company_id = %(company)s
             GROUP BY 1, 2, 3, 4
            """,
            day=self._get_day(company, SQL("line.date")), lines=self._get_lines_query(company), company=company.id,
        ))
        cr.execute("ANALYZE gantry_day")
        self._open_changed()
        values = {"company": company.id}
        gone = SQL(
            """
            demand.company_id = %(company)s AND demand.source <> 'import'
            AND demand.product_id IN (SELECT product_id FROM gantry_moved_product)
            AND NOT EXISTS (
                SELECT FROM gantry_day day
                 WHERE day.product_id = demand.product_id AND day.warehouse_id = demand.warehouse_id
                   AND day.date = demand.date AND day.source = demand.source)
            """,
            **values,
        )
        kept = SQL("(demand.excluded IS TRUE OR demand.reason IS NOT NULL OR demand.flag NOT IN ('none', 'return'))")
        count = 0
        for change in (
            # a day the planner has marked stays, empty
            SQL(
                """
                UPDATE gantry_demand demand
                   SET quantity = 0, quantity_out = 0, quantity_returned = 0, line_count = 0,
                       write_date = now() AT TIME ZONE 'UTC'
                 WHERE %(kept)s AND demand.line_count > 0 AND %(gone)s
                """,
                kept=kept, gone=gone, **values,
            ),
            SQL("DELETE FROM gantry_demand demand WHERE NOT %(kept)s AND %(gone)s", kept=kept, gone=gone),
            SQL(
                """
                INSERT INTO gantry_demand AS demand
                       (product_id, warehouse_id, company_id, date, source, quantity, quantity_out,
                        quantity_returned, line_count, flag, excluded, create_date, write_date)
                SELECT day.product_id, day.warehouse_id, %(company)s, day.date, day.source, day.quantity,
                       day.quantity_out, day.quantity_returned, day.line_count,
                       CASE WHEN day.quantity_returned > 0 THEN 'return' ELSE 'none' END, FALSE,
                       now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM gantry_day day
             LEFT JOIN gantry_demand old ON old.product_id = day.product_id AND old.warehouse_id = day.warehouse_id
                                        AND old.date = day.date AND old.source = day.source
                 WHERE (day.quantity, day.quantity_out, day.quantity_returned, day.line_count) IS DISTINCT FROM
                       (old.quantity, old.quantity_out, old.quantity_returned, old.line_count)
                    ON CONFLICT (product_id, warehouse_id, date, source) DO UPDATE
                   SET quantity = EXCLUDED.quantity, quantity_out = EXCLUDED.quantity_out,
                       quantity_returned = EXCLUDED.quantity_returned, line_count = EXCLUDED.line_count,
                       flag = CASE WHEN demand.flag IN ('none', 'return') THEN EXCLUDED.flag ELSE demand.flag END,
                       write_date = EXCLUDED.write_date
                """,
                **values,
            ),
        ):
            cr.execute(SQL(
                """
                WITH change AS (%(change)s RETURNING demand.product_id, demand.warehouse_id, demand.date),
                     noted AS (
                    INSERT INTO gantry_changed_series
                    SELECT product_id, warehouse_id, min(date) FROM change GROUP BY 1, 2)
                SELECT count(*) FROM change
                """,
                change=change,
            ))
            count += cr.fetchone()[0]
        cr.execute("DROP TABLE gantry_day")
        return count

    def _open_changed(self):
        self.env.cr.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS gantry_changed_series (
                product_id int, warehouse_id int, date date) ON COMMIT DROP
            """
        )

    def _mark_changed(self, company):
        """Every product and warehouse with demand has a forecast; those whose past changed are due again.

        Changes in the running bucket do not matter before it ends.

        :return: number of series whose past changed
        """
        self._open_changed()
        cr = self.env.cr
        refresh_statistics(cr, "gantry_demand")
        start = self.env["gantry.forecast"]._get_bucket_start(company)
        self.env["gantry.forecast"]._ensure_series(company)
        cr.execute(SQL(
            """
            UPDATE gantry_forecast forecast SET demand_changed = TRUE
             WHERE forecast.company_id = %(company)s AND forecast.demand_changed IS NOT TRUE
               AND (forecast.product_id, forecast.warehouse_id) IN (
                    SELECT product_id, warehouse_id FROM gantry_changed_series WHERE date < %(start)s)
            """,
            company=company.id, start=start,
        ))
        count = cr.rowcount
        cr.execute("DROP TABLE gantry_changed_series")
        self.env["gantry.forecast"].invalidate_model(["demand_changed"])
        return count

    @api.model
    def _note_changed(self, company, source):
        """Tell that demand was written by other means than the ORM (an import, an interface).

        :param SQL source: query of (product_id, warehouse_id, first changed date)
        :return: number of series that are due again
        """
        self._open_changed()
        self.env.cr.execute(SQL("INSERT INTO gantry_changed_series %s", source))
        self._settle_sources(company)
        return self._mark_changed(company)

    def write(self, vals):
        """A planner's exclusion changes what the forecast may learn from; what was sold stays as it is."""
        refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        result = super().write(vals)
        if "excluded" in vals and self:
            self.flush_recordset()
            for company in self.company_id:
                self._note_changed(company, SQL(
                    "SELECT product_id, warehouse_id, min(date) FROM gantry_demand"
                    " WHERE id IN %s AND company_id = %s GROUP BY 1, 2", tuple(self.ids), company.id,
                ))
        return result
