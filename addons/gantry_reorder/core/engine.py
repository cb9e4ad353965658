"""Front door: levels of every rule, in blocks that fit the processor's cache."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import allocate, checks, demand, limits, orders, tables
from .types import Binding, Params, Plan, Policy, Problem, Violation

__all__ = ["solve"]

NUMBERS = (
    "reorder_point", "order_up_to", "order_qty", "multiple", "min_qty", "max_qty", "committed_qty", "safety",
    "expected_fill", "expected_cycle", "avg_stock", "cycle_stock", "avg_value", "short_year", "cost_year", "lead_mean",
    "lead_p90", "protect_days", "protect_mean", "protect_sd", "target",
)


def solve(problem: Problem, params: Params | None = None, *, seed: int = 0, stop=None) -> Plan:
    """Reorder point, order-up-to level and order quantity of every rule, with what they promise.

    Parameters
    ----------
    problem : Problem
    params : Params, optional
    seed : int
        Kept for the common signature; nothing here is random.
    stop : callable, optional
        Asked between blocks; InterruptedError when it returns true.

    Returns
    -------
    Plan

    >>> plan = solve(Problem(
    ...     bucket_days=[7.0] * 8, mean=np.full((1, 8), 42.0), levels=[0.1, 0.5, 0.9],
    ...     quantiles=np.tile([30.0, 42.0, 54.0], (1, 8, 1)), lead_days=[[9.0, 14.0]], lead_prob=[[0.5, 0.5]],
    ...     target=0.98, multiple=12.0))
    >>> plan.reorder_point.tolist(), plan.order_up_to.tolist(), round(float(plan.expected_fill[0]), 3)
    ([113.0], [113.0], 0.98)
    """
    params = params or Params()
    violations, blocked = checks.find(problem)
    good = np.flatnonzero(~blocked)
    numbers = {name: np.full(problem.size, np.nan) for name in NUMBERS}
    binding = np.zeros(problem.size, np.int8)
    reasons: dict[str, np.ndarray] = {}
    if good.size:
        usable = problem.take(good) if good.size < problem.size else problem
        shared = allocate.targets(usable, params, stop)
        for start in range(0, good.size, params.chunk):
            if stop is not None and stop():
                raise InterruptedError("The calculation was stopped.")
            rows = np.arange(start, min(start + params.chunk, good.size))
            block = prepare(usable.take(rows), params)
            part, codes, why = _finish(block, None if shared is None else shared[:, rows])
            for name, values in part.items():
                numbers[name][good[rows]] = values
            binding[good[rows]] = codes
            for name, values in why.items():
                reasons.setdefault(name, np.full(problem.size, np.nan))[good[rows]] = values
            violations += _kept_low(block, part, codes, good[rows])
    violations.sort(key=lambda violation: violation.row)
    return Plan(**numbers, blocked=blocked, binding=binding, reasons=reasons, violations=violations)


@dataclass(slots=True)
class Block:
    """Some rules with everything that is needed to choose their levels."""

    problem: Problem
    params: Params
    flow: demand.Stream
    table: tables.Tables
    bound: limits.Limits
    gap: np.ndarray
    multiple: np.ndarray
    quantity: np.ndarray
    price: np.ndarray
    rate: np.ndarray
    known: np.ndarray
    lead_mean: np.ndarray
    lead_p90: np.ndarray


def lead_moments(problem: Problem, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and quantile of each lead-time distribution, (n,) each."""
    prob = np.nan_to_num(problem.lead_prob)
    prob = prob / prob.sum(1, keepdims=True)
    days = np.nan_to_num(problem.lead_days)
    order = np.argsort(days, axis=1)
    rising = np.take_along_axis(days, order, 1)
    mass = np.cumsum(np.take_along_axis(prob, order, 1), axis=1)
    place = np.minimum((mass < share - 1e-9).sum(1), days.shape[1] - 1)
    return (prob * days).sum(1), rising[np.arange(problem.size), place]


def review(problem: Problem) -> np.ndarray:
    """Days between two order chances: the review period, or the longest gap of the order calendar."""
    if problem.order_days is None:
        return problem.review_days
    gap = np.zeros(problem.size)
    since = np.full(problem.size, -99)
    for day in range(14):
        open_day = problem.order_days[:, day % 7]
        gap = np.where(open_day & (since >= 0), np.maximum(gap, day - since), gap)
        since = np.where(open_day, day, since)
    return np.maximum(problem.review_days, gap)


def prepare(problem: Problem, params: Params) -> Block:
    """Distributions, tables and bounds of a block of valid rules."""
    flow = demand.stream(problem, params)
    lead_mean, lead_late = lead_moments(problem, params.committed_quantile)
    period = review(problem)
    days, prob = demand.short_leads(problem.lead_days, problem.lead_prob, params.leads)
    known_lead = problem.committed.until(lead_late, problem.size)
    known = problem.committed.until(lead_late + period, problem.size)
    cycle_mean, _ = flow.at((lead_mean + period)[:, None])
    cycle_mean = np.maximum(cycle_mean[:, 0] - flow.at(lead_mean[:, None])[0][:, 0], 0)
    rate = cycle_mean / period
    dist = demand.distribution(flow, days, prob, period, known_lead, known, params.grid)
    _, early = flow.at(period[:, None])
    quantity, price = orders.order_quantity(problem, params, _year_rate(flow))
    gap, multiple = orders.position_spread(problem, quantity, cycle_mean)
    gap = np.minimum(gap, 1e12)
    period_mean = np.maximum(dist.mean_protect - dist.mean_lead, 0)
    table = tables.tables(problem, dist, gap, multiple, period_mean, np.sqrt(early[:, 0]))
    bound = limits.limits(problem, flow, lead_mean, known, dist.mean_protect, rate)
    return Block(problem, params, flow, table, bound, gap, multiple, quantity, price, rate, known, lead_mean, lead_late)


