"""Distances and ways on a walkway graph, for buildings that are no rectangle of aisles.

Places lie on edges, so many metres from the edge's first node. One-way edges make distances differ by direction.
Shortest ways are searched from the ends of the edges that carry a place only (E. W. Dijkstra, Numerische Mathematik 1,
1959); scipy's implementation is used where it is installed, Python's own heap otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

__all__ = ["Distances", "Walkways", "distances", "snap"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walkways:
    """A graph on which people walk.

    Parameters
    ----------
    x, y : float (k,)
        Nodes, in metres.
    start, end : int (e,)
        Nodes of each edge.
    length_m : float (e,), optional
        The straight line when not given.
    one_way : bool (e,), optional
        Only from start to end.

    Raises
    ------
    ValueError
        In one sentence, when an edge points to no node or is of negative length.
    """

    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    end: np.ndarray
    length_m: np.ndarray | None = None
    one_way: np.ndarray | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        for name in ("x", "y"):
            put(self, name, np.asarray(getattr(self, name), np.float64))
        for name in ("start", "end"):
            nodes = np.asarray(getattr(self, name), np.intp)
            if len(nodes) and not (nodes.min() >= 0 and nodes.max() < len(self.x)):
                raise ValueError("A walkway leads to a node that is not there.")
            put(self, name, nodes)
        straight = np.hypot(self.x[self.end] - self.x[self.start], self.y[self.end] - self.y[self.start])
        length = straight if self.length_m is None else np.asarray(self.length_m, np.float64)
        if (length < 0).any() or not np.isfinite(length).all():
            raise ValueError("A walkway has a negative or unknown length.")
        put(self, "length_m", length)
        one_way = np.zeros(len(length), bool) if self.one_way is None else np.asarray(self.one_way, bool)
        put(self, "one_way", one_way)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distances:
    """Metres between places, and the way from one to another.

    Attributes
    ----------
    matrix : float (n, n)
        Metres from row to column, infinite where no walkway leads.
    """

    matrix: np.ndarray
    _walkways: Walkways
    _edge: np.ndarray
    _offset: np.ndarray
    _exit: np.ndarray
    _entry: np.ndarray
    _row: dict[int, int]
    _before: np.ndarray

    def path(self, one: int, other: int) -> np.ndarray:
        """Corners (p, 2) of the shortest way from one place to another."""
        first, last = self._point(one), self._point(other)
        node, goal = int(self._exit[one, other]), int(self._entry[one, other])
        if node < 0:
            return np.array([first, last])
        walkways, nodes = self._walkways, [goal]
        before = self._before[self._row[node]]
        while nodes[-1] != node:
            nodes.append(int(before[nodes[-1]]))
        return np.array([first, *((walkways.x[n], walkways.y[n]) for n in reversed(nodes)), last])

    def _point(self, place):
        walkways, edge = self._walkways, self._edge[place]
        one, two = walkways.start[edge], walkways.end[edge]
        share = self._offset[place] / walkways.length_m[edge] if walkways.length_m[edge] else 0.0
        return (
            walkways.x[one] + share * (walkways.x[two] - walkways.x[one]),
            walkways.y[one] + share * (walkways.y[two] - walkways.y[one]))


def snap(walkways: Walkways, x, y) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearest point of any walkway to each place: edge, metres from its first node, metres away.

    Examples
    --------
    >>> hall = Walkways(x=[0, 10], y=[0, 0], start=[0], end=[1])
    >>> [part.tolist() for part in snap(hall, [4.0], [3.0])]
    [[0], [4.0], [3.0]]
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    ax, ay = walkways.x[walkways.start], walkways.y[walkways.start]
    dx, dy = walkways.x[walkways.end] - ax, walkways.y[walkways.end] - ay
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    edge, share, away = (np.empty(len(x), kind) for kind in (np.intp, np.float64, np.float64))
    for low in range(0, len(x), 500):  # bounded memory: 500 places against all edges
        part = slice(low, low + 500)
        along = np.clip(((x[part, None] - ax) * dx + (y[part, None] - ay) * dy) / square, 0.0, 1.0)
        gap = np.hypot(x[part, None] - ax - along * dx, y[part, None] - ay - along * dy)
        edge[part] = gap.argmin(1)
        rows = np.arange(len(gap))
        share[part], away[part] = along[rows, edge[part]], gap[rows, edge[part]]
    return edge, share * walkways.length_m[edge], away


def distances(walkways: Walkways, edge, offset) -> Distances:
    """Metres between all pairs of places.

    Parameters
    ----------
    edge : sequence of int (n,)
        Edge on which each place lies.
    offset : sequence of float (n,)
        Metres from the first node of that edge.

    Examples
    --------
    A square of 10 m that may be walked one way only: 2 m on, or 38 m back round.

    >>> ring = Walkways(x=[0, 10, 10, 0], y=[0, 0, 10, 10], start=[0, 1, 2, 3], end=[1, 2, 3, 0], one_way=[True] * 4)
    >>> distances(ring, [0, 0], [1, 3]).matrix.tolist()
    [[0.0, 2.0], [38.0, 0.0]]
    """
    edge, offset = np.asarray(edge, np.intp), np.asarray(offset, np.float64)
    rest, one_way = walkways.length_m[edge] - offset, walkways.one_way[edge]
    first, second = walkways.start[edge], walkways.end[edge]
    sources = np.unique(np.concatenate([first, second]))
    metres, before = _dijkstra(walkways, sources)
    row = {int(node): number for number, node in enumerate(sources)}
    at_first, at_second = np.searchsorted(sources, first), np.searchsorted(sources, second)
    n = len(edge)
    matrix = np.full((n, n), np.inf)
    exits, entries = np.full((n, n), -1, np.intp), np.full((n, n), -1, np.intp)
    back, away = np.where(one_way, np.inf, offset), rest
    into_first, into_second = offset, np.where(one_way, np.inf, rest)
    for leave, leave_row, leave_node in ((back, at_first, first), (away, at_second, second)):
        for enter, enter_node in ((into_first, first), (into_second, second)):
            total = leave[:, None] + metres[leave_row][:, enter_node] + enter[None]
            better = total < matrix
            matrix = np.where(better, total, matrix)
            exits = np.where(better, leave_node[:, None], exits)
            entries = np.where(better, enter_node[None], entries)
    ahead = offset[None] - offset[:, None]
    direct = np.where(edge[:, None] == edge[None], np.where(one_way[:, None] & (ahead < 0), np.inf, abs(ahead)), np.inf)
    better = direct <= matrix
    matrix = np.where(better, direct, matrix)
    exits = np.where(better, -1, exits)
    return Distances(
        matrix=matrix, _walkways=walkways, _edge=edge, _offset=offset, _exit=exits, _entry=entries, _row=row,
        _before=before)


def _dijkstra(walkways, sources):
    """Metres from each source to every node, and the node before it on the way."""
    both = ~walkways.one_way
    tail = np.concatenate([walkways.start, walkways.end[both]])
    head = np.concatenate([walkways.end, walkways.start[both]])
    price = np.concatenate([walkways.length_m, walkways.length_m[both]])
    order = np.lexsort((price, head, tail))
    tail, head, price = tail[order], head[order], price[order]
    keep = np.ones(len(tail), bool)  # of parallel edges only the shortest
    keep[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    tail, head, price = tail[keep], head[keep], price[keep]
    try:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra
    except ImportError:
        return _heap(len(walkways.x), tail, head, price, sources)
    graph = csr_array((np.maximum(price, 1e-12), (tail, head)), shape=(len(walkways.x),) * 2)
    return dijkstra(graph, indices=sources, return_predecessors=True)


def _heap(size, tail, head, price, sources):
    ways = [[] for _node in range(size)]
    for one, other, metres in zip(tail.tolist(), head.tolist(), price.tolist(), strict=True):
        ways[one].append((other, metres))
    found = np.full((len(sources), size), np.inf)
    before = np.full((len(sources), size), -9999, np.intp)
    for number, source in enumerate(sources.tolist()):
        best, came = {source: 0.0}, {}
        heap, done = [(0.0, source)], set()
        while heap:
            metres, node = heappop(heap)
            if node in done:
                continue
            done.add(node)
            for other, step in ways[node]:
                total = metres + step
                if total < best.get(other, np.inf):
                    best[other], came[other] = total, node
                    heappush(heap, (total, other))
        found[number, list(best)] = list(best.values())
        if came:
            before[number, list(came)] = list(came.values())
    return found, before
