from odoo import api, fields, models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    gantry_stop_id = fields.Many2one(
        "gantry.route.stop", "Stop of the route", index="btree_not_null", readonly=True, copy=False,
        ondelete="set null")
    gantry_route_sequence = fields.Integer("Stop no.", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._gantry_note_change()
        return lines

    def write(self, vals):
        moved = "location_id" in vals and any(line.gantry_stop_id for line in self)
        answer = super().write(vals)
        if "picked" in vals:
            self._gantry_note_picked()
        if moved or ("quantity" in vals and any(line.gantry_stop_id and not line.quantity for line in self)):
            self._gantry_note_change()
        return answer

    def unlink(self):
        # lines that are done keep their stop; an open one that goes leaves a stop without purpose
        routes = self.gantry_stop_id.filtered(lambda stop: not stop.done).route_id
        answer = super().unlink()
        routes._note_change()
        return answer

    def _gantry_note_change(self):
        """A route that guides these lines is out of date."""
        self.filtered(lambda line: line.state not in ("done", "cancel")).picking_id.gantry_route_id._note_change()

    def _gantry_note_picked(self):
        """A stop of which all lines are picked is done, whoever picked them on which screen."""
        stops = self.filtered(lambda line: line.picked and line.gantry_stop_id).gantry_stop_id
        stops.filtered(lambda stop: all(
            line.picked for line in stop.line_ids if line.state not in ("done", "cancel")))._note_done()

    def _gantry_in_order(self):
        """Lines in walking order, those without a place in it last and by name, as Odoo prints them."""
        return self.sorted(lambda line: (
            not line.gantry_route_sequence, line.gantry_route_sequence, line.location_id.complete_name,
            line.location_dest_id.complete_name))

    # -- the picker

    def _gantry_short_pick(self, quantity):
        """Only so much was there: keep that, take the rest from other bins where it can be had, plan again.

        :param quantity: what was found, in the unit of the line
        :return: ``{"elsewhere", "missing"}``, in the unit of the product
        """
        self.ensure_one()
        self.check_access("write")
        short = self.quantity - quantity
        route, stop, move = self.gantry_stop_id.route_id, self.gantry_stop_id, self.move_id
        bin_location, unit = self.location_id, self.product_uom_id
        short = unit._compute_quantity(short, self.product_id.uom_id, rounding_method="HALF-UP")
        self.write({"quantity": quantity, "picked": bool(quantity)})
        if stop and all(line.picked or not line.quantity for line in stop.line_ids):
            stop._note_done()
        elsewhere = move._gantry_reserve_elsewhere(short, bin_location)
        if route.state == "planned":
            route._plan_again()
        return {"elsewhere": elsewhere, "missing": max(short - elsewhere, 0.0)}
