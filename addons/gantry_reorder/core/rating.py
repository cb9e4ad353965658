"""What given levels promise: the rule in force judged by the same distribution as a computed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import checks
from .engine import prepare, review
from .params import require
from .tables import tables
from .types import Params, Policy, Problem, Target

__all__ = ["Rating", "rate"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rating:
    """Figures of given levels, (n,), NaN where nothing can be said: units short a year, demand a year, mean stock."""

    short_year: np.ndarray
    demand_year: np.ndarray
    stock: np.ndarray


def rate(problem: Problem, low, high, params: Params | None = None) -> Rating:
    """Expected shortage and stock when an order up to `high` is placed as soon as the position falls below `low`.

    Parameters
    ----------
    problem : Problem
        Its targets do not matter.
    low, high : (n,)
        Reorder point and order-up-to level; NaN where there is no rule.
    params : Params, optional

    Returns
    -------
    Rating

    >>> problem = Problem(
    ...     bucket_days=[7.0] * 4, mean=np.full((2, 4), 70.0), levels=[0.1, 0.5, 0.9],
    ...     quantiles=np.tile([50.0, 70.0, 90.0], (2, 4, 1)), lead_days=[[7.0]] * 2, lead_prob=[[1.0]] * 2)
    >>> found = rate(problem, [140.0, 20.0], [200.0, 60.0])
    >>> bool(found.short_year[0] < 1), bool(found.short_year[1] > 1000), bool(found.stock[0] > 60)
    (True, True, True)
    """
    params = params or Params()
    low, high = (np.broadcast_to(np.asarray(level, float), (problem.size,)) for level in (low, high))
    require(not (low < 0).any(), "A reorder point is negative.")
    plain = problem.but(
        policy=int(Policy.MIN_MAX), target_kind=int(Target.FILL), target=0.5, service_group=-1, budget_group=-1)
    good = np.flatnonzero(~checks.find(plain)[1] & np.isfinite(low) & np.isfinite(high))
    out = {name: np.full(problem.size, np.nan) for name in ("short_year", "demand_year", "stock")}
    for start in range(0, good.size, params.chunk):
        rows = good[start:start + params.chunk]
        block = prepare(plain.take(rows), params)
        part = block.problem
        _, early = block.flow.at(review(part)[:, None])
        year = params.year_days / review(part)
        table = tables(part, block.table.dist, np.maximum(high[rows] - low[rows], 0), part.multiple,
                       block.table.cycle_mean, np.sqrt(early[:, 0]))
        short = table.value("short", low[rows])
        out["short_year"][rows] = np.minimum(short, table.cycle_mean) * year
        out["demand_year"][rows] = table.cycle_mean * year
        out["stock"][rows] = table.value("stock", low[rows])
    return Rating(**out)
