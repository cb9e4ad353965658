"""Bins, aisles, cross-aisles and drawn walkways become one geometry that routes and maps read."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from .walkways import SAME_M, Graph, join, project, snap

__all__ = ["Geometry", "Tables", "build"]

MM = 1e-3


def _column(kind, shape=()):
    return field(default_factory=lambda: np.zeros((0, *shape), kind), metadata={"kind": kind})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """A layout as it is stored, a row per record.

    Parameters
    ----------
    crossings : list of float (h,)
        Middle of the cross-aisles of each block.
    aisle_block : int (a,)
        Row of the block.
    aisle_one_way : int (a,)
        1 towards higher y only, -1 towards lower y only, 0 both.
    aisle_open, edge_open : bool
        Not blocked at the moment in question, and passable for the equipment.
    edge_start, edge_end : int (e,)
        Rows of nodes.
    edge_length : float (e,)
        Not a number for the straight line.
    bin_aisle, bin_edge : int (n,)
        Rows, -1 for none.
    """

    layout_id: int = 0
    revision: int = 0
    speed_m_per_s: float = 1.2
    crossings: list = field(default_factory=list)
    aisle_id: np.ndarray = _column(np.int64)
    aisle_block: np.ndarray = _column(np.intp)
    aisle_x: np.ndarray = _column(np.float64)
    aisle_from: np.ndarray = _column(np.float64)
    aisle_to: np.ndarray = _column(np.float64)
    aisle_one_way: np.ndarray = _column(np.int8)
    aisle_open: np.ndarray = _column(bool)
    node_x: np.ndarray = _column(np.float64)
    node_y: np.ndarray = _column(np.float64)
    edge_start: np.ndarray = _column(np.intp)
    edge_end: np.ndarray = _column(np.intp)
    edge_length: np.ndarray = _column(np.float64)
    edge_one_way: np.ndarray = _column(bool)
    edge_open: np.ndarray = _column(bool)
    bin_id: np.ndarray = _column(np.int64)
    bin_zone: np.ndarray = _column(np.int64)
    bin_aisle: np.ndarray = _column(np.intp)
    bin_edge: np.ndarray = _column(np.intp)
    bin_x: np.ndarray = _column(np.float64)
    bin_y: np.ndarray = _column(np.float64)
    bin_z: np.ndarray = _column(np.float64)
    bin_access_x: np.ndarray = _column(np.float64)
    bin_access_y: np.ndarray = _column(np.float64)
    bin_level: np.ndarray = _column(np.int32)
    bin_sequence: np.ndarray = _column(np.int64)
    point_id: np.ndarray = _column(np.int64)
    point_name: list = field(default_factory=list)
    point_kind: list = field(default_factory=list)
    point_x: np.ndarray = _column(np.float64)
    point_y: np.ndarray = _column(np.float64)

    def __post_init__(self) -> None:
        for part in fields(self):
            if "kind" in part.metadata:
                object.__setattr__(self, part.name, np.asarray(getattr(self, part.name), part.metadata["kind"]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Geometry:
    """A layout at one moment, for one kind of equipment. Metres; rows of bins rise with ``location_ids``.

    Attributes
    ----------
    location_ids, x, y, z, access_x, access_y, level, sequence, zone : (n,)
        Bins; ``access`` is where one stands to reach the bin, ``zone`` its id or 0, ``sequence`` serpentine order.
    aisle : int (n,)
        Row of ``aisle_ids``, -1 for none.
    edge, offset, away : (n,)
        Walkway of the access point (-1: none leads there), metres from the walkway's first node, metres away from it.
    is_block : bool
        One rectangle of aisles, no one-way, nothing blocked, nothing drawn: exact methods apply to
        ``xs`` (m,), ``crossings`` (h,), and ``column``, ``along`` (n,) of the bins (-1 and nan otherwise).
    node_x, node_y, edge_start, edge_end, edge_length, edge_one_way
        Walkways; one-way ones lead from start to end.
    point_ids, point_names, point_kinds, point_x, point_y, point_column, point_along, point_edge, point_offset,
    point_away
        Depots, benches, docks.
    """

    layout_id: int
    revision: int
    speed_m_per_s: float
    location_ids: np.ndarray
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray
    access_x: np.ndarray
    access_y: np.ndarray
    aisle: np.ndarray
    aisle_ids: np.ndarray
    level: np.ndarray
    sequence: np.ndarray
    zone: np.ndarray
    is_block: bool
    xs: np.ndarray
    crossings: np.ndarray
    column: np.ndarray
    along: np.ndarray
    node_x: np.ndarray
    node_y: np.ndarray
    edge_start: np.ndarray
    edge_end: np.ndarray
    edge_length: np.ndarray
    edge_one_way: np.ndarray
    edge: np.ndarray
    offset: np.ndarray
    away: np.ndarray
    point_ids: np.ndarray
    point_names: list
    point_kinds: list
    point_x: np.ndarray
    point_y: np.ndarray
    point_column: np.ndarray
    point_along: np.ndarray
    point_edge: np.ndarray
    point_offset: np.ndarray
    point_away: np.ndarray

    def index_of(self, location_ids) -> np.ndarray:
        """Row of each bin, -1 where the geometry knows none."""
        return _rows(self.location_ids, location_ids)

    def point_index_of(self, point_ids) -> np.ndarray:
        """Row of each point, -1 for unknown ones."""
        return _rows(self.point_ids, point_ids)


def _rows(known, wanted):
    """Rows of ids among rising ids, -1 where missing."""
    wanted = np.asarray(wanted, np.int64).ravel()
    if not len(known):
        return np.full(len(wanted), -1, np.intp)
    row = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[row] == wanted, row, -1)


def build(tables: Tables) -> Geometry:
    """The geometry of a stored layout.

    Examples
    --------
    Two aisles, 4 m apart and 10 m long; a bin 3 m up the second one.

    >>> hall = build(Tables(
    ...     crossings=[[0, 10]], aisle_id=[7, 8], aisle_block=[0, 0], aisle_x=[0, 4], aisle_from=[0, 0],
    ...     aisle_to=[10, 10], aisle_one_way=[0, 0], aisle_open=[True, True], bin_id=[50], bin_aisle=[1], bin_edge=[-1],
    ...     bin_x=[5], bin_y=[3], bin_z=[0], bin_access_x=[4], bin_access_y=[3], bin_level=[1], bin_sequence=[1],
    ...     bin_zone=[0]))
    >>> hall.is_block, hall.column.tolist(), hall.along.tolist(), hall.offset.tolist()
    (True, [1], [3.0], [3.0])
    """
    draft = _Draft(tables)
    draft.lay_blocks()
    draft.lay_drawn()
    join(draft.graph, draft.groups)
    node_x, node_y, start, end, length, one_way = draft.graph.arrays()
    net = (node_x, node_y, start, end, length)
    bin_edge, bin_offset, bin_away = draft.place_bins(net)
    point_edge, point_offset, point_away = snap(*net, tables.point_x, tables.point_y)
    column, along, point_column, point_along = draft.in_block()
    return Geometry(
        layout_id=tables.layout_id, revision=tables.revision, speed_m_per_s=tables.speed_m_per_s,
        location_ids=tables.bin_id, x=tables.bin_x, y=tables.bin_y, z=tables.bin_z, access_x=draft.access_x,
        access_y=draft.access_y, aisle=tables.bin_aisle, aisle_ids=tables.aisle_id, level=tables.bin_level,
        sequence=tables.bin_sequence, zone=tables.bin_zone, is_block=draft.is_block, xs=draft.xs,
        crossings=draft.crossings, column=column, along=along, node_x=node_x, node_y=node_y, edge_start=start,
        edge_end=end, edge_length=length, edge_one_way=one_way, edge=bin_edge, offset=bin_offset, away=bin_away,
        point_ids=tables.point_id, point_names=tables.point_name, point_kinds=tables.point_kind,
        point_x=tables.point_x, point_y=tables.point_y, point_column=point_column, point_along=point_along,
        point_edge=point_edge, point_offset=point_offset, point_away=point_away)


class _Draft:
    """A geometry while it is put together."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.graph = tables, Graph()
        self.groups: list[np.ndarray] = []
        self.segments: dict[int, tuple[np.ndarray, list[int]]] = {}  # aisle -> its stops along y, its edges
        self.drawn = np.full(len(tables.node_x), -1, np.intp)  # node of each drawn node
        self.drawn_edge = np.full(len(tables.edge_start), -1, np.intp)
        self.access_x = np.where(np.isnan(tables.bin_access_x), tables.bin_x, tables.bin_access_x)
        self.access_y = np.where(np.isnan(tables.bin_access_y), tables.bin_y, tables.bin_access_y)
        self.is_block, self.xs, self.crossings = False, np.zeros(0), np.zeros(0)
        self.aisles = np.zeros(0, np.intp)

    # -- walkways

    def lay_blocks(self):
        """Aisles and cross-aisles; blocks with the same cross-aisles are one rectangle."""
        tables, alike = self.tables, {}
        for row, crossings in enumerate(tables.crossings):
            alike.setdefault(tuple(np.round(crossings, 3).tolist()), []).append(row)
        for crossings, rows in alike.items():
            aisles = np.flatnonzero(np.isin(tables.aisle_block, rows))
            if len(aisles):
                self._lay_group(np.array(crossings), aisles[np.argsort(tables.aisle_x[aisles], kind="stable")])
        if len(self.groups) == 1 and not len(tables.node_x):
            self._check_block()

    def _lay_group(self, crossings, aisles):
        tables, nodes, across = self.tables, [], [[] for _crossing in crossings]
        for aisle in aisles.tolist():
            low, high = sorted((tables.aisle_from[aisle], tables.aisle_to[aisle]))
            met = crossings[(crossings >= low - MM) & (crossings <= high + MM)]
            here = abs(tables.node_x - tables.aisle_x[aisle]) <= SAME_M
            here &= (tables.node_y > low) & (tables.node_y < high)
            stops = _distinct(np.concatenate([met, [low, high]]), tables.node_y[here])
            laid = [self.graph.node(tables.aisle_x[aisle], y) for y in stops]
            self._keep_drawn(np.flatnonzero(here), stops, laid, tables.node_y)
            nodes += laid
            for number, y in enumerate(crossings):
                if low - MM <= y <= high + MM:
                    across[number].append(laid[int(abs(stops - y).argmin())])
            self._lay_aisle(aisle, stops, laid)
        for number, y in enumerate(crossings):
            self._lay_crossing(y, across[number])
        self.groups.append(np.array(nodes, np.intp))
        self.xs, self.crossings, self.aisles = tables.aisle_x[aisles], crossings, aisles

    def _lay_aisle(self, aisle, stops, laid):
        if not self.tables.aisle_open[aisle]:
            return
        way, edges = int(self.tables.aisle_one_way[aisle]), []
        for one, two in zip(laid, laid[1:], strict=False):
            edges.append(self.graph.edge(*((two, one) if way < 0 else (one, two)), one_way=bool(way)))
        self.segments[aisle] = (stops, edges)

    def _lay_crossing(self, y, laid):
        tables = self.tables
        if len(laid) < 2:
            return
        xs = np.array([self.graph.x[node] for node in laid])
        here = (abs(tables.node_y - y) <= SAME_M) & (self.drawn < 0)
        here &= (tables.node_x > xs[0]) & (tables.node_x < xs[-1])
        stops = _distinct(xs, tables.node_x[here])
        at = [laid[int(abs(xs - x).argmin())] if abs(xs - x).min() <= MM else self.graph.node(x, y) for x in stops]
        self._keep_drawn(np.flatnonzero(here), stops, at, tables.node_x)
        for one, two in zip(at, at[1:], strict=False):
            self.graph.edge(one, two)

    def _keep_drawn(self, rows, stops, laid, where):
        for row in rows.tolist():
            self.drawn[row] = laid[int(abs(stops - where[row]).argmin())]

    def lay_drawn(self):
        """Nodes and edges that somebody drew; a node on a walkway joins it."""
        tables = self.tables
        for row in np.flatnonzero(self.drawn < 0).tolist():
            near = self.graph.near(tables.node_x[row], tables.node_y[row]) if self.groups else None
            self.drawn[row] = self.graph.node(tables.node_x[row], tables.node_y[row]) if near is None else near
        for row in np.flatnonzero(tables.edge_open).tolist():
            length = float(tables.edge_length[row])
            self.drawn_edge[row] = self.graph.edge(
                int(self.drawn[tables.edge_start[row]]), int(self.drawn[tables.edge_end[row]]),
                None if np.isnan(length) else length, bool(tables.edge_one_way[row]))

    def _check_block(self):
        tables, aisles = self.tables, self.aisles
        low, high = self.crossings[[0, -1]]
        whole = (abs(tables.aisle_from[aisles] - low) <= MM) & (abs(tables.aisle_to[aisles] - high) <= MM)
        self.is_block = bool(
            whole.all() and tables.aisle_open.all() and not tables.aisle_one_way.any()
            and (np.diff(self.xs) > MM).all())

    # -- places

    def place_bins(self, net):
        """Walkway of every bin: its aisle's, its edge's, or the nearest one."""
        tables, count = self.tables, len(self.tables.bin_id)
        edge, offset, away = np.full(count, -1, np.intp), np.zeros(count), np.full(count, np.inf)
        order = np.argsort(tables.bin_aisle, kind="stable")
        bounds = np.searchsorted(tables.bin_aisle[order], np.arange(len(tables.aisle_id) + 1))
        for aisle, (stops, edges) in self.segments.items():
            rows = order[bounds[aisle] : bounds[aisle + 1]]
            if len(rows) and edges:
                part = np.clip(np.searchsorted(stops, self.access_y[rows], "right") - 1, 0, len(edges) - 1)
                edge[rows] = np.array(edges)[part]
        drawn = tables.bin_edge >= 0
        edge[drawn] = self.drawn_edge[tables.bin_edge[drawn]]
        free = (tables.bin_aisle < 0) & ~drawn & np.isfinite(self.access_x + self.access_y)
        if free.any():
            edge[free] = snap(*net, self.access_x[free], self.access_y[free])[0]
        found = np.flatnonzero((edge >= 0) & np.isfinite(self.access_x + self.access_y))
        node_x, node_y, start, end, length = net
        edges = edge[found]
        offset[found], away[found] = project(
            node_x, node_y, start[edges], end[edges], length[edges], self.access_x[found], self.access_y[found])
        lost = np.ones(count, bool)
        lost[found] = False
        edge[lost] = -1
        return edge, offset, away

    def in_block(self):
        """Aisle and metres along it, of bins and of points; only for a plain rectangle."""
        tables = self.tables
        if not self.is_block:
            self.xs, self.crossings = np.zeros(0), np.zeros(0)
            return (
                np.full(len(tables.bin_id), -1, np.intp), np.full(len(tables.bin_id), np.nan),
                np.full(len(tables.point_id), -1, np.intp), np.full(len(tables.point_id), np.nan))
        place = np.zeros(len(tables.aisle_id), np.intp)
        place[self.aisles] = np.arange(len(self.aisles))
        known = np.isfinite(self.access_x + self.access_y)
        column = np.where(tables.bin_aisle >= 0, place[tables.bin_aisle], self._nearest(self.access_x))
        low, high = self.crossings[[0, -1]]
        return (
            np.where(known, column, -1), np.where(known, np.clip(self.access_y, low, high), np.nan),
            self._nearest(tables.point_x), np.clip(tables.point_y, low, high))

    def _nearest(self, x):
        x = np.nan_to_num(x)
        middle = (self.xs[1:] + self.xs[:-1]) / 2
        return np.searchsorted(middle, x)


def _distinct(fixed, further):
    """Rising values; of the further ones only those that are none of the fixed ones."""
    kept = []
    for value in sorted(fixed.tolist()):
        if not kept or value - kept[-1] > MM:
            kept.append(value)
    for value in further.tolist():
        if min(abs(value - other) for other in kept) > SAME_M:
            kept.append(value)
    return np.array(sorted(kept))
