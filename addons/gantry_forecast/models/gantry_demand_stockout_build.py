from odoo import api, models
from odoo.tools import SQL

from .gantry_demand_build import QUANTITY

OPEN_STOCKOUT_DAYS = 90  # an empty shelf that nobody fills for longer means the product is given up


class GantryDemandStockoutBuild(models.Model):
    _inherit = "gantry.demand.stockout"

    @api.model
    def _rebuild_spans(self, company):
        """Find the days out of stock of the collected products from the running balance of their moves.

        A span begins on the day after the balance fell to nothing and ends before the next day with a move. It
        needs stock that was there before: a warehouse whose receipts were never entered tells nothing. Nor does
        negative stock: goods went out that somebody forgot to enter.
        """
        cr = self.env.cr
        cr.execute(SQL(
            """
            DELETE FROM gantry_demand_stockout
             WHERE company_id = %s AND product_id IN (SELECT product_id FROM gantry_moved_product)
            """,
            company.id,
        ))
        cr.execute(SQL(
            """
            WITH flow AS (
                SELECT move.product_id, place.warehouse_id,
                       %(day)s AS date,
                       sum(place.sign * %(quantity)s) AS quantity
                  FROM gantry_moved_product moved
                  JOIN stock_move move ON move.product_id = moved.product_id AND move.state = 'done'
                  JOIN stock_location src ON src.id = move.location_id
                  JOIN stock_location dst ON dst.id = move.location_dest_id
                  JOIN product_product product ON product.id = move.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
                  JOIN uom_uom uom ON uom.id = move.product_uom
                  JOIN uom_uom template_uom ON template_uom.id = template.uom_id
            CROSS JOIN LATERAL (
                    VALUES (src.warehouse_id, -1, src.usage), (dst.warehouse_id, 1, dst.usage)
                   ) place(warehouse_id, sign, usage)
                  JOIN stock_warehouse warehouse ON warehouse.id = place.warehouse_id
                 WHERE src.warehouse_id IS DISTINCT FROM dst.warehouse_id
                   AND place.usage IN ('internal', 'transit') AND warehouse.company_id = %(company)s
                 GROUP BY 1, 2, 3
            ),
            balance AS (
                SELECT product_id, warehouse_id, date,
                       sum(quantity) OVER before AS quantity,
                       lead(date) OVER series AS next_date
                  FROM flow
                WINDOW series AS (PARTITION BY product_id, warehouse_id ORDER BY date),
                       before AS (PARTITION BY product_id, warehouse_id ORDER BY date
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            ),
            known AS (
                SELECT *, max(quantity) OVER (
                           PARTITION BY product_id, warehouse_id ORDER BY date
                           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS best
                  FROM balance
            )
            INSERT INTO gantry_demand_stockout (product_id, warehouse_id, company_id, date_from, date_to,
                                                is_open, create_uid, write_uid, create_date, write_date)
            SELECT product_id, warehouse_id, %(company)s, date + 1,
                   COALESCE(next_date - 1, LEAST(%(today)s, date + %(open)s)), next_date IS NULL,
                   %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM known
             WHERE quantity BETWEEN -1e-6 AND 1e-6 AND best > 1e-6
               AND COALESCE(next_date - 1, LEAST(%(today)s, date + %(open)s)) > date
            """,
            day=self.env["gantry.demand"]._get_day(company, SQL("move.date")), quantity=QUANTITY, company=company.id,
            today=self.env["gantry.demand"]._get_today(company), open=OPEN_STOCKOUT_DAYS, uid=self.env.uid,
        ))
        return cr.rowcount

    @api.model
    def _extend_open_spans(self, company):
        """A shelf that is still empty was empty yesterday too."""
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_demand_stockout SET date_to = GREATEST(date_from, LEAST(%(today)s, date_from - 1 + %(open)s))
             WHERE is_open AND company_id = %(company)s
               AND date_to < LEAST(%(today)s, date_from - 1 + %(open)s)
            """,
            company=company.id, today=self.env["gantry.demand"]._get_today(company), open=OPEN_STOCKOUT_DAYS,
        ))
