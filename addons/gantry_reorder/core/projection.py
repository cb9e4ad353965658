"""Stock day by day, and what has to be ordered today: netting by date, so nothing is ordered that can wait."""

from __future__ import annotations

import numpy as np

from . import demand
from .engine import review
from .orders import round_down, round_up
from .types import Params, Plan, Policy, Problem, Projection

__all__ = ["project"]

BAND = 1.6448536269514722  # standard normal quantile of 95 %
LEAST_RISK_DAYS = 7.0  # money at risk looks at least so far beyond the lead time


def project(problem: Problem, plan: Plan, params: Params | None = None, *, stop=None) -> Projection:
    """Projected stock of every rule, when to order, and how much today.

    An order is due today when stock on hand and what arrives in time fall below the level the plan asks for at the end
    of lead time plus review (or in a dip before); incoming that arrives later counts only for what it can serve.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Of the same problem.
    params : Params, optional
    stop : callable, optional
        Asked between blocks; InterruptedError when it returns true.

    Returns
    -------
    Projection

    >>> from .engine import solve
    >>> from .types import Events
    >>> problem = Problem(
    ...     bucket_days=[7.0] * 4, mean=np.full((2, 4), 7.0), levels=[0.1, 0.5, 0.9],
    ...     quantiles=np.tile([6.0, 7.0, 8.0], (2, 4, 1)), lead_days=[[3.0], [3.0]], lead_prob=[[1.0], [1.0]],
    ...     on_hand=[4.0, 20.0])
    >>> found = project(problem, solve(problem))
    >>> found.propose_qty.tolist(), found.order_by_day.tolist(), found.stockout_day.tolist()
    ([2.0, 0.0], [0, 15], [4, 20])
    """
    params = params or Params()
    width = max(int(problem.horizon_days), 1)
    n = problem.size
    tables = {name: np.full((n, width), np.nan, np.float32) for name in ("mean", "low", "high", "planned")}
    tables |= {name: np.zeros((n, width), np.float32) for name in ("incoming", "committed")}
    whole = {name: np.full(n, -1, np.int32) for name in ("stockout_day", "risk_day", "order_by_day")}
    figures = {name: np.full(n, np.nan) for name in
               ("propose_qty", "next_qty", "waste_qty", "short_qty", "short_value")}
    good = np.flatnonzero(~plan.blocked)
    for start in range(0, good.size, params.chunk):
        if stop is not None and stop():
            raise InterruptedError("The calculation was stopped.")
        rows = good[start : start + params.chunk]
        part = _block(problem.take(rows), {name: getattr(plan, name)[rows] for name in _USED}, params, width)
        for name, values in part.items():
            (tables.get(name) if name in tables else whole.get(name, figures.get(name)))[rows] = values
    return Projection(**tables, **whole, **figures)


_USED = ("reorder_point", "order_up_to", "multiple", "safety", "lead_mean", "protect_mean", "order_qty")


def _block(problem: Problem, plan: dict[str, np.ndarray], params: Params, width: int) -> dict[str, np.ndarray]:
    flow = demand.stream(problem, params)
    n = problem.size
    incoming, committed = _daily(problem.incoming, n, width), _daily(problem.committed, n, width)
    waste = wasted(problem, flow)
    supply = problem.on_hand[:, None] + np.cumsum(incoming - _daily(waste, n, width), axis=1)
    mean, variance = flow.through(np.arange(1, width + 1.0))
    ordered = np.cumsum(committed, axis=1)
    asked = np.maximum(mean, ordered)
    slim, fat = _band(mean, variance, -BAND), _band(mean, variance, BAND)
    stock = supply - asked
    low, high = supply - np.maximum(fat, ordered), supply - np.maximum(slim, ordered)
    when, due = _due(problem, plan, flow, waste, stock, asked, variance)
    propose, later = _quantity(problem, plan, flow, waste, stock, when, due)
    planned = _planned(problem, plan, stock, propose)
    short = _short(problem, plan, flow, waste)
    return {
        "mean": stock, "low": low, "high": high, "planned": planned, "incoming": incoming, "committed": committed,
        "stockout_day": _first(stock < -1e-6), "risk_day": _first(low < -1e-6), "order_by_day": when,
        "propose_qty": propose, "next_qty": later,
        "waste_qty": np.bincount(waste.row, waste.qty, minlength=n)[:n].astype(float), "short_qty": short,
        "short_value": short * problem.unit_cost,
    }


def _daily(events, n: int, width: int) -> np.ndarray:
    table = np.zeros((n, width))
    inside = events.day < width
    np.add.at(table, (events.row[inside], events.day[inside].astype(int)), events.qty[inside])
    return table


