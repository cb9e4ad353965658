from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import binfile
from .gantry_layout_issue import KINDS

USER = "stock.group_stock_user"
MANAGER = "stock.group_stock_manager"
MAX_BINS = 20_000


class GantryLayoutApi(models.AbstractModel):
    """The geometry of warehouses for other programs. Everything runs as the caller."""

    _name = "gantry.layout.api"
    _inherit = "gantry.api"
    _description = "Gantry RPC: warehouse layout"

    @api.model
    @api.readonly
    def list_layouts(self, *, limit: int = 100, offset: int = 0) -> dict:
        """Layouts of the caller's companies.

        :return: a page of ``layout_id``, ``name``, ``warehouse_id``, ``company_id``, ``kind`` (blocks or graph),
            ``revision`` (rises with every change), ``walking_speed_m_per_s``, ``bins``
        """
        self._require_group(USER)
        return self._page_of(
            self.env["gantry.layout"], Domain.TRUE, lambda layouts: [self._layout_answer(item) for item in layouts],
            limit=limit, offset=offset)

    @api.model
    @api.readonly
    def get_layout(self, *, layout_id: int) -> dict:
        """A layout with everything but its bins; metres.

        :return: as an item of list_layouts, and ``zones`` (``zone_id``, ``code``, ``name``, ``kind``), ``areas``
            (``area_id``, ``name``, measures), ``aisles`` (``aisle_id``, ``area_id``, ``name``, ``x``, ``y_from``,
            ``y_to``, ``direction``, ``passable_for``, blocking), ``nodes`` (``node_id``, ``name``, ``x``, ``y``),
            ``walkways`` (``walkway_id``, ``start_node_id``, ``end_node_id``, ``length_m``, ``one_way``,
            ``passable_for``, blocking), ``points`` (``point_id``, ``name``, ``kind``, ``x``, ``y``, ``location_id``,
            ``is_start``, ``is_end``). Blocking is ``is_blocked``, ``blocked_from``, ``blocked_until``,
            ``blocked_reason``
        """
        self._require_group(USER)
        layout = self._record("gantry.layout", layout_id)
        answer = self._layout_answer(layout) | {
            "zones": [
                {"zone_id": zone.id, "code": zone.code, "name": zone.name, "kind": zone.kind}
                for zone in layout.zone_ids],
            "areas": [self._area_answer(area) for area in layout.block_ids],
            "aisles": [self._aisle_answer(aisle) for aisle in layout.aisle_ids],
            "nodes": [
                {"node_id": node.id, "name": node.name, "x": node.x, "y": node.y} for node in layout.node_ids],
            "walkways": [self._walkway_answer(edge) for edge in layout.edge_ids],
            "points": [
                {"point_id": point.id, "name": point.name, "kind": point.kind, "x": point.x, "y": point.y,
                 "location_id": point.location_id.id or None, "is_start": point.is_start, "is_end": point.is_end}
                for point in layout.point_ids],
        }
        return self._plain(self._json(answer))

    @api.model
    @api.readonly
    def list_bins(
        self, *, layout_id: int, location_ids: list[int] | None = None, zone_id: int | None = None,
        limit: int = 1000, offset: int = 0,
    ) -> dict:  # fmt: skip
        """Bins with their geometry, in walking sequence.

        :param layout_id: id of the layout
        :param location_ids: only these
        :param zone_id: only bins of this zone
        :param limit: how many, at most 5000
        :return: a page of ``location_id``, ``name``, ``barcode``, ``zone_id``, ``aisle_id``, ``walkway_id``, ``bay``,
            ``level``, ``side``, ``position``, ``x``, ``y``, ``z``, ``width``, ``depth``, ``height``, ``volume``,
            ``max_weight``, ``access_x``, ``access_y``, ``sequence`` (metres, m³, kg)
        """
        self._require_group(USER)
        layout = self._record("gantry.layout", layout_id)
        domain = Domain("gantry_layout_id", "=", layout.id)
        if location_ids is not None:
            domain &= Domain("id", "in", self._checked_ids("location_ids", location_ids))
        if zone_id is not None:
            domain &= Domain("gantry_zone_id", "=", self._checked_id("zone_id", zone_id))
        return self._page_of(
            self.env["stock.location"], domain, self._bin_answers, limit=limit, offset=offset,
            order="gantry_sequence, id", maximum=5000)

    @api.model
    @api.readonly
    def get_health(self, *, layout_id: int, kind: str | None = None, limit: int = 1000, offset: int = 0) -> dict:
        """What is wrong with a layout, looked up now.

        :param kind: no_position, unreachable, barcode or overlap; all when left out
        :return: a page of ``kind``, ``location_id``, ``other_location_id``, ``other_product_id``; and ``counts`` by
            kind
        """
        self._require_group(USER)
        layout = self._record("gantry.layout", layout_id)
        if kind is not None:
            self._one_of("kind", kind, dict(KINDS))
        limit, offset = self._page(limit, offset)
        found = layout._find_issues()
        rows = [
            {"kind": name, "location_id": location_id, "other_location_id": other_id, "other_product_id": product_id}
            for name, issues in found.items() if kind in (None, name) for location_id, other_id, product_id in issues]
        answer = self._page_answer(rows[offset : offset + limit], len(rows), limit, offset)
        return self._plain(answer | {"counts": {name: len(issues) for name, issues in found.items()}})

    # -- changes

    @api.model
    def import_bins(
        self, *, layout_id: int, bins: list[dict], request_uid: str | None = None, dry_run: bool = False,
        touch_stocked: bool = False, parent_location_id: int | None = None,
    ) -> dict:  # fmt: skip
        """Write positions and measures of bins, and make those that are not there. One bad row: nothing is written.

        :param layout_id: id of the layout
        :param bins: rows with ``location`` (full name, or a name that only one bin has) or ``barcode``, and any of
            ``zone`` (code), ``aisle``, ``walkway``, ``bay``, ``level``, ``side``, ``position``, ``x``, ``y``, ``z``,
            ``width``, ``depth``, ``height``, ``max_weight``, ``access_x``, ``access_y``, ``sequence``; what is left out
            stays as it is. At most 20000
        :param request_uid: identifier of this request, needed unless dry_run; the same one again returns the first
            answer
        :param dry_run: only check
        :param touch_stocked: also move bins that hold stock
        :param parent_location_id: where new bins are made; the stock location of the warehouse when left out
        :return: ``imported`` (false after a dry run and when a row is bad), ``counts``, ``faults``: a list of ``row``
            (from 1), ``column``, ``reason``
        """
        self._require_group(MANAGER)
        layout = self._record("gantry.layout", layout_id)
        layout.check_access("write")
        parent = None if parent_location_id is None else self._record("stock.location", parent_location_id)
        if parent and parent.warehouse_id != layout.warehouse_id:
            raise UserError(self.env._("The parent location belongs to another warehouse."))
        sheet = self._bin_sheet(bins)

        def write():
            counts, faults = layout._import_sheets(
                [sheet], parent=parent, touch_stocked=touch_stocked, dry_run=dry_run)
            found = [{"row": fault.line, "column": fault.column, "reason": fault.reason} for fault in faults]
            return {"imported": not faults and not dry_run, "counts": counts, "faults": found}

        if dry_run:
            return self._plain(write())
        payload = {"layout_id": layout_id, "bins": bins, "touch_stocked": touch_stocked}
        payload |= {"parent_location_id": parent_location_id}
        return self.env["gantry.request"]._once(request_uid, "gantry.layout.api/import_bins", payload, write)

    # -- parts

    def _bin_sheet(self, bins):
        whole = isinstance(bins, list | tuple) and all(isinstance(row, dict) for row in bins)
        if not whole or not 0 < len(bins) <= MAX_BINS:
            raise UserError(self.env._("bins must be a list of 1 to %s rows.", f"{MAX_BINS:,}"))
        header = tuple(dict.fromkeys(str(name) for row in bins for name in row))
        rows = [({name: None if value is False else value for name, value in row.items()}) for row in bins]
        return binfile.Sheet("bins", header, list(enumerate(rows, 1)))

    def _record(self, model, record_id):
        record = self.env[model].browse(self._checked_id("id", record_id)).exists()
        if not record:
            raise UserError(self.env._(
                "There is no %(model)s with the id %(id)s.", model=self.env["ir.model"]._get(model).name,
                id=record_id))
        record.check_access("read")
        return record

    def _layout_answer(self, layout):
        return {
            "layout_id": layout.id, "name": layout.name, "warehouse_id": layout.warehouse_id.id,
            "company_id": layout.company_id.id, "kind": layout.kind, "revision": layout.revision,
            "walking_speed_m_per_s": layout.walking_speed, "bins": layout.bin_count}

    def _area_answer(self, area):
        names = (
            "name", "name_pattern", "origin_x", "origin_y", "first_aisle", "aisle_count", "aisle_pitch",
            "cross_aisle_count", "cross_aisle_width", "bay_count", "bay_width", "depth", "level_count", "level_height",
            "position_count")
        return {
            "area_id": area.id, "zone_id": area.zone_id.id or None, "side_count": int(area.side_count),
            "parent_location_id": area.parent_location_id.id or None, **{name: area[name] for name in names}}

    def _way_answer(self, way):
        return {
            "passable_for": way.equipment, "is_blocked": way.is_blocked, "blocked_from": way.blocked_from or None,
            "blocked_until": way.blocked_until or None, "blocked_reason": way.blocked_reason or None}

    def _aisle_answer(self, aisle):
        return {
            "aisle_id": aisle.id, "area_id": aisle.block_id.id, "name": aisle.name, "number": aisle.number,
            "x": aisle.x, "y_from": aisle.y_from, "y_to": aisle.y_to, "direction": aisle.one_way,
            **self._way_answer(aisle)}

    def _walkway_answer(self, edge):
        return {
            "walkway_id": edge.id, "start_node_id": edge.start_id.id, "end_node_id": edge.end_id.id,
            "length_m": edge.length_m, "one_way": edge.one_way, **self._way_answer(edge)}

    def _bin_answers(self, bins):
        names = (
            "bay", "level", "side", "position", "x", "y", "z", "width", "depth", "height", "volume", "max_weight",
            "access_x", "access_y", "sequence")
        return self._json([
            {"location_id": one.id, "name": one.complete_name, "barcode": one.barcode or None,
             "zone_id": one.gantry_zone_id.id or None, "aisle_id": one.gantry_aisle_id.id or None,
             "walkway_id": one.gantry_edge_id.id or None,
             **{name: one[f"gantry_{name}"] or (None if name == "side" else 0) for name in names}}
            for one in bins])
