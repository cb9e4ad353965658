"""Short tours on any matrix of distances: one-way aisles, another end than the start, stops that must come first.

An iterated local search: segments of up to three stops are moved where they cost least (Or-opt), in a symmetric
house also stretches of the tour are turned round (2-opt); then a small stretch is cut into three and joined in
another order (a local double bridge), the search mends what is near, and the change stays when the tour is no longer.

Sources: I. Or, Traveling salesman-type combinatorial problems (1976); J. L. Bentley, Fast algorithms for geometric
traveling salesman problems, ORSA Journal on Computing 4 (1992), for neighbour lists and don't-look bits.
"""

from __future__ import annotations

from math import inf

import numpy as np

__all__ = ["cheapest_insertion", "nearest_tour", "solve_tour", "tour_length"]

EPS = 1e-9
NEAR = 8


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


class _Route:
    """A tour as a list between two fixed ends, with the place of every stop in it."""

    def __init__(self, matrix, route, rank, symmetric):
        self.d, self.r, self.rank, self.symmetric = matrix, route, rank, symmetric
        self.place = [0] * len(matrix)
        self._renumber(0, len(route))
        near = np.asarray(matrix, float)
        near = np.minimum(near, near.T) + np.diag(np.full(len(matrix), inf))
        stops = np.array(route[1:-1])
        self.near = [[] for _row in matrix]
        for stop in stops:
            others = stops[np.argsort(near[stop, stops], kind="stable")[:NEAR + 1]]
            self.near[stop] = [int(other) for other in others if other != stop][:NEAR]

    def _renumber(self, low, high):
        place, r = self.place, self.r
        for number in range(max(low, 1), min(high, len(r) - 1)):
            place[r[number]] = number

    def _fits(self, first, last, before, after):
        """Whether stops of these ranks may stand between two others."""
        rank = self.rank
        return rank is None or rank[before] <= rank[first] and rank[last] <= rank[after]

    def search(self, queue):
        """Improve until no stop of the queue, or touched by a change, can be moved for less; metres won."""
        won, waiting = 0.0, set(queue)
        while queue:
            stop = queue.pop()
            waiting.discard(stop)
            gain, touched = self._improve(stop)
            if gain:
                won += gain
                for other in touched:
                    if other not in waiting:
                        waiting.add(other)
                        queue.append(other)
        return won

    def _improve(self, stop):
        found = self._or_opt(stop)
        if not found[0] and self.symmetric:
            found = self._two_opt(stop)
        return found

    def _or_opt(self, stop):
        d, r, place = self.d, self.r, self.place
        at, last = place[stop], len(r) - 1
        for size in (1, 2, 3):
            for low in {at, at - size + 1}:
                high = low + size
                if low < 1 or high > last:
                    continue
                before, head, tail, after = r[low - 1], r[low], r[high - 1], r[high]
                free = d[before][head] + d[tail][after] - d[before][after]
                if free <= EPS:
                    continue
                move = self._cheaper_place(low, high, head, tail, free)
                if move:
                    return self._shift(low, high, *move)
        return 0.0, ()

    def _cheaper_place(self, low, high, head, tail, free):
        """(gain, gap, turned) when the stretch low..high costs less between gap and gap + 1."""
        d, r, place = self.d, self.r, self.place
        ends = ((head, False, 0), (tail, False, -1))
        if self.symmetric and (self.rank is None or self.rank[head] == self.rank[tail]):
            ends = (*ends, (head, True, -1), (tail, True, 0))
        for end, turned, offset in ends:
            first, final = (tail, head) if turned else (head, tail)
            row = d[end]
            for other in self.near[end]:
                if row[other] >= free and d[other][end] >= free:
                    break
                gap = place[other] + offset
                if low - 1 <= gap < high:
                    continue
                one, two = r[gap], r[gap + 1]
                gain = free - (d[one][first] + d[final][two] - d[one][two])
                if gain > EPS and self._fits(first, final, one, two):
                    return gain, gap, turned
        return None

    def _shift(self, low, high, gain, gap, turned):
        r = self.r
        part = r[low:high]
        touched = [r[low - 1], *part, r[high], r[gap], r[gap + 1]]
        if turned:
            part = part[::-1]
        del r[low:high]
        if gap >= high:
            gap -= high - low
            self._insert(gap, part, low, gap + 1 + len(part))
        else:
            self._insert(gap, part, gap + 1, high)
        return gain, [stop for stop in touched if stop not in (r[0], r[-1])]

    def _insert(self, gap, part, low, high):
        self.r[gap + 1:gap + 1] = part
        self._renumber(low, high)

    def _two_opt(self, stop):
        d, r, place = self.d, self.r, self.place
        row = d[stop]
        for step in (1, -1):
            at = place[stop]
            follower = r[at + step]
            edge = row[follower]
            for other in self.near[stop]:
                if row[other] >= edge:
                    break
                there = place[other]
                if not 1 <= there + step <= len(r) - 2 and (there + step not in (0, len(r) - 1)):
                    continue
                beyond = r[there + step]
                gain = edge + d[other][beyond] - row[other] - d[follower][beyond]
                if gain > EPS:
                    low, high = min(at, there) + (step == 1), max(at, there) - (step == -1)
                    if low < 1 or high > len(r) - 2 or (self.rank and self.rank[r[low]] != self.rank[r[high]]):
                        continue
                    r[low:high + 1] = r[low:high + 1][::-1]
                    self._renumber(low, high + 1)
                    ends = (stop, follower, other, beyond)
                    return gain, [end for end in ends if end not in (r[0], r[-1])]
        return 0.0, ()

    def kick(self, rng):
        """Swap two neighbouring stretches; the metres won (mostly negative) and the stops at the cuts."""
        r, d = self.r, self.d
        size = len(r) - 2
        one = int(rng.random() * (size - 1)) + 1
        two = min(one + 1 + int(rng.random() * min(30, size - one)), size)
        three = min(two + 1 + int(rng.random() * min(30, size + 1 - two)), size + 1)
        if not one < two < three or (self.rank and self.rank[r[one]] != self.rank[r[three - 1]]):
            return None
        cuts = (r[one - 1], r[one], r[two - 1], r[two], r[three - 1], r[three])
        won = (d[cuts[0]][cuts[1]] + d[cuts[2]][cuts[3]] + d[cuts[4]][cuts[5]]
               - d[cuts[0]][cuts[3]] - d[cuts[4]][cuts[1]] - d[cuts[2]][cuts[5]])
        r[one:three] = r[two:three] + r[one:two]
        self._renumber(one, three)
        return won, [stop for stop in dict.fromkeys(cuts) if stop not in (r[0], r[-1])]


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
        Changes tried after the first local optimum; by default 12 for each stop, at least 200.
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
    array = np.asarray(matrix, float)
    if len(stops) < 2:
        return stops
    end = start if end is None else end
    groups = sorted({rank[row] for row in stops}) if rank is not None else [None]
    order, here = [], start
    for group in groups:
        part = nearest_tour(array, [row for row in stops if rank is None or rank[row] == group], here)
        order += part
        here = part[-1]
    if rank is not None:
        rank = [int(value) for value in rank]
        rank[start], rank[end] = (groups[0], groups[-1]) if start != end else (rank[start], rank[end])
    twin = len(array)
    if start == end:  # the end gets a row of its own, so that ranks and places of both ends differ
        array = np.pad(array, ((0, 1), (0, 1)), mode="constant")
        array[twin, :twin], array[:twin, twin] = matrix[start], array[:twin, start]
        end = twin
        if rank is not None:
            rank[start] = groups[0]
            rank.append(groups[-1])
    symmetric = bool(np.allclose(array, array.T))
    route = _Route(array.tolist(), [start, *order, end], rank, symmetric)
    route.search(order[::-1])
    rng = np.random.default_rng(seed)
    for _kick in range(max(200, 12 * len(stops)) if kicks is None else kicks):
        if len(stops) < 3 or (stop is not None and stop()):
            break
        kept, places = route.r[:], route.place[:]
        kicked = route.kick(rng)
        if kicked and kicked[0] + route.search(kicked[1]) < -EPS:
            route.r, route.place = kept, places
    return route.r[1:-1]
