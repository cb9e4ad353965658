from odoo import models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    def _gantry_trace_documents(self):
        documents = super()._gantry_trace_documents()
        documents["mrp.production"] = set((self.raw_material_production_id | self.production_id).ids)
        documents["mrp.unbuild"] = set(self.unbuild_id.ids)
        return documents

    def _gantry_trace_claimed(self):
        return SQL(
            "%s OR m.production_id IS NOT NULL OR m.unbuild_id IS NOT NULL OR m.consume_unbuild_id IS NOT NULL",
            super()._gantry_trace_claimed(),
        )
