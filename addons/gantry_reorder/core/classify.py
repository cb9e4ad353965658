"""Classes of stock: ABC by value, XYZ by variability, and what is dead, slow or too much."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from .params import require

__all__ = ["State", "abc", "state", "xyz"]


class State(IntEnum):
    """State of the stock of a rule."""

    OK = 0
    SHORT = 1
    EXCESS = 2
    SLOW = 3
    DEAD = 4


def abc(value: np.ndarray, shares: tuple[float, float] = (0.8, 0.95), group: np.ndarray | None = None) -> np.ndarray:
    """0 (A), 1 (B) or 2 (C) by cumulated value, largest first; within each group when given. Ties keep input order.

    A rule belongs to the class in which its value begins, so the largest is always A; no value at all is C.

    >>> abc(np.array([10.0, 80.0, 6.0, 4.0, 0.0])).tolist()
    [1, 0, 1, 2, 2]
    """
    value = np.nan_to_num(np.asarray(value, float))
    require(0 < shares[0] <= shares[1] <= 1, "The class limits must rise and lie between 0 and 1.")
    group = np.zeros(value.size, np.int64) if group is None else np.unique(group, return_inverse=True)[1]
    value = np.maximum(value, 0)
    order = np.lexsort((-value, group))
    total = np.bincount(group, value)
    before = np.concatenate([[0.0], np.cumsum(total)])[:-1]
    begun = np.cumsum(value[order]) - value[order] - before[group[order]]
    share = begun / np.maximum(total[group[order]], 1e-300)
    found = np.empty(value.size, np.int8)
    found[order] = (share >= shares[0] - 1e-12).astype(int) + (share >= shares[1] - 1e-12)
    return np.where(value > 0, found, 2).astype(np.int8)


def xyz(mean: np.ndarray, deviation: np.ndarray, limits: tuple[float, float] = (0.5, 1.0)) -> np.ndarray:
    """0 (X), 1 (Y) or 2 (Z) by deviation over mean of a month's forecast error or demand; no demand is Z.

    >>> xyz(np.array([10.0, 10, 10, 0]), np.array([3.0, 8, 20, 0])).tolist()
    [0, 1, 2, 2]
    """
    require(0 < limits[0] <= limits[1], "The class limits must rise and be above zero.")
    mean, deviation = np.asarray(mean, float), np.asarray(deviation, float)
    ratio = np.where(mean > 0, deviation / np.where(mean > 0, mean, 1), np.inf)
    return ((ratio > limits[0]).astype(np.int8) + (ratio > limits[1])).astype(np.int8)


def state(on_hand, position, rate, silent_days, reorder_point, order_up_to, *, dead_days: float = 365.0,
          slow_days: float = 180.0, excess_factor: float = 1.25) -> tuple[np.ndarray, np.ndarray]:
    """State of each rule's stock and the units it is about, (n,) each.

    Parameters
    ----------
    on_hand, position : (n,)
        Stock on hand, and that with what is on the way.
    rate : (n,)
        Mean demand per day ahead.
    silent_days : (n,)
        Days since the last sale (inf: never).
    reorder_point, order_up_to : (n,)
        NaN without levels.
    dead_days : float
        Without a sale for so long, stock is dead.
    slow_days : float
        Cover in days beyond which stock is slow.
    excess_factor : float
        Stock above so many order-up-to levels is too much.

    Returns
    -------
    State codes, and units: missing to the reorder point, above the order-up-to level, above `slow_days`, or all.

    >>> state([9.0, 50, 5, 1], [9.0, 50, 5, 1], [1.0, 1, 0, 1], [1.0, 1, 900, 1], [5.0] * 4, [10.0] * 4)[0].tolist()
    [0, 2, 4, 1]
    """
    on_hand, position, rate = (np.asarray(value, float) for value in (on_hand, position, rate))
    silent_days = np.asarray(silent_days, float)
    point, top = np.asarray(reorder_point, float), np.asarray(order_up_to, float)
    over = np.maximum(on_hand - np.nan_to_num(top, nan=np.inf), 0)
    slow = np.maximum(on_hand - rate * slow_days, 0)
    found, units = np.zeros(on_hand.size, np.int8), np.zeros(on_hand.size)
    for code, hit, amount in (
            (State.SHORT, position < np.nan_to_num(point, nan=-np.inf) - 1e-9, np.nan_to_num(point) - position),
            (State.EXCESS, (on_hand > 0) & (on_hand > excess_factor * top), over),
            (State.SLOW, (on_hand > 0) & (slow > 0) & ((on_hand > top) | np.isnan(top)), slow),
            (State.DEAD, (on_hand > 0) & (silent_days >= dead_days), on_hand)):
        found, units = np.where(hit, np.int8(code), found), np.where(hit, amount, units)
    return found, units
