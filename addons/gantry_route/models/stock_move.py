from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        answer = super()._action_assign(force_qty=force_qty)
        pickings = self.picking_id.filtered(lambda picking: picking.picking_type_id.gantry_auto_route)
        pickings.filtered(
            lambda picking: picking.state in ("assigned", "confirmed") and picking.move_line_ids
            and not picking.gantry_route_id)._gantry_plan_by_itself()
        return answer

    def _update_reserved_quantity_vals(self, need, location_id, *args, **kwargs):
        move = self
        if self.picking_type_id.warehouse_id.gantry_closest_by_metres:
            # as core does with the packaging: quants cannot know for which operation they are asked
            move = self.with_context(gantry_picking_type_id=self.picking_type_id.id)
        return super(StockMove, move)._update_reserved_quantity_vals(need, location_id, *args, **kwargs)

    def _gantry_reserve_elsewhere(self, quantity, not_from):
        """Reserve from other bins, in the order of the removal strategy; what was reserved."""
        self.ensure_one()
        product, taken = self.product_id, 0.0
        if self.move_orig_ids or self._should_bypass_reservation():
            return taken  # what the step before brought lies in this bin or nowhere
        before = self.move_line_ids
        # sudo: as in every reservation
        quants = self.env["stock.quant"].sudo()
        if self.picking_type_id.warehouse_id.gantry_closest_by_metres:
            quants = quants.with_context(gantry_picking_type_id=self.picking_type_id.id)
        for quant in quants._gather(product, self.location_id):
            free = quant.quantity - quant.reserved_quantity
            need = quantity - taken
            if quant.location_id == not_from or product.uom_id.compare(free, 0) <= 0:
                continue
            if product.uom_id.compare(need, 0) <= 0:
                break
            taken += self._update_reserved_quantity(
                min(need, free), quant.location_id, lot_id=quant.lot_id, package_id=quant.package_id,
                owner_id=quant.owner_id, strict=True)
        (self.move_line_ids - before).picked = False
        self._recompute_state()
        return taken

    # -- the printed list

    def _gantry_print_parts(self):
        """Moves as they are printed: in walking order, a move that is picked at several stops once for each visit.

        :return: list of ``(move, its lines that are printed there, their quantity, whether there are several)``
        """
        parts = []
        for move in self.sorted(lambda move: (
                move.move_line_ids[:1].location_id.complete_name or "",
                move.move_line_ids[:1].location_dest_id.complete_name or "")):
            lines = move.move_line_ids.filtered(lambda line: not line.is_entire_pack)._gantry_in_order()
            visits = lines.grouped("gantry_route_sequence")
            if len(visits) < 2 or not any(visits):
                parts.append((move, lines, move.quantity, len(move.move_line_ids) > 1))
                continue
            for part in visits.values():
                quantity = sum(
                    line.product_uom_id._compute_quantity(line.quantity, move.product_uom, round=False)
                    for line in part)
                parts.append((move, part, quantity, len(part) > 1))
        return sorted(parts, key=lambda part: _place(part[1][:1].gantry_route_sequence))


def _place(sequence):
    return (not sequence, sequence)
