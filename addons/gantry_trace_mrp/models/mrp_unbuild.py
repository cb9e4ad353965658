from odoo import api, models
from odoo.addons.gantry_trace.models.trace_source import TraceSource, document_edges, in_ids
from odoo.tools import SQL

DOC_MODEL = "mrp.unbuild"


class MrpUnbuild(models.Model):
    _inherit = "mrp.unbuild"

    @api.model
    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._gantry_trace_edges, roles=self._gantry_trace_roles)

    @api.model
    def _gantry_trace_edges(self, ids):
        return document_edges("unbuild", DOC_MODEL, self._gantry_trace_roles(ids))

    @api.model
    def _gantry_trace_roles(self, ids):
        """What went to production was taken apart, what came from there was won."""
        return SQL(
            """
            SELECT m.id AS move_id, m.unbuild_id AS doc_id, s.usage = 'production' AS is_output
              FROM stock_move m
              JOIN stock_location s ON s.id = m.location_id
              JOIN stock_location d ON d.id = m.location_dest_id
             WHERE m.state = 'done' AND %s AND (s.usage = 'production') <> (d.usage = 'production')
            """,
            in_ids(SQL("m.unbuild_id"), ids),
        )
