"""Proof on the past: which shadow price really reached which fill rate, and what is still owed.

A price per class is read off the shortage that levels set at earlier origins would have met with the demand that then
came (no distribution is trusted), either origin by origin (`evidence`) or by playing every price through the past with
the stock it leaves behind (`Proof`). A class that fell behind its target makes it up over the next periods (`steer`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import allocate
from .demand import short_leads
from .engine import review
from .replay import History, Player
from .types import Params, Problem

__all__ = ["Evidence", "Proof", "evidence", "expected", "levels", "make_up", "price_grid", "shadow_prices", "steer"]

DECAY = 0.97  # weight of an origin against the next later one
TRUST = 2.0  # most that past shortage may raise or lower a price against the distribution's own
LASTING = 0.25  # share of the time the stock of a class lasts over which it makes up a shortage
POOL_SHARE = 0.05  # of all demand; a class with less of it leans on all classes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What one origin showed: per class (g,) demand of a review period and, per price (g, m), the shortage."""

    price: np.ndarray
    groups: np.ndarray
    demand: np.ndarray
    short: np.ndarray = field(repr=False)


def price_grid(unit_cost: np.ndarray, points: int = 60) -> np.ndarray:
    """Shadow prices to try, from a third of the median unit cost upwards, (points,)."""
    cost = unit_cost[unit_cost > 0]
    middle = float(np.median(cost)) if cost.size else 1.0
    return middle * np.exp(np.linspace(np.log(3.0), np.log(2e5), points))


def evidence(problem: Problem, outcome: np.ndarray, group: np.ndarray, price: np.ndarray,
             params: Params | None = None, table: allocate.Marginal | None = None) -> Evidence:
    """Shortage that levels at each price would have met, had they been set then.

    Parameters
    ----------
    problem : Problem
        As it stood at a past origin.
    outcome : (n, b)
        Demand that came in the first buckets after it, at least lead time plus review long; NaN counts as none.
    group : int (n,)
        Class of each rule.
    price : (m,)
    params : Params, optional
    table : Marginal, optional
        Of the same problem, when it is known already.

    Returns
    -------
    Evidence
    """
    params = params or Params()
    table = allocate.marginals(problem, params) if table is None else table
    edges = np.concatenate([[0.0], np.cumsum(problem.bucket_days[: outcome.shape[1]])])
    total = np.concatenate([np.zeros((problem.size, 1)), np.cumsum(np.nan_to_num(outcome), axis=1)], axis=1)
    days, prob = short_leads(problem.lead_days, problem.lead_prob, params.leads)
    first, last = _until(edges, total, days), _until(edges, total, days + review(problem)[:, None])
    names, place = np.unique(group, return_inverse=True)
    rows = np.arange(problem.size)
    demand = np.bincount(place, (prob * (last - first)).sum(1), minlength=names.size)
    short = np.empty((names.size, price.size))
    for at, value in enumerate(price):
        index = np.maximum(table.index(rows, value), table.least)
        level = np.ceil(table.level(rows, index) / problem.rounding - 1e-9) * problem.rounding
        missed = np.maximum(last - level[:, None], 0) - np.maximum(first - level[:, None], 0)
        short[:, at] = np.bincount(place, (prob * missed).sum(1), minlength=names.size)
    return Evidence(price=price, groups=names, demand=demand, short=short)


def expected(problem: Problem, group: np.ndarray, price: np.ndarray, table: allocate.Marginal) -> Evidence:
    """What the forecast's own distribution says each price would leave short: evidence without a past."""
    names, place = np.unique(group, return_inverse=True)
    rows, days = np.arange(problem.size), review(problem)
    short = np.empty((names.size, price.size))
    for at, value in enumerate(price):
        index = np.maximum(table.index(rows, value), table.least)
        short[:, at] = np.bincount(place, table.short[index, rows] * days, minlength=names.size)
    demand = np.bincount(place, table.demand * days, minlength=names.size)
    return Evidence(price=price, groups=names, demand=demand, short=short)


def levels(problem: Problem, price: np.ndarray, params: Params | None = None) -> np.ndarray:
    """Levels that each price asks for, whole units, float32 (m, n)."""
    table, rows = allocate.marginals(problem, params or Params()), np.arange(problem.size)
    found = []
    for value in price:
        level = table.level(rows, np.maximum(table.index(rows, value), table.least))
        found.append((np.ceil(level / problem.rounding - 1e-9) * problem.rounding).astype(np.float32))
    return np.stack(found)


