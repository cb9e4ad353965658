"""The classic routing policies of rectangular blocks, for houses that want a rule that a picker can say aloud.

Every policy walks the blocks between two cross-aisles from the farthest to the nearest; within a block it is the
textbook rule. What a policy costs is measured along the walk that it prescribes, not along a shortcut of it.

Sources: R. W. Hall, Distance approximations for routing manual pickers in a warehouse, IIE Transactions 25 (1993);
C. G. Petersen, An evaluation of order picking routeing policies, IJOPM 17 (1997); K. J. Roodbergen and R. de Koster,
Routing methods for warehouses with multiple cross aisles, IJPR 39 (2001).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .rect import RectWalk

__all__ = ["POLICIES", "policy_walk", "rect_distance"]

Point = tuple[int, float]


def rect_distance(xs, crossings, one: Point, other: Point) -> float:
    """Metres between two places of a rectangular block.

    >>> rect_distance([0, 5], [0, 10], (0, 8), (1, 9))
    8.0
    """
    if one[0] == other[0]:
        return float(abs(one[1] - other[1]))
    along = min(abs(one[1] - y) + abs(other[1] - y) for y in crossings)
    return float(along + abs(xs[one[0]] - xs[other[0]]))


class _Tour:
    """A walk that grows point by point."""

    def __init__(self, xs, crossings, start):
        self.xs, self.crossings, self.points = xs, crossings, [start]

    @property
    def here(self):
        return self.points[-1]

    def go(self, *points):
        self.points += points

    def along(self, column, ys):
        self.points += [(column, y) for y in ys]

    def corners(self):
        """The walk with the cross-aisles that it uses."""
        found = [self.points[0]]
        for one, other in zip(self.points, self.points[1:], strict=False):
            if one[0] != other[0]:
                y = min(self.crossings, key=lambda y: abs(one[1] - y) + abs(other[1] - y))
                found += [(one[0], y), (other[0], y)]
            found.append(other)
        path = [(self.xs[column], y) for column, y in found]
        return np.array([corner for place, corner in enumerate(path) if not place or corner != path[place - 1]])


def _traverse(tour, column, ys, low, high):
    """Through the aisle to its other end."""
    up = tour.here[1] == low
    tour.along(column, [low, *ys, high] if up else [high, *reversed(ys), low])


def _back(tour, column, ys, low, high):
    """Into the aisle as far as the last stop, and back to the same end."""
    if not ys:
        return
    if tour.here[1] == low:
        tour.along(column, [low, *ys, low])
    else:
        tour.along(column, [high, *reversed(ys), high])


def _nearer_first(tour, block):
    columns = sorted(block)
    if abs(tour.xs[columns[-1]] - tour.xs[tour.here[0]]) < abs(tour.xs[columns[0]] - tour.xs[tour.here[0]]):
        columns.reverse()
    return columns


def _s_shape(tour, block, low, high):
    columns = _nearer_first(tour, block)
    for column in columns[:-1]:
        _traverse(tour, column, block[column], low, high)
    # the walk must end at the front: the last aisle is walked through from the back, or in and out from the front
    (_back if tour.here[1] == low else _traverse)(tour, columns[-1], block[columns[-1]], low, high)


def _return(tour, block, low, high):
    columns = _nearer_first(tour, block)
    if tour.here[1] == high:  # come down through the first aisle
        _traverse(tour, columns[0], block[columns[0]], low, high)
        columns = columns[1:]
    for column in columns:
        _back(tour, column, block[column], low, high)


def _split(tour, block, low, high, cut):
    """Upper parts from the back, lower parts from the front, the first and the last aisle walked through."""
    columns = _nearer_first(tour, block)
    if len(columns) == 1:
        (_back if tour.here[1] == low else _traverse)(tour, columns[0], block[columns[0]], low, high)
        return
    parts = {column: cut(block[column], low, high) for column in columns}
    inner = columns[1:-1]
    if tour.here[1] == low:
        _traverse(tour, columns[0], block[columns[0]], low, high)
    else:  # already at the back: the first aisle is one of those that are entered from both sides
        inner = columns[:-1]
    for column in inner:
        _back(tour, column, block[column][parts[column]:], low, high)
    _traverse(tour, columns[-1], block[columns[-1]], low, high)
    for column in reversed(inner):
        _back(tour, column, block[column][:parts[column]], low, high)


def _middle(ys, low, high):
    return sum(y <= (low + high) / 2 for y in ys)


def _widest(ys, low, high):
    marks = [low, *ys, high]
    return int(np.argmax(np.diff(marks)))


def _midpoint(tour, block, low, high):
    _split(tour, block, low, high, _middle)


def _largest_gap(tour, block, low, high):
    _split(tour, block, low, high, _widest)


def _combined(tour, block, low, high):
    """Through or in and out, whichever is shorter over all aisles together (dynamic programme of two states)."""
    columns = _nearer_first(tour, block)
    size = high - low
    best = {tour.here[1]: (0.0, ())}
    for column in columns:
        ys = block[column]
        reach = {low: 2 * (ys[-1] - low), high: 2 * (high - ys[0])}
        ways = {}
        for end, (cost, done) in best.items():
            other = high if end == low else low
            for leave, price, name in ((end, reach[end], _back), (other, size, _traverse)):
                if leave not in ways or cost + price < ways[leave][0]:
                    ways[leave] = (cost + price, (*done, name))
        best = ways
    for column, walk in zip(columns, best[low][1] if low in best else best[high][1], strict=True):
        walk(tour, column, block[column], low, high)
    if tour.here[1] == high:
        tour.go((tour.here[0], low))


POLICIES: dict[str, Callable] = {
    "s_shape": _s_shape,
    "return": _return,
    "midpoint": _midpoint,
    "largest_gap": _largest_gap,
    "combined": _combined,
}


def _serpentine(tour, stops):
    """Up one aisle and down the next, over its whole length."""
    aisles = {}
    for column, y in stops:
        aisles.setdefault(column, []).append(y)
    for column in sorted(aisles):
        tour.along(column, sorted(aisles[column], reverse=bool(column % 2)))


def policy_walk(policy, xs, crossings, columns, ys, start, end=None) -> RectWalk:
    """The walk that a policy prescribes.

    Parameters
    ----------
    policy : str
        's_shape', 'return', 'midpoint', 'largest_gap', 'combined', 'serpentine', or 'given' (the order of the rows).
    xs, crossings, columns, ys, start, end
        As in `rect_walk`.

    Raises
    ------
    ValueError
        When there is no such policy.

    Examples
    --------
    >>> policy_walk("return", [0, 5], [0, 10], [0, 1], [3, 9], start=(0, 0)).length_m
    34.0
    """
    xs, crossings = [float(x) for x in xs], [float(y) for y in crossings]
    stops = [(int(column), float(y)) for column, y in zip(columns, ys, strict=True)]
    start = (int(start[0]), float(start[1]))
    tour = _Tour(xs, crossings, start)
    if policy == "given":
        tour.go(*stops)
    elif policy == "serpentine":
        _serpentine(tour, stops)
    elif policy in POLICIES:
        _blocks(tour, POLICIES[policy], stops)
    else:
        raise ValueError(f"There is no routing policy called {policy}.")
    tour.go(start if end is None else (int(end[0]), float(end[1])))
    path = tour.corners()
    first_at = {}
    for number, point in enumerate(tour.points):
        first_at.setdefault(point, number)
    order = sorted(range(len(stops)), key=lambda stop: (first_at[stops[stop]], stop))
    length = np.abs(np.diff(path, axis=0)).sum() if len(path) > 1 else 0.0
    return RectWalk(length_m=float(length), order=np.array(order, dtype=np.intp), path=path)


def _blocks(tour, rule, stops):
    """Walk to the farthest block through the leftmost aisle with stops, then block by block to the front."""
    blocks: dict[int, dict[int, list[float]]] = {}
    edges = np.array(tour.crossings)
    for column, y in stops:
        number = int(np.clip(np.searchsorted(edges, y) - 1, 0, len(edges) - 2))
        blocks.setdefault(number, {}).setdefault(column, set()).add(y)
    if not blocks:
        return
    farthest = max(blocks)
    left = min(min(block) for block in blocks.values())
    for number in range(farthest):  # what lies in the aisle that leads there is picked on the way
        for y in sorted(blocks.get(number, {}).pop(left, ())):
            tour.go((left, y))
    tour.go((left, tour.crossings[farthest]))
    for number in sorted(blocks, reverse=True):
        block = {column: sorted(ys) for column, ys in blocks[number].items()}
        low, high = tour.crossings[number], tour.crossings[number + 1]
        if not block:
            continue
        if number < farthest:
            tour.go((tour.here[0], high))
        rule(tour, block, low, high)
