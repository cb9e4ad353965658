"""Choose the bins as well as the way, where an article lies in several bins of a rectangular block.

A lower bound pays the picker for units collected (`scattered_bound`). A sweep of labels over the aisles, pruned by that
bound, proves the best choice where few labels stay alive and finds a good one elsewhere (`scattered_sweep`). Articles
are then taken out in groups and put back where they are best together (`scattered_swap`), from several beginnings.

Source: K. Hessler and S. Irnich, Exact solution of the single-picker routing problem with scattered storage,
INFORMS Journal on Computing (2024), for the problem and the state graph; the search is our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf

import numpy as np

from .matrix_choice import choose_on_matrix
from .policies import policy_walk, rect_distance
from .rect import RectWalk, rect_walk
from .scattered_bound import first_rewards, relax, viable_ways
from .scattered_net import EPS, Network
from .scattered_swap import Exchange
from .scattered_sweep import Sweep
from .tour import solve_tour
from .types import Block, Problem, ProblemError

__all__ = ["ScatteredPlan", "solve_scattered"]

WORK = 90e6  # table entries filled by exchanges
PROOF = 2_000_000  # work of the last try to prove the walk
MOST_CROSSINGS = 5


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

    @property
    def proven(self) -> bool:
        """Whether no choice is shorter."""
        return self.bound_m >= self.walk.length_m - 1e-6


def solve_scattered(
    xs, crossings, columns, ys, item, quantity, demand, start, *, effort=1.0, seed=0, stop=None,
) -> ScatteredPlan:
    """Choose bins that meet every demand, and the shortest closed walk past them.

    Parameters
    ----------
    xs, crossings, columns, ys, start
        As in `rect_walk`.
    item : sequence of int (n,)
        Article of each bin, 0 to k - 1.
    quantity : sequence of float (n,)
        Units that lie in each bin.
    demand : sequence of float (k,)
        Units wanted of each article.
    effort : float
        Share of the usual search where nothing is proven; zero ends after the first good choice.
    stop : callable, optional
        Ends the search when it returns true; what was found so far is the plan.

    Returns
    -------
    ScatteredPlan

    Raises
    ------
    ProblemError
        When the bins hold less than is wanted of an article.

    Examples
    --------
    Article 1 lies behind article 0 in one aisle, and alone in another one:

    >>> plan = solve_scattered([0, 5], [0, 10], [0, 0, 1], [3, 4, 3], [0, 1, 1], [1, 1, 1], [1, 1], (0, 0))
    >>> plan.chosen.tolist(), plan.walk.length_m, plan.proven
    ([0, 1], 8.0, True)
    """
    start = (int(start[0]), float(start[1]))
    columns, ys, quantity = np.asarray(columns, np.intp), np.asarray(ys, float), np.asarray(quantity, float)
    item = check_choice(item, quantity, demand)
    Problem(floor=Block(xs=xs, crossings=crossings), place=columns, along=ys, start=start)  # refuses bad places
    rows = np.flatnonzero((quantity > 0) & (np.asarray(demand, float)[item] > 0))
    if not len(rows):
        return _plan(xs, crossings, columns, ys, [], start, 0.0)
    if len(crossings) > MOST_CROSSINGS:
        return _wide(xs, crossings, columns, ys, item, quantity, demand, start, effort, seed, stop)
    net, rows = _network(xs, crossings, columns, ys, item, quantity, demand, start, rows)
    search = _Search(net, effort, seed, stop)
    chosen, bound = _bins(net, search.cover), search.bound
    cost, beside = _beside(net)
    if cost < search.cost - EPS:
        chosen = beside
    chosen = rows[chosen]
    return _plan(xs, crossings, columns, ys, chosen[chosen >= 0], start, min(bound, cost))


def check_choice(item, quantity, demand) -> np.ndarray:
    """The articles as an array; refused in one sentence when a demand cannot be met."""
    item, demand = np.asarray(item, np.intp), np.asarray(demand, float)
    if len(item) and not (item.min() >= 0 and item.max() < len(demand)):
        raise ProblemError("A bin holds an article that is not on the list.")
    if not (np.isfinite(quantity).all() and np.isfinite(demand).all() and (demand >= 0).all()):
        raise ProblemError("Quantities must be known, and demands not below zero.")
    stock = np.bincount(item, np.maximum(quantity, 0.0), len(demand))
    for article in np.flatnonzero(stock < demand - EPS):
        raise ProblemError(
            f"The bins hold {stock[article]:g} of the {demand[article]:g} units wanted of article {article}.")
    return item


def _network(xs, crossings, columns, ys, item, quantity, demand, start, rows):
    """The network of the rows that count, and the number of each of its rows; a start beside the cross-aisles is an
    article of its own, as every walk must come past it."""
    articles, number = np.unique(item[rows], return_inverse=True)
    wanted, held = np.asarray(demand, float)[articles], quantity[rows]
    columns, ys = columns[rows], ys[rows]
    if start[1] not in [float(y) for y in crossings]:
        columns, ys, rows = np.append(columns, start[0]), np.append(ys, start[1]), np.append(rows, -1)
        number, held, wanted = np.append(number, len(articles)), np.append(held, 1.0), np.append(wanted, 1.0)
    first, last = min(columns.min(), start[0]), max(columns.max(), start[0])
    return Network(
        np.asarray(xs, float)[first:last + 1], crossings, columns - first, ys, number, held, wanted,
        (start[0] - first, start[1])), rows


def _wide(xs, crossings, columns, ys, item, quantity, demand, start, effort, seed, stop):
    """So many cross-aisles have too many states: the bins are chosen on the matrix of metres."""
    points = [start, *zip(columns.tolist(), ys.tolist(), strict=True), start]
    matrix = np.array([[rect_distance(xs, crossings, one, other) for other in points] for one in points])
    rows = choose_on_matrix(matrix, quantity, item, demand, kicks=int(60 * effort), seed=seed, stop=stop)
    order = solve_tour(matrix, rows + 1, 0, len(points) - 1, seed=seed, stop=stop)
    chosen = np.array(order, np.intp) - 1
    walk = policy_walk("given", xs, crossings, columns[chosen], ys[chosen], start, start)
    walk = RectWalk(length_m=walk.length_m, order=np.arange(len(chosen)), path=walk.path)
    return ScatteredPlan(chosen=chosen, walk=walk, bound_m=0.0)


def _bins(net, cover):
    """Rows to pick from on the walk of a cover."""
    passed = [
        row for sub, (_kind, low, high) in cover.items()
        for number, row in enumerate(net.rows[sub, :net.count[sub]].tolist()) if number < low or number >= high]
    return _enough(net, passed)


def _enough(net, rows):
    """As few of these rows as meet every demand: the fullest first."""
    left, chosen = net.demand.copy(), []
    for row in sorted(rows, key=lambda row: (-net.quantity[row], row)):
        if left[net.item[row]] > EPS:
            left[net.item[row]] -= net.quantity[row]
            chosen.append(row)
    return np.array(chosen, np.intp)


def _beside(net):
    """The best walk up and down the aisle of the start only, which need not come to a cross-aisle: metres, rows."""
    rows = np.flatnonzero(net.columns == net.start[0])
    best, chosen = inf, rows[:0]
    for low in {net.start[1], *net.ys[rows].tolist()}:
        if low > net.start[1]:
            continue
        part = rows[net.ys[rows] >= low]
        part = part[np.argsort(net.ys[part], kind="stable")]
        held = np.zeros((len(part), len(net.demand)))
        held[np.arange(len(part)), net.item[part]] = net.quantity[part]
        met = np.flatnonzero((np.cumsum(held, axis=0) >= net.demand - EPS).all(axis=1))
        if len(met):
            high = max(float(net.ys[part[met[0]]]), net.start[1])
            if 2 * (high - low) < best:
                best, chosen = 2 * (high - low), part[:met[0] + 1]
    return best, _enough(net, chosen)


def _plan(xs, crossings, columns, ys, chosen, start, bound):
    chosen = np.asarray(chosen, np.intp)
    walk = rect_walk(xs, crossings, columns[chosen], ys[chosen], start)
    return ScatteredPlan(
        chosen=chosen[walk.order], bound_m=float(min(bound, walk.length_m)),
        walk=RectWalk(length_m=walk.length_m, order=np.arange(len(chosen)), path=walk.path))


class _Search:
    """Bound, sweeps and exchanges in turn, until the walk is proven or the effort spent."""

    def __init__(self, net, effort, seed, stop):
        self.net, self.stop = net, stop
        self.rng = np.random.default_rng(seed)
        self.exchange = Exchange(net, self.rng)
        self.cost, self.cover, self.bound, self.rewards = inf, None, 0.0, first_rewards(net)
        self._begin(2)
        if self._raise_bound(60) or self._sweep(width=200, weight=1.2):
            return
        most = self.exchange.work + effort * WORK
        self._take(*self._improved(self.cost, self.cover, 8, most))
        if self._proven() or self._over(most) or self._raise_bound(20):
            return
        if self._sweep(width=400, weight=1.35) or self._sweep(width=600, weight=1.0):
            return
        if self._raise_bound(40) or self._sweep(width=PROOF, weight=1.0, most=PROOF):
            return
        self._climb(most)

    def _climb(self, most):
        """In turn from nothing, and from the best cover with half of its articles put back group after group."""
        count, number = self.exchange.articles, 0
        while not self._over(most) and not self._proven():
            number += 1
            out = self.rng.permutation(count)[:count if number % 2 else max(count // 2, 2)]
            cost, cover = self.exchange.construct(self.cover, out.tolist())
            cost, cover = self._improved(cost, cover, 8, most)
            if cost < self.cost - EPS:
                cost, cover = self._improved(cost, cover, 12, most)
            self._take(cost, cover)

    def _over(self, most):
        return self.exchange.work >= most or (self.stop is not None and self.stop())

    def _begin(self, times):
        for _time in range(times):
            self._take(*self.exchange.construct())

    def _improved(self, cost, cover, patience, most):
        return self.exchange.improve(
            cost, cover, patience=patience, most_work=most, enough=self._least() + 1e-6, stop=self.stop)

    def _take(self, cost, cover):
        if cover is not None and cost <= self.cost:
            self.cost, self.cover = cost, cover

    def _least(self):
        """The bound, on the grid on which the lengths of walks lie."""
        step = self.net.step
        return ceil(self.bound / step - 1e-6) * step if step else self.bound

    def _proven(self):
        if self._least() < self.cost - 1e-6:
            return False
        self.bound = self.cost
        return True

    def _raise_bound(self, rounds):
        bound, self.rewards = relax(self.net, self.rewards, rounds, self.cost, self.stop)
        self.bound = max(self.bound, bound)
        return self._proven()

    def _sweep(self, width, weight, most=None):
        limit = self.net.below(self.cost)
        ways, ahead = viable_ways(self.net, self.rewards, self.cost + EPS)
        self.exchange.restrict(ways)
        sweep = Sweep(
            self.net, self.rewards, ways, ahead, limit, width=width, weight=weight, most=most,
            stop=self.stop)
        if sweep.cover is not None:
            self._take(sweep.best, sweep.cover)
        if sweep.complete:
            self.bound = self.cost
        return sweep.complete