class Proof:
    """Every shadow price played through the past with the stock it leaves behind.

    Levels that fall leave stock that still serves, levels that rise come a lead time late, lost sales ask for no stock
    later: all of it is in the fill rate that a price reached here.

    Parameters
    ----------
    history : History
        From the first origin on; only periods that were stepped through are looked at. Its `warmup` counts.
    group : int (n,)
        Class of each rule.
    points : int
        Number of prices.
    lost_sales : bool
    """

    def __init__(self, history: History, group: np.ndarray, points: int, *, lost_sales: bool = False):
        self.history, self.points, self.lost_sales = history, points, lost_sales
        self.names, self.place = np.unique(group, return_inverse=True)
        self.demand: list[np.ndarray] = []
        self.short: list[np.ndarray] = []
        self.player: Player | None = None

    def step(self, level: np.ndarray) -> None:
        """Play the next period with the levels (m, n) of its origin."""
        flat, now = level.ravel().astype(float), len(self.demand)
        if self.player is None:
            many = History(demand=np.tile(self.history.demand, (self.points, 1)),
                           lead=np.tile(self.history.lead, (self.points, 1)), review=self.history.review)
            self.player = Player(many, flat, lost_sales=self.lost_sales)
        short = self.player.step(now, flat, flat).reshape(self.points, -1)
        count = self.names.size
        self.demand.append(np.bincount(self.place, self.history.demand[:, now], minlength=count))
        self.short.append(np.stack([np.bincount(self.place, row, minlength=count) for row in short], axis=1))

    def pace(self, code: int, periods: int = 8) -> float:
        """Demand of a class per period, lately."""
        return float(np.mean([row[self.names == code].sum() for row in self.demand[-periods:]]))

    def shortage(self, code: int | None = None) -> np.ndarray:
        """Share of the demand of a class (None: of all) that each price left short, falling, (m,).

        Classes with little demand lean on all classes together.
        """
        first = min(self.history.warmup, max(len(self.demand) - 2, 0))
        demand, short = np.array(self.demand[first:]), np.array(self.short[first:])
        weight = DECAY ** np.arange(len(demand) - 1, -1, -1.0)
        asked, missed = weight @ demand, np.tensordot(weight, short, 1)
        share = missed.sum(0) / max(asked.sum(), 1e-12)
        if code is not None:
            mine, lean = self.names == code, POOL_SHARE * asked.sum()
            share = (missed[mine].sum(0) + lean * share) / max(asked[mine].sum() + lean, 1e-12)
        return np.minimum.accumulate(share)

    def place_of(self, target: float, code: int | None = None) -> int:
        """Place in the price grid that reached a fill rate."""
        share = self.shortage(code)
        rising = 1e-12 * np.arange(self.points) - share
        return int(np.rint(np.interp(target - 1, rising, np.arange(self.points))))


def _until(edges, total, day):
    """Demand that came until `day` (n, k)."""
    place = np.clip(np.searchsorted(edges, day, side="right") - 1, 0, edges.size - 2)
    share = ((day - edges[place]) / (edges[place + 1] - edges[place])).clip(0, 1)
    left = np.take_along_axis(total, place, 1)
    return left + share * (np.take_along_axis(total, place + 1, 1) - left)


def shadow_prices(past: list[Evidence], group: np.ndarray, target: np.ndarray,
                  model: list[Evidence] | None = None, trust: float = TRUST) -> np.ndarray:
    """Shadow price that reached each rule's target in its class, newest evidence last, (n,); NaN without evidence.

    Classes with little demand lean on all classes together. A few orders that nothing could foresee must not buy stock
    of everything: `model` (see `expected`; the same origins and the one now) bounds the price to `trust` times what the
    distributions ask for. Both are means over origins: a price that jumps buys stock that it does not use.

    >>> seen = Evidence(price=np.array([1.0, 10.0, 100.0]), groups=np.array([0]), demand=np.array([100.0]),
    ...                 short=np.array([[30.0, 10.0, 2.0]]))
    >>> shadow_prices([seen], np.array([0, 0]), np.array([0.9, 0.94])).round(1).tolist()
    [10.0, 31.6]
    """
    if model:
        asked = shadow_prices(model, group, target)
        proved = shadow_prices(past, group, target) if past else asked
        return np.clip(np.where(np.isnan(proved), asked, proved), asked / trust, asked * trust)
    out = np.full(group.size, np.nan)
    if not past:
        return out
    price = past[-1].price
    weights = DECAY ** np.arange(len(past) - 1, -1, -1.0)
    all_demand = sum(weight * seen.demand.sum() for weight, seen in zip(weights, past, strict=True))
    all_short = sum(weight * seen.short.sum(0) for weight, seen in zip(weights, past, strict=True))
    if all_demand <= 0:
        return out
    lean = POOL_SHARE * all_demand
    for code in np.unique(group):
        demand, short = lean, lean * all_short / all_demand
        for weight, seen in zip(weights, past, strict=True):
            mine = seen.groups == code
            demand, short = demand + weight * seen.demand[mine].sum(), short + weight * seen.short[mine].sum(0)
        reached = np.maximum.accumulate(1 - short / demand)
        rows = group == code
        out[rows] = np.exp(np.interp(target[rows], reached + 1e-12 * np.arange(price.size), np.log(price)))
    return out


def steer(target: float, demand: float, short: float, demand_ahead: float) -> float:
    """Fill rate to aim at so that what was short beyond the target is made up over the demand ahead.

    The aim allows between half and twice the shortage of the target: near nothing short would cost far more stock than
    the class saves later.

    >>> round(steer(0.95, 1000.0, 80.0, 1000.0), 3), steer(0.95, 0.0, 0.0, 100.0)
    (0.975, 0.95)
    """
    allowed = 1 - target
    owed = (allowed * demand - short) / max(demand_ahead, 1e-12)
    return 1 - min(max(allowed + owed, allowed / 2), 2 * allowed, 1.0)


def make_up(target: float, demand: float, short: float, lead_demand: float, level: float) -> float:
    """Demand ahead over which a class settles what it owes, for `steer`.

    What was served too well is given back within a lead time. Stock bought for a shortage stays until it is sold: where
    the order-up-to levels of the class (their sum `level`) last long, it is made up slowly.

    >>> make_up(0.9, 100.0, 20.0, 30.0, 400.0), make_up(0.9, 100.0, 5.0, 30.0, 400.0)
    (100.0, 30.0)
    """
    return max(lead_demand, LASTING * level) if short > (1 - target) * demand else lead_demand
