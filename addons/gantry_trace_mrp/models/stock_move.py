from odoo import api, fields, models
from odoo.tools import SQL


class StockMove(models.Model):
    _inherit = "stock.move"

    gantry_unit_ids = fields.Many2many("stock.lot", compute="_compute_gantry_unit_ids", string="Units of the order")
    gantry_ask_unit = fields.Boolean(compute="_compute_gantry_unit_ids")

    @api.depends("raw_material_production_id.lot_producing_ids")
    def _compute_gantry_unit_ids(self):
        """Finished lots among which a component can be told; asked when there is a choice."""
        for move in self:
            move.gantry_unit_ids = move.raw_material_production_id.lot_producing_ids
            move.gantry_ask_unit = len(move.gantry_unit_ids) > 1 and move.has_tracking != "none"

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
