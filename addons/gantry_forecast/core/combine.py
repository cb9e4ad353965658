"""Combination of members: the median of their quantiles, never a choice per product."""

from __future__ import annotations

import numpy as np

__all__ = ["median_of", "spread_around"]


def median_of(members: list[np.ndarray], weights: list[float] | None = None) -> np.ndarray:
    """Median over members, ignoring NaN members cell by cell, for any shape.

    With weights, the mean of the weighted lower and upper median. Two members give their mean.

    >>> median_of([np.array([1.0]), np.array([2.0]), np.array([9.0])]).tolist()
    [2.0]
    """
    if len(members) == 1:
        return members[0]
    if len(members) == 2 and weights is None:
        first, second = members
        both = (first + second) / 2
        return np.where(np.isnan(both), np.where(np.isnan(first), second, first), both)
    if len(members) == 3 and weights is None:
        a, b, c = members
        found = np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))
        if not np.isnan(found).any():
            return found
    stack = np.stack(members)
    if weights is not None:
        return _weighted_median(stack, np.asarray(weights, float))
    if not np.isnan(stack).any():
        return np.median(stack, axis=0)
    ordered = np.sort(stack, axis=0)
    count = (~np.isnan(stack)).sum(0)
    low = np.take_along_axis(ordered, np.clip((count - 1) // 2, 0, None)[None], 0)[0]
    high = np.take_along_axis(ordered, np.clip(count // 2, 0, len(members) - 1)[None], 0)[0]
    return np.where(count > 0, (low + high) / 2, np.nan)


def _weighted_median(stack: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(stack, axis=0)
    ordered = np.take_along_axis(stack, order, 0)
    mass = np.where(np.isnan(ordered), 0, weights[order])
    total = np.cumsum(mass, axis=0)
    half = total[-1:] / 2
    low = np.argmax(total >= half - 1e-9, axis=0)[None]
    high = np.argmax(total > half + 1e-9, axis=0)[None]
    return (np.take_along_axis(ordered, low, 0)[0] + np.take_along_axis(ordered, high, 0)[0]) / 2


def spread_around(point: np.ndarray, scale: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Quantiles of a point forecast from pooled standardised errors.

    Parameters
    ----------
    point, scale : (n, h)
        Forecast and its own error scale.
    table : (h, q)
        Standardised error quantiles of the class; the last row serves longer horizons.

    Returns
    -------
    (n, h, q), never negative.

    >>> spread_around(np.array([[10.0]]), np.array([[2.0]]), np.array([[-1.0, 0.0, 1.0]])).tolist()
    [[[8.0, 10.0, 12.0]]]
    """
    steps = np.minimum(np.arange(point.shape[1]), table.shape[0] - 1)
    out = scale[:, :, None] * table[steps].astype(point.dtype)
    out += point[:, :, None]
    return np.maximum(out, 0, out=out)
