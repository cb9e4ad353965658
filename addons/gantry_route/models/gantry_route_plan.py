from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.walk import SKIPPED, Floor, Line, Rules, Walk, plan_walk

HANDLING_RANKS = {"heavy": 0, "normal": 1, "fragile": 2}


class GantryRoute(models.Model):
    _inherit = "gantry.route"

    def _route(self, pickings, together=False, keep=None):
        """Plan the walk of each transfer; of transfers that share a route already, that route.

        Whatever the number of lines, the number of queries is the same.

        :param pickings: transfers, with something reserved
        :param together: one walk past all of them
        :param keep: route that becomes this walk; transfers that it had besides lose it
        :return: the routes; transfers without open lines get none
        """
        pickings = pickings.with_env(self.env)
        pickings.check_access("write")
        self.env.flush_all()
        trips = self._trips(pickings, together, keep)
        self._prepare_route_problem(trips)
        trips = [trip for trip in trips if trip.walk.lines or trip.route]
        for trip in trips:
            plan_walk(trip.walk, trip.floor)
        return self._apply_route_plan(trips)

    def _trips(self, pickings, together, keep=None):
        """What is walked at once: (route or none, transfers)."""
        shared = pickings.gantry_route_id.filtered(lambda route: route.state == "planned")
        if together:
            if len(pickings.picking_type_id.warehouse_id) > 1:
                raise UserError(self.env._("One walk cannot lead through several warehouses."))
            if not keep:
                same = len(shared) == 1 and shared.picking_ids <= pickings
                keep = shared if same else shared.browse()
            return [_Trip(keep, pickings)] if pickings else []
        trips = [_Trip(route, route.picking_ids) for route in shared]
        alone = pickings - shared.picking_ids
        return trips + [_Trip(shared.browse(), picking) for picking in alone if picking.picking_type_id.warehouse_id]

    # -- the problem

    def _prepare_route_problem(self, trips):
        """Lines, rules, floor and what is done already, for all trips at once."""
        lines, done = self._read_open_lines(trips), self._read_done_stops(trips)
        rules, floors, points = {}, {}, self._read_points(trips)
        ranks = self._read_ranks(trips, lines)
        for trip in trips:
            picking_type = trip.pickings.picking_type_id[:1]
            key = (picking_type.warehouse_id, picking_type.gantry_equipment)
            if key not in floors:
                geometry = self.env["gantry.layout"]._get_geometry(key[0], equipment=key[1] or None)
                floors[key] = Floor(geometry) if geometry is not None else None
            trip.floor = floors[key]
            if picking_type not in rules:
                rules[picking_type] = self._rules(picking_type, trip.floor, points)
            trip.rows = [row for picking in trip.pickings for row in lines.get(picking.id, ())]
            trip.side = self._side(trip, picking_type)
            trip.done = self._done_of(trip, done)
            trip.walk = Walk(
                lines=[self._line(row, trip.side, ranks) for row in trip.rows if not row.is_done],
                rules=rules[picking_type], done=[stop[1] for stop in trip.done],
                done_names={stop[1]: stop[2] for stop in trip.done})

    def _read_open_lines(self, trips):
        """Open lines by transfer, with their bins on both sides and what became of their stop."""
        picking_ids = [picking_id for trip in trips for picking_id in trip.pickings.ids]
        found = defaultdict(list)
        for row in self.env.execute_query(SQL(
                """
                SELECT line.id, line.picking_id, line.product_id, line.picked OR COALESCE(stop.done, FALSE),
                       COALESCE(stop.skipped, FALSE), stop.id, line.gantry_route_sequence,
                       source.id, source.complete_name, source.gantry_sequence, source.gantry_layout_id,
                       dest.id, dest.complete_name, dest.gantry_sequence, dest.gantry_layout_id
                  FROM stock_move_line line
                  JOIN stock_location source ON source.id = line.location_id
                  JOIN stock_location dest ON dest.id = line.location_dest_id
                  LEFT JOIN gantry_route_stop stop ON stop.id = line.gantry_stop_id
                 WHERE line.picking_id = ANY(%s) AND line.state NOT IN ('draft', 'cancel', 'done')
                   AND line.quantity > 0
                 ORDER BY line.id
                """, picking_ids)):
            found[row[1]].append(_Row(*row))
        return found

    def _read_done_stops(self, trips):
        """Stops that are done, by route in the order in which they were."""
        route_ids = [trip.route.id for trip in trips if trip.route]
        found = defaultdict(list)
        if route_ids:
            for route_id, *stop in self.env.execute_query(SQL(
                    """
                    SELECT stop.route_id, stop.id, stop.location_id, location.complete_name
                      FROM gantry_route_stop stop JOIN stock_location location ON location.id = stop.location_id
                     WHERE stop.route_id = ANY(%s) AND stop.done
                     ORDER BY stop.date_done, stop.sequence, stop.id
                    """, route_ids)):
                found[route_id].append(tuple(stop))
        return found

    def _done_of(self, trip, done):
        """Done stops of a route, with those whose lines somebody picked without saying so here."""
        known = done.get(trip.route.id, [])
        ids = {stop[0] for stop in known}
        opened = {row.stop_id for row in trip.rows if not row.is_done}
        for row in trip.rows:
            if row.is_done and row.stop_id and row.stop_id not in ids | opened:
                known = [*known, (row.stop_id, row.location(trip.side), row.name(trip.side))]
                ids.add(row.stop_id)
        return known

    def _read_points(self, trips):
        """Points where walks of a layout start and end, by layout."""
        warehouses = {picking_type.warehouse_id.id for trip in trips for picking_type in trip.pickings.picking_type_id}
        return self._read_points_of(list(warehouses))

    def _read_points_of(self, warehouse_ids):
        points = defaultdict(dict)
        for layout_id, point_id, is_start, is_end in self.env.execute_query(SQL(
                """
                SELECT point.layout_id, point.id, point.is_start, point.is_end
                  FROM gantry_layout_point point JOIN gantry_layout layout ON layout.id = point.layout_id
                 WHERE layout.warehouse_id = ANY(%s) AND (point.is_start OR point.is_end)
                 ORDER BY point.id DESC
                """, warehouse_ids)):
            if is_start:
                points[layout_id]["start"] = point_id
            if is_end:
                points[layout_id]["end"] = point_id
        return points

    def _rules(self, picking_type, floor, points):
        default = points[floor.geometry.layout_id] if floor else {}
        return Rules(
            policy=picking_type.gantry_policy or "shortest",
            speed_m_per_s=picking_type.gantry_speed or (floor.geometry.speed_m_per_s if floor else 1.2),
            stop_seconds=picking_type.gantry_stop_seconds,
            start_id=picking_type.gantry_start_point_id.id or default.get("start", 0),
            end_id=picking_type.gantry_end_point_id.id or default.get("end", 0))

    def _side(self, trip, picking_type):
        """Receipts are walked to where the goods are put; everything else to where they lie, where that is known."""
        if picking_type.code == "incoming":
            return "dest"
        placed = [any(row[side].layout for row in trip.rows) for side in ("source", "dest")]
        return "dest" if placed == [False, True] else "source"

    def _line(self, row, side, ranks):
        rank = ranks.get((row.picking_id, row.product_id), 0) + (SKIPPED if row.skipped else 0)
        place = row[side]
        return Line(id=row.id, location_id=place.id, name=place.name, sequence=place.sequence or 0, rank=rank)

    def _read_ranks(self, trips, lines):
        """What must be picked first, by transfer and product; empty unless an operation type asks for it."""
        asked = {
            picking.id: picking.picking_type_id for trip in trips for picking in trip.pickings
            if picking.picking_type_id.gantry_precedence not in (False, "none")}
        product_ids = {row.product_id for picking_id in asked for row in lines.get(picking_id, ())}
        if not product_ids:
            return {}
        products = {row[0]: row[1:] for row in self.env.execute_query(SQL(
            """
            SELECT product.id, COALESCE(product.weight, 0),
                   COALESCE(template.gantry_handling, (
                       SELECT above.gantry_handling FROM product_category above
                        WHERE category.parent_path LIKE above.parent_path || '%%' AND above.gantry_handling IS NOT NULL
                        ORDER BY LENGTH(above.parent_path) DESC LIMIT 1))
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE product.id = ANY(%s)
            """, list(product_ids)))}
        return {
            (picking_id, row.product_id): self._rank(picking_type, *products[row.product_id])
            for picking_id, picking_type in asked.items() for row in lines.get(picking_id, ())}

    def _rank(self, picking_type, weight, handling):
        heavy = bool(picking_type.gantry_heavy_kg) and weight >= picking_type.gantry_heavy_kg
        if picking_type.gantry_precedence == "weight":
            return 0 if heavy else 1
        return HANDLING_RANKS[handling or ("heavy" if heavy else "normal")]


class _Place:
    __slots__ = ("id", "layout", "name", "sequence")

    def __init__(self, *values):
        self.id, self.name, self.sequence, self.layout = values


class _Row:
    """An open line as it was read."""

    __slots__ = ("dest", "id", "is_done", "order", "picking_id", "product_id", "skipped", "source", "stop_id")

    def __init__(self, line_id, picking_id, product_id, is_done, skipped, stop_id, order, *places):
        self.id, self.picking_id, self.product_id = line_id, picking_id, product_id
        self.is_done, self.skipped, self.stop_id, self.order = is_done, skipped, stop_id, order
        self.source, self.dest = _Place(*places[:4]), _Place(*places[4:])

    def __getitem__(self, side):
        return self.source if side == "source" else self.dest

    def location(self, side):
        return self[side].id

    def name(self, side):
        return self[side].name


class _Trip:
    """Transfers walked at once, with everything about them."""

    __slots__ = ("done", "floor", "pickings", "route", "rows", "side", "walk")

    def __init__(self, route, pickings):
        self.route, self.pickings = route, pickings
        self.done, self.rows, self.floor, self.side, self.walk = [], [], None, "source", None
