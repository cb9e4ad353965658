"""Sums over the hierarchy, forecasts that agree on every level, and what a group knows that its products do not.

Product-warehouse means add up to every group by construction. `scale_to_groups` moves them so that they add up to a
better group forecast (top-down by forecast proportions, Athanasopoulos, Ahmed and Hyndman, IJF 2009).
"""

from __future__ import annotations

import numpy as np

__all__ = ["aggregate", "group_factors", "group_totals", "scale_to_groups", "sums_error"]


def group_totals(values: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Sum the rows of `values` (n, ...) by group number, (count, ...); NaN counts as nothing.

    >>> group_totals(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 0]), 2).tolist()
    [[5.0], [2.0]]
    """
    total = np.zeros((count, *values.shape[1:]))
    np.add.at(total, group, np.nan_to_num(values))
    return total


def aggregate(
    mean: np.ndarray, quantiles: np.ndarray, levels, group: np.ndarray, count: int, correlation: float = 0.1,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and quantiles of groups from those of their members.

    Means add. The spread lies between independent (root of the sum of squares) and fully dependent (sum), by
    the given correlation between members.

    Returns
    -------
    mean : (count, h)
    quantiles : (count, h, q)
    """
    total = group_totals(mean, group, count)
    middle = int(np.argmin(np.abs(np.asarray(levels) - 0.5)))
    gap = quantiles - np.asarray(mean)[:, :, None]
    alone = np.sqrt(group_totals(gap**2, group, count))
    together = np.abs(group_totals(gap, group, count))
    size = np.sqrt((1 - correlation) * alone**2 + correlation * together**2)
    sign = np.sign(np.arange(len(levels)) - middle)
    spread = np.maximum(total[:, :, None] + sign * size, 0)
    return total, np.maximum.accumulate(spread, axis=2)


def group_factors(demand: np.ndarray, mean: np.ndarray, group: np.ndarray, count: int, predict, least: int = 15):
    """How far the forecast of a group's sum lies from the sum of its products' forecasts.

    A shop that grows shows it in the sum long before it shows in thousands of noisy products.

    Parameters
    ----------
    demand : (n, t)
        Unknown buckets after the first known one count as the product's mean.
    mean : (n, h)
        Product forecasts.
    predict : callable
        Forecast of sums: (count + 1, t) -> (count + 1, h).
    least : int
        Groups with fewer products take the factor of all products.

    Returns
    -------
    (count + 1, h)
        Factors within 0.67 and 1.5, the last row for all products together.
    """
    known = ~np.isnan(demand)
    usual = np.where(known, demand, 0).sum(1) / np.maximum(known.sum(1), 1)
    begun = np.cumsum(known, axis=1) > 0
    filled = np.where(known, demand, np.where(begun, usual[:, None], 0))
    sums = [np.vstack([group_totals(part, group, count), part.sum(0)]) for part in (filled, np.asarray(mean, float))]
    target = predict(sums[0])
    factor = np.where(sums[1] > 0, target / np.where(sums[1] > 0, sums[1], 1), 1.0)
    thin = np.append(np.bincount(group, minlength=count) < least, False)
    factor[thin] = factor[-1]
    return np.clip(factor, 0.67, 1.5)


def sums_error(actual: np.ndarray, mean: np.ndarray, groups: np.ndarray | None = None) -> np.ndarray:
    """Mean squared error of the sums on every level of a hierarchy.

    Parameters
    ----------
    actual, mean : (n, h)
        Cells whose demand is unknown are left out of every sum.
    groups : (n, k), optional
        Levels between the series themselves and all of them together.

    Returns
    -------
    (k + 2,), the series first and their total last.

    >>> sums_error(np.array([[1.0], [3.0]]), np.array([[2.0], [2.0]])).tolist()
    [1.0, 0.0]
    """
    gap = np.nan_to_num(actual - mean)
    levels = [np.arange(len(gap)), *([] if groups is None else np.asarray(groups).T), np.zeros(len(gap), int)]
    codes = [np.unique(level, return_inverse=True)[1].reshape(-1) for level in levels]
    return np.array([np.mean(group_totals(gap, code, code.max(initial=0) + 1) ** 2) for code in codes])


def scale_to_groups(mean: np.ndarray, group: np.ndarray, target: np.ndarray, trust: float = 1.0) -> np.ndarray:
    """Factors (n, h) that make the members of each group add up to its target.

    Parameters
    ----------
    mean : (n, h)
    target : (count, h)
        NaN leaves a group alone.
    trust : float
        1 reaches the target, 0 changes nothing; factors stay within 0.5 and 2.

    >>> scale_to_groups(np.array([[1.0], [3.0]]), np.array([0, 0]), np.array([[6.0]])).tolist()
    [[1.5], [1.5]]
    """
    total = group_totals(mean, group, target.shape[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(total > 0, target / np.where(total > 0, total, 1), 1.0)
    factor = np.clip(np.nan_to_num(factor, nan=1.0), 0.5, 2.0)
    return (factor**trust)[group]
