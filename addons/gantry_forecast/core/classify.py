"""Demand classes, life stage and one-off spikes.

Classes follow Syntetos, Boylan and Croston, "On the categorization of demand patterns" (JORS 2005): mean interval
between sales (ADI) against squared variation of sale sizes (CV2).
"""

from __future__ import annotations

import numpy as np

from .types import Bucket, DemandClass, Params

__all__ = ["Profile", "classify", "outliers"]


class Profile:
    """What `classify` measured, each (n,): class, adi, cv2, known and sale counts, trailing zeros, size, mean."""

    __slots__ = ("adi", "cv2", "demand_class", "known", "mean", "sales", "silent", "size")

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


def classify(demand: np.ndarray, bucket: Bucket, params: Params) -> Profile:
    """Class of every series.

    A product is dead after `dead_days` of known silence, and at least four times its usual gap between
    sales: a part that sells once a year is not dead after six months. It is new under `new_days` of known
    history, or twice that with a single sale.

    Parameters
    ----------
    demand : (n, t)
        NaN where unknown.

    >>> rows = np.array([[5., 6, 5, 6, 5, 6], [0, 0, 3, 0, 0, 3], [np.nan] * 5 + [4.]])
    >>> [DemandClass(c).name for c in classify(rows, Bucket.MONTH, Params()).demand_class]
    ['SMOOTH', 'INTERMITTENT', 'NEW']
    """
    known = ~np.isnan(demand)
    filled = np.where(known, demand, 0)
    sold = filled > 0
    known_count, sales = known.sum(1), sold.sum(1)
    total = filled.sum(1)
    size = total / np.maximum(sales, 1)
    square = np.einsum("ij,ij->i", filled, filled) / np.maximum(sales, 1)
    cv2 = np.where(sales > 1, (square - size**2).clip(0) / np.maximum(size**2, 1e-300), 0)
    adi = known_count / np.maximum(sales, 1)
    last = np.where(sales > 0, demand.shape[1] - 1 - np.argmax(sold[:, ::-1], axis=1), -1)
    silent = (known & (np.arange(demand.shape[1])[None] > last[:, None])).sum(1)
    steady, regular = cv2 < params.cv2_limit, adi < params.adi_limit
    found = np.where(
        regular,
        np.where(steady, DemandClass.SMOOTH, DemandClass.ERRATIC),
        np.where(steady, DemandClass.INTERMITTENT, DemandClass.LUMPY),
    )
    before = np.maximum(known_count - silent, 1) / np.maximum(sales, 1)
    quiet = silent * bucket.days
    is_dead = (quiet >= params.dead_days) & (silent >= 4 * before)
    age = known_count * bucket.days
    is_new = (age < params.new_days) | ((sales < 2) & (age < 2 * params.new_days))
    found = np.where(is_new, DemandClass.NEW, found)
    found = np.where(is_dead & (sales > 0), DemandClass.DEAD, found)
    found = np.where((sales == 0) & (quiet >= params.dead_days), DemandClass.DEAD, found)
    return Profile(
        demand_class=found.astype(np.int8), adi=adi, cv2=cv2, known=known_count, sales=sales, silent=silent,
        size=size, mean=total / np.maximum(known_count, 1),
    )


def outliers(demand: np.ndarray, season: int, limit: float, expected: np.ndarray | None = None) -> np.ndarray:
    """One-off spikes: sales far above the usual sale that did not happen in the same season of another year.

    Sizes are compared as logarithms with median and median absolute deviation, so that a factor counts and not
    a difference. A promotion or event that explains the bucket (`expected`, bool) is no outlier.

    Parameters
    ----------
    demand : (n, t)
    season : int
        Buckets in a year's or week's cycle.
    limit : float
        Robust deviations above the median.

    Returns
    -------
    bool (n, t)

    >>> row = np.array([[9., 10, 11, 10, 9, 500, 10, 11, 9, 10]])
    >>> np.flatnonzero(outliers(row, 12, 6.0)).tolist()
    [5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.where(demand > 0, demand, np.nan)).astype(np.float32)
    count = (~np.isnan(logs)).sum(1)
    centre = _row_median(logs, count)
    gap = logs - centre[:, None]
    spread = np.maximum(1.4826 * _row_median(np.abs(gap), count), 0.18)
    limits = np.where(count >= 6, limit * spread, np.inf)[:, None]
    spike = np.nan_to_num(gap, nan=-np.inf) > np.maximum(limits, np.log(3.0))
    if expected is not None:
        spike &= ~expected
    for shift in (season, -season):
        if abs(shift) < demand.shape[1]:
            moved = np.full(demand.shape, -np.inf, np.float32)
            source = np.nan_to_num(gap, nan=-np.inf)
            if shift > 0:
                moved[:, shift:] = source[:, :-shift]
            else:
                moved[:, :shift] = source[:, -shift:]
            spike &= ~(moved > limits / 2)
    return spike


def _row_median(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Median over the non-NaN values of each row (np.nanmedian is a Python loop over rows)."""
    ordered = np.sort(values, axis=1)
    rows = np.arange(values.shape[0])
    low = np.clip((count - 1) // 2, 0, values.shape[1] - 1)
    high = np.clip(count // 2, 0, values.shape[1] - 1)
    middle = (ordered[rows, low] + ordered[rows, high]) / 2
    return np.where(count > 0, middle, 0)
