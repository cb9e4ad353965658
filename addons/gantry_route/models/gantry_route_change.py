import logging

from odoo import models
from odoo.exceptions import UserError

from ..core.walk import SKIPPED, Floor, Line, Walk, plan_walk, slip_in, stops_of

_logger = logging.getLogger(__name__)
TO_PLAN = "gantry_route.to_plan"


class GantryRoute(models.Model):
    """What happens to a walk under way: lines come and go, ways are blocked, stops are passed."""

    _inherit = "gantry.route"

    def _plan_again(self):
        """From where the picker stands now."""
        self._check_planned()
        return self._route(self.picking_ids)

    def _plan_after(self, stop):
        """A stop is done: the rest keeps its order unless the picker went elsewhere than planned."""
        self.ensure_one()
        if self.state == "planned" and any(
                not other.done and other.sequence < stop.sequence for other in self.stop_ids):
            self._plan_again()

    def _refresh(self):
        """Plan again what lines or ways have made out of date."""
        opened = self.filtered(lambda route: route.state == "planned")
        opened.filtered(lambda route: route.needs_plan or route._has_other_floor())._plan_again()

    def _note_change(self):
        """Lines have changed: plan again when the transaction ends, once, however many they are."""
        # sudo: users only read routes; called for lines that the caller changed
        routes = self.sudo().filtered(lambda route: route.state == "planned" and not route.needs_plan)
        if not routes:
            return
        routes.needs_plan = True
        precommit = self.env.cr.precommit
        if TO_PLAN not in precommit.data:
            precommit.data[TO_PLAN] = set()
            precommit.add(routes.browse()._plan_at_commit)
        precommit.data[TO_PLAN].update(routes.ids)

    def _plan_at_commit(self):
        routes = self.browse(self.env.cr.precommit.data.pop(TO_PLAN, ())).exists()
        routes = routes.filtered(lambda route: route.needs_plan and route.state == "planned")
        try:
            with self.env.cr.savepoint():
                routes._plan_again()
                self.env.flush_all()
        except Exception:  # what the user did must not fail for its route, which stays marked for the next opening
            _logger.exception("Routes %s could not be planned again", routes.ids)

    # -- ways

    def _has_other_floor(self):
        """Whether bins, walkways, blocked ways, start or end are others than when the route was planned."""
        self.ensure_one()
        floor, rules = self._floor_of(self.picking_type_id)
        now = floor.key(rules, set(self.stop_ids.location_id.ids)) if floor else ""
        return now != (self.floor_key or "")

    def _floor_of(self, picking_type, warehouse=None):
        """The floor of an operation type as it is now (none without a layout), and how one walks there."""
        # sudo: whoever may read a route, or reserve, may know how one walks
        picking_type = picking_type.sudo()
        warehouse = warehouse or picking_type.warehouse_id
        geometry = self.env["gantry.layout"].sudo()._get_geometry(
            warehouse, equipment=picking_type.gantry_equipment or None)
        floor = Floor(geometry) if geometry is not None else None
        return floor, self._rules(picking_type, floor, self.sudo()._read_points_of(warehouse.ids))

    # -- a line that cannot wait

    def _slip_in(self, pickings):
        """Take further transfers along, each stop where it costs the least extra metres; the rest keeps its order.

        :return: extra metres; none when the walk had to be planned as a whole, because bins have no position or an
            order of precedence is asked for
        """
        self.ensure_one()
        self._check_planned()
        pickings = pickings.with_env(self.env)
        pickings.check_access("write")
        self._check_addable(pickings)
        trip = self._trip_with(pickings)
        order, new = self._known_and_new(trip)
        if not any(row.picking_id in pickings.ids for row in trip.rows):
            raise UserError(self.env._("Nothing is reserved for %s yet.", ", ".join(pickings.mapped("name"))))
        found = None
        if trip.floor and trip.pickings.picking_type_id[:1].gantry_precedence == "none":
            found = slip_in(order, new, trip.floor, trip.walk.rules, trip.done[-1][1] if trip.done else None)
        if found is None:
            self._route(trip.pickings, together=True)
            return None
        plan_walk(trip.walk, trip.floor, found[0])
        names = ", ".join(pickings.mapped("name"))
        trip.walk.reasons[:0] = [
            {"code": "route.length", "numbers": {
                "metres": trip.walk.length_m, "given": trip.walk.name_order_m,
                "serpentine": trip.walk.serpentine_m}},
            {"code": "route.urgent", "numbers": {"document": names, "extra": found[1]}}]
        self._apply_route_plan([trip])
        # sudo: users only read routes; they may change the transfers
        self.sudo().name = self._route_name(trip.pickings)
        return found[1]

    def _check_addable(self, pickings):
        for picking in pickings:
            if picking.picking_type_id.warehouse_id != self.warehouse_id:
                raise UserError(self.env._("%s belongs to another warehouse.", picking.display_name))
            if picking.state in ("draft", "done", "cancel"):
                raise UserError(self.env._(
                    "%s cannot be picked: it is a draft, done or cancelled.", picking.display_name))

    def _trip_with(self, pickings):
        """This route as it is now, with further transfers and everything known about their lines."""
        self.env.flush_all()
        trip = self._trips(self.picking_ids, False)[0]
        trip.pickings |= pickings
        self._prepare_route_problem([trip])
        return trip

    def _known_and_new(self, trip):
        """Stops of this walk in their order, and those that it does not have yet."""
        own = set(self.stop_ids.ids)
        place = {row.id: row.order for row in trip.rows if row.stop_id in own}
        known, new = [], []
        for stop in stops_of(trip.walk.lines):
            at = [place[line_id] for line_id in stop.line_ids if line_id in place]
            (known if at else new).append((min(at, default=0), stop))
        return [stop for _at, stop in sorted(known, key=lambda pair: pair[0])], [stop for _at, stop in new]

    # -- questions

    def _next_from(self, location):
        """The stop to go to from a bin, by the shortest way past all that are left.

        :return: (stop, metres to it, metres left to walk); metres are none without position
        """
        self.ensure_one()
        opened = self.stop_ids.filtered(lambda stop: not stop.done)
        if not opened:
            return opened, None, None
        floor, rules = self._floor_of(self.picking_type_id)
        lines = [
            Line(id=stop.id, location_id=stop.location_id.id, name=stop.location_id.complete_name,
                 sequence=stop.location_id.gantry_sequence, rank=stop.rank + (SKIPPED if stop.skipped else 0))
            for stop in opened]
        walk = Walk(lines=lines, rules=rules, done=[location.id], done_names={location.id: location.complete_name})
        first = plan_walk(walk, floor).stops[0]
        stop = opened.browse(first.line_ids[:1])
        left = walk.length_m - sum(walk.done_legs) if first.total_m is not None else None
        return stop, first.leg_m, left

