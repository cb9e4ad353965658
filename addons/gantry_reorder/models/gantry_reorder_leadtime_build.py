from odoo import api, fields, models
from odoo.tools import SQL

HALF_LIFE_DAYS = 365  # a receipt of a year ago counts half
LONGEST_RATIO = 6
KEPT = 300  # latest receipts kept per group
LEVELS = {
    "buy": {"product": ("product_id", "partner_id"), "vendor": ("partner_id",), "category": ("categ_id",)},
    "transfer": {
        "product": ("product_id", "supplier_warehouse_id", "warehouse_id"),
        "route": ("supplier_warehouse_id", "warehouse_id"),
    },
    "manufacture": {"product": ("product_id",), "category": ("categ_id",)},
}


class GantryReorderLeadtimeBuild(models.Model):
    """Measuring: receipts become distributions, one statement per source and level."""

    _inherit = "gantry.reorder.leadtime"

    def init(self):
        for column in ("days", "weights"):
            self.env.cr.execute(SQL(
                "ALTER TABLE gantry_reorder_leadtime ADD COLUMN IF NOT EXISTS %s real[]", SQL.identifier(column)))

    @api.model
    def _refresh(self, company):
        """Measure all lead times of a company anew.

        :return: number of receipts that count
        """
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(SQL("DELETE FROM gantry_reorder_leadtime WHERE company_id = %s", company.id))
        since = fields.Datetime.subtract(fields.Datetime.now(), days=max(company.gantry_reorder_lead_days, 1))
        count = 0
        for source, query in self._get_receipt_queries(company, since).items():
            cr.execute(SQL(
                """
                CREATE TEMPORARY TABLE gantry_receipt ON COMMIT DROP AS
                    SELECT receipt.product_id, receipt.partner_id, template.categ_id, receipt.warehouse_id,
                           receipt.supplier_warehouse_id, receipt.received,
                           EXTRACT(EPOCH FROM receipt.received - receipt.ordered)::float8 / 86400 AS days,
                           EXTRACT(EPOCH FROM receipt.promised - receipt.ordered)::float8 / 86400 AS promised_days,
                           0.5 ^ (GREATEST(EXTRACT(EPOCH FROM %(now)s - receipt.received)::float8, 0)
                                  / 86400 / %(half)s) AS weight
                      FROM (%(query)s) receipt
                      JOIN product_product product ON product.id = receipt.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE receipt.received >= receipt.ordered AND receipt.received >= %(since)s
                """,
                now=fields.Datetime.now(), half=HALF_LIFE_DAYS, query=query, since=since,
            ))
            count += cr.rowcount
            self._trim()
            for level, keys in LEVELS[source].items():
                self._build_level(company, source, level, keys)
            cr.execute("DROP TABLE gantry_receipt")
        cr.execute("ANALYZE gantry_reorder_leadtime")
        self.invalidate_model()
        return count

    def _trim(self):
        """A receipt far later than its vendor's or route's usual was an accident or a typing error: it counts, but not
        with all its days."""
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_receipt receipt SET days = %(ratio)s * GREATEST(usual.days, 1)
              FROM (SELECT partner_id, supplier_warehouse_id,
                           percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS days
                      FROM gantry_receipt GROUP BY partner_id, supplier_warehouse_id) usual
             WHERE (usual.partner_id, usual.supplier_warehouse_id)
                   IS NOT DISTINCT FROM (receipt.partner_id, receipt.supplier_warehouse_id)
               AND receipt.days > %(ratio)s * GREATEST(usual.days, 1)
            """,
            ratio=LONGEST_RATIO,
        ))

    def _build_level(self, company, source, level, keys):
        names = [SQL.identifier(key) for key in keys]
        self.env.cr.execute(SQL(
            """
            INSERT INTO gantry_reorder_leadtime (
                company_id, source, level, %(keys)s, count, mean_days, p50_days, p90_days, min_days, max_days,
                set_days, late_pct, date_last, days, weights, create_uid, write_uid, create_date, write_date)
            SELECT %(company)s, %(source)s, %(level)s, %(keys)s, count(*), sum(days * weight) / sum(weight),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY days),
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY days), min(days), max(days), avg(promised_days),
                   100.0 * avg((days > promised_days + 0.5)::int), max(received)::date,
                   (array_agg(days::real ORDER BY received DESC))[:%(kept)s],
                   (array_agg(weight::real ORDER BY received DESC))[:%(kept)s],
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM gantry_receipt WHERE %(known)s IS NOT NULL GROUP BY %(keys)s
            """,
            keys=SQL(", ").join(names), company=company.id, source=source, level=level, kept=KEPT, uid=self.env.uid,
            known=names[0],  # a receipt without a vendor still tells about the product
        ))

    # -- receipts

    @api.model
    def _get_receipt_queries(self, company, since):
        """SQL of what was received, by source. Columns: product_id, partner_id (vendor), warehouse_id (into),
        supplier_warehouse_id (from), ordered, promised, received (moments)."""
        return {"buy": self._get_purchase_query(company, since), "transfer": self._get_transfer_query(company, since)}

    def _get_purchase_query(self, company, since):
        """Receipts from vendors. Without Purchase a receipt was ordered when it was entered."""
        return SQL(
            """
            SELECT move.product_id, partner.commercial_partner_id AS partner_id, place.warehouse_id,
                   NULL::int AS supplier_warehouse_id, move.create_date AS ordered, move.date_deadline AS promised,
                   move.date AS received
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'supplier'
              JOIN stock_location place ON place.id = move.location_dest_id AND place.warehouse_id IS NOT NULL
         LEFT JOIN stock_picking picking ON picking.id = move.picking_id
         LEFT JOIN res_partner partner ON partner.id = COALESCE(move.partner_id, picking.partner_id)
             WHERE move.company_id = %s AND move.state = 'done' AND move.date >= %s AND %s
            """,
            company.id, since, self._get_entered_condition(),
        )

    def _get_entered_condition(self):
        """SQL: receipts that nothing but their entry tells the order of. Purchase knows better for its own."""
        return SQL("TRUE")

    def _get_transfer_query(self, company, since):
        """Goods from one warehouse to another, through transit or directly; ordered when the transfer was entered."""
        return SQL(
            """
            SELECT move.product_id, NULL::int AS partner_id, place.warehouse_id,
                   source.warehouse_id AS supplier_warehouse_id, LEAST(move.create_date, first.create_date) AS ordered,
                   move.date_deadline AS promised, move.date AS received
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id AND place.usage = 'internal'
              JOIN stock_location transit ON transit.id = move.location_id AND transit.usage = 'transit'
              JOIN stock_move_move_rel link ON link.move_dest_id = move.id
              JOIN stock_move first ON first.id = link.move_orig_id
              JOIN stock_location source ON source.id = first.location_id AND source.usage = 'internal'
             WHERE move.company_id = %(company)s AND move.state = 'done' AND move.date >= %(since)s
               AND source.warehouse_id IS DISTINCT FROM place.warehouse_id
             UNION ALL
            SELECT move.product_id, NULL, place.warehouse_id, source.warehouse_id, move.create_date,
                   move.date_deadline, move.date
              FROM stock_move move
              JOIN stock_location place ON place.id = move.location_dest_id AND place.usage = 'internal'
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'internal'
             WHERE move.company_id = %(company)s AND move.state = 'done' AND move.date >= %(since)s
               AND source.warehouse_id != place.warehouse_id
            """,
            company=company.id, since=since,
        )