def _first(hit: np.ndarray) -> np.ndarray:
    return np.where(hit.any(1), hit.argmax(1), -1).astype(np.int32)


def _band(mean, variance, z: float) -> np.ndarray:
    """Quantile of a gamma distribution by Wilson and Hilferty (1931)."""
    shape = mean**2 / np.where(variance > 0, variance, 1)
    root = 1 / (9 * np.maximum(shape, 1e-3))
    return np.where(variance > 0, mean * np.maximum(1 - root + z * np.sqrt(root), 0) ** 3, mean)


def wasted(problem: Problem, flow: demand.Stream):
    """Stock on hand that expires before it sells, as Events: first expired is first sold.

    A lot sells what the demand until its day leaves to it; the rest of it is gone on that day.
    """
    events = problem.expiring
    if not events.row.size:
        return events
    order = np.lexsort((events.day, events.row))
    row, day, qty = events.row[order], events.day[order], events.qty[order].copy()
    first = np.concatenate([[True], row[1:] != row[:-1]])
    rank = np.arange(row.size) - np.maximum.accumulate(np.where(first, np.arange(row.size), 0))
    held, lost = np.zeros(problem.size), np.zeros(problem.size)
    usable = np.maximum(problem.on_hand, 0)
    for step in range(int(rank.max()) + 1):
        at = np.flatnonzero(rank == step)
        rows = row[at]
        qty[at] = np.minimum(qty[at], usable[rows] - held[rows])
        held[rows] += qty[at]
        sold = np.zeros(problem.size)
        until = np.zeros(problem.size)
        until[rows] = day[at]
        sold = flow.at(until[:, None])[0][:, 0]
        gone = np.maximum(held[rows] - sold[rows] - lost[rows], 0)
        gone = np.minimum(gone, qty[at])
        lost[rows] += gone
        qty[at] = gone
    keep = qty > 0
    return type(events)(row=row[keep], day=day[keep], qty=qty[keep])


