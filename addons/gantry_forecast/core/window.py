"""The averages of Odoo's replenishment wizard, as forecasts to be compared with.

`stock.replenishment.info` divides what moved in a window by the days of that window; products out of stock count
as no demand. Windows that fall inside a bucket take their share of it.
"""

from __future__ import annotations

import numpy as np

from .types import Problem

__all__ = ["WINDOWS", "window_forecasts"]

WINDOWS = (
    "last_7_days", "last_30_days", "last_3_months", "last_12_months", "same_month_last_year",
    "next_month_last_year", "after_next_month_last_year", "quarter_last_year",
)


def _spans(end: np.datetime64) -> dict[str, tuple[np.datetime64, np.datetime64]]:
    """First day and the day after the last of each window, seen on day `end`."""
    month = end.astype("datetime64[M]")

    def back(months: int) -> np.datetime64:
        day = (end - month.astype("datetime64[D]")).astype(int)
        target = month - np.timedelta64(months, "M")
        length = ((target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]"))
        return target.astype("datetime64[D]") + np.timedelta64(min(int(day), int(length.astype(int)) - 1), "D")

    def last_year(first: int, count: int) -> tuple[np.datetime64, np.datetime64]:
        begin = month - np.timedelta64(12 - first, "M")
        return begin.astype("datetime64[D]"), (begin + np.timedelta64(count, "M")).astype("datetime64[D]")

    return {
        "last_7_days": (end - np.timedelta64(7, "D"), end),
        "last_30_days": (back(1), end),
        "last_3_months": (back(3), end),
        "last_12_months": (back(12), end),
        "same_month_last_year": last_year(0, 1),
        "next_month_last_year": last_year(1, 1),
        "after_next_month_last_year": last_year(2, 1),
        "quarter_last_year": last_year(0, 3),
    }


def window_forecasts(problem: Problem) -> dict[str, np.ndarray]:
    """Flat forecast of every wizard window, (n, horizon) per name; windows older than the history are left out.

    >>> from .types import Bucket
    >>> demand = np.array([[10.0, 10, 10, 10, 40]])
    >>> problem = Problem(demand=demand, bucket=Bucket.WEEK, start=np.datetime64('2024-01-01'), horizon=2)
    >>> found = window_forecasts(problem)
    >>> found['last_7_days'].tolist(), sorted(found)
    ([[40.0, 40.0]], ['last_30_days', 'last_7_days'])
    """
    edges = np.array([problem.day(i) for i in range(problem.length + problem.horizon + 1)])
    history = edges[: problem.length + 1]
    lengths = np.diff(edges).astype(float)
    sold = np.nan_to_num(problem.demand)
    found = {}
    for name, (begin, end) in _spans(problem.end).items():
        if begin < history[0] or end > history[-1]:
            continue
        overlap = (np.minimum(history[1:], end) - np.maximum(history[:-1], begin)).astype(float).clip(0)
        per_day = sold @ (overlap / lengths[: problem.length]) / (end - begin).astype(float)
        found[name] = per_day[:, None] * lengths[problem.length:]
    return found
