"""Rules that others would set on the same history, to be replayed beside ours.

Odoo's replenishment wizard shows the average demand of a window; minimum and maximum are set from it the usual way:
what sells in the lead time, and in a review period more. The OCA way adds a multiple of the deviation of the last 90
days.
"""

from __future__ import annotations

import numpy as np

from .replay import Levels

__all__ = ["mean_sigma", "window_levels"]


def window_levels(name: str, per_day: np.ndarray, lead_days, review_days, *, factor: float = 1.0,
                  periodic: bool = False, start=None) -> Levels:
    """Minimum and maximum from the wizard's daily demand.

    Parameters
    ----------
    name : str
    per_day : (n, m)
        Average demand per day of a window, one column per time the rule is set.
    lead_days, review_days : (n,)
        Mean lead time, and days an order is to last beyond it.
    factor : float
        The wizard's percentage (1 is 100 %).
    periodic : bool
        Order up to the maximum at every review instead of waiting for the minimum.
    start : int (m,), optional
        First period of each column.

    >>> window_levels("30 days", np.array([[2.0]]), 10.0, 7.0, factor=1.5).order_up_to.tolist()
    [[51.0]]
    """
    lead = np.broadcast_to(np.asarray(lead_days, float), per_day.shape[:1])[:, None]
    gap = np.broadcast_to(np.asarray(review_days, float), per_day.shape[:1])[:, None]
    top = factor * per_day * (lead + gap)
    point = top if periodic else factor * per_day * lead
    return Levels(name=name, reorder_point=np.ceil(point - 1e-9), order_up_to=np.ceil(top - 1e-9),
                  start=np.arange(per_day.shape[1]) if start is None else start)


def mean_sigma(name: str, mean: np.ndarray, deviation: np.ndarray, lead, review, *, z: float, start=None) -> Levels:
    """Mean plus z sigma of the last 90 days over lead time plus review.

    `mean` and `deviation` (n, m) are those of one period, `lead` and `review` are in periods.

    >>> mean_sigma("90 days", np.array([[4.0]]), np.array([[2.0]]), 3, 1, z=1.5).order_up_to.tolist()
    [[22.0]]
    """
    protect = np.broadcast_to(np.asarray(lead + review, float), mean.shape[:1])[:, None]
    top = np.ceil(mean * protect + z * deviation * np.sqrt(protect) - 1e-9)
    return Levels(name=name, reorder_point=top, order_up_to=top,
                  start=np.arange(mean.shape[1]) if start is None else start)
