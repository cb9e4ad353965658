"""Walkways put together: aisles, cross-aisles and drawn edges become one graph."""

from __future__ import annotations

import numpy as np

__all__ = ["Graph", "components", "join", "project", "snap"]

SAME_M = 0.3  # a drawn node so near to a walkway lies on it


class Graph:
    """Nodes and edges while they are collected."""

    def __init__(self) -> None:
        self.x: list[float] = []
        self.y: list[float] = []
        self.start: list[int] = []
        self.end: list[int] = []
        self.length: list[float] = []
        self.one_way: list[bool] = []

    def node(self, x: float, y: float) -> int:
        """A new node."""
        self.x.append(float(x))
        self.y.append(float(y))
        return len(self.x) - 1

    def edge(self, start: int, end: int, length: float | None = None, one_way: bool = False) -> int:
        """A new edge, as long as the straight line unless told."""
        if length is None:
            length = float(np.hypot(self.x[end] - self.x[start], self.y[end] - self.y[start]))
        self.start.append(start)
        self.end.append(end)
        self.length.append(float(length))
        self.one_way.append(bool(one_way))
        return len(self.start) - 1

    def near(self, x: float, y: float) -> int | None:
        """Index of a node that lies there already."""
        if not self.x:
            return None
        away = np.hypot(np.array(self.x) - x, np.array(self.y) - y)
        best = int(away.argmin())
        return best if away[best] <= SAME_M else None

    def arrays(self):
        """Nodes (x, y) and edges (start, end, length, one way) as arrays."""
        return (
            np.array(self.x, np.float64), np.array(self.y, np.float64), np.array(self.start, np.intp),
            np.array(self.end, np.intp), np.array(self.length, np.float64), np.array(self.one_way, bool))


def components(count, start, end) -> np.ndarray:
    """Number of the part of the graph that each node belongs to, ways taken in both directions.

    >>> components(4, [0, 2], [1, 3]).tolist()
    [0, 0, 2, 2]
    """
    label = np.arange(count)
    start, end = np.asarray(start, np.intp), np.asarray(end, np.intp)
    while True:
        low = np.minimum(label[start], label[end])
        before = label.copy()
        np.minimum.at(label, start, low)
        np.minimum.at(label, end, low)
        label = label[label]
        if (label == before).all():
            return label


def join(graph: Graph, groups: list[np.ndarray]) -> None:
    """Link rectangles that nothing links yet: each to the nearest one, at its corners, along x and y."""
    x, y, start, end, _length, _one_way = graph.arrays()
    label = components(len(x), start, end)
    parts = [{int(label[nodes[0]])} for nodes in groups]
    while True:
        pairs = [
            (_gap(x, y, groups[one], groups[two]), one, two)
            for one in range(len(groups)) for two in range(one) if not parts[one] & parts[two]]
        if not pairs:
            return
        _away, one, two = min(pairs)
        for nodes, others in ((groups[one], groups[two]), (groups[two], groups[one])):
            for corner in _corners(x, y, nodes):
                away = abs(x[others] - x[corner]) + abs(y[others] - y[corner])
                graph.edge(int(corner), int(others[away.argmin()]), float(away.min()))
        merged = parts[one] | parts[two]
        parts = [merged if part & merged else part for part in parts]


def _gap(x, y, one, two):
    return float((abs(x[one][:, None] - x[two]) + abs(y[one][:, None] - y[two])).min())


def _corners(x, y, nodes):
    scores = (x[nodes] + y[nodes], x[nodes] - y[nodes])
    return {int(nodes[pick(score)]) for score in scores for pick in (np.argmin, np.argmax)}


def project(node_x, node_y, start, end, length, x, y) -> tuple[np.ndarray, np.ndarray]:
    """Metres along its own edge, and metres away from it, of each place; ``start, end, length`` are a row per place."""
    ax, ay = node_x[start], node_y[start]
    dx, dy = node_x[end] - ax, node_y[end] - ay
    square = np.maximum(dx * dx + dy * dy, 1e-12)
    share = np.clip(((x - ax) * dx + (y - ay) * dy) / square, 0.0, 1.0)
    return share * length, np.hypot(x - ax - share * dx, y - ay - share * dy)


def snap(node_x, node_y, start, end, length, x, y) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearest walkway of each place: edge (-1 without walkways), metres from its first node, metres away.

    >>> answer = snap([0, 10], [0, 0], [0], [1], [10], [4.0], [3.0])
    >>> [part.tolist() for part in answer]
    [[0], [4.0], [3.0]]
    """
    node_x, node_y, length, x, y = (np.asarray(part, np.float64) for part in (node_x, node_y, length, x, y))
    start, end = np.asarray(start, np.intp), np.asarray(end, np.intp)
    edge, offset, away = np.full(len(x), -1, np.intp), np.zeros(len(x)), np.full(len(x), np.inf)
    if not len(start):
        return edge, offset, away
    for low in range(0, len(x), 500):  # bounded memory: 500 places against all edges
        part = slice(low, low + 500)
        metres, gap = project(node_x, node_y, start, end, length, x[part, None], y[part, None])
        edge[part] = gap.argmin(1)
        rows = np.arange(len(gap))
        offset[part], away[part] = metres[rows, edge[part]], gap[rows, edge[part]]
    return edge, offset, away
