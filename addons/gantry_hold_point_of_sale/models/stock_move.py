from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _create_production_lots_for_pos_order(self, lines):
        """Lots that were sold before their hold: their delivery stays open, the session still closes.

        Without this the lines of the delivery would be refused while the session closes, and the till with it.
        """
        lots = super()._create_production_lots_for_pos_order(lines)
        if all(move.location_dest_id.usage == "internal" for move in self):
            return lots
        return lots.filtered(lambda lot: lot.sudo().gantry_hold_state == "free")