def gap_today(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Days until the next order chance after today, and whether today is one, (n,) each."""
    if problem.order_days is None:
        return problem.review_days, np.ones(problem.size, bool)
    days = problem.order_days[:, (problem.weekday + np.arange(1, 8)) % 7]
    gap = np.where(days.any(1), days.argmax(1) + 1.0, 7.0)
    return np.maximum(gap, 1.0), problem.order_days[:, problem.weekday]


def _last_chance(problem: Problem, day: np.ndarray) -> np.ndarray:
    """The last order day up to `day` (n,), else the next one after it."""
    if problem.order_days is None:
        return day
    known = day >= 0
    back = problem.order_days[np.arange(problem.size)[:, None],
                              (problem.weekday + day[:, None] - np.arange(7)) % 7]
    earlier = day - back.argmax(1)
    ahead = problem.order_days[:, (problem.weekday + np.arange(7)) % 7].argmax(1)
    return np.where(known, np.where(earlier >= 0, earlier, ahead), day).astype(np.int32)


def _before(events, day: np.ndarray, n: int) -> np.ndarray:
    return events.until(day, n)


def _due(problem, plan, flow, waste, stock, asked, variance):
    """Day on which an order is due (n,), and whether it is today (n,)."""
    n, width = stock.shape
    gap, open_today = gap_today(problem)
    protect = plan["lead_mean"] + gap
    position = problem.on_hand + _before(problem.incoming, protect, n) - _before(waste, protect, n)
    # the level covers the longest review; before the next chance only what sells until then is needed
    full = plan["lead_mean"] + review(problem)
    spared = flow.at(full[:, None])[0][:, 0] - flow.at(protect[:, None])[0][:, 0]
    due = position < plan["reorder_point"] - np.maximum(spared, 0) - 1e-9
    safety = plan["safety"][:, None]
    days = np.arange(1, width + 1)
    inside = (days > plan["lead_mean"][:, None]) & (days < protect[:, None])
    part = np.sqrt(variance / np.maximum(flow.at(protect[:, None])[1], 1e-12)).clip(0, 1)
    due |= (inside & (stock < np.where(safety > 0, safety * part, safety) - 1e-9) & (asked > 0)).any(1)
    reach = np.ceil(protect - 1e-9)
    late = (days > reach[:, None]) & (stock < safety - 1e-9)
    first = _first(late)
    when = np.where(due, 0, np.where(first >= 0, np.maximum(first + 1 - reach, 1), -1)).astype(np.int32)
    when = _last_chance(problem, when)
    return when, due & open_today


def _quantity(problem, plan, flow, waste, stock, when, due):
    """What to order today, and what will be due on the order-by day, (n,) each."""
    n = problem.size
    protect = plan["lead_mean"] + gap_today(problem)[0]
    gap = plan["order_up_to"] - plan["reorder_point"]
    until = np.maximum(flow.day_of(plan["protect_mean"] + gap), protect)
    reached = problem.on_hand + _before(problem.incoming, until, n) - _before(waste, until, n)
    now = problem.on_hand + _before(problem.incoming, protect, n) - _before(waste, protect, n)
    base = np.where(problem.policy == Policy.MIN_QTY, plan["reorder_point"], plan["order_up_to"])
    wanted = np.maximum(base - reached, plan["reorder_point"] - now)
    propose = np.where(due, _order(problem, plan, wanted, problem.on_hand + _all(problem.incoming, n)), 0)
    usual = np.maximum(plan["order_qty"], 0)
    later = np.where(when == 0, np.where(propose > 0, propose, _order(problem, plan, wanted, 0 * wanted)), usual)
    return propose, np.where(when >= 0, later, 0)


def _all(events, n: int) -> np.ndarray:
    return np.bincount(events.row, events.qty, minlength=n)[:n].astype(float)


def _order(problem, plan, wanted, position):
    """A quantity that can be ordered: minimum, multiple, bin space."""
    multiple = np.where(plan["multiple"] > 0, plan["multiple"], problem.rounding)
    quantity = round_up(np.maximum(wanted, problem.minimum_qty), multiple)
    room = np.maximum(problem.cap_qty - position, 0)
    fitted = round_down(room, multiple)
    fitted = np.where(fitted >= problem.minimum_qty, fitted, 0)
    return np.where(wanted > 1e-9, np.minimum(quantity, fitted), 0)


def _planned(problem, plan, stock, propose):
    """Mean stock when today's proposal is ordered and the plan is followed, (n, d)."""
    n, width = stock.shape
    lead = np.rint(plan["lead_mean"]).astype(int).clip(0, width)
    reach = np.ceil(plan["lead_mean"] + review(problem) - 1e-9).astype(int)
    added = np.zeros((n, width + 1))
    rows = np.arange(n)
    np.add.at(added, (rows, lead), propose)
    on_order = propose.copy()
    gap = plan["order_up_to"] - plan["reorder_point"]
    period = np.maximum(np.rint(problem.review_days), 1).astype(int)
    for day in range(1, width):
        at = day + reach - 1
        inside = at < width
        ahead = stock[rows, np.minimum(at, width - 1)] + on_order
        chance = day % period == 0
        if problem.order_days is not None:
            chance = chance & problem.order_days[:, (problem.weekday + day) % 7]
        need = inside & chance & (ahead < plan["safety"] - 1e-9)
        if not need.any():
            continue
        wanted = np.where(need, plan["safety"] + gap - ahead, 0)
        quantity = _order(problem, plan, wanted, np.maximum(stock[:, day], 0) + on_order * 0)
        quantity = np.where(need, quantity, 0)
        np.add.at(added, (rows, np.minimum(day + lead, width)), quantity)
        on_order += quantity
    return stock + np.cumsum(added[:, :width], axis=1)


def _short(problem, plan, flow, waste):
    """Expected units short until an order placed after today's would arrive, if nothing is ordered today, (n,)."""
    until = plan["lead_mean"] + np.maximum(review(problem), LEAST_RISK_DAYS)
    mean, variance = (value[:, 0] for value in flow.at(until[:, None]))
    known = _before(problem.committed, until, problem.size)
    supply = problem.on_hand + _before(problem.incoming, until, problem.size) - _before(waste, until, problem.size)
    deviation = np.sqrt(np.maximum(variance, 1e-12))
    z = (supply - mean) / deviation
    loss = deviation * (np.exp(-z * z / 2) / np.sqrt(2 * np.pi) - z * normal_tail(z))
    loss = np.clip(loss, np.maximum(mean - supply, 0), np.maximum(mean - np.minimum(supply, 0), 0))
    return np.maximum(loss, np.maximum(known - supply, 0))


def normal_tail(z: np.ndarray) -> np.ndarray:
    """P(Z > z) of the standard normal (Abramowitz and Stegun 26.2.17, error below 1e-7).

    >>> [round(float(p), 4) for p in normal_tail(np.array([-1.96, 0.0, 1.96]))]
    [0.975, 0.5, 0.025]
    """
    t = 1 / (1 + 0.2316419 * np.abs(z))
    poly = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * poly
    return np.where(z >= 0, tail, 1 - tail)