def _year_rate(flow: demand.Stream) -> np.ndarray:
    return flow.mean[:, -1] / flow.edges[-1]


def choose(block: Block, target: np.ndarray, ceiling: np.ndarray | None = None):
    """Levels for a target inside the bounds: level, gap, multiple, Binding."""
    level = block.table.level(block.problem, block.params, target)
    if ceiling is not None:
        level = np.minimum(level, ceiling)
    return limits.apply(block.problem, block.bound, level, block.gap, block.multiple)


def _finish(block: Block, shared: np.ndarray | None):
    """Numbers of the plan, Binding and reasons of a block; `shared` holds levels chosen for whole groups."""
    problem, params = block.problem, block.params
    level, gap, multiple, binding = choose(block, np.clip(problem.target, 1e-6, 1 - 1e-9))
    if shared is not None:
        forced, code = shared
        own = np.isnan(forced)
        placed = limits.apply(problem, block.bound, np.where(own, level, forced), block.gap, block.multiple)
        pairs = zip((level, gap, multiple), placed[:3], strict=True)
        level, gap, multiple = (np.where(own, old, new) for old, new in pairs)
        binding = np.where(own, binding, np.where(placed[3] == Binding.NONE, code, placed[3]))
    changed = (gap != block.gap) | (multiple != block.multiple)
    table = block.table
    if changed.any():
        _, early = block.flow.at(review(problem)[:, None])
        table = tables.tables(problem, table.dist, gap, multiple, table.cycle_mean, np.sqrt(early[:, 0]))
    short, stock = table.value("short", level), table.value("stock", level)
    period = review(problem)
    cycle_stock = table.spread + table.cycle_mean / 2
    cycles = params.year_days / period
    lots = problem.policy == Policy.MIN_QTY
    size = np.where(lots, multiple, np.maximum.reduce([gap + table.cycle_mean / 2, table.cycle_mean, multiple]))
    year = block.rate * params.year_days
    fill = table.fill(level, params.lost_sales)
    netted = problem.committed.until(
        np.minimum(lead_moments(problem, params.committed_quantile)[1] + period, problem.point_days), problem.size)
    unit = problem.rounding
    committed = np.minimum(np.floor(np.fmin(netted, problem.surplus) / unit + 1e-9) * unit, level)
    cost = problem.holding_rate * problem.unit_cost * stock + problem.shortage_cost * short * cycles
    cost = cost + problem.order_cost * np.where(size > 0, year / np.where(size > 0, size, 1), 0)
    numbers = {
        "reorder_point": level, "order_up_to": level + gap, "order_qty": size, "multiple": multiple,
        "min_qty": level - committed,
        "max_qty": level + gap - committed + np.where(lots, multiple - problem.rounding, 0),
        "committed_qty": block.known,
        "safety": level - table.dist.mean_protect, "expected_fill": fill,
        "expected_cycle": np.where(table.dist.mean_protect > 0, table.value("cdf", level), 1.0), "avg_stock": stock,
        "cycle_stock": np.minimum(cycle_stock, stock), "avg_value": stock * problem.unit_cost,
        "short_year": short * cycles, "cost_year": cost, "lead_mean": block.lead_mean, "lead_p90": block.lead_p90,
        "protect_days": block.lead_mean + period, "protect_mean": table.dist.mean_protect,
        "protect_sd": table.dist.sd_protect, "target": problem.target,
    }
    why = {
        "rate": block.rate, "lead_low": lead_moments(problem, 0.1)[1], "review": period, "economic": block.quantity,
        "price": block.price, "cap": block.bound.cap, "floor": block.bound.floor,
    }
    return numbers, binding, why


def _kept_low(block: Block, part, codes, rows) -> list[Violation]:
    """Rules whose cap keeps them below what they need."""
    problem, found = block.problem, []
    known, level = block.known, part["reorder_point"]
    for at in np.flatnonzero(level < np.minimum(known, block.bound.floor) - 1e-9):
        found.append(Violation(row=int(rows[at]), code="cap_below_committed", numbers={
            "committed": float(known[at]), "cap": float(block.bound.cap[at])}))
    capped = np.isin(codes, (Binding.BIN_SPACE, Binding.SHELF_LIFE, Binding.MAX_DAYS))
    missed = (problem.target_kind == 1) & (part["expected_fill"] < problem.target - 0.005)
    missed |= (problem.target_kind == 0) & (part["expected_cycle"] < problem.target - 0.005)
    for at in np.flatnonzero(capped & missed):
        found.append(Violation(row=int(rows[at]), code="cap_below_target", numbers={
            "target": float(problem.target[at]), "fill": float(part["expected_fill"][at]),
            "cap": float(block.bound.cap[at]), "binding": float(codes[at])}))
    over = block.bound.cap < np.maximum(problem.multiple, problem.minimum_qty)
    for at in np.flatnonzero(over):
        found.append(Violation(row=int(rows[at]), code="order_over_shelf_life", numbers={
            "order": float(max(problem.multiple[at], problem.minimum_qty[at])), "cap": float(block.bound.cap[at])}))
    return found
