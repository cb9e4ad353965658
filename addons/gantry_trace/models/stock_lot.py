from odoo import models
from odoo.tools import SQL


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _find_delivery_ids_by_lot(self, lot_path=None, delivery_by_lot=None):
        return self._find_delivery_ids_by_lot_iterative()

    def _find_delivery_ids_by_lot_iterative(self):
        """Transfers by which these lots, or anything made from them, left for a customer.

        One query on the genealogy instead of several for every level. What counts is where the goods went, not
        the type of the transfer; transfers of companies that the user may not see are left out.
        """
        found = {lot_id: [] for lot_id in self.ids}
        if not found:
            return found
        self.env["gantry.trace.edge"]._feed_pending()
        self.env["gantry.trace.edge"]._flush_history()
        visible = self.env["gantry.trace"]._visible_company_ids()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE reached(root, node) AS (
                    SELECT id, id FROM unnest(%(lots)s::int[]) id
                     UNION
                    SELECT reached.root, step.child_node FROM reached CROSS JOIN LATERAL (
                        SELECT e.child_node FROM gantry_trace_edge e
                         WHERE e.parent_node = reached.node AND e.known_until IS NULL OFFSET 0
                    ) step
                )
                SELECT reached.root, array_agg(DISTINCT l.picking_id)
                  FROM reached
                  CROSS JOIN LATERAL (
                    SELECT l.* FROM stock_move_line l WHERE l.lot_id = reached.node
                     UNION ALL
                    SELECT l.* FROM gantry_trace_pool pool
                      JOIN stock_move_line l ON l.product_id = pool.product_id AND l.company_id = pool.company_id
                       AND l.lot_id IS NULL AND l.date >= pool.opened_at
                       AND (pool.closed_at IS NULL OR l.date <= pool.closed_at)
                     WHERE pool.id = -reached.node AND pool.kind = 'stock'
                  ) l
                  JOIN stock_location s ON s.id = l.location_id
                  JOIN stock_location d ON d.id = l.location_dest_id
                  JOIN stock_picking p ON p.id = l.picking_id
                  LEFT JOIN stock_picking_type t ON t.id = p.picking_type_id
                 WHERE l.state = 'done'
                   AND (d.usage = 'customer' AND s.usage <> 'customer' OR t.code = 'outgoing' AND d.usage <> 'internal')
                   AND (%(anywhere)s OR l.company_id = ANY(%(companies)s))
                 GROUP BY reached.root
                """,
                lots=self.ids, anywhere=visible is None, companies=list(visible or ()),
            )
        )  # fmt: skip
        return found | dict(rows)
