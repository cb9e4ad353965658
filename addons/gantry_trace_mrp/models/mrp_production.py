from odoo import api, models
from odoo.addons.gantry_trace.models.trace_source import TraceSource, document_edges, in_ids
from odoo.tools import SQL

DOC_MODEL = "mrp.production"


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _post_inventory(self, cancel_backorder=False):
        result = super()._post_inventory(cancel_backorder=cancel_backorder)
        self.env["gantry.trace.edge"]._plan_feed({DOC_MODEL: self.ids})
        return result

    @api.model
    def _gantry_trace_source(self):
        return TraceSource(doc_model=DOC_MODEL, edges=self._gantry_trace_edges, roles=self._gantry_trace_roles)

    @api.model
    def _gantry_trace_edges(self, ids):
        return document_edges("consume", DOC_MODEL, self._gantry_trace_roles(ids), needs_link=True)

    @api.model
    def _gantry_trace_roles(self, ids):
        """Components go in, the product and its by-products come out."""
        return SQL(
            """
            SELECT m.id AS move_id, m.raw_material_production_id AS doc_id, false AS is_output
              FROM stock_move m WHERE m.state = 'done' AND %s
             UNION ALL
            SELECT m.id, m.production_id, true FROM stock_move m WHERE m.state = 'done' AND %s
            """,
            in_ids(SQL("m.raw_material_production_id"), ids), in_ids(SQL("m.production_id"), ids),
        )  # fmt: skip
