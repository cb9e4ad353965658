from odoo import models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    def _gantry_trace_documents(self):
        documents = super()._gantry_trace_documents()
        documents["repair.order"] = set(self.repair_id.ids)
        return documents

    def _gantry_trace_claimed(self):
        return SQL("%s OR m.repair_id IS NOT NULL", super()._gantry_trace_claimed())
