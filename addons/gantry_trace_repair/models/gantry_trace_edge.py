from odoo import models


class GantryTraceEdge(models.Model):
    _inherit = "gantry.trace.edge"

    def _sources(self):
        return [*super()._sources(), self.env["repair.order"]._gantry_trace_source()]

    def _history_models(self):
        return [*super()._history_models(), "repair.order"]
