"""Shortest picker route in a rectangular block of parallel aisles with any number of cross-aisles, exactly.

A dynamic programme over the aisles from left to right. Its state says, for each crossing of the current aisle with a
cross-aisle, whether the edges walked so far meet there an even or an odd number of times and which crossings hang
together; that is all that matters for completing the walk. The classic programmes for two and three cross-aisles
are the cases h = 2 and h = 3.

Sources: H. D. Ratliff and A. S. Rosenthal, Order-picking in a rectangular warehouse, Operations Research 31 (1983);
K. J. Roodbergen and R. de Koster, European Journal of Operational Research 133 (2001); H. Cambazard and N. Catusse,
European Journal of Operational Research 270 (2018), for any number of cross-aisles.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from .states import is_closed, join, machine_of, meet

__all__ = ["RectWalk", "rect_length", "rect_walk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectWalk:
    """A closed or open walk through a rectangular block.

    Attributes
    ----------
    length_m : float
        Metres from start to end.
    order : ndarray of int
        Stops in the order in which they are reached first.
    path : ndarray of float (p, 2)
        Corners of the walk, from start to end: x, y in metres.
    """

    length_m: float
    order: np.ndarray
    path: np.ndarray


def outcomes(low, high, places, flips):
    """The ways to visit the points of one aisle between two crossings.

    Returns
    -------
    list of (cost, degree below, degree above, connected, first parity, gap segment or -1)
    """
    marks = [low, *places, high]
    lengths = [after - before for before, after in zip(marks, marks[1:], strict=False)]
    last = len(lengths) - 1
    found = []
    for first in (0, 1):
        parities = [first]
        for flip in flips:
            parities.append(parities[-1] ^ flip)
        cost = sum(length if odd else 2 * length for length, odd in zip(lengths, parities, strict=True))
        degree_low, degree_high = (1 if parities[0] else 2), (1 if parities[-1] else 2)
        found.append((cost, degree_low, degree_high, True, first, -1))
        even = [place for place, odd in enumerate(parities) if not odd]
        inner = [place for place in even if 0 < place < last]
        if inner:
            widest = max(inner, key=lengths.__getitem__)
            found.append((cost - 2 * lengths[widest], degree_low, degree_high, False, first, widest))
        if 0 in even:
            found.append((cost - 2 * lengths[0], 0, degree_high if last else 0, False, first, 0))
        if last and last in even:
            found.append((cost - 2 * lengths[last], degree_low, 0, False, first, last))
    return found


class _Block:
    """The points of a walk sorted into columns and sub-aisles, with the ways to visit each of them."""

    def __init__(self, xs, crossings, stops, start, end):
        self.xs, self.crossings = xs, crossings = [float(x) for x in xs], [float(y) for y in crossings]
        odd = start != end
        need: dict[int, dict[float, int]] = {}
        for column, y in stops:
            need.setdefault(column, {}).setdefault(y, 0)
        for column, y in {start, end}:
            points = need.setdefault(column, {})
            points[y] = points.get(y, 0) ^ int(odd)
        self.first, self.last = min(need), max(need)
        node_of = {y: node for node, y in enumerate(crossings)}
        spans = list(zip(crossings, crossings[1:], strict=False))
        empty = [outcomes(low, high, (), ()) for low, high in spans]
        self.nodes, self.places, self.flips, self.ways = [], [], [], []
        for column in range(self.first, self.last + 1):
            points = need.get(column)
            nodes, ways = [], list(empty)
            places, flips = [[] for _span in spans], [[] for _span in spans]
            if points:
                span = 0
                for y in sorted(points):
                    if y in node_of:
                        nodes.append((node_of[y], points[y]))
                        continue
                    while y > crossings[span + 1]:
                        span += 1
                    places[span].append(y)
                    flips[span].append(points[y])
                for span, (low, high) in enumerate(spans):
                    if places[span]:
                        ways[span] = outcomes(low, high, places[span], flips[span])
            self.nodes.append(nodes)
            self.places.append(places)
            self.flips.append(flips)
            self.ways.append(ways)

    def floor(self, open_walk):
        """Least metres still to be walked right of each column."""
        left = [0.0]
        times = 1 if open_walk else 2
        for column in range(len(self.ways) - 1, 0, -1):
            step = times * (self.xs[self.first + column] - self.xs[self.first + column - 1])
            left.append(left[-1] + step + sum(min(way[0] for way in ways) for ways in self.ways[column]))
        return left[::-1]


def _step(layer, moves, steps, *label):
    """One step of the programme: the cheapest way into every state that follows.

    Parameters
    ----------
    layer : dict of state number to cost
    moves : list of (_Move, cost of the move, choice)
    steps : list
        Gets the label, and for each new state where it came from and by which choice.
    """
    after, back = {}, {}
    known = after.get
    for state, cost in layer.items():
        for move, price, choice in moves:
            new = move[state]
            total = cost + price
            if total < known(new, inf):
                after[new] = total
                back[new] = (state, choice)
    steps.append((*label, back))
    return after


def _cross(layer, machine, width, steps, column):
    """The step from one aisle to the next, `width` metres on, over all cross-aisles at once."""
    after, back = {}, {}
    known = after.get
    for state, cost in layer.items():
        for new, walks, times in machine.leave(state):
            total = cost + walks * width
            if total < known(new, inf):
                after[new] = total
                back[new] = (state, times)
    steps.append(("cross", column, None, back))
    return after


def _sweep(block, bound, open_walk):
    """Run the programme from the first to the last column.

    Returns
    -------
    cost : float
        Metres of the best walk, infinite when none is shorter than `bound`.
    state : int or None
        Where it ends.
    steps : list of (kind, column, node, dict)
        For each step, where each state came from and by which choice.
    """
    machine = machine_of(len(block.crossings))
    layer = {machine.start: 0.0}
    floor = block.floor(open_walk) if bound < inf else None
    steps = []
    for column, ways in enumerate(block.ways):
        for node, flip in block.nodes[column]:
            layer = _step(layer, [(machine.move(meet, node, flip), 0.0, None)], steps, "node", column, node)
        for span, found in enumerate(ways):
            moves = [(machine.move(join, span, *way[1:4]), way[0], way) for way in found]
            layer = _step(layer, moves, steps, "span", column, span)
        if column == len(block.ways) - 1:
            break
        if floor:
            limit = bound - floor[column] + 1e-9
            layer = {state: cost for state, cost in layer.items() if cost <= limit}
        width = block.xs[block.first + column + 1] - block.xs[block.first + column]
        layer = _cross(layer, machine, width, steps, column)
    closed = [(cost, state) for state, cost in layer.items() if is_closed(machine.states[state])]
    return (*min(closed), steps) if closed else (inf, None, steps)


def _edges(block, state, steps):
    """The walked edges ((x, y), (x, y)), a double walk as two of them, from the end of the programme backwards."""
    found = []
    for kind, column, node, back in reversed(steps):
        state, choice = back[state]
        x = block.xs[block.first + column]
        if kind == "cross":
            beyond = block.xs[block.first + column + 1]
            for y, times in zip(block.crossings, choice, strict=True):
                found += [((x, y), (beyond, y))] * times
        elif kind == "span":
            marks = [block.crossings[node], *block.places[column][node], block.crossings[node + 1]]
            parity = choice[4]
            for place, (low, high) in enumerate(zip(marks, marks[1:], strict=False)):
                if place:
                    parity ^= block.flips[column][node][place - 1]
                if place != choice[5]:
                    found += [((x, low), (x, high))] * (1 if parity else 2)
    return found


def _euler(edges, start):
    """Corners of one walk from `start` over every edge (Hierholzer)."""
    ends: dict[tuple, list[int]] = {}
    for number, (one, other) in enumerate(edges):
        ends.setdefault(one, []).append(number)
        ends.setdefault(other, []).append(number)
    used = bytearray(len(edges))
    stack, walk = [start], []
    while stack:
        place = stack[-1]
        around = ends.get(place, [])
        while around and used[around[-1]]:
            around.pop()
        if not around:
            walk.append(stack.pop())
            continue
        number = around.pop()
        used[number] = 1
        one, other = edges[number]
        stack.append(other if one == place else one)
    return walk[::-1]


def _places(columns, ys, start, end):
    stops = [(int(column), float(y)) for column, y in zip(columns, ys, strict=True)]
    start = (int(start[0]), float(start[1]))
    return stops, start, start if end is None else (int(end[0]), float(end[1]))


def _one_aisle(stops, start, end):
    """Turning points of the shortest walk when everything lies in one aisle: to one end, to the other, to the goal."""
    ys = [y for _column, y in (*stops, start, end)]
    low, high, here, goal = min(ys), max(ys), start[1], end[1]
    down_first = here - low + high - goal <= high - here + goal - low
    return [here, low, high, goal] if down_first else [here, high, low, goal]


def rect_length(xs, crossings, columns, ys, start, end=None, *, bound=inf) -> float:
    """Metres of the shortest walk from `start` past all stops to `end`; infinite when above `bound`."""
    stops, start, end = _places(columns, ys, start, end)
    if {column for column, _y in (*stops, start, end)} == {start[0]}:
        turns = _one_aisle(stops, start, end)
        length = sum(abs(one - other) for one, other in zip(turns, turns[1:], strict=False))
        return length if length <= bound + 1e-9 else inf
    cost = _sweep(_Block(xs, crossings, stops, start, end), bound, start != end)[0]
    return cost if cost <= bound + 1e-9 else inf


def rect_walk(xs, crossings, columns, ys, start, end=None, *, bound=inf) -> RectWalk:
    """Shortest walk from `start` past all stops to `end`.

    Parameters
    ----------
    xs : sequence of float (m,)
        Where each aisle lies, in metres, rising.
    crossings : sequence of float (h,)
        Where each cross-aisle lies along the aisles, in metres, rising; two or more.
    columns, ys : sequences (n,)
        Aisle (index into `xs`) and place along it of each stop, between the first and the last cross-aisle.
    start, end : (int, float)
        Aisle and place of start and end; no end means back to the start.
    bound : float
        Length of a known walk; helps to skip what cannot be shorter.

    Returns
    -------
    RectWalk

    Raises
    ------
    ValueError
        When every walk is longer than the bound.

    Examples
    --------
    Two aisles 5 m apart and 10 m long, a stop at 3 m in each: up and down each aisle.

    >>> rect_walk([0, 5], [0, 10], [0, 1], [3, 3], start=(0, 0)).length_m
    22.0
    """
    stops, start, end = _places(columns, ys, start, end)
    place = {point: (float(xs[point[0]]), point[1]) for point in {*stops, start, end}}
    if {column for column, _y in place} == {start[0]}:
        turns = _one_aisle(stops, start, end)
        cost = sum(abs(one - other) for one, other in zip(turns, turns[1:], strict=False))
        walk = _along(float(xs[start[0]]), turns, sorted({y for _column, y in place}))
    else:
        block = _Block(xs, crossings, stops, start, end)
        cost, state, steps = _sweep(block, bound, start != end)
        if state is None:
            raise ValueError("No walk is as short as the bound.")
        walk = _euler(_edges(block, state, steps), place[start])
    first_at = {}
    for number, corner in enumerate(walk):
        first_at.setdefault(corner, number)
    order = sorted(range(len(stops)), key=lambda stop: (first_at[place[stops[stop]]], stop))
    return RectWalk(length_m=float(cost), order=np.array(order, dtype=np.intp), path=np.array(walk))


def _along(x, turns, ys):
    """Corners of a walk up and down one aisle, with every place on it."""
    walk = [(x, turns[0])]
    for one, other in zip(turns, turns[1:], strict=False):
        between = [y for y in ys if min(one, other) <= y <= max(one, other) and y != one]
        walk += [(x, y) for y in (between if other > one else between[::-1])]
    return walk
