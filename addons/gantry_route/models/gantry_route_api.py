from odoo import api, models
from odoo.exceptions import UserError

USER = "stock.group_stock_user"
MAX_TRANSFERS = 1000


class GantryRouteApi(models.AbstractModel):
    """Pick routes for scanners and other programs. Everything runs as the caller."""

    _name = "gantry.route.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: pick routes"

    # -- reads

    @api.model
    @api.readonly
    def list_routes(
        self, *, state: str | None = "planned", warehouse_id: int | None = None, transfer_id: int | None = None,
        limit: int = 100, offset: int = 0,
    ) -> dict:  # fmt: skip
        """Routes of the caller's companies, newest first.

        :param state: planned, done or cancel; all when null
        :param warehouse_id: only routes in this warehouse
        :param transfer_id: only the route of this transfer
        :param limit: how many, at most 1000
        :param offset: how many to leave out at the beginning
        :return: ``items``, ``total``, ``limit``, ``offset``, ``next_offset`` (null on the last page). An item has
            ``route_id``, ``name``, ``state``, ``transfer_ids``, ``warehouse_id``, ``metres``, ``name_order_metres``,
            ``serpentine_metres``, ``minutes``, ``summary``, ``policy``, ``method``, ``lines``, ``stops``,
            ``stops_done``, ``is_stale`` (lines or ways changed since: plan_route plans again)
        """
        self._require_group(USER)
        domain = []
        if state is not None:
            options = self.env["gantry.route"]._fields["state"]._description_selection(self.env)
            domain.append(("state", "=", self._one_of("state", state, dict(options))))
        if warehouse_id is not None:
            domain.append(("warehouse_id", "=", self._checked_id("warehouse_id", warehouse_id)))
        if transfer_id is not None:
            domain.append(("picking_ids", "in", [self._checked_id("transfer_id", transfer_id)]))
        return self._page_of(
            self.env["gantry.route"], domain, lambda page: [self._route_answer(route) for route in page],
            limit=limit, offset=offset, order="id desc")

    @api.model
    @api.readonly
    def get_route(self, *, route_id: int, limit: int = 1000, offset: int = 0) -> dict:
        """A route with its stops in walking order.

        :param route_id: id of the route
        :param limit: how many stops, at most 1000
        :param offset: how many stops to leave out at the beginning
        :return: as an item of list_routes, and ``start``, ``end`` (``point_id``, ``name``, or null), ``path``
            (corners of the walk that is left, x and y in metres), ``reasons`` (sentences), ``missing_location_ids``,
            and ``stops``: a page of ``stop_id``, ``sequence``, ``location_id``, ``location``, ``metres``,
            ``metres_so_far``, ``has_way``, ``done``, ``skipped``, ``lines``: a list of ``line_id``, ``transfer_id``,
            ``product_id``, ``product``, ``lot_id``, ``lot``, ``quantity``, ``unit``, ``picked``
        """
        self._require_group(USER)
        route = self._record("gantry.route", route_id)
        limit, offset = self._page(limit, offset)
        stops = self._page_answer(
            [self._stop_answer(stop) for stop in route.stop_ids[offset : offset + limit]], len(route.stop_ids),
            limit, offset)
        return self._plain(self._route_answer(route) | self._json({
            "start": self._point_answer(route.start_point_id), "end": self._point_answer(route.end_point_id),
            "path": route.path or [], "reasons": [reason["text"] for reason in route.explanation or []],
            "missing_location_ids": route.missing_ids, "stops": stops,
        }))

    @api.model
    @api.readonly
    def next_stop(self, *, route_id: int, location_id: int | None = None) -> dict:
        """Where to go next.

        :param route_id: id of a planned route
        :param location_id: bin in which the picker stands; the last stop that is done when left out
        :return: ``stop`` (as in get_route, null when all are done), ``metres`` to it and ``metres_left`` to the end
            of the walk (null without position)
        """
        self._require_group(USER)
        route = self._record("gantry.route", route_id)
        route._check_planned()
        if location_id is None:
            stop = route.next_stop_id
            metres = stop.leg_m if stop.has_way else None
            left = route.length_m - stop.total_m + stop.leg_m if stop.has_way else None
        else:
            stop, metres, left = route._next_from(self._record("stock.location", location_id))
        answer = {"stop": self._stop_answer(stop) if stop else None, "metres": metres, "metres_left": left}
        return self._plain(self._json(answer))

    @api.model
    @api.readonly
    def distance(
        self, *, from_location_id: int, to_location_ids: list[int], operation_type_id: int | None = None,
    ) -> list:  # fmt: skip
        """Metres to walk from one bin to others of the same warehouse.

        :param from_location_id: bin where the walk starts
        :param to_location_ids: bins where it ends, at most 1000
        :param operation_type_id: leave out ways that are too narrow for the equipment of this operation type
        :return: a list of ``location_id``, ``metres`` (null without position or way), in the order that was asked
        """
        self._require_group(USER)
        origin = self._record("stock.location", from_location_id)
        goals = self._records("stock.location", "to_location_ids", to_location_ids)
        picking_type = self.env["stock.picking.type"]
        if operation_type_id is not None:
            picking_type = self._record("stock.picking.type", operation_type_id)
        if not origin.warehouse_id or any(goal.warehouse_id != origin.warehouse_id for goal in goals):
            raise UserError(self.env._("All bins must lie in the same warehouse."))
        floor = self.env["gantry.route"]._floor_of(picking_type, origin.warehouse_id)[0]
        if floor is None:
            raise UserError(self.env._("The warehouse %s has no layout.", origin.warehouse_id.name))
        place, along = floor.places([origin.id])
        start = (int(place[0]), float(along[0])) if place[0] >= 0 else None
        metres = floor.metres_from(start, goals.ids).tolist()
        return self._plain(self._json([
            {"location_id": goal.id, "metres": one} for goal, one in zip(goals, metres, strict=True)]))

    # -- changes

    @api.model
    def plan_route(
        self, *, request_uid: str, transfer_ids: list[int] | None = None, batch_id: int | None = None,
        together: bool = False,
    ) -> dict:  # fmt: skip
        """Propose a route for transfers or for a batch; for those under way, from where the picker stands.

        :param request_uid: identifier of this request; the same one again returns the first answer
        :param transfer_ids: ids of transfers with something reserved, at most 1000
        :param batch_id: id of a batch or wave instead (needs the app for batch transfers)
        :param together: one walk past all transfers instead of one each; always for a batch
        :return: ``routes``: a list as in list_routes; ``without_lines``: ids of transfers for which nothing is reserved
        """
        self._require_group(USER)
        payload = {"transfer_ids": transfer_ids, "batch_id": batch_id, "together": together}

        def plan():
            if (transfer_ids is None) == (batch_id is None):
                raise UserError(self.env._("Give either transfer_ids or batch_id."))
            if batch_id is None:
                pickings = self._records("stock.picking", "transfer_ids", transfer_ids)
            else:
                pickings = self._batch_transfers(self._checked_id("batch_id", batch_id))
            opened = pickings.filtered(lambda picking: picking.state not in ("draft", "done", "cancel"))
            routes = self.env["gantry.route"]._route(opened, together=bool(together or batch_id))
            return {
                "routes": [self._route_answer(route) for route in routes],
                "without_lines": (pickings - routes.picking_ids).ids,
            }

        return self._plain(self._once("plan_route", request_uid, payload, plan))

    @api.model
    def finish_stop(self, *, stop_id: int, request_uid: str) -> dict:
        """Everything of a stop is picked.

        :param stop_id: id of the stop
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: as in next_stop
        """
        return self._pass(stop_id, request_uid, "finish_stop", lambda stop: stop.action_done())

    @api.model
    def skip_stop(self, *, stop_id: int, request_uid: str) -> dict:
        """Leave a stop for the end of the walk and plan the rest again from where the picker stands.

        :param stop_id: id of the stop
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: as in next_stop
        """
        return self._pass(stop_id, request_uid, "skip_stop", lambda stop: stop.action_skip())

    @api.model
    def short_pick(self, *, line_id: int, quantity: float, request_uid: str) -> dict:
        """Less was found than should be taken: the rest comes from other bins, and the way is planned again.

        :param line_id: id of the line, as in get_route
        :param quantity: what was found, in the unit of the line
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``route`` (as in list_routes), ``elsewhere`` (quantity that was reserved in other bins), ``missing``
            (quantity that is nowhere), both in the unit of the product, and ``next`` (as in next_stop)
        """
        self._require_group(USER)
        payload = {"line_id": line_id, "quantity": quantity}

        def pick():
            line = self._record("stock.move.line", line_id)
            if not line.gantry_stop_id or line.state in ("done", "cancel"):
                raise UserError(self.env._("This line is on no route, or done."))
            number = isinstance(quantity, int | float) and not isinstance(quantity, bool)
            if not number or not 0 <= quantity < line.quantity:
                raise UserError(self.env._("quantity must be at least zero and less than %s.", line.quantity))
            route = line.gantry_stop_id.route_id
            answer = line._gantry_short_pick(quantity)
            return {"route": self._route_answer(route), **answer, "next": self._next_answer(route)}

        return self._plain(self._once("short_pick", request_uid, payload, pick))

    @api.model
    def add_urgent(self, *, route_id: int, transfer_ids: list[int], request_uid: str) -> dict:
        """Take further transfers along, slipped in at the least extra metres; the rest keeps its order.

        :param route_id: id of a planned route
        :param transfer_ids: ids of transfers with something reserved, at most 1000
        :param request_uid: identifier of this request; the same one again returns the first answer
        :return: ``route`` (as in list_routes), ``extra_metres`` (null when the walk had to be planned as a whole)
        """
        self._require_group(USER)
        payload = {"route_id": route_id, "transfer_ids": transfer_ids}

        def add():
            route = self._record("gantry.route", route_id)
            pickings = self._records("stock.picking", "transfer_ids", transfer_ids)
            extra = route._slip_in(pickings)
            return {"route": self._route_answer(pickings[:1].gantry_route_id), "extra_metres": extra}

        return self._plain(self._once("add_urgent", request_uid, payload, add))

    # -- parts

    def _once(self, method, request_uid, payload, func):
        return self.env["gantry.request"]._once(request_uid, f"gantry.route.api/{method}", payload, func)

    def _pass(self, stop_id, request_uid, method, act):
        self._require_group(USER)

        def go():
            stop = self._record("gantry.route.stop", stop_id)
            route = stop.route_id
            act(stop)
            return self._next_answer(route)

        return self._plain(self._once(method, request_uid, {"stop_id": stop_id}, go))

    def _next_answer(self, route):
        stop = route.next_stop_id
        return self._json({
            "stop": self._stop_answer(stop) if stop else None,
            "metres": stop.leg_m if stop.has_way else None,
            "metres_left": route.length_m - stop.total_m + stop.leg_m if stop.has_way else None,
        })

    def _batch_transfers(self, batch_id):
        raise UserError(self.env._("Batches need the app for batch transfers; give transfer_ids instead."))

    def _record(self, model, record_id):
        record = self.env[model].browse(self._checked_id("id", record_id)).exists()
        if not record:
            name = self.env["ir.model"]._get(model).name
            raise UserError(self.env._("There is no %(model)s with the id %(id)s.", model=name, id=record_id))
        record.check_access("read")
        return record

    def _records(self, model, name, ids):
        ids = self._checked_ids(name, ids)
        if not 0 < len(ids) <= MAX_TRANSFERS:
            raise UserError(self.env._("%(name)s must hold 1 to %(most)s ids.", name=name, most=MAX_TRANSFERS))
        records = self.env[model].browse(dict.fromkeys(ids))
        missing = records - records.exists()
        if missing:
            label = self.env["ir.model"]._get(model).name
            raise UserError(self.env._("There is no %(model)s with the id %(id)s.", model=label, id=missing[0].id))
        records.check_access("read")
        return records

    def _route_answer(self, route):
        return self._json({
            "route_id": route.id, "name": route.name, "state": route.state, "transfer_ids": route.picking_ids,
            "warehouse_id": route.warehouse_id.id, "metres": route.length_m,
            "name_order_metres": route.name_order_m, "serpentine_metres": route.serpentine_m,
            "minutes": route.duration_min, "summary": route.summary, "policy": route.policy, "method": route.method,
            "lines": route.line_count, "stops": route.stop_count, "stops_done": route.stop_done_count,
            "is_stale": route.needs_plan or route.is_stale,
        })

    def _stop_answer(self, stop):
        return self._json({
            "stop_id": stop.id, "sequence": stop.sequence, "location_id": stop.location_id.id,
            "location": stop.location_id.complete_name, "metres": stop.leg_m if stop.has_way else None,
            "metres_so_far": stop.total_m if stop.has_way else None, "has_way": stop.has_way, "done": stop.done,
            "skipped": stop.skipped,
            "lines": [
                {
                    "line_id": line.id, "transfer_id": line.picking_id.id, "product_id": line.product_id.id,
                    "product": line.product_id.display_name, "lot_id": line.lot_id.id or None,
                    "lot": line.lot_id.name or line.lot_name or None, "quantity": line.quantity,
                    "unit": line.product_uom_id.name, "picked": line.picked,
                }
                for line in stop.line_ids],
        })

    def _point_answer(self, point):
        return {"point_id": point.id, "name": point.name} if point else None
