"""Warehouses supplied by warehouses: how much service the supplier has to give so that all stock together is least.

A heuristic: the supplier sees the demand of those it serves besides its own, what it cannot serve at once makes them
wait until its next delivery, and its service is chosen from a short list by the total stock value that follows (after
the delay idea of METRIC, Sherbrooke 1968). The targets towards customers stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import checks
from .engine import lead_moments, review, solve
from .types import Params, Plan, Problem, Target

__all__ = ["Placement", "echelon"]

SERVICES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
WAIT_SHARE = 0.5  # who finds nothing waits half of the supplier's lead time and review on average


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placement:
    """Outcome of `echelon`.

    Attributes
    ----------
    problem : Problem
        With pooled demand at suppliers and waiting times in the lead times of those they serve.
    plan : Plan
        Of that problem.
    service : (n,)
        Cycle service chosen for each supplier that serves nobody but warehouses, NaN elsewhere.
    value : dict of float to float
        Expected stock value of the linked rules at every service tried.
    """

    problem: Problem
    plan: Plan
    service: np.ndarray
    value: dict[float, float]


def echelon(problem: Problem, params: Params | None = None, *, services=SERVICES, stop=None) -> Placement:
    """Place stock in two or more tiers of warehouses.

    Parameters
    ----------
    problem : Problem
        `supplier` links each rule to that of the supplying warehouse; forecasts are those of own customers.
    params : Params, optional
    services : tuple of float
        Service levels to try for suppliers towards their warehouses.
    stop : callable, optional

    Returns
    -------
    Placement

    Raises
    ------
    ProblemError
        When warehouses supply each other in a circle.
    """
    params = params or Params()
    blocked = checks.find(problem)[1]
    link = np.where(blocked, -1, problem.supplier)
    link = np.where((link >= 0) & blocked[np.maximum(link, 0)], -1, link)
    service = np.full(problem.size, np.nan)
    if (link < 0).all():
        return Placement(problem=problem, plan=solve(problem, params, stop=stop), service=service, value={})
    pooled, depth = _pooled(problem, link)
    linked = np.zeros(problem.size, bool)
    linked[link[link >= 0]] = linked[link >= 0] = True
    rows = np.flatnonzero(linked)
    serving = np.zeros(problem.size, bool)
    serving[link[link >= 0]] = True
    hub = serving & (problem.mean.sum(1) <= 0)
    values: dict[float, float] = {}
    tried: dict[float, Problem] = {}
    for share in services:
        some = _waiting(pooled, link, depth, serving, hub, share)
        plan = solve(some.take(rows), params, stop=stop)
        values[share] = float(np.nansum(plan.avg_value)) or float(np.nansum(plan.avg_stock))
        tried[share] = some
        if not hub.any():
            break
    best = min(values, key=values.get)
    service[hub] = best
    return Placement(problem=tried[best], plan=solve(tried[best], params, stop=stop), service=service, value=values)


def _pooled(problem: Problem, link) -> tuple[Problem, np.ndarray]:
    """Demand of suppliers with that of the warehouses below; tier of each rule (0: supplies nobody's supplier)."""
    from .params import require

    depth = np.zeros(problem.size, int)
    for _ in range(problem.size + 1):
        deeper = np.where(link >= 0, depth[np.maximum(link, 0)] + 1, 0)
        if (deeper == depth).all():
            break
        depth = deeper
        require(int(depth.max()) <= problem.size, "Warehouses supply each other in a circle.")
    mean, quantiles = problem.mean.astype(float), problem.quantiles.astype(float)
    middle = int(np.argmin(np.abs(problem.levels - 0.5)))
    for tier in range(int(depth.max()), 0, -1):
        rows = np.flatnonzero(depth == tier)
        total, spread = mean.copy(), (quantiles - quantiles[:, :, middle : middle + 1]) ** 2
        centre = quantiles[:, :, middle].copy()
        np.add.at(total, link[rows], mean[rows])
        np.add.at(centre, link[rows], np.maximum(quantiles[rows, :, middle], 0))
        np.add.at(spread, link[rows], spread[rows])
        # deviations of warehouses add as if independent, around the sum of medians moved to the sum of means
        sign = np.where(np.arange(problem.levels.size) < middle, -1.0, 1.0)
        shifted = (centre + np.maximum(total - centre, 0) * 0.5)[:, :, None] + sign * np.sqrt(spread)
        served = np.unique(link[rows])
        mean[served], quantiles[served] = total[served], np.maximum(shifted[served], 0)
    return problem.but(mean=mean, quantiles=np.maximum.accumulate(quantiles, axis=2)), depth


def _waiting(problem: Problem, link, depth, serving, hub, share: float) -> Problem:
    """The problem with hubs at a service and the waits it causes below."""
    target = np.where(hub, share, problem.target)
    kind = np.where(hub, int(Target.CYCLE), problem.target_kind)
    lead_mean = lead_moments(problem, 0.5)[0]
    days, prob = np.nan_to_num(problem.lead_days), np.nan_to_num(problem.lead_prob)
    prob = prob / np.maximum(prob.sum(1, keepdims=True), 1e-12)
    wait = WAIT_SHARE * (lead_mean + review(problem))
    served = np.clip(target, 0.01, 0.999)
    late, chance = np.zeros(problem.size), np.zeros(problem.size)
    for tier in range(1, int(depth.max()) + 1):
        rows = np.flatnonzero(depth == tier)
        late[rows] = wait[link[rows]] + late[link[rows]] * chance[link[rows]]
        chance[rows] = 1 - served[link[rows]]
    more = np.concatenate([days, days + late[:, None]], axis=1)
    mixed = np.concatenate([prob * (1 - chance[:, None]), prob * chance[:, None]], axis=1)
    empty = problem.lead_prob.sum(1) <= 0
    mixed[empty | np.isnan(problem.lead_days).any(1) & (np.nan_to_num(problem.lead_prob).sum(1) <= 0)] = 0
    return problem.but(target=target, target_kind=kind, lead_days=more, lead_prob=mixed)
