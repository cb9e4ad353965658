from odoo import api, fields, models
from odoo.exceptions import UserError


class GantryRouteStop(models.Model):
    """A bin on a walk, with every line that is due there."""

    _name = "gantry.route.stop"
    _description = "Stop of a pick route"
    _order = "route_id desc, sequence, id"
    _rec_name = "location_id"

    route_id = fields.Many2one("gantry.route", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    sequence = fields.Integer("No.", readonly=True)
    location_id = fields.Many2one("stock.location", "Bin", required=True, readonly=True, index=True, ondelete="cascade")
    rank = fields.Integer(readonly=True)
    leg_m = fields.Float("Metres from the stop before", digits=(12, 1), readonly=True)
    total_m = fields.Float("Metres so far", digits=(12, 1), readonly=True)
    has_way = fields.Boolean("On the way", readonly=True, help="Not set: no position, or no open way leads there.")
    line_ids = fields.One2many("stock.move.line", "gantry_stop_id", "Lines", readonly=True)
    bin_name = fields.Char("Bin name", related="location_id.name")
    line_count = fields.Integer("Number of lines", compute="_compute_products")
    products = fields.Char("To do", compute="_compute_products")
    transfers = fields.Char("For", compute="_compute_products", help="Transfers, with what each gets.")
    done = fields.Boolean(readonly=True)
    date_done = fields.Datetime("Done at", readonly=True)
    skipped = fields.Boolean(readonly=True)
    is_next = fields.Boolean(compute="_compute_is_next")
    route_state = fields.Selection(related="route_id.state", string="Status of the route")

    @api.depends("line_ids.product_id", "line_ids.quantity", "line_ids.lot_id", "line_ids.picking_id")
    def _compute_products(self):
        for stop in self:
            lines, pickings = stop.line_ids, stop.line_ids.picking_id
            stop.products = ", ".join(stop._words(lines))
            stop.line_count = len(lines)
            if len(pickings) == 1:
                stop.transfers = pickings.name
                continue
            several = len(lines.product_id) > 1
            stop.transfers = ", ".join(
                f"{picking.name}: " + ", ".join(stop._words(part, names=several))
                for picking, part in lines.grouped("picking_id").items())

    def _words(self, lines, names=True):
        """Quantities of the same product and lot together, as a picker reads them."""
        number = self.env["gantry.explain"]._format_number
        for (product, lot, uom), part in lines.grouped(
                lambda line: (line.product_id, line.lot_id, line.product_uom_id)).items():
            words = f"{number(sum(part.mapped('quantity')))} {uom.name}"
            yield (f"{words} {product.display_name}" if names else words) + (f" ({lot.name})" if lot else "")

    @api.depends("route_id.stop_ids.done", "route_id.stop_ids.sequence")
    def _compute_is_next(self):
        for stop in self:
            stop.is_next = stop == stop.route_id.next_stop_id and stop.route_id.state == "planned"

    # -- buttons of the picker

    def action_done(self):
        """Everything of this stop is picked."""
        for stop in self:
            stop._check_open()
            stop.line_ids.filtered(lambda line: line.state not in ("done", "cancel")).picked = True
            stop._note_done()
            stop.route_id._plan_after(stop)
        return True

    def action_skip(self):
        """Not now: the stop comes last, and the way is planned again from where the picker stands."""
        for stop in self:
            stop._check_open()
            # sudo: users only read stops; who may change the lines may say that he passes one
            stop.sudo().skipped = True
        self.route_id._plan_again()
        return True

    def action_short_pick(self):
        """A wizard that asks how much was there."""
        self.ensure_one()
        self._check_open()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Not enough in %s", self.location_id.display_name),
            "res_model": "gantry.route.short", "view_mode": "form", "target": "new",
            "context": {"default_stop_id": self.id},
        }

    def action_open_lines(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.location_id.display_name, "res_model": "stock.move.line",
            "view_mode": "list,form", "domain": [("id", "in", self.line_ids.ids)], "context": {"create": False},
        }

    # -- parts

    def _check_open(self):
        self.ensure_one()
        self.line_ids.check_access("write")
        if self.done:
            raise UserError(self.env._("The stop at %s is done.", self.location_id.display_name))
        self.route_id._check_planned()

    def _note_done(self):
        """Keep when a stop was done, which also says where the picker stands."""
        # sudo: users only read stops; called for lines that the caller changed
        stops = self.sudo().filtered(lambda stop: not stop.done)
        if stops:
            stops.write({"done": True, "date_done": fields.Datetime.now(), "skipped": False})
