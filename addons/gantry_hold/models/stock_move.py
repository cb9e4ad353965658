from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        move = self._gantry_with_hold_allowed()
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_available_quantity(
        self, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, allow_negative=False
    ):
        move = self._gantry_with_hold_allowed()
        return super(StockMove, move)._get_available_quantity(
            location_id, lot_id, package_id, owner_id, strict, allow_negative
        )

    def _gantry_with_hold_allowed(self):
        """Moves into quarantine may reserve lots on hold.

        The key only widens what is reserved: a line that takes a lot elsewhere is refused whatever the context says.
        """
        allowed = self.location_dest_id._gantry_is_quarantine()
        if bool(self.env.context.get("gantry_hold_allowed")) == allowed:
            return self
        return self.with_context(gantry_hold_allowed=allowed)

    def _get_available_move_lines(self, assigned_moves_ids, partially_available_moves_ids):
        """What earlier moves brought, without lots on hold: a chain takes them from no search of quants."""
        lines = super()._get_available_move_lines(assigned_moves_ids, partially_available_moves_ids)
        if self.location_dest_id._gantry_is_quarantine():
            return lines
        return {
            key: quantity
            for key, quantity in lines.items()
            # the key is location, lot, package, owner
            if not key[1] or key[1].sudo().gantry_hold_state == "free" or self._gantry_is_arrival(key[0])
        }

    def _gantry_is_arrival(self, source):
        return source.usage != "internal" and self.location_dest_id.usage == "internal"
