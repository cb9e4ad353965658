"""A steadier view of erratic demand: the level of a forecast, averaged with what the last year brought.

A forecast of erratic or rare demand follows every large order up, and down again once it has passed. Where orders come
by chance, levels that do the same buy stock for an order that does not come back and fall before it has been sold;
where demand really changes, following is right. Which of the two holds is not known beforehand: `steering` plays both
through the past and keeps the one that needs less stock (mean of two estimates: Bates and Granger 1969).
"""

from __future__ import annotations

import numpy as np

__all__ = ["steady"]

WEIGHT = 0.5  # of the forecast
MOST = 3.0  # a year ago says nothing about demand that has changed by more
LEAST_DAYS = 182  # of history before a product's year counts


def steady(mean: np.ndarray, bucket_days: np.ndarray, sold: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Factor on the forecast of each product, (n,), 1 where nothing is known.

    Parameters
    ----------
    mean : (n, h)
        Forecast of each bucket.
    bucket_days : (h,)
    sold : (n,)
        Demand of the last year, or since the first sale; NaN where the forecast is to stay as it is.
    days : (n,)
        Days in which it was sold.

    >>> steady(np.array([[14.0, 14.0], [14.0, 14.0]]), np.array([7.0, 7.0]), np.array([365.0, np.nan]),
    ...        np.array([365.0, 365.0])).tolist()
    [0.75, 1.0]
    """
    ahead = np.nansum(mean, axis=1, dtype=float) / np.sum(bucket_days)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = sold / days / ahead
    known = np.isfinite(change) & (ahead > 0) & (np.asarray(days) >= LEAST_DAYS)
    return np.where(known, 1 + (1 - WEIGHT) * (np.where(known, change, 1).clip(1 / MOST, MOST) - 1), 1.0)
