from odoo import models


class GantryTraceEdge(models.Model):
    _inherit = "gantry.trace.edge"

    def _sources(self):
        return [
            *super()._sources(),
            self.env["mrp.production"]._gantry_trace_source(),
            self.env["mrp.unbuild"]._gantry_trace_source(),
        ]
