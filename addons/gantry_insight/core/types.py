"""What the core is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

FOREVER = 9999.0  # days of cover of stock that nobody asks for
NEVER = -1  # day of an event that is not in sight


def _events() -> tuple:
    return (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Horizons in days.

    short_days : stock has to last so long
    excess_days : what lasts longer is too much
    look_days : so far ahead a stock-out is looked for
    """

    short_days: int = 14
    excess_days: int = 90
    look_days: int = 366

    def __post_init__(self):
        if min(self.short_days, self.excess_days, self.look_days) < 1:
            raise ValueError("Every horizon must be at least one day.")
        if self.short_days > self.look_days:
            raise ValueError("Stock cannot have to last longer than one looks ahead.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Stock and demand of n rows; day 0 is today.

    edges : int (h + 1,)
        First day of each forecast bucket and the day after the last one; the first may lie in the past.
    demand : float (n, h)
        Units expected in each bucket.
    on_hand : float (n,)
    incoming, committed, expiring : (row, day, quantity) arrays
        Goods on their way; goods promised to customers; stock on hand by the last day on which it can be used.
        A day in the past counts as today.
    """

    edges: np.ndarray
    demand: np.ndarray
    on_hand: np.ndarray
    incoming: tuple = field(default_factory=_events)
    committed: tuple = field(default_factory=_events)
    expiring: tuple = field(default_factory=_events)

    def __post_init__(self):
        if self.demand.ndim != 2 or self.demand.shape != (len(self.on_hand), len(self.edges) - 1):
            raise ValueError("Demand needs a row per stock and a column per bucket.")
        if len(self.edges) < 2 or (np.diff(self.edges) <= 0).any():
            raise ValueError("Buckets must follow each other.")
        if self.edges[-1] <= 0:
            raise ValueError("The forecast ends in the past.")
        if not (np.isfinite(self.demand).all() and np.isfinite(self.on_hand).all()):
            raise ValueError("Demand and stock must be finite numbers.")
        if (self.demand < 0).any():
            raise ValueError("Demand cannot be negative.")
        for rows, days, quantities in (self.incoming, self.committed, self.expiring):
            if not len(rows) == len(days) == len(quantities):
                raise ValueError("An event needs a row, a day and a quantity.")
            if len(rows) and not (rows.min() >= 0 and rows.max() < len(self.on_hand)):
                raise ValueError("An event belongs to a row that does not exist.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An answer per row.

    cover_days : how long the stock on hand lasts, `FOREVER` at most
    stockout_day : day on which stock and what arrives by then are used up, `NEVER` when that is out of sight
    short_qty : most that is missing at any time in the next `short_days`
    excess_qty : stock on hand that `excess_days` of demand will leave
    demand_30_qty : demand of the next 30 days
    waste_qty : stock on hand that will expire unsold when the oldest is sold first
    """

    cover_days: np.ndarray
    stockout_day: np.ndarray
    short_qty: np.ndarray
    excess_qty: np.ndarray
    demand_30_qty: np.ndarray
    waste_qty: np.ndarray
