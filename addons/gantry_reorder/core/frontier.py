"""What-if: what every service level and holding cost would mean in stock, service and money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import checks, limits
from .engine import prepare, review
from .tables import tables
from .types import Params, Problem, Target

__all__ = ["Frontier", "frontier"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frontier:
    """Totals over all valid rules, a point per target.

    Attributes
    ----------
    target : (m,)
    fill : (m,)
        Expected share of demand served from stock, by units.
    value_fill : (m,)
        The same weighted by unit cost.
    stock_value, holding_year, short_year, short_value_year, cost_year : (m,)
        Expected stock value, its holding cost a year, units short a year and their value, and holding plus shortage
        cost a year.
    rules : int
        Rules that were counted.
    """

    target: np.ndarray
    fill: np.ndarray
    value_fill: np.ndarray
    stock_value: np.ndarray
    holding_year: np.ndarray
    short_year: np.ndarray
    short_value_year: np.ndarray
    cost_year: np.ndarray
    rules: int


def frontier(problem: Problem, targets, params: Params | None = None, *, stop=None) -> Frontier:
    """The efficient curve of some rules: one distribution per rule, read off at every target.

    Rules keep their kind of target (fill where they minimise cost), order sizes and limits.

    Parameters
    ----------
    problem : Problem
    targets : (m,)
        Shares between 0 and 1.
    params : Params, optional
    stop : callable, optional
        Asked between blocks; InterruptedError when it returns true.

    Returns
    -------
    Frontier

    >>> curve = frontier(Problem(
    ...     bucket_days=[7.0] * 4, mean=np.full((1, 4), 20.0), levels=[0.1, 0.5, 0.9], unit_cost=5.0,
    ...     quantiles=np.tile([8.0, 18.0, 34.0], (1, 4, 1)), lead_days=[[7.0]], lead_prob=[[1.0]]), [0.9, 0.98])
    >>> bool(curve.stock_value[0] < curve.stock_value[1]), bool(curve.fill[1] >= 0.98)
    (True, True)
    """
    params = params or Params()
    wanted = np.asarray(targets, float)
    kind = np.where(problem.target_kind == Target.COST, int(Target.FILL), problem.target_kind)
    judged = problem.but(target_kind=kind, target=np.full(problem.size, 0.5), service_group=-1, budget_group=-1)
    good = np.flatnonzero(~checks.find(judged)[1])
    names = ("short", "short_value", "value", "holding", "cost")
    sums = {name: np.zeros(wanted.size) for name in names}
    demand = value_demand = 0.0
    for start in range(0, good.size, params.chunk):
        if stop is not None and stop():
            raise InterruptedError("The calculation was stopped.")
        block = prepare(judged.take(good[start : start + params.chunk]), params)
        part = block.problem
        year = params.year_days / review(part)
        demand += float((block.table.cycle_mean * year).sum())
        value_demand += float((block.table.cycle_mean * year * part.unit_cost).sum())
        _, early = block.flow.at(review(part)[:, None])
        for at, share in enumerate(wanted):
            level = block.table.level(part, params, np.full(part.size, np.clip(share, 1e-6, 1 - 1e-9)))
            level, gap, multiple, _code = limits.apply(part, block.bound, level, block.gap, block.multiple)
            table = block.table
            if (gap != block.gap).any() or (multiple != block.multiple).any():
                table = tables(part, table.dist, gap, multiple, table.cycle_mean, np.sqrt(early[:, 0]))
            short, stock = table.value("short", level) * year, table.value("stock", level) * part.unit_cost
            sums["short"][at] += short.sum()
            sums["short_value"][at] += short @ part.unit_cost
            sums["value"][at] += stock.sum()
            sums["holding"][at] += stock @ part.holding_rate
            sums["cost"][at] += stock @ part.holding_rate + short @ part.shortage_cost
    return Frontier(
        target=wanted, fill=1 - sums["short"] / max(demand, 1e-12),
        value_fill=1 - sums["short_value"] / max(value_demand, 1e-12), stock_value=sums["value"],
        holding_year=sums["holding"], short_year=sums["short"], short_value_year=sums["short_value"],
        cost_year=sums["cost"], rules=int(good.size))
