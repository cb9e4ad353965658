"""Targets that rules reach together, and budgets: service goes where a unit of money buys most of it.

Among all levels that serve the same share of the units of a group, the cheapest have one shadow price: the next unit of
stock goes to the rule where it avoids the most shortage per money held (Sherbrooke 2004, chapter 2; marginal analysis).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .types import Binding, Params, Problem, Target

__all__ = ["Marginal", "marginals", "targets"]

CHEAPEST = 1e-6  # unit cost of a rule without one
STEPS = 50  # halvings of the shadow price, on a logarithmic scale


@dataclass(slots=True)
class Marginal:
    """What one more unit of money buys, per rule (n,) and grid point, time-major (g, n) float32.

    `gain` is shortage avoided per day and money, falling; `short` is shortage per day, `money` stock value; `least` and
    `own` are the grid places of the service floor and of the rule's own target.
    """

    low: np.ndarray
    step: np.ndarray
    gain: np.ndarray
    short: np.ndarray
    money: np.ndarray
    demand: np.ndarray
    least: np.ndarray
    own: np.ndarray

    def level(self, rows, index) -> np.ndarray:
        return self.low[rows] + self.step[rows] * index

    def index(self, rows, price) -> np.ndarray:
        """Grid place of each rule at a shadow price of one unit short a day."""
        return np.minimum((self.gain[:, rows] * price > 1).sum(0), self.gain.shape[0] - 1)


def targets(problem: Problem, params: Params, stop=None) -> np.ndarray | None:
    """Levels and Binding codes of rules in groups, (2, n), NaN for the others; None without groups."""
    shared = (problem.service_group >= 0) & (problem.target_kind == Target.FILL)
    rows = np.flatnonzero(shared | (problem.budget_group >= 0))
    if not rows.size:
        return None
    some = problem.take(rows)
    table = marginals(some, params, stop)
    index = table.own.astype(float)
    code = np.full(rows.size, int(Binding.NONE))
    level = np.full(rows.size, np.nan)
    for group in np.unique(some.service_group[shared[rows]]):
        mine = np.flatnonzero((some.service_group == group) & shared[rows])
        index[mine] = _share(table, mine, some.target[mine])
        priced = mine[np.isfinite(some.shadow_price[mine])]
        index[priced] = np.maximum(table.index(priced, some.shadow_price[priced]), table.least[priced])
        level[mine], code[mine] = table.level(mine, index[mine]), Binding.SERVICE_GROUP
    for group in np.unique(some.budget_group[some.budget_group >= 0]):
        mine = np.flatnonzero(some.budget_group == group)
        kept = _within(table, mine, index[mine].astype(int), some.budget_limit[group])
        less = kept < index[mine]
        level[mine[less]], code[mine[less]] = table.level(mine[less], kept[less]), Binding.BUDGET
    out = np.full((2, problem.size), np.nan)
    out[0, rows], out[1, rows] = level, code
    return out


def marginals(problem: Problem, params: Params, stop=None) -> Marginal:
    """What more stock buys, for every rule and grid point."""
    from .engine import prepare, review

    parts = []
    for start in range(0, problem.size, params.chunk):
        if stop is not None and stop():
            raise InterruptedError("The calculation was stopped.")
        block = prepare(problem.take(np.arange(start, min(start + params.chunk, problem.size))), params)
        table, sub = block.table, block.problem
        days = review(sub)
        price = np.maximum(sub.unit_cost, CHEAPEST)
        short, money = table.short / days, price * table.stock
        spent = np.maximum(np.diff(money, axis=0), 1e-12)
        gain = np.concatenate([-np.diff(short, axis=0) / spent, np.zeros((1, sub.size))])
        wanted = np.clip(sub.target, 1e-6, 1 - 1e-9)
        if params.fairness > 0:
            missed = table.short / np.maximum(table.cycle_mean, 1e-12) / (1 - wanted)
            gain *= np.maximum(missed, 1e-9) ** params.fairness
        # far below the demand of a cycle the first units avoid nothing: they count with those that follow
        gain = np.maximum.accumulate(gain[::-1], axis=0)[::-1]
        place = [np.ceil((table.level(sub, params, share) - table.dist.low) / table.dist.step - 1e-6)
                 for share in (wanted * params.service_floor, wanted)]
        parts.append((table.dist.low, table.dist.step, gain.astype(np.float32), short.astype(np.float32),
                      money.astype(np.float32), table.cycle_mean / days,
                      *(np.clip(at, 0, short.shape[0] - 1).astype(int) for at in place)))
    return Marginal(*(np.concatenate(column, axis=column[0].ndim - 1) for column in zip(*parts, strict=True)))


def _share(table: Marginal, rows, target) -> np.ndarray:
    """Grid places at which a group reaches the demand-weighted mean of its targets together."""
    allowed = ((1 - target) * table.demand[rows]).sum()
    at = np.arange(rows.size)
    short = table.short[:, rows]

    def places(price):
        return np.maximum(table.index(rows, price), table.least[rows])

    low, high = -30.0, 60.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        missed = short[places(np.exp(middle)), at].sum()
        low, high = (middle, high) if missed > allowed else (low, middle)
    return places(np.exp(high))


def _within(table: Marginal, rows, index, limit: float) -> np.ndarray:
    """Grid places not above `index` whose stock value keeps to the limit."""
    at = np.arange(rows.size)
    money = table.money[:, rows]
    if money[index, at].sum() <= limit:
        return index
    low, high = -60.0, 60.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        held = money[np.minimum(table.index(rows, np.exp(middle)), index), at].sum()
        low, high = (middle, high) if held <= limit else (low, middle)
    return np.minimum(table.index(rows, np.exp(low)), index)
