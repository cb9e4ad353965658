"""Aims steered by the past: what every shadow price and every fill target really reached, played day by day.

A forecast's distribution promises a fill rate; the demand that came, the receipts that were late and the stock that
earlier levels left behind decide what is reached. A ladder of levels, from too little to too much, is played through
the past side by side, and each class of rules aims at the rung on which it reached its target (`calibrate` has the same
idea for a benchmark's periods).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import allocate, limits
from .calibrate import price_grid
from .engine import prepare, review
from .params import require
from .steady import steady
from .types import Params, Problem

__all__ = ["Aim", "Steering", "Track", "aimed", "choose", "columns"]

POINTS = 24  # rungs of the ladder
ALLOWED = np.geomspace(0.5, 5e-4, POINTS)  # shortage that each rung allows a rule that keeps its target by itself
HALF_LIFE_DAYS = 365.0  # of what was seen: older seasons count less
SURE_DAYS = 180.0  # of replay until what was reached is believed in full
TRUST = 3.0  # most that the past may raise a price, or lower the shortage that is allowed
RELAX = 1.5  # most that it may do the other way round: good luck of a year is no reason to serve less
POOL_SHARE = 0.05  # of all demand; a class with less of it leans on all classes
WARMUP_DAYS = 28  # the stock at the start is nobody's doing
LEAST_SAVING = 0.03  # less stock that a steadier view must have needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a class is to aim at: `price` (shadow price) and `target` (fill rate of a rule by itself).

    `reached` is the fill rate that the distribution's own aim reached in the replay, `stock` the mean stock value that
    reaching the target needed (infinite: out of reach), `days` and `rules` what both were seen on; NaN when nothing was
    asked for.
    """

    price: float
    target: float
    reached: float
    stock: float
    days: int
    rules: int


