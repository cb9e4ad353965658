from odoo import models
from odoo.tools import SQL

from .trace_source import TraceSource, done_lines, in_ids

DOC_MODEL = "stock.move"


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        done = super()._action_done(cancel_backorder=cancel_backorder)
        done._gantry_trace_moved()
        return done

    def _gantry_trace_moved(self):
        """Note for the genealogy what these done moves belong to."""
        done = self.filtered(lambda move: move.state == "done")
        self.env["gantry.trace.edge"]._plan_feed(done._gantry_trace_documents())
        if counted := done.filtered("is_inventory"):
            self.env["gantry.trace.link"]._propose_relabels(counted.move_line_ids)

    def _gantry_trace_documents(self):
        """Documents whose edges these done moves may change, ids by model. Glue addons add theirs."""
        sisters = self.picking_id._gantry_trace_between_sisters()
        return {"stock.picking": set(sisters._gantry_trace_receipts().ids)} if sisters else {}

    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._gantry_trace_links)

    def _gantry_trace_claimed(self):
        """Condition on ``m``, the move of a produced line: a glue addon makes its edges from a document."""
        return SQL("false")

    def _gantry_trace_links(self, ids):
        """Edges by Odoo's own links between consumed and produced lines, where no document stands behind them."""
        return SQL(
            """
            WITH pair AS MATERIALIZED (
                SELECT m.id AS doc_id, r.produce_line_id AS used, l.id AS made
                  FROM stock_move m
                  JOIN stock_move_line l ON l.move_id = m.id AND l.state = 'done'
                  JOIN stock_move_line_consume_rel r ON r.consume_line_id = l.id
                 WHERE %(scope)s AND NOT (%(claimed)s)
            ),
            linked_line AS (
                SELECT used AS line_id, NULL::int AS doc_id, false AS is_output FROM pair
                 UNION SELECT made, NULL, false FROM pair
            ),
            line AS MATERIALIZED (%(lines)s)
            SELECT i.node, o.node, min(i.product_id), min(o.product_id), 'consume',
                   CASE WHEN i.node < 0 OR o.node < 0 THEN 'pooled'
                        WHEN bool_or(i.known_until IS NULL AND o.known_until IS NULL) THEN 'certain'
                        ELSE 'derived' END,
                   %(doc_model)s, pair.doc_id, sum(i.qty), max(o.qty), max(i.date),
                   min(GREATEST(i.known_from, o.known_from)),
                   CASE WHEN bool_or(i.known_until IS NULL AND o.known_until IS NULL) THEN NULL
                        ELSE max(LEAST(i.known_until, o.known_until)) END, min(o.company_id)
              FROM pair
              JOIN line i ON i.line_id = pair.used
              JOIN line o ON o.line_id = pair.made
             WHERE i.node <> o.node
             GROUP BY pair.doc_id, i.node, o.node
            """,
            doc_model=DOC_MODEL, lines=done_lines("linked_line"), scope=in_ids(SQL("m.id"), ids),
            claimed=self._gantry_trace_claimed(),
        )  # fmt: skip
