"""Short tours on any matrix of distances: one-way aisles, another end than the start, stops that must come first.

An iterated local search: exchanges of two and three legs (3-opt, in `tour_search`) until none is a gain; then three
neighbouring stretches are put in the opposite order (a local double bridge), the search mends what is near, and the
change stays when the tour is no longer.
"""

from __future__ import annotations

from math import ceil, log2

import numpy as np

from .tour_search import OneWayRoute, TwoWayRoute

__all__ = ["cheapest_insertion", "nearest_tour", "solve_tour", "tour_length"]

KICKS_PER_STOP = 8
CLOSE = 1e-9


def tour_length(matrix, order, start=0, end=None) -> float:
    """Metres from the start over the stops in the given order to the end (no end: back to the start)."""
    route = [start, *order, start if end is None else end]
    return float(np.asarray(matrix)[route[:-1], route[1:]].sum())


def nearest_tour(matrix, stops, start=0) -> list[int]:
    """Always to the nearest stop that is left; ties keep the order of the input."""
    left, here, found = list(stops), start, []
    while left:
        here = min(left, key=lambda stop: matrix[here][stop])
        left.remove(here)
        found.append(here)
    return found


def cheapest_insertion(matrix, order, stop, start=0, end=None) -> tuple[int, float]:
    """Where to slip a stop into a tour that is being walked: position in `order` and extra metres.

    Examples
    --------
    >>> cheapest_insertion([[0, 1, 3, 2], [1, 0, 2, 1], [3, 2, 0, 1], [2, 1, 1, 0]], [1, 2], 3)
    (1, 0.0)
    """
    route = [start, *order, start if end is None else end]
    extra = [
        matrix[one][stop] + matrix[stop][other] - matrix[one][other]
        for one, other in zip(route, route[1:], strict=False)]
    place = int(np.argmin(extra))
    return place, float(extra[place])


def solve_tour(matrix, stops, start=0, end=None, *, rank=None, kicks=None, seed=0, stop=None) -> list[int]:
    """A short tour from the start over all stops to the end.

    Parameters
    ----------
    matrix : array (n, n)
        Metres from row to column; need not be symmetric.
    stops : sequence of int
        Rows to be visited, neither start nor end.
    start, end : int
        No end means back to the start.
    rank : sequence of int (n,), optional
        Stops of a lower rank come first (heavy before fragile).
    kicks : int, optional
        Changes tried after the first local optimum; by default 8 for each stop.
    stop : callable, optional
        Ends the search when it returns true.

    Returns
    -------
    list of int
        The stops in order.

    Examples
    --------
    Four places on a line, from 0 to 3 and back:

    >>> line = [[abs(a - b) for b in range(4)] for a in range(4)]
    >>> tour_length(line, solve_tour(line, [2, 1, 3]))
    6.0
    """
    stops = [int(row) for row in stops]
    if len(stops) < 2:
        return stops
    rank = None if rank is None else [int(value) for value in rank]
    order, here = [], start
    for group in [None] if rank is None else sorted({rank[row] for row in stops}):
        order += nearest_tour(matrix, [row for row in stops if rank is None or rank[row] == group], here)
        here = order[-1]
    rows = [start, *order, start if end is None else end]
    array = np.array(matrix, float)[np.ix_(rows, rows)]
    level = [0, *(0 if rank is None else rank[row] for row in order), 0]
    level[0], level[-1] = level[1], level[-2]
    route = _route(array, level)
    route.search(list(range(len(order), 0, -1)))
    if len(stops) > 2:
        kicks = KICKS_PER_STOP * len(stops) if kicks is None else kicks
        _improve(route, np.random.default_rng(seed), kicks, stop)
    return [order[number - 1] for number in route.r[1:-1]]


def _route(array, level):
    """The search on the rows of an array in their order.

    Ranks become a price for every leg from one rank to another, so high that only the fewest changes pay. Values are
    rounded to a step so fine that no way is judged otherwise, and so coarse that sums of them are exact.
    """
    size = len(array)
    _levels, level = np.unique(level, return_inverse=True)
    highest = float(array.max())
    array += size * highest * abs(level[:, None] - level[None])
    total = 8 * size * (1 + int(level.max())) * size * highest
    step = 2.0 ** (ceil(log2(total)) - 52) if total > 0 else 1.0
    array = np.round(array / step) * step
    kind = TwoWayRoute if bool((abs(array - array.T)[1:-1] <= CLOSE * highest).all()) else OneWayRoute
    if kind is TwoWayRoute:
        array = np.minimum(array, array.T)
    return kind(array.tolist(), list(range(size)))


def _improve(route, rng, kicks, stop):
    """Kick, search, and undo what made the tour longer."""
    for low in range(0, kicks, 1000):
        for draws in rng.random((min(1000, kicks - low), 4)).tolist():
            if stop is not None and stop():
                return
            kept = route.keep()
            kicked = route.kick(draws)
            if kicked and kicked[0] + route.search(kicked[1]) < 0:
                route.restore(kept)
