"""Stock against the expected demand, for many products at once."""

from __future__ import annotations

import numpy as np

from .types import FOREVER, NEVER, Params, Plan, Problem

BLOCK = 8192  # rows whose days are laid out at once
TINY = 1e-6


class _Curve:
    """Demand from today up to a moment: straight inside a bucket, and on at the mean rate after the last one."""

    def __init__(self, edges: np.ndarray, demand: np.ndarray):
        length = np.diff(edges)
        left = np.clip(edges[1:], 0, None) - np.clip(edges[:-1], 0, None)  # days of each bucket still to come
        self.edges = np.clip(edges, 0, None).astype(float)
        self.total = np.zeros((len(demand), len(edges)))
        np.cumsum(demand * (left / length), axis=1, out=self.total[:, 1:])
        self.rate = demand.sum(1) / (edges[-1] - edges[0])

    def at(self, day, rows=slice(None)):
        """Demand of the rows up to a day, or up to a day each."""
        day = np.asarray(day, float)
        column = np.clip(np.searchsorted(self.edges, day, side="right") - 1, 0, len(self.edges) - 2)
        begin, end = self.edges[column], self.edges[column + 1]
        share = np.clip((day - begin) / np.where(end > begin, end - begin, 1.0), 0.0, 1.0)
        total = self.total[rows]
        if day.ndim:
            places = np.arange(len(total))
            before, after = total[places, column], total[places, column + 1]
        else:
            before, after = total[:, column], total[:, column + 1]
        return before + share * (after - before) + self.rate[rows] * np.clip(day - self.edges[-1], 0.0, None)

    def days(self, rows, count):
        """Demand of the rows up to the end of each of the next days, (rows, count + 1)."""
        return np.stack([self.at(day, rows) for day in range(count + 1)], axis=1)

    def lasts(self, quantity):
        """Days after which so much has been asked for."""
        crossed = self.total > quantity[:, None] + TINY
        inside = crossed.any(1)
        column = np.where(inside, crossed.argmax(1), 1).clip(1)
        places = np.arange(len(quantity))
        before, after = self.total[places, column - 1], self.total[places, column]
        share = (quantity - before) / np.where(after > before, after - before, 1.0)
        begin, end = self.edges[column - 1], self.edges[column]
        with np.errstate(divide="ignore", invalid="ignore"):
            later = self.edges[-1] + (quantity - self.total[:, -1]) / self.rate
        found = np.where(inside, begin + share * (end - begin), np.where(self.rate > 0, later, FOREVER))
        return np.where(quantity > 0, np.clip(found, 0.0, FOREVER), 0.0)


def solve(problem: Problem, params: Params = Params()) -> Plan:  # noqa: B008 - frozen
    """Everything a stock tells about itself.

    Demand already promised to customers counts where it is more than the forecast. Stock is sold first in, first
    expired; the units that expire unsold are the most by which what expires up to a day exceeds the demand up to it.

    >>> from numpy import array
    >>> plan = solve(Problem(edges=array([0, 7, 14]), demand=array([[7.0, 14.0]]), on_hand=array([14.0])),
    ...              Params(short_days=14, excess_days=7))
    >>> plan.cover_days.tolist(), plan.stockout_day.tolist(), plan.short_qty.tolist(), plan.excess_qty.tolist()
    ([10.5], [10], [7.0], [7.0])
    """
    curve = _Curve(np.asarray(problem.edges, np.int64), problem.demand)
    stockout, short = _look_ahead(problem, params, curve)
    left = np.clip(problem.on_hand - curve.at(params.excess_days), 0.0, None)
    return Plan(
        cover_days=curve.lasts(problem.on_hand),
        stockout_day=stockout,
        short_qty=short,
        excess_qty=left,
        demand_30_qty=curve.at(30),
        waste_qty=_waste(problem, curve),
    )


def _look_ahead(problem, params, curve):
    """First day without stock and the most that is missing in time, day by day."""
    count = len(problem.on_hand)
    stockout, short = np.full(count, NEVER, np.int64), np.zeros(count)
    incoming, committed = _sorted(problem.incoming), _sorted(problem.committed)
    for first in range(0, count, BLOCK):
        rows = slice(first, min(first + BLOCK, count))
        demand = np.maximum(curve.days(rows, params.look_days), _running(committed, rows, params.look_days))
        missing = demand - problem.on_hand[rows, None] - _running(incoming, rows, params.look_days)
        short[rows] = np.clip(missing[:, 1:params.short_days + 1].max(1), 0.0, None)
        # nothing is missing where nobody asks
        out = (missing[:, 1:] > TINY) & (demand[:, 1:] > TINY)
        stockout[rows] = np.where(out.any(1), out.argmax(1), NEVER)
    return stockout, short


def _sorted(events):
    order = np.argsort(events[0], kind="stable")
    return tuple(np.asarray(part)[order] for part in events)


def _running(events, rows, count):
    """Quantities of the events of these rows that have happened by the end of each day, (rows, count + 1)."""
    first, last = np.searchsorted(events[0], [rows.start, rows.stop])
    which, days, quantities = (part[first:last] for part in events)
    total = np.zeros((rows.stop - rows.start, count + 1))
    near = days < count
    np.add.at(total, (which[near] - rows.start, np.clip(days[near], 0, None) + 1), quantities[near])
    return np.cumsum(total, axis=1, out=total)


def _waste(problem, curve):
    waste = np.zeros(len(problem.on_hand))
    rows, days, quantities = problem.expiring
    if not len(rows):
        return waste
    order = np.lexsort((days, rows))
    rows, days, quantities = np.asarray(rows)[order], np.asarray(days)[order], np.asarray(quantities, float)[order]
    running = np.cumsum(quantities)
    begin = np.concatenate([[True], rows[1:] != rows[:-1]])
    before = np.maximum.accumulate(np.where(begin, np.arange(len(rows)), 0))
    expired = running - running[before] + quantities[before]
    np.maximum.at(waste, rows, expired - curve.at(np.clip(days, 0, None), rows))
    return np.where(waste > TINY, waste, 0.0)