class Steering:
    """Levels on every rung, played through the past; `play` period by period, `aims` at any time.

    Parameters
    ----------
    lead : int (n, t)
        Days until an order placed on that day arrives.
    group : int (n,)
        Class of each rule, -1 for rules that are not steered.
    target : (n,)
        Fill rate that the class is to reach.
    unit_cost : (n,)
    lost_sales : bool
    """

    def __init__(self, lead: np.ndarray, group: np.ndarray, target: np.ndarray, unit_cost: np.ndarray, *,
                 lost_sales: bool = True):
        require(lead.shape[0] == group.size == target.size, "The classes need a value per rule.")
        self.group, self.target, self.lost_sales, self.lead = group, target, lost_sales, lead
        self.rows = np.flatnonzero(group >= 0)
        self.names, self.place = np.unique(group[self.rows], return_inverse=True)
        self.price = price_grid(unit_cost[self.rows], POINTS)
        size = (self.rows.size, POINTS)
        self.stock: np.ndarray | None = None
        self.on_order = np.zeros(size, np.float32)
        self.arriving = np.zeros((int(lead.max(initial=0)) + 1, *size), np.float32)
        self.asked, self.missed = np.zeros(self.names.size), np.zeros((self.names.size, POINTS))
        self.promised, self.held = np.zeros((2, self.names.size, POINTS))
        self.cost, self.day = unit_cost[self.rows], 0

    def ladder(self, problem: Problem, params: Params | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Reorder point and order-up-to level of the steered rules on every rung, (n, m) each."""
        params, some = params or Params(), problem.take(self.rows)
        shared = some.service_group >= 0
        table = allocate.marginals(some.take(shared), params) if shared.any() else None
        low, gap = np.zeros((2, some.size, POINTS), np.float32)
        missed, place = np.zeros((self.names.size, POINTS)), np.cumsum(shared) - 1
        for start in range(0, some.size, params.chunk):
            rows = np.arange(start, min(start + params.chunk, some.size))
            block = prepare(some.take(rows), params)
            mine = np.flatnonzero(shared[rows])
            for rung in range(POINTS):
                level = block.table.level(block.problem, params, np.full(rows.size, 1 - ALLOWED[rung]))
                if mine.size:
                    at = place[rows[mine]]
                    index = np.maximum(table.index(at, self.price[rung]), table.least[at])
                    level[mine] = np.ceil(table.level(at, index) / block.problem.rounding[mine] - 1e-9
                                          ) * block.problem.rounding[mine]
                level, room, _multiple, _code = limits.apply(block.problem, block.bound, level, block.gap,
                                                             block.multiple)
                low[rows, rung], gap[rows, rung] = level, room
                short = block.table.value("short", level) / review(block.problem)
                missed[:, rung] += np.bincount(self.place[rows], short, minlength=self.names.size)
        demand = np.bincount(self.place, _day_rate(some), minlength=self.names.size)
        self.promised = missed / np.maximum(demand, 1e-12)[:, None]
        return low, low + gap

    def play(self, problem: Problem, low: np.ndarray, high: np.ndarray, demand: np.ndarray) -> None:
        """Play some days (n, t) of demand with the levels of the rungs, from the opening stock of the first level."""
        some, review_days = problem.take(self.rows), np.maximum(np.rint(problem.review_days[self.rows]), 1)
        if self.stock is None:
            self.stock = high.copy()
        lot = np.where(some.multiple > 0, some.multiple, 1)[:, None]
        rows, least = np.arange(self.rows.size), some.minimum_qty[:, None]
        for asked in np.nan_to_num(demand[self.rows]).T:
            decay = 0.5 ** (1 / HALF_LIFE_DAYS)
            due = (self.stock + self.on_order < low - 1e-6) & (self.day % review_days == 0)[:, None]
            if some.order_days is not None:
                due &= some.order_days[rows, (problem.weekday + self.day) % 7][:, None]
            size = np.where(due, np.maximum(high - self.stock - self.on_order, least), 0)
            size = np.where(some.multiple[:, None] > 0, np.ceil(size / lot - 1e-6) * lot, size).astype(np.float32)
            width, column = self.arriving.shape[0], min(self.day, self.lead.shape[1] - 1)
            self.arriving[(self.day + self.lead[self.rows, column]) % width, rows] += size
            self.on_order += size
            here = self.arriving[self.day % width]
            self.stock += here
            self.on_order -= here
            self.arriving[self.day % width] = 0
            short = np.maximum(asked[:, None] - np.maximum(self.stock, 0), 0)
            self.stock -= asked[:, None] - (short if self.lost_sales else 0)
            self.day += 1
            if self.day > WARMUP_DAYS:
                self.asked = self.asked * decay + np.bincount(self.place, asked, minlength=self.names.size)
                self.missed = self.missed * decay + self._by_class(short)
                self.held = self.held * decay + self._by_class(np.maximum(self.stock, 0) * self.cost[:, None])

    def _by_class(self, values):
        """Sums per class and rung, (g, m)."""
        return np.stack([
            np.bincount(self.place, column, minlength=self.names.size) for column in values.T], axis=1)

    def aims(self, problem: Problem) -> dict[int, Aim]:
        """What each class is to aim at, from what was played and from what `ladder` promised last."""
        return {int(code): self._aim(problem, number, int(code)) for number, code in enumerate(self.names)}


    def _aim(self, problem: Problem, number: int, code: int) -> Aim:
        mine = self.group == code
        wanted = float(np.average(self.target[mine], weights=np.maximum(_day_rate(problem)[mine], 1e-12)))
        shared = bool((problem.service_group[mine] >= 0).any())
        model = _rung(self.promised[number], 1 - wanted) if shared else float(
            np.interp(np.log(1 - wanted), np.log(ALLOWED)[::-1], np.arange(POINTS)[::-1]))
        seen, share = max(self.day - WARMUP_DAYS, 0), self._shortage(number)
        place, reached, stock, rungs = model, float("nan"), float("nan"), np.arange(POINTS)
        if share is not None:
            steps = np.log(self.price if shared else 1 / ALLOWED)
            less, more = np.log([RELAX, TRUST]) / (steps[1] - steps[0])
            proved = float(np.clip(_rung(share, 1 - wanted), model - less, model + more))
            place = model + (proved - model) * min(seen / SURE_DAYS, 1)
            reached = 1 - float(np.interp(model, rungs, share))
            weight = (1 - 0.5 ** (seen / HALF_LIFE_DAYS)) / (1 - 0.5 ** (1 / HALF_LIFE_DAYS))
            stock = float(np.interp(_rung(share, 1 - wanted), rungs, self.held[number])) / weight
            stock = stock if share[-1] <= 1 - wanted else float("inf")
        return Aim(price=float(np.exp(np.interp(place, rungs, np.log(self.price)))),
                   target=1 - float(np.exp(np.interp(place, rungs, np.log(ALLOWED)))), reached=reached,
                   stock=stock, days=seen, rules=int(mine.sum()))

    def _shortage(self, number: int) -> np.ndarray | None:
        """Share of the demand of a class that each rung left short, falling, (m,); None without demand."""
        total = self.asked.sum()
        if self.asked[number] <= 0 or self.day <= WARMUP_DAYS:
            return None
        lean = POOL_SHARE * total
        pooled = self.missed.sum(0) / total
        share = (self.missed[number] + lean * pooled) / (self.asked[number] + lean)
        return np.minimum.accumulate(share)


class Track:
    """The forecast as it is and a steadier view of it (see `steady`), side by side: at each origin `settle` gives the
    problem with the aims that the past has proved up to then, then `play` the days that follow.

    Takes the same as `Steering`.
    """

    def __init__(self, lead, group, target, unit_cost, *, lost_sales: bool = True):
        self.group = group
        self.views = [Steering(lead, group, target, unit_cost, lost_sales=lost_sales) for _view in range(2)]
        self.pending: list[tuple] = []

    def settle(self, problem: Problem, sold: np.ndarray, days: np.ndarray) -> tuple[dict[int, Aim], set[int]]:
        """What each class is to aim at from this origin on, and the classes that a steadier view helps.

        Parameters
        ----------
        problem : Problem
            As it stands at this origin.
        sold, days : (n,)
            See `steady`.
        """
        if not self.views[0].rows.size:
            return {}, set()
        views = (problem, scaled(problem, steady(problem.mean, problem.bucket_days, sold, days)))
        self.pending = [(view, *side.ladder(view)) for side, view in zip(self.views, views, strict=True)]
        return self.result(problem)

    def play(self, demand: np.ndarray) -> None:
        """Play the days after the origin that was settled last, (n, t)."""
        for side, (view, low, high) in zip(self.views, self.pending, strict=False):
            side.play(view, low, high, demand)

    def result(self, problem: Problem) -> tuple[dict[int, Aim], set[int]]:
        """What each class is to aim at, and the classes that are better off with the steadier view."""
        plain, steadier = (side.aims(problem) for side in self.views)
        chosen = choose(plain, steadier)
        return {code: steadier[code] if code in chosen else aim for code, aim in plain.items()}, chosen


def aimed(problem: Problem, group: np.ndarray, proved: tuple[dict[int, Aim], set[int]], sold, days) -> Problem:
    """A problem with what its classes aim at (see `Track.settle`); any rules of the same classes."""
    aims, steadier = proved
    factor = np.where(np.isin(group, list(steadier)), steady(problem.mean, problem.bucket_days, sold, days), 1.0)
    return scaled(problem, factor).but(**columns(problem, group, aims))


def scaled(problem: Problem, factor: np.ndarray) -> Problem:
    """The problem with its forecast times a factor per rule, (n,)."""
    factor = factor.astype(np.float32)
    return problem.but(mean=problem.mean * factor[:, None], quantiles=problem.quantiles * factor[:, None, None])


def choose(plain: dict[int, Aim], steadier: dict[int, Aim]) -> set[int]:
    """Classes that reach their target with less stock when their forecast is made steadier (see `steady`)."""
    return {code for code, aim in plain.items()
            if aim.days >= SURE_DAYS / 2 and steadier[code].stock < (1 - LEAST_SAVING) * aim.stock}


def columns(problem: Problem, group: np.ndarray, aims: dict[int, Aim]) -> dict[str, np.ndarray]:
    """Columns of the problem that follow from the aims of the classes: `shadow_price` and `target`."""
    price, target = np.full(problem.size, np.nan), problem.target.copy()
    for code, aim in aims.items():
        mine = group == code
        shared = mine & (problem.service_group >= 0)
        price[shared] = aim.price
        target[mine & ~shared] = aim.target
    return {"shadow_price": price, "target": target}


def _rung(share: np.ndarray, allowed: float) -> float:
    """Place on a falling ladder at which `allowed` is short, between rungs on a logarithmic scale."""
    rungs = np.arange(share.size)
    falling = np.log(np.maximum(share, 1e-9)) - 1e-9 * rungs
    return float(np.interp(-np.log(max(allowed, 1e-9)), -falling, rungs))


def _day_rate(problem: Problem) -> np.ndarray:
    return problem.mean.sum(1, dtype=float) / problem.bucket_days.sum()
