"""What every candidate reorder point of a rule costs and serves.

After a review the inventory position is spread between reorder point and order-up-to level: exactly uniform for orders
of whole multiples (Hadley and Whitin 1963, section 4), and for order-up-to policies an atom at the top and a uniform
rest, as renewal theory gives it to first order (Tijms 2003, section 1.6). Shortage and stock are averaged over it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .demand import Distribution
from .orders import round_up
from .types import Params, Policy, Problem, Target

__all__ = ["Tables", "tables"]


@dataclass(slots=True)
class Tables:
    """Per candidate reorder point (grid of `dist`), time-major (g, n).

    `short` is the expected shortage of one review period, `stock` the mean stock on hand.
    """

    dist: Distribution
    short: np.ndarray
    stock: np.ndarray
    cycle_mean: np.ndarray
    spread: np.ndarray

    def value(self, name: str, level: np.ndarray) -> np.ndarray:
        """`short`, `stock` or `cdf` at a reorder point (n,) between grid points, (n,)."""
        table = self.dist.cdf if name == "cdf" else getattr(self, name)
        place = (level - self.dist.low) / self.dist.step
        left = np.clip(np.floor(place + 1e-9), 0, self.dist.size - 2).astype(int)
        share = np.clip(place - left, 0, 1)
        rows = np.arange(len(level))
        found = table[left, rows] * (1 - share) + table[left + 1, rows] * share
        over = np.maximum(place - (self.dist.size - 1), 0) * self.dist.step
        return found + over if name == "stock" else found

    def fill(self, level: np.ndarray, lost_sales: bool) -> np.ndarray:
        """Share of demand served from stock at a reorder point, (n,)."""
        return served(self.value("short", level), self.cycle_mean, lost_sales)

    def level(self, problem: Problem, params: Params, target: np.ndarray) -> np.ndarray:
        """Smallest reorder point that reaches the target of each rule, (n,)."""
        kind, dist = problem.target_kind, self.dist
        out = np.zeros(problem.size)
        for code, find in ((Target.FILL, self._fill_index), (Target.CYCLE, self._cycle_index)):
            rows = np.flatnonzero(kind == code)
            if rows.size:
                out[rows] = find(rows, target[rows], params.lost_sales)
        rows = np.flatnonzero(kind == Target.COST)
        if rows.size:
            out[rows] = self._cheapest(problem, params, rows)
        return round_up(np.maximum(dist.low + out * dist.step, 0), problem.rounding)

    def _fill_index(self, rows, target, lost_sales):
        wanted = (1 - target) / (target if lost_sales else 1) * self.cycle_mean[rows]
        return self._between(rows, -self.short[:, rows], -wanted - 1e-12)

    def _cycle_index(self, rows, target, _lost):
        return self._between(rows, self.dist.cdf[:, rows], target - 1e-12)

    def _between(self, rows, rising, wanted):
        """Index where a rising table reaches `wanted`; between points only where the grid is coarser than the unit."""
        index = np.minimum((rising < wanted).sum(0), self.dist.size - 1)
        column = np.arange(rows.size)
        here, before = rising[index, column], rising[np.maximum(index - 1, 0), column]
        share = np.where(here > before, (here - wanted) / np.where(here > before, here - before, 1), 0)
        return index - np.where(index > 0, share.clip(0, 1), 0) * (1 - 1e-9)

    def _cheapest(self, problem, params, rows):
        periods = params.year_days / np.maximum(problem.review_days[rows], 1e-9)
        money = (problem.holding_rate * problem.unit_cost)[rows] * self.stock[:, rows]
        return np.argmin(money + problem.shortage_cost[rows] * periods * self.short[:, rows], axis=0)


def served(short: np.ndarray, demand: np.ndarray, lost_sales: bool) -> np.ndarray:
    """Fill rate from shortage and demand of a period; 1 where nothing is asked for."""
    base = demand + short if lost_sales else demand
    return np.where(base > 0, 1 - short / np.where(base > 0, base, 1), 1.0).clip(0, 1)


def tables(problem: Problem, dist: Distribution, gap, multiple, cycle_mean, cycle_sd) -> Tables:
    """Shortage and stock of every candidate reorder point.

    Parameters
    ----------
    problem : Problem
    dist : Distribution
    gap, multiple : (n,)
        Order-up-to level less reorder point, and the multiple orders are rounded up to.
    cycle_mean, cycle_sd : (n,)
        Demand of one review period.
    """
    unit = problem.rounding
    lots = problem.policy == Policy.MIN_QTY
    extra = np.maximum(multiple - unit, 0)
    width = np.where(lots | (gap <= 0), np.maximum(multiple, unit), gap)
    share = cycle_mean / np.where(gap > 0, gap, 1)
    sold = np.where(cycle_mean > 0, cycle_mean, 1)
    # periods spent at the top beyond the uniform share, with the lattice correction of renewal theory
    wave = ((cycle_sd / sold) ** 2 + 1 + unit / sold) / 2 * share
    top_weight = np.where(lots, 0, np.where(gap > 0, np.clip(wave / (1 + wave), 0, 1), np.where(extra > 0, 0, 1)))
    top = np.where(lots | (gap <= 0), 0, gap + extra / 2)
    short = np.maximum(dist.loss_protect - dist.loss_lead, 0)
    np.minimum.accumulate(short, axis=0, out=short)
    loss = (dist.loss_protect + dist.loss_lead) / 2
    plain = bool((top_weight == 1).all() and (top == 0).all())
    lift = top_weight * top + (1 - top_weight) * (width - unit) / 2
    if not plain:
        short = _spread(dist, short, width, top, top_weight, unit)
        loss = _spread(dist, loss, width, top, top_weight, unit)
    # demand known to customers' orders raises the mean of both windows alike
    stock = dist.points() + lift - (dist.mean_lead + dist.mean_protect) / 2 + loss
    return Tables(dist=dist, short=short, stock=np.maximum(stock, 0), cycle_mean=cycle_mean, spread=lift)


def _spread(dist, table, width, top, top_weight, unit):
    """Mean of a falling table over the positions above each reorder point."""
    g, n = table.shape
    after = np.concatenate([table[1:], np.zeros((1, n))])
    fine = dist.step <= unit * 1.5
    pieces = np.where(fine, table, (table + after) / 2)
    sums = np.concatenate([np.zeros((1, n)), np.cumsum(pieces, axis=0)])
    steps = np.maximum(width / dist.step, 1e-9)
    ahead = _shifted(sums, steps) - sums[:-1]
    mean = np.where(width > unit * 1.000001, ahead / steps, table)
    if (top_weight > 0).any():
        at_top = _shifted(np.concatenate([table, np.zeros((1, n))]), top / dist.step)
        mean = top_weight * at_top + (1 - top_weight) * mean
    return mean


def _shifted(table, steps):
    """Rows of the table `steps` (n,) further on, the last row beyond its end; one row less than given."""
    last = table.shape[0] - 1
    place = np.minimum(np.arange(last)[:, None] + steps, last)
    left = np.minimum(place.astype(np.int64), last - 1)
    share = place - left
    low = np.take_along_axis(table, left, 0)
    return low + share * (np.take_along_axis(table, left + 1, 0) - low)
