from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_picking_type import POLICIES

METHODS = [("exact", "Exact"), ("search", "Search"), *POLICIES[1:], ("sequence", "Bin sequence"), ("name", "Bin name")]


class GantryRoute(models.Model):
    """One walk past all open lines of a transfer, or of several that are picked together.

    Figures and stops are written by `_route` only, as superuser after a check that the caller may change the
    transfers; users read.
    """

    _name = "gantry.route"
    _description = "Pick route"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade")
    picking_type_id = fields.Many2one(
        "stock.picking.type", "Operation type", readonly=True, index=True, ondelete="cascade")
    layout_id = fields.Many2one("gantry.layout", readonly=True, index="btree_not_null", ondelete="set null")
    picking_ids = fields.One2many("stock.picking", "gantry_route_id", "Transfers", readonly=True)
    picking_count = fields.Integer("Number of transfers", compute="_compute_picking_count")
    user_id = fields.Many2one("res.users", "Picker", compute="_compute_state", store=True, index="btree_not_null")
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("cancel", "Dropped")], "Status", compute="_compute_state",
        store=True, required=True, default="planned", index=True)
    date_planned = fields.Datetime("Planned at", readonly=True)
    date_done = fields.Datetime("Done at", compute="_compute_state", store=True)
    policy = fields.Selection(POLICIES, "Way of walking", readonly=True)
    method = fields.Selection(METHODS, readonly=True)
    length_m = fields.Float("Metres", digits=(12, 1), readonly=True)
    name_order_m = fields.Float("Metres in name order", digits=(12, 1), readonly=True)
    serpentine_m = fields.Float("Metres in serpentine order", digits=(12, 1), readonly=True)
    saved_share = fields.Float("Less walking", compute="_compute_saved_share", store=True, aggregator=None)
    duration_min = fields.Float("Minutes", digits=(12, 1), readonly=True)
    line_count = fields.Integer("Lines", readonly=True)
    stop_count = fields.Integer("Number of stops", readonly=True)
    stop_done_count = fields.Integer("Stops done", compute="_compute_stop_done_count")
    start_point_id = fields.Many2one("gantry.layout.point", "From", readonly=True, ondelete="set null")
    end_point_id = fields.Many2one("gantry.layout.point", "To", readonly=True, ondelete="set null")
    side = fields.Selection([("source", "Picks from"), ("dest", "Puts into")], readonly=True, default="source")
    path = fields.Json(readonly=True)
    floor_key = fields.Char(readonly=True)
    missing_ids = fields.Many2many(
        "stock.location", "gantry_route_missing_rel", string="Bins without way or position", readonly=True)
    stop_ids = fields.One2many("gantry.route.stop", "route_id", "Stops", readonly=True)
    next_stop_id = fields.Many2one("gantry.route.stop", "Next stop", compute="_compute_stop_done_count")
    needs_plan = fields.Boolean("Lines have changed", readonly=True)
    is_stale = fields.Boolean("Ways have changed", compute="_compute_is_stale")
    reasons = fields.Json(readonly=True)
    explanation = fields.Json(compute="_compute_explanation")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("picking_ids.state", "picking_ids.date_done", "picking_ids.user_id")
    def _compute_state(self):
        for route in self:
            pickings = route.picking_ids
            opened = pickings.filtered(lambda picking: picking.state not in ("done", "cancel"))
            done = pickings.filtered(lambda picking: picking.state == "done")
            route.state = "planned" if opened else "done" if done else "cancel"
            route.date_done = max(done.mapped("date_done"), default=False) if done and not opened else False
            route.user_id = pickings.user_id if len(pickings.user_id) == 1 else False

    @api.depends("length_m", "name_order_m")
    def _compute_saved_share(self):
        for route in self:
            route.saved_share = 1 - route.length_m / route.name_order_m if route.name_order_m else 0.0

    @api.depends("picking_ids")
    def _compute_picking_count(self):
        for route in self:
            route.picking_count = len(route.picking_ids)

    @api.depends("stop_ids.done", "stop_ids.sequence")
    def _compute_stop_done_count(self):
        for route in self:
            left = route.stop_ids.filtered(lambda stop: not stop.done)
            route.stop_done_count = len(route.stop_ids) - len(left)
            route.next_stop_id = left[:1]

    @api.depends("floor_key", "state")
    def _compute_is_stale(self):
        for route in self:
            route.is_stale = route.state == "planned" and route._has_other_floor()

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_explanation(self):
        explain = self.env["gantry.explain"]
        for route in self:
            route.explanation = explain._explain(route.reasons)

    @api.depends("length_m", "name_order_m", "method")
    @api.depends_context("lang")
    def _compute_summary(self):
        number = self.env["gantry.explain"]._format_integer
        for route in self:
            if route.length_m:
                route.summary = self.env._(
                    "%(metres)s m, %(given)s m in name order", metres=number(route.length_m),
                    given=number(route.name_order_m))
            else:
                route.summary = self.env._("No metres: bins without position")

    # -- buttons

    def action_open(self):
        """The route, planned again when lines or ways have changed since."""
        self.ensure_one()
        self._refresh()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Route"), "res_model": "gantry.route",
            "view_mode": "form", "res_id": self.id,
        }

    def action_plan_again(self):
        """From where the picker stands now."""
        self._plan_again()
        return True

    def action_open_map(self):
        """The floor plan with this walk."""
        self.ensure_one()
        self._refresh()
        return {
            "type": "ir.actions.client", "tag": "gantry_layout_map", "name": self.env._("Map: %s", self.name),
            "params": {"layout_id": self.layout_id.id, "route_id": self.id},
            "context": {"layout_id": self.layout_id.id, "route_id": self.id},
        }

    def action_open_pickings(self):
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window", "name": self.env._("Transfers"), "res_model": "stock.picking",
            "view_mode": "list,form", "domain": [("id", "in", self.picking_ids.ids)],
        }
        if len(self.picking_ids) == 1:
            action |= {"view_mode": "form", "res_id": self.picking_ids.id}
        return action

    def action_add_transfer(self):
        """A wizard that slips another transfer into the walk."""
        self.ensure_one()
        self._check_planned()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Slip in a transfer"), "target": "new",
            "res_model": "gantry.route.add", "view_mode": "form", "context": {"default_route_id": self.id},
        }

    def action_print(self):
        """The printed pick list of every transfer, in walking order."""
        self._refresh()
        return self.env.ref("stock.action_report_picking").report_action(self.picking_ids)

    # -- the map

    @api.readonly
    def get_map_route(self):
        """What a map needs to draw this walk.

        :return: ``route_id, name, summary, note, layout_id, length_m, name_order_m, duration_min, state, is_stale``,
            ``path`` (corners, x and y in metres), ``stops``: a list of ``stop_id, sequence, label, location_id, name,
            x, y, done, products``; x and y are null for bins without position
        """
        self.ensure_one()
        self.check_access("read")
        number = self.env["gantry.explain"]._format_integer
        note = self.env._(
            "%(given)s m in name order, %(minutes)s minutes", given=number(self.name_order_m),
            minutes=number(self.duration_min)) if self.length_m else self.summary
        placed = self.stop_ids.location_id.filtered(
            lambda location: self.layout_id and location.gantry_layout_id == self.layout_id)
        stops = [
            {
                "stop_id": stop.id, "sequence": stop.sequence, "done": stop.done,
                "label": f"{stop.location_id.name} \N{MIDDLE DOT} {stop.products}",
                "location_id": stop.location_id.id, "name": stop.location_id.name, "products": stop.products,
                "x": stop.location_id.gantry_access_x if stop.location_id in placed else None,
                "y": stop.location_id.gantry_access_y if stop.location_id in placed else None,
            }
            for stop in self.stop_ids]
        return {
            "route_id": self.id, "name": self.name, "summary": self.summary, "note": note,
            "layout_id": self.layout_id.id,
            "length_m": self.length_m, "name_order_m": self.name_order_m, "duration_min": self.duration_min,
            "state": self.state, "is_stale": self.is_stale, "path": self.path or [], "stops": stops,
        }

    # -- parts

    def _show(self):
        """An action that shows these routes."""
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_route.gantry_route_action")
        if len(self) == 1:
            return self.action_open()
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    def _check_planned(self):
        for route in self:
            if route.state != "planned":
                raise UserError(self.env._("The route %s is no longer planned: its transfers are done or cancelled.",
                                           route.name))
