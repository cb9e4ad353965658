"""Choose the bins as well as the way, where an article lies in several bins of a rectangular block.

A Lagrangian relaxation pays the picker for every unit collected; the exact programme of `rect` then plans the best
walk for these rewards, with a best return depth or gap in every aisle. The rewards rise for articles that are short
and fall for those collected twice, which yields a lower bound and, on the way, selections that are complete. These
are improved by exchanging bins, each exchange valued exactly from the costs up to and from each aisle on.

Sources: K. Hessler and S. Irnich, Exact solution of the single-picker routing problem with scattered storage,
INFORMS Journal on Computing (2024), for the problem and the state graph; the search is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from .rect import RectWalk, outcomes, rect_walk
from .states import is_closed, join, machine_of, meet

__all__ = ["ScatteredPlan", "solve_scattered"]

EPS = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class ScatteredPlan:
    """Bins to pick from and the walk past them.

    Attributes
    ----------
    chosen : ndarray of int
        Rows of the bins to pick from, in the order of the walk.
    walk : RectWalk
        The way; `walk.order` indexes `chosen` (it is 0, 1, 2 ...).
    bound_m : float
        No selection is shorter than this; equal to the length when the plan is proven to be the best.
    """

    chosen: np.ndarray
    walk: RectWalk
    bound_m: float


class _Programme:
    """The steps of the walk from left to right, with the cost from every state on to the end and back to the start.

    A step is a list of moves with their prices (the ways through a sub-aisle, or a crossing that must be touched),
    or the change to the next aisle. Only closed walks whose start is a crossing.
    """

    def __init__(self, search, ways, last=0):
        self.search, self.last = search, max(last, search.start[0])
        self.steps = []
        for column in range(search.width):
            self.steps += [("ways", column, None, [(move, 0.0)]) for move in search.needed[column]]
            self.steps += [("ways", column, span, found) for span, found in enumerate(ways[column])]
            gap = search.xs[column + 1] - search.xs[column] if column + 1 < search.width else None
            self.steps.append(("cross", column, None, gap))
        self.ahead = self._backward()
        self.cost = self.ahead[0][search.machine.start]

    def _backward(self):
        search = self.search
        cost = [inf] * search.size
        ahead = [cost]
        for kind, column, _span, step in reversed(self.steps):
            if kind == "ways":
                cost = [min(price + cost[move[state]] for move, price in step) for state in range(search.size)]
            else:
                ends = column >= self.last
                on = [inf] * search.size if step is None else [
                    min(walks * step + cost[new] for new, walks, _times in leave) for leave in search.leave]
                cost = [min(value, 0.0) if ends and search.closed[state] else value for state, value in enumerate(on)]
            ahead.append(cost)
        return ahead[::-1]

    def choices(self):
        """The way taken through each sub-aisle: dict of (column, span) to number."""
        search, state, found = self.search, self.search.machine.start, {}
        for place, (kind, column, span, step) in enumerate(self.steps):
            cost, ahead = self.ahead[place][state], self.ahead[place + 1]
            if kind == "ways":
                for number, (move, price) in enumerate(step):
                    if price + ahead[move[state]] <= cost + EPS:
                        state = move[state]
                        if span is not None:
                            found[column, span] = number
                        break
            elif cost > -EPS and column >= self.last and search.closed[state]:
                break
            else:
                state = next(
                    new for new, walks, _times in search.leave[state] if walks * step + ahead[new] <= cost + EPS)
        return found

    def insertion(self):
        """Cost up to each state before the ways of each sub-aisle, and on after them: (column, span) -> two lists."""
        search = self.search
        cost = [inf] * search.size
        cost[search.machine.start] = 0.0
        found = {}
        for place, (kind, column, span, step) in enumerate(self.steps):
            if kind == "ways" and span is not None:
                found[column, span] = (
                    [(state, value) for state, value in enumerate(cost) if value < inf], self.ahead[place + 1])
            after = [inf] * search.size
            if kind == "ways":
                for state, value in enumerate(cost):
                    if value < inf:
                        for move, price in step:
                            after[move[state]] = min(after[move[state]], value + price)
            elif step is not None:
                for state, value in enumerate(cost):
                    if value < inf:
                        for new, walks, _times in search.leave[state]:
                            after[new] = min(after[new], value + walks * step)
            cost = after
        return found


class _Search:
    """Positions sorted into sub-aisles, the state graph, and the two kinds of ways: for rewards and for a selection."""

    def __init__(self, xs, crossings, columns, ys, item, quantity, demand, start):
        self.xs, self.crossings = [float(x) for x in xs], [float(y) for y in crossings]
        self.columns, self.ys = np.asarray(columns, np.intp), np.asarray(ys, float)
        self.item, self.demand = np.asarray(item, np.intp), np.asarray(demand, float)
        self.quantity = np.minimum(np.asarray(quantity, float), self.demand[self.item])
        self.start, self.width = start, len(self.xs)
        self.machine = machine_of(len(self.crossings))
        self.needed = [[] for _column in range(self.width)]
        self.needed[start[0]] = [self.machine.move(meet, self.crossings.index(start[1]), 0)]
        self._close_states()
        self.spans = self._sort()
        self.rows_of = [np.flatnonzero(self.item == number) for number in range(len(self.demand))]

    def _close_states(self):
        """Number all states and moves once: those of the ways through a sub-aisle and of the touch of a crossing."""
        machine, count = self.machine, len(self.crossings)
        kinds = [(0, 0, False), (1, 1, True), (2, 2, True), (2, 2, False), (2, 0, False), (0, 2, False)]
        self.moves = [[machine.move(join, span, *kind) for kind in kinds] for span in range(count - 1)]
        touch = [move for moves in self.needed for move in moves]
        state = 0
        while state < len(machine.states):
            for move in (*(move for moves in self.moves for move in moves), *touch):
                move[state]
            machine.leave(state)
            state += 1
        self.size = len(machine.states)
        self.leave = [machine.leave(number) for number in range(self.size)]
        self.closed = [any(state) and is_closed(state) for state in machine.states]

    def _sort(self):
        """(column, span) -> rows by place, and their metres from the lower crossing."""
        found = {}
        span_of = np.clip(np.searchsorted(self.crossings, self.ys) - 1, 0, len(self.crossings) - 2)
        for row in np.lexsort((self.ys, span_of, self.columns)):
            found.setdefault((int(self.columns[row]), int(span_of[row])), []).append(row)
        self.span_of = span_of
        return {key: (np.array(rows), self.ys[rows] - self.crossings[key[1]]) for key, rows in found.items()}

    def length(self, span):
        return self.crossings[span + 1] - self.crossings[span]

    def _plain(self, span):
        moves, length = self.moves[span], self.length(span)
        return [(moves[0], 0.0), (moves[1], length), (moves[2], 2 * length)]

    def reward_ways(self, reward):
        """Ways of every sub-aisle when a position is worth its reward, and the rows that each way collects."""
        ways = [[self._plain(span) for span in range(len(self.moves))] for _column in range(self.width)]
        taken = {}
        for (column, span), (rows, depth) in self.spans.items():
            moves, length = self.moves[span], self.length(span)
            worth = reward[rows]
            total = worth.sum()
            # price of going up to each position and back, and of coming down to it from above
            up = np.concatenate([[0.0], 2 * depth - np.cumsum(worth)])
            down = np.concatenate([2 * (length - depth) - np.cumsum(worth[::-1])[::-1], [0.0]])
            reach = np.minimum.accumulate(up)
            both = reach + down
            low, high = int(np.argmin(up[1:])) + 1, int(np.argmin(down[:-1]))
            top = int(np.argmin(both))
            bottom = int(np.argmin(up[:top + 1]))
            ways[column][span] = [
                (moves[0], 0.0), (moves[1], length - total), (moves[2], 2 * length - total), (moves[3], both[top]),
                (moves[4], up[low]), (moves[5], down[high])]
            taken[column, span] = [
                rows[:0], rows, rows, np.concatenate([rows[:bottom], rows[top:]]), rows[:low], rows[high:]]
        return ways, taken

    def selection(self, rows):
        """The programme when the given rows must be visited, and their places by sub-aisle."""
        ways = [[self._plain(span) for span in range(len(self.moves))] for _column in range(self.width)]
        marks = {}
        for row in rows:
            marks.setdefault((int(self.columns[row]), int(self.span_of[row])), set()).add(float(self.ys[row]))
        for key, places in marks.items():
            ways[key[0]][key[1]] = self.visit_ways(key[1], places)
        return _Programme(self, ways, max((column for column, _span in marks), default=0)), marks

    def visit_ways(self, span, places):
        low, high = self.crossings[span], self.crossings[span + 1]
        places = sorted(place for place in places if low < place < high)
        return [
            (self.machine.move(join, span, *way[1:4]), way[0])
            for way in outcomes(low, high, places, (0,) * len(places))]

    # ------------------------------------------------------------------ selections

    def covered(self, rows):
        """Units of each article that these rows hold."""
        rows = np.asarray(rows, np.intp)
        return np.bincount(self.item[rows], self.quantity[rows], len(self.demand))

    def cost(self, rows):
        return self.selection(rows)[0].cost

    def prune(self, rows):
        """Leave out what is not needed, the most expensive first; rows are kept that meet each demand."""
        rows = list(dict.fromkeys(int(row) for row in rows))
        over = self.covered(rows) - self.demand
        gain = {row: None for row in rows if self.quantity[row] <= over[self.item[row]] + EPS}
        whole = self.cost(rows) if gain else 0.0
        for row in gain:
            gain[row] = whole - self.cost([other for other in rows if other != row])
        for row in sorted(gain, key=lambda row: (-gain[row], row)):
            if self.quantity[row] <= over[self.item[row]] + EPS:
                over[self.item[row]] -= self.quantity[row]
                rows.remove(row)
        return rows

    def exchange(self, rows, items):
        """Take out the bins of some articles and put each article back where it costs least."""
        rows = [row for row in rows if self.item[row] not in items]
        for number in items:
            missing = self.demand[number]
            free = [int(row) for row in self.rows_of[number]]
            while missing > EPS and free:
                programme, marks = self.selection(rows)
                around = programme.insertion()
                row = min(free, key=lambda row: (
                    (self._with(row, marks, around, programme.cost) - programme.cost)
                    / min(self.quantity[row], missing), row))
                free.remove(row)
                rows.append(row)
                missing -= self.quantity[row]
        return rows

    def _with(self, row, marks, around, cost):
        key = (int(self.columns[row]), int(self.span_of[row]))
        places = marks.get(key, set())
        if float(self.ys[row]) in places:
            return cost
        before, after = around[key]
        ways = self.visit_ways(key[1], places | {float(self.ys[row])})
        return min(value + price + after[move[state]] for state, value in before for move, price in ways)


def _relax(search, rounds, upper, stop):
    """Lagrangian rounds: lower bound, and selections that met every demand or nearly did."""
    prices = np.full(len(search.demand), 1.0) * upper / max(len(search.demand), 1) / 4 / np.maximum(search.demand, 1)
    bound, found, scale, stale = 0.0, [], 1.0, 0
    for _round in range(rounds):
        if stop is not None and stop():
            break
        ways, taken = search.reward_ways(prices[search.item] * search.quantity)
        programme = _Programme(search, ways)
        value = programme.cost + float(prices @ search.demand)
        rows = [row for key, number in programme.choices().items() if key in taken for row in taken[key][number]]
        if value > bound + EPS:
            bound, stale = value, 0
        else:
            stale += 1
            if stale == 8:
                scale, stale = scale / 2, 0
        short = search.demand - search.covered(rows)
        found.append((float(np.maximum(short, 0).sum()), len(found), rows))
        norm = float((short ** 2).sum())
        if norm < EPS or upper - bound < EPS:
            break
        prices = np.maximum(prices + scale * max(upper - value, 0.5) / norm * short, 0.0)
    return bound, found


def _complete(search, rows):
    """A selection that meets every demand: what is short is put in where it costs least, then the surplus goes."""
    short = np.flatnonzero(search.covered(rows) < search.demand - EPS).tolist()
    return search.prune(search.exchange(list(rows), short) if short else rows)


def _descend(search, rows, cost, stop):
    """Exchange one article at a time until nothing gets shorter."""
    waiting = list(range(len(search.demand)))
    while waiting:
        if stop is not None and stop():
            break
        number = waiting.pop(0)
        if len(search.rows_of[number]) == 1:
            continue
        other = search.exchange(rows, [number])
        total = search.cost(other)
        if total < cost - EPS:
            rows, cost = other, total
            waiting = [n for n in range(len(search.demand)) if n != number]
    return rows, cost


def solve_scattered(
    xs, crossings, columns, ys, item, quantity, demand, start, *, rounds=150, kicks=40, seed=0, stop=None,
) -> ScatteredPlan:
    """Choose bins that meet every demand, and the shortest closed walk past them.

    Parameters
    ----------
    xs, crossings, columns, ys, start
        As in `rect_walk`; the start must lie on a cross-aisle.
    item : sequence of int (n,)
        Article of each bin, 0 to k - 1.
    quantity : sequence of float (n,)
        Units that lie in each bin.
    demand : sequence of float (k,)
        Units wanted of each article.
    rounds, kicks : int
        Rounds of the relaxation, and random exchanges afterwards.

    Returns
    -------
    ScatteredPlan

    Raises
    ------
    ValueError
        When the bins hold less than is wanted of an article.

    Examples
    --------
    Article 1 lies behind article 0 in one aisle, and alone in another one:

    >>> plan = solve_scattered([0, 5], [0, 10], [0, 0, 1], [3, 4, 3], [0, 1, 1], [1, 1, 1], [1, 1], (0, 0))
    >>> plan.chosen.tolist(), plan.walk.length_m
    ([0, 1], 8.0)
    """
    search = _Search(xs, crossings, columns, ys, item, quantity, demand, (int(start[0]), float(start[1])))
    stock = np.bincount(np.asarray(item), np.asarray(quantity, float), len(search.demand))
    if (stock < search.demand - EPS).any():
        raise ValueError("The bins hold less than is wanted of an article.")
    rng = np.random.default_rng(seed)
    best = _complete(search, [])
    cost = search.cost(best)
    bound, found = _relax(search, rounds, cost, stop)
    starts = {}
    for _short, number, rows in sorted(found)[:12]:
        starts.setdefault(tuple(sorted(rows)), (number, rows))
    for _number, rows in [(-1, best), *starts.values()]:
        if cost - bound < EPS or (stop is not None and stop()):
            break
        rows = _complete(search, rows)
        rows, total = _descend(search, rows, search.cost(rows), stop)
        if total < cost - EPS:
            best, cost = rows, total
    for _kick in range(kicks):
        if cost - bound < EPS or (stop is not None and stop()) or len(search.demand) < 2:
            break
        items = rng.choice(len(search.demand), size=min(len(search.demand), int(rng.integers(2, 5))), replace=False)
        rows = search.exchange(best, items.tolist())
        rows, total = _descend(search, rows, search.cost(rows), stop)
        if total <= cost + EPS:
            best, cost = rows, total
    walk = rect_walk(search.xs, search.crossings, search.columns[best], search.ys[best], search.start)
    chosen = np.array(best, dtype=np.intp)[walk.order]
    walk = RectWalk(length_m=walk.length_m, order=np.arange(len(chosen)), path=walk.path)
    return ScatteredPlan(chosen=chosen, walk=walk, bound_m=float(min(bound, walk.length_m)))
