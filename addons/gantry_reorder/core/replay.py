"""Replay of the past, day by day: what a rule would have done with the demand that really came.

Periods are whatever the caller counts in (days on the backtest page, weeks or months in benchmarks). In each period an
order is placed first, then arrivals of the period are received, then demand is served.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .params import require

__all__ = ["History", "Levels", "Player", "Replay", "draw_leads", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """What really happened; n rules, t periods.

    Attributes
    ----------
    demand : (n, t)
        Units asked for; NaN counts as none.
    lead : int (n, t)
        Periods until an order placed in that period arrives (0: at once); see `draw_leads`.
    review : int
        Periods between two order chances.
    unit_cost, multiple, minimum_qty : (n,)
    opening : (n,), optional
        Stock at the start; without it every method starts at its own order-up-to level.
    warmup : int
        First periods that are played and not judged.
    order_days : bool (n, 7), optional
        Weekdays (Monday first) on which orders can be placed, for periods that are days; `weekday` is the first one's.
    price_breaks : (n, b, 2), optional
        Quantity and price, by rising quantity, padded with NaN: what larger orders save.
    """

    demand: np.ndarray
    lead: np.ndarray
    review: int = 1
    unit_cost: np.ndarray | float = 1.0
    multiple: np.ndarray | float = 0.0
    minimum_qty: np.ndarray | float = 0.0
    opening: np.ndarray | None = None
    warmup: int = 0
    order_days: np.ndarray | None = None
    weekday: int = 0
    price_breaks: np.ndarray | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        demand = np.nan_to_num(np.asarray(self.demand, np.float64))
        require(demand.ndim == 2 and demand.shape[1] >= 1, "The history must be a table with a row per rule.")
        require(bool((demand >= 0).all()), "The history holds a negative demand.")
        lead = np.broadcast_to(np.asarray(self.lead, np.int64), demand.shape)
        require(bool((lead >= 0).all()), "A lead time is negative.")
        require(int(self.review) >= 1, "Orders need at least one period between them.")
        require(0 <= int(self.warmup) < demand.shape[1], "The warm-up leaves no period to be judged.")
        put(self, "demand", demand)
        put(self, "lead", lead)
        for name in ("unit_cost", "multiple", "minimum_qty"):
            put(self, name, np.broadcast_to(np.asarray(getattr(self, name), np.float64), (demand.shape[0],)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """A method's levels over time.

    Attributes
    ----------
    name : str
    start : int (m,)
        Period from which each column holds, rising, the first is 0.
    reorder_point, order_up_to : (n, m)
        NaN: no rule, nothing is ordered.
    multiple : (n,) or None
        Replaces the history's multiple.
    """

    name: str
    reorder_point: np.ndarray
    order_up_to: np.ndarray
    start: np.ndarray = field(default_factory=lambda: np.zeros(1, int))
    multiple: np.ndarray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """Outcome of one method; (n,) unless said otherwise.

    Attributes
    ----------
    name : str
    demand, short : (n,)
        Units asked for, and not served at once.
    stockout_periods, stockouts : (n,)
        Periods with unserved demand, and runs of them.
    avg_stock, avg_value : (n,)
        Mean stock on hand in units and money.
    orders, ordered, saved : (n,)
        Number of orders, units ordered, and what price breaks saved on them.
    stock, lost : float32 (n, t) or None
        Stock at the end of each period (negative: back-orders) and unserved demand, when asked for.
    value : (t,)
        Stock value of all rules at the end of each period.
    """

    name: str
    demand: np.ndarray
    short: np.ndarray
    stockout_periods: np.ndarray
    stockouts: np.ndarray
    avg_stock: np.ndarray
    avg_value: np.ndarray
    orders: np.ndarray
    ordered: np.ndarray
    saved: np.ndarray
    value: np.ndarray
    stock: np.ndarray | None = None
    lost: np.ndarray | None = None

    def fill(self, rows=slice(None), weight=None) -> float:
        """Share of the demand of some rules served from stock, optionally weighted per unit; 1 without demand."""
        weight = np.ones_like(self.demand) if weight is None else weight
        demand = float((self.demand * weight)[rows].sum())
        return 1 - float((self.short * weight)[rows].sum()) / demand if demand > 0 else 1.0


def draw_leads(days: np.ndarray, prob: np.ndarray, periods: int, *, seed: int = 0) -> np.ndarray:
    """Whole lead times for each period from each rule's distribution, the same for every method, int (n, periods).

    >>> draw_leads(np.array([[3.0, 5.0]]), np.array([[1.0, 0.0]]), 4).tolist()
    [[3, 3, 3, 3]]
    """
    prob = np.nan_to_num(prob)
    edge = np.cumsum(prob / prob.sum(1, keepdims=True), axis=1)
    chance = np.random.default_rng(seed).random((len(days), periods))
    place = (chance[:, :, None] >= edge[:, None, :] - 1e-12).sum(2).clip(0, days.shape[1] - 1)
    return np.rint(np.take_along_axis(np.nan_to_num(days), place, 1)).astype(np.int64)


class Player:
    """Stock of every rule while a history is played; `step` it once per period.

    Parameters
    ----------
    history : History
    opening : (n,)
        Stock at the start.
    multiple : (n,)
    lost_sales, detail : bool
        As for `replay`.
    """

    def __init__(self, history: History, opening, multiple=None, lost_sales: bool = False, detail: bool = False):
        n, t = history.demand.shape
        self.history, self.lost_sales = history, lost_sales
        self.multiple = history.multiple if multiple is None else np.asarray(multiple, float)
        self.stock, self.on_order = np.array(np.nan_to_num(opening), float), np.zeros(n)
        self.arriving = np.zeros((t + int(history.lead.max(initial=0)) + 1, n))
        self.sums = {name: np.zeros(n) for name in _SUMS}
        self.value, self.missed = np.zeros(t), np.zeros(n, bool)
        self.last_chance = np.full(n, -history.review)
        self.kept = np.zeros((2, t, n), np.float32) if detail else None

    def step(self, now: int, reorder_point, order_up_to) -> np.ndarray:
        """Order, receive and serve period `now`; the unserved demand (n,)."""
        history, sums, judged = self.history, self.sums, now >= self.history.warmup
        chance = self._get_chance(now)
        if chance.any():
            quantity = np.where(chance, self._order(reorder_point, order_up_to), 0)
            self.arriving[now + history.lead[:, now], np.arange(quantity.size)] += quantity
            self.on_order += quantity
            sums["orders"] += (quantity > 0) * judged
            sums["ordered"] += quantity * judged
            if history.price_breaks is not None and judged:
                sums["saved"] += quantity * self._get_discount(quantity)
        self.stock = self.stock + self.arriving[now]
        self.on_order -= self.arriving[now]
        demand, high = history.demand[:, now], np.maximum(self.stock, 0)
        short = np.maximum(demand - high, 0)
        self.stock = self.stock - (demand - short if self.lost_sales else demand)
        low = np.maximum(self.stock, 0)
        self.value[now] = low @ history.unit_cost
        missed = short > 1e-9
        if judged:
            sums["short"] += short
            sums["stockout_periods"] += missed
            sums["stockouts"] += missed & ~self.missed
            sums["avg_stock"] += (high + low) / 2
        self.missed = missed
        if self.kept is not None:
            self.kept[0, now], self.kept[1, now] = self.stock, short
        return short

    def _get_chance(self, now):
        """Which rules may order: at a review, or on the first day of their calendar after it."""
        due = now - self.last_chance >= self.history.review
        if self.history.order_days is not None:
            due &= self.history.order_days[:, (self.history.weekday + now) % 7]
        self.last_chance = np.where(due, now, self.last_chance)
        return due

    def _get_discount(self, quantity):
        """What a unit costs less than at the smallest quantity."""
        breaks = self.history.price_breaks
        base = np.nan_to_num(breaks[:, 0, 1])
        price = base
        for at in range(breaks.shape[1]):
            with np.errstate(invalid="ignore"):
                price = np.where(quantity >= breaks[:, at, 0] - 1e-9, breaks[:, at, 1], price)
        return base - price

    def _order(self, reorder_point, order_up_to):
        position = self.stock + self.on_order
        due = position < np.nan_to_num(reorder_point, nan=-np.inf) - 1e-9
        quantity = np.where(due, np.maximum(np.nan_to_num(order_up_to) - position, self.history.minimum_qty), 0)
        lot = np.where(self.multiple > 0, self.multiple, 1)
        return np.where(self.multiple > 0, np.ceil(quantity / lot - 1e-9) * lot, quantity)

    def result(self, name: str) -> Replay:
        """Outcome of the periods after the warm-up."""
        history, sums = self.history, dict(self.sums)
        sums["avg_stock"] = sums["avg_stock"] / (history.demand.shape[1] - history.warmup)
        kept = self.kept
        return Replay(
            name=name, demand=history.demand[:, history.warmup:].sum(1), value=self.value,
            avg_value=sums["avg_stock"] * history.unit_cost, stock=None if kept is None else kept[0].T,
            lost=None if kept is None else kept[1].T, **sums)


_SUMS = ("short", "stockout_periods", "stockouts", "avg_stock", "orders", "ordered", "saved")


def replay(history: History, levels: Levels, *, lost_sales: bool = False, detail: bool = False) -> Replay:
    """Play the history under one method.

    Parameters
    ----------
    history : History
    levels : Levels
    lost_sales : bool
        Unserved demand is lost instead of back-ordered.
    detail : bool
        Keep stock and unserved demand of every period.

    Returns
    -------
    Replay

    >>> history = History(demand=[[2.0, 2.0, 2.0, 2.0]], lead=[[1, 1, 1, 1]], opening=np.array([3.0]))
    >>> found = replay(history, Levels(name="4", reorder_point=[[4.0]], order_up_to=[[4.0]]), detail=True)
    >>> found.stock.tolist(), found.short.tolist()
    ([[1.0, 0.0, 0.0, 0.0]], [0.0])
    """
    point, top = np.asarray(levels.reorder_point, float), np.asarray(levels.order_up_to, float)
    periods = history.demand.shape[1]
    column = np.searchsorted(np.asarray(levels.start), np.arange(periods), side="right") - 1
    opening = top[:, column[0]] if history.opening is None else history.opening
    player = Player(history, opening, levels.multiple, lost_sales, detail)
    for now in range(periods):
        player.step(now, point[:, column[now]], top[:, column[now]])
    return player.result(levels.name)
