from odoo import fields, models
from odoo.tools import SQL

from ..core.walk import SKIPPED


class GantryRoute(models.Model):
    """Plans are filed with a fixed number of statements, whatever the number of lines."""

    _inherit = "gantry.route"

    def _apply_route_plan(self, trips):
        """Write routes, stops and the order of lines: a fixed number of statements, straight into the tables."""
        if not trips:
            return self.browse()
        # sudo: users only read routes; _route checked that they may change the transfers
        Route = self.sudo()
        new = [trip for trip in trips if not trip.route]
        before = self.env["stock.picking"].union(*(trip.pickings for trip in trips)).gantry_route_id
        created = Route.create([self._route_vals(trip) | self._new_route_vals(trip) for trip in new])
        for trip, route in zip(new, created, strict=True):
            trip.route = route
        for trip in trips:
            if trip.route not in created:
                vals, route = self._route_vals(trip), trip.route.sudo()
                if set(route.missing_ids.ids) == set(trip.walk.missing):
                    del vals["missing_ids"]  # would cost a query for each route
                route.write(vals)
        routes = Route.union(*(trip.route for trip in trips))
        self.env.flush_all()
        self._write_stops(trips, routes)
        moved = self._write_pickings(trips)
        self._forget(routes, before.sudo() - routes, moved)
        return routes.with_env(self.env)

    def _new_route_vals(self, trip):
        picking_type = trip.pickings.picking_type_id[:1]
        return {
            "company_id": picking_type.company_id.id,
            "warehouse_id": picking_type.warehouse_id.id,
            "picking_type_id": picking_type.id,
            "name": self._route_name(trip.pickings),
        }

    def _route_name(self, pickings):
        names = pickings.mapped("name")
        return names[0] if len(names) == 1 else self.env._(
            "%(count)s transfers: %(names)s", count=len(names), names=", ".join(names[:3]) + " …" * (len(names) > 3))

    def _route_vals(self, trip):
        walk, rules = trip.walk, trip.walk.rules
        reasons = walk.reasons
        if trip.done:
            again = {"bin": trip.done[-1][2], "done": len(trip.done)}
            reasons = [*reasons, {"code": "route.again", "numbers": again}]
        return {
            "layout_id": trip.floor.geometry.layout_id if trip.floor else False,
            "date_planned": fields.Datetime.now(),
            "policy": rules.policy, "method": walk.method, "side": trip.side,
            "length_m": walk.length_m, "name_order_m": walk.name_order_m, "serpentine_m": walk.serpentine_m,
            "duration_min": walk.duration_min,
            "line_count": len(trip.rows), "stop_count": len(walk.stops) + len(trip.done),
            "start_point_id": rules.start_id, "end_point_id": rules.end_id or rules.start_id,
            "path": walk.path, "floor_key": walk.floor_key, "missing_ids": [fields.Command.set(walk.missing)],
            "reasons": reasons, "needs_plan": False,
        }

    def _write_stops(self, trips, routes):
        """Stops keep their record as long as their bin is on the walk: somebody may have them on a screen."""
        done = {stop[0] for trip in trips for stop in trip.done}
        known = {
            (route_id, location_id, rank): stop_id
            for stop_id, route_id, location_id, rank in self.env.execute_query(SQL(
                "SELECT id, route_id, location_id, rank FROM gantry_route_stop WHERE route_id = ANY(%s)", routes.ids))
            if stop_id not in done}
        rows = [
            (known.pop((trip.route.id, stop.location_id, stop.rank % SKIPPED), None), trip.route, stop)
            for trip in trips for stop in trip.walk.stops]
        if known:
            self.env.cr.execute(SQL("DELETE FROM gantry_route_stop WHERE id = ANY(%s)", list(known.values())))
        if done:
            self._write_done(trips)
        self._update_stops([row for row in rows if row[0]])
        ids = iter(self._insert_stops([row for row in rows if not row[0]]))
        placed = [(stop_id or next(ids), stop) for stop_id, _route, stop in rows]
        self._write_lines([
            (line_id, stop_id, stop.sequence) for stop_id, stop in placed for line_id in stop.line_ids])

    def _stop_columns(self, rows):
        """What a plan says about stops, a column each."""
        stops = [row[2] for row in rows]
        return (
            [stop.sequence for stop in stops], [stop.leg_m or 0.0 for stop in stops],
            [stop.total_m or 0.0 for stop in stops], [stop.leg_m is not None for stop in stops],
            [stop.rank >= SKIPPED for stop in stops])

    def _update_stops(self, rows):
        if rows:
            self.env.cr.execute(SQL(
                """
                UPDATE gantry_route_stop stop
                   SET sequence = new.sequence, leg_m = new.leg, total_m = new.total, has_way = new.way,
                       skipped = new.skipped
                  FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::numeric[], %s::bool[], %s::bool[])
                       AS new(id, sequence, leg, total, way, skipped)
                 WHERE stop.id = new.id
                """, [row[0] for row in rows], *self._stop_columns(rows)))

    def _insert_stops(self, rows):
        """Ids of new stops, in the order of the rows."""
        if not rows:
            return []
        sequences, legs, totals, ways, skipped = self._stop_columns(rows)
        return [row[0] for row in self.env.execute_query(SQL(
            """
            INSERT INTO gantry_route_stop (route_id, company_id, location_id, rank, sequence, leg_m, total_m, has_way,
                                           skipped, done, create_uid, write_uid, create_date, write_date)
            SELECT *, FALSE, %(user)s, %(user)s, %(now)s, %(now)s
              FROM unnest(%(routes)s::int[], %(companies)s::int[], %(locations)s::int[], %(ranks)s::int[],
                          %(sequences)s::int[], %(legs)s::numeric[], %(totals)s::numeric[], %(ways)s::bool[],
                          %(skipped)s::bool[])
            RETURNING id
            """,
            user=self.env.uid, now=fields.Datetime.now(), routes=[row[1].id for row in rows],
            companies=[row[1].company_id.id for row in rows], locations=[row[2].location_id for row in rows],
            ranks=[row[2].rank % SKIPPED for row in rows], sequences=sequences, legs=legs, totals=totals, ways=ways,
            skipped=skipped))]

    def _write_done(self, trips):
        rows = [
            (stop[0], number, leg) for trip in trips
            for number, (stop, leg) in enumerate(zip(trip.done, _legs(trip), strict=True), 1)]
        self.env.cr.execute(SQL(
            """
            UPDATE gantry_route_stop stop
               SET sequence = known.sequence, leg_m = known.leg, total_m = known.total, done = TRUE,
                   date_done = COALESCE(stop.date_done, %s)
              FROM unnest(%s::int[], %s::int[], %s::numeric[], %s::numeric[])
                   AS known(id, sequence, leg, total)
             WHERE stop.id = known.id
            """, fields.Datetime.now(), [row[0] for row in rows], [row[1] for row in rows],
            [row[2][0] for row in rows], [row[2][1] for row in rows]))

    def _write_lines(self, rows):
        """Stop and place in the walk of each line; `write` would ask what it means for the reservation: nothing."""
        self.env.cr.execute(SQL(
            """
            UPDATE stock_move_line line SET gantry_stop_id = stop_id, gantry_route_sequence = known.sequence
              FROM unnest(%s::int[], %s::int[], %s::int[]) AS known(id, stop_id, sequence)
             WHERE line.id = known.id
            """, *(list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])))

    def _write_pickings(self, trips):
        pairs = [
            (picking.id, trip.route.id) for trip in trips for picking in trip.pickings
            if picking.gantry_route_id != trip.route]
        pairs += [(picking.id, None) for trip in trips for picking in trip.route.picking_ids - trip.pickings]
        self.env.cr.execute(SQL(
            """
            UPDATE stock_picking picking SET gantry_route_id = known.route_id
              FROM unnest(%s::int[], %s::int[]) AS known(id, route_id) WHERE picking.id = known.id
            """, [pair[0] for pair in pairs], [pair[1] for pair in pairs]))
        return self.env["stock.picking"].browse(pair[0] for pair in pairs)

    def _forget(self, routes, others, moved):
        """The tables were written behind the back of the cache; other routes go that lost all their transfers."""
        self.env["stock.move.line"].invalidate_model(["gantry_stop_id", "gantry_route_sequence"])
        self.env["stock.picking"].invalidate_model(["gantry_route_id"])
        self.env["gantry.route.stop"].invalidate_model()
        self.env["gantry.route"].invalidate_model([name for name, field in self._fields.items() if not field.store])
        moved.modified(["gantry_route_id"])
        for name in self._computed_from_transfers():
            self.env.add_to_compute(self._fields[name], routes | others)
        lost = others.filtered(lambda route: not route.picking_ids and not route.stop_done_count)
        (others - lost)._note_change()
        lost.unlink()

    def _computed_from_transfers(self):
        """Stored fields that depend on the transfers of a route."""
        return ["state", "date_done", "user_id"]


def _legs(trip):
    """(leg, total) of each stop that is done; nobody knows them without a floor."""
    legs = trip.walk.done_legs or [0.0] * len(trip.done)
    found, total = [], 0.0
    for leg in legs:
        total += leg
        found.append((leg, total))
    return found
