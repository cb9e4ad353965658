from odoo import api, models
from odoo.addons.gantry_trace.models.trace_source import TraceSource, document_edges, in_ids
from odoo.tools import SQL

DOC_MODEL = "repair.order"


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.model
    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._gantry_trace_edges, roles=self._gantry_trace_roles)

    @api.model
    def _gantry_trace_edges(self, ids):
        """Parts that were added are in the repaired lot; parts that were taken out came from it."""
        added = document_edges("repair", DOC_MODEL, self._gantry_trace_roles(ids))
        removed = document_edges("repair", DOC_MODEL, self._gantry_trace_removed(ids))
        return SQL("SELECT * FROM (%s) added UNION ALL SELECT * FROM (%s) removed", added, removed)

    @api.model
    def _gantry_trace_roles(self, ids):
        """Added parts go into the repaired product; its own move stands for it."""
        return SQL(
            """
            SELECT m.id AS move_id, m.repair_id AS doc_id, m.repair_line_type IS NULL AS is_output
              FROM stock_move m
             WHERE m.state = 'done' AND %s AND (m.repair_line_type IS NULL OR m.repair_line_type = 'add')
            """,
            in_ids(SQL("m.repair_id"), ids),
        )

    @api.model
    def _gantry_trace_removed(self, ids):
        """The repaired product is where removed and recycled parts come from."""
        return SQL(
            """
            SELECT m.id AS move_id, m.repair_id AS doc_id, m.repair_line_type IS NOT NULL AS is_output
              FROM stock_move m
             WHERE m.state = 'done' AND %s AND (m.repair_line_type IS NULL OR m.repair_line_type <> 'add')
            """,
            in_ids(SQL("m.repair_id"), ids),
        )
