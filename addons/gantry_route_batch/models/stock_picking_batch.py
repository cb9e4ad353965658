from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPickingBatch(models.Model):
    _inherit = "stock.picking.batch"

    gantry_route_id = fields.Many2one("gantry.route", "Route", compute="_compute_gantry_route_id")
    gantry_route_m = fields.Float("Metres to walk", digits=(12, 1), compute="_compute_gantry_route_id")
    gantry_route_summary = fields.Char("Walk", compute="_compute_gantry_route_id")

    @api.depends("picking_ids.gantry_route_id.state", "picking_ids.gantry_route_id.summary")
    def _compute_gantry_route_id(self):
        for batch in self:
            routes = batch.picking_ids.gantry_route_id.filtered(lambda route: route.state != "cancel")
            route = routes if len(routes) == 1 else routes.browse()
            batch.gantry_route_id, batch.gantry_route_m = route, route.length_m
            batch.gantry_route_summary = route.summary

    def action_gantry_route(self):
        """The walk of this batch, planned when there is none yet or transfers came and went."""
        self.ensure_one()
        route = self.gantry_route_id
        if not route or (route.state == "planned" and route.picking_ids != self._gantry_open()):
            route = self._gantry_plan()
        return route.action_open()

    def action_gantry_plan_route(self):
        """One walk for each of these batches."""
        routes = self.env["gantry.route"].union(*(batch._gantry_plan() for batch in self))
        return routes._show()

    def action_print(self):
        self.gantry_route_id._refresh()
        return super().action_print()

    def action_confirm(self):
        answer = super().action_confirm()
        for batch in self.filtered("picking_type_id.gantry_auto_route"):
            batch._gantry_open()._gantry_plan_together_by_itself()
        return answer

    def action_batch_detailed_operations(self):
        self.gantry_route_id._refresh()
        action = super().action_batch_detailed_operations()
        if self.gantry_route_id:
            action["context"] = {**(action.get("context") or {}), "gantry_has_route": True}
        return action

    def _gantry_open(self):
        return self.picking_ids.filtered(lambda picking: picking.state not in ("draft", "done", "cancel"))

    def _gantry_plan(self):
        self.ensure_one()
        route = self.env["gantry.route"]._route(self._gantry_open(), together=True)
        if not route:
            raise UserError(self.env._("Nothing is reserved for %s yet: check the availability first.", self.name))
        return route

    def _gantry_note_transfers(self):
        """Transfers joined or left: what is walked together is planned together again."""
        for batch in self.exists():
            opened = batch._gantry_open()
            routes = opened.gantry_route_id.filtered(lambda route: route.state == "planned")
            if routes and (len(routes) > 1 or routes.picking_ids != opened):
                shared = routes.filtered(lambda route: len(route.picking_ids) > 1)
                opened._gantry_plan_together_by_itself(shared if len(shared) == 1 else None)

    def _gantry_print_stops(self):
        """Lines as they are printed: one group per stop in walking order, or per bin by name without a route."""
        lines = self.picking_ids.move_line_ids
        groups = lines.sorted(lambda line: line.location_id.complete_name).grouped(
            lambda line: (line.gantry_route_sequence if self.gantry_route_id else 0, line.location_id))
        return [part for _key, part in sorted(
            groups.items(), key=lambda pair: (not pair[0][0], pair[0][0]))]
