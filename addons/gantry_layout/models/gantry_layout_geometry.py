from collections import OrderedDict
from threading import Lock

import numpy as np

from odoo import fields, models
from odoo.tools import SQL

from ..core import Geometry, Tables, build, project, snap
from .gantry_layout_part import SIZES

KEPT = 16  # geometries in memory per database; one of 6,400 bins takes 1 MB
_LOCK = Lock()

BIN_COLUMNS = ("x", "y", "z", "access_x", "access_y", "level", "sequence")


class GantryLayout(models.Model):
    _inherit = "gantry.layout"

    def _get_geometry(self, warehouse, *, at=None, equipment=None) -> Geometry | None:
        """Bins and walkways of a warehouse in metres, None when it has no layout.

        :param at: moment whose blocked ways count; now when left out
        :param equipment: foot, cart, reach or forklift: leave out ways that are too narrow for it

        The answer is kept in memory; asking again costs one query as long as nothing changed.
        """
        at = at or fields.Datetime.now()
        self.env["gantry.layout"].flush_model(["warehouse_id", "walking_speed"])
        for model in ("gantry.layout.aisle", "gantry.layout.edge"):
            self.env[model].flush_model()
        state = self.env.execute_query(SQL(
            """
            SELECT layout.id, layout.revision, layout.walking_speed, %s, %s
              FROM gantry_layout layout WHERE layout.warehouse_id = %s
            """,
            self._sql_closed("gantry_layout_aisle", at, equipment),
            self._sql_closed("gantry_layout_edge", at, equipment), warehouse.id))
        if not state:
            return None
        key = (*state[0][:2], tuple(state[0][3]), tuple(state[0][4]))
        kept = self._kept_geometries()
        with _LOCK:
            geometry = kept.get(key)
            if geometry is not None:
                kept.move_to_end(key)
                return geometry
        geometry = build(self._prepare_geometry_tables(*state[0]))
        with _LOCK:
            kept[key] = geometry
            while len(kept) > KEPT:
                kept.popitem(last=False)
        return geometry

    def _reach_bins(self, bins):
        """Say from where bins are reached: on their aisle or walkway, on the nearest one if they have none."""
        self.ensure_one()
        starts, ends, ways = self._read_lines()
        if not bins or not ways:
            return
        row_of = {way: row for row, way in enumerate(ways)}
        table = self._read_reached(bins)
        own = [row_of.get(("aisle", aisle), row_of.get(("edge", edge), -1)) for _id, aisle, edge, _x, _y in table]
        x, y = (np.array([row[column] or 0.0 for row in table], np.float64) for column in (3, 4))
        nodes = np.concatenate([starts, ends])
        count = len(ways)
        net = (*nodes.T, np.arange(count), count + np.arange(count), np.hypot(*(ends - starts).T))
        row = np.where(np.array(own) < 0, snap(*net, x, y)[0], own)
        metres, _away = project(nodes[:, 0], nodes[:, 1], row, count + row, net[4][row], x, y)
        share = (metres / np.maximum(net[4][row], 1e-9))[:, None]
        access = starts[row] + share * (ends[row] - starts[row])
        found = [ways[place] for place in row.tolist()]
        self._write_bins([one[0] for one in table], {
            "gantry_access_x": access[:, 0].tolist(), "gantry_access_y": access[:, 1].tolist(),
            "gantry_aisle_id": [way_id if kind == "aisle" else None for kind, way_id in found],
            "gantry_edge_id": [way_id if kind == "edge" else None for kind, way_id in found]})
        self._bump()

    def _read_reached(self, bins):
        """Id, aisle, drawn walkway and position of bins."""
        self.env["stock.location"].flush_model()
        return self.env.execute_query(SQL(
            "SELECT id, gantry_aisle_id, gantry_edge_id, gantry_x, gantry_y FROM stock_location WHERE id IN %s "
            "ORDER BY id", tuple(bins.ids)))

    def _read_lines(self):
        """Both ends (k, 2) of every aisle and drawn walkway, and which it is."""
        aisles = self._read_part("gantry.layout.aisle", self.id, ("id", "x", "y_from", "y_to"))
        nodes = self._read_part("gantry.layout.node", self.id, ("id", "x", "y"))
        edges = self._read_part("gantry.layout.edge", self.id, ("id", "start_id", "end_id"))
        place = {node: (x or 0.0, y or 0.0) for node, x, y in zip(*nodes.values(), strict=True)}
        lines = [(("aisle", key), (x or 0.0, low or 0.0), (x or 0.0, high or 0.0))
                 for key, x, low, high in zip(*aisles.values(), strict=True)]
        lines += [(("edge", key), place[start], place[end]) for key, start, end in zip(*edges.values(), strict=True)]
        starts, ends = (np.array([line[part] for line in lines], np.float64).reshape(-1, 2) for part in (1, 2))
        return starts, ends, [line[0] for line in lines]

    def _kept_geometries(self):
        registry = self.env.registry
        with _LOCK:
            if not hasattr(registry, "gantry_geometries"):
                registry.gantry_geometries = OrderedDict()
            return registry.gantry_geometries

    def _sql_closed(self, table, at, equipment):
        """Ids of the ways of a layout that cannot be walked, as an array."""
        closed = SQL("way.blocked_from <= %s AND (way.blocked_until IS NULL OR way.blocked_until > %s)", at, at)
        if equipment in SIZES:
            closed = SQL("(%s) OR way.equipment IN %s", closed, ("", *SIZES[: SIZES.index(equipment)]))
        return SQL(
            "ARRAY(SELECT way.id FROM %s way WHERE way.layout_id = layout.id AND (%s) ORDER BY way.id)",
            SQL.identifier(table), closed)

    def _prepare_geometry_tables(self, layout_id, revision, speed, closed_aisles, closed_edges) -> Tables:
        block_rows, crossings = self._read_geometry_blocks(layout_id)
        aisles = self._read_geometry_aisles(layout_id, block_rows, set(closed_aisles))
        edges = self._read_geometry_edges(layout_id, set(closed_edges))
        bins = self._read_geometry_bins(layout_id, aisles["aisle_id"], edges.pop("edge_id"))
        points = self._read_part("gantry.layout.point", layout_id, ("id", "name", "kind", "x", "y"))
        return Tables(
            layout_id=layout_id, revision=revision, speed_m_per_s=speed, crossings=crossings, **aisles, **edges, **bins,
            point_id=points["id"], point_name=points["name"], point_kind=points["kind"], point_x=points["x"],
            point_y=points["y"])

    def _read_part(self, model, layout_id, columns):
        """Columns of a part of the layout, straight from the table and in the order of their ids."""
        part = self.env[model]
        part.flush_model()
        rows = self.env.execute_query(SQL(
            "SELECT %s FROM %s WHERE layout_id = %s ORDER BY id",
            SQL(", ").join(map(SQL.identifier, columns)), SQL.identifier(part._table), layout_id))
        return dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)) if rows else {
            column: [] for column in columns}

    def _read_geometry_blocks(self, layout_id):
        columns = (
            "id", "origin_y", "bay_count", "side_count", "bay_width", "cross_aisle_count", "cross_aisle_width")
        blocks = self._read_part("gantry.layout.block", layout_id, columns)
        crossings = []
        for _id, origin, bays, sides, width, count, cross in zip(*blocks.values(), strict=True):
            step = -(-bays // int(sides)) * width + cross
            crossings.append((origin or 0.0) + cross / 2 + step * np.arange(count))
        return {block_id: row for row, block_id in enumerate(blocks["id"])}, crossings

    def _read_geometry_aisles(self, layout_id, block_rows, closed):
        columns = ("id", "block_id", "x", "y_from", "y_to", "one_way")
        aisles = self._read_part("gantry.layout.aisle", layout_id, columns)
        ways = {"up": 1, "down": -1}
        return {
            "aisle_id": aisles["id"],
            "aisle_block": [block_rows[block_id] for block_id in aisles["block_id"]],
            "aisle_x": _metres(aisles["x"]), "aisle_from": _metres(aisles["y_from"]),
            "aisle_to": _metres(aisles["y_to"]),
            "aisle_one_way": [ways.get(way, 0) for way in aisles["one_way"]],
            "aisle_open": [aisle_id not in closed for aisle_id in aisles["id"]],
        }

    def _read_geometry_edges(self, layout_id, closed):
        nodes = self._read_part("gantry.layout.node", layout_id, ("id", "x", "y"))
        rows = {node_id: row for row, node_id in enumerate(nodes["id"])}
        edges = self._read_part(
            "gantry.layout.edge", layout_id, ("id", "start_id", "end_id", "length_m", "one_way"))
        return {
            "node_x": _metres(nodes["x"]), "node_y": _metres(nodes["y"]),
            "edge_id": edges["id"],
            "edge_start": [rows[node_id] for node_id in edges["start_id"]],
            "edge_end": [rows[node_id] for node_id in edges["end_id"]],
            "edge_length": [length or np.nan for length in edges["length_m"]],
            "edge_one_way": [bool(way) for way in edges["one_way"]],
            "edge_open": [edge_id not in closed for edge_id in edges["id"]],
        }

    def _read_geometry_bins(self, layout_id, aisle_ids, edge_ids):
        self.env["stock.location"].flush_model()
        columns = ("aisle_id", "edge_id", "zone_id", *BIN_COLUMNS)
        rows = self.env.execute_query(SQL(
            "SELECT id, %s FROM stock_location WHERE gantry_layout_id = %s AND active ORDER BY id",
            SQL(", ").join(SQL.identifier(f"gantry_{column}") for column in columns), layout_id))
        table = np.array(rows, np.float64).reshape(len(rows), len(columns) + 1)  # None becomes nan
        values = dict(zip(("id", *columns), table.T, strict=True))
        whole = {name: np.nan_to_num(values[name]).astype(np.int64) for name in ("id", "level", "sequence", "zone_id")}
        return {
            "bin_id": whole["id"], "bin_zone": whole["zone_id"], "bin_level": whole["level"],
            "bin_sequence": whole["sequence"],
            "bin_aisle": _rows_of(aisle_ids, values["aisle_id"]), "bin_edge": _rows_of(edge_ids, values["edge_id"]),
            **{f"bin_{name}": values[name] for name in ("x", "y", "z", "access_x", "access_y")},
        }


def _metres(values):
    return np.array([value or 0.0 for value in values], np.float64)


def _rows_of(known_ids, ids):
    """Rows of ids (nan for none) among rising ids, -1 for none."""
    known = np.asarray(known_ids, np.int64)
    wanted = np.nan_to_num(ids).astype(np.int64)
    if not len(known):
        return np.full(len(wanted), -1)
    row = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[row] == wanted, row, -1)
