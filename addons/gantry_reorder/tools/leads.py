"""Lead-time distributions of many rules at once, from receipts of their own and of wider groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SHRINK = 4.0  # so many receipts weigh as much as everything wider
POINTS = 12  # of the distribution that is handed on


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Receipts of one level of detail: `row` (m,) of the rule, `days` (m,), `weight` (m,)."""

    row: np.ndarray
    days: np.ndarray
    weight: np.ndarray


def compress(days: np.ndarray, weight: np.ndarray, points: int = POINTS) -> np.ndarray:
    """Quantiles of a weighted sample, each as likely as the others.

    >>> compress(np.array([3.0, 1.0]), np.array([1.0, 3.0]), 4).tolist()
    [1.0, 1.0, 1.0, 3.0]
    """
    order = np.argsort(days, kind="stable")
    rising = np.cumsum(weight[order])
    wanted = (np.arange(points) + 0.5) / points * rising[-1]
    return days[order][np.minimum(np.searchsorted(rising, wanted), len(days) - 1)]


def blend(levels: list[Level], prior: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distribution per rule: own receipts first, what they do not settle from wider levels, the rest from the prior.

    A level with receipts of weight w takes the share w / (w + SHRINK) of what the levels before it have left.

    Parameters
    ----------
    levels : list of Level
        From the most specific to the widest.
    prior : (n,)
        Days as set by people; NaN when nothing is.
    points : int

    Returns
    -------
    days, prob : (n, points)
        Probability is 1 / points each, 0 in rules about which nothing is known.
    share : (len(levels), n)
        Share of each level.

    >>> own = Level(row=np.array([0] * 4), days=np.array([5.0] * 4), weight=np.ones(4))
    >>> days, prob, share = blend([own], np.array([10.0, np.nan]), 2)
    >>> days.tolist(), prob[1].tolist(), share.tolist()
    ([[5.0, 10.0], [nan, nan]], [0.0, 0.0], [[0.5, 0.0]])
    """
    n = len(prior)
    left, shares, rows, days, mass = np.ones(n), [], [], [], []
    for level in levels:
        total = np.bincount(level.row, level.weight, minlength=n)
        share = left * total / (total + SHRINK)
        shares.append(share)
        left = left - share
        rows.append(level.row)
        days.append(level.days)
        mass.append(share[level.row] * level.weight / total[level.row])
    known = np.flatnonzero(np.isfinite(prior) & (left > 0))
    rows.append(known)
    days.append(prior[known])
    mass.append(left[known])
    row, day, part = np.concatenate(rows), np.concatenate(days), np.concatenate(mass)
    found = np.full((n, points), np.nan)
    prob = np.zeros((n, points))
    some = np.unique(row[part > 0])
    if len(some):
        found[some] = _quantiles(row, day, part, n, points)[some]
        prob[some] = 1.0 / points
    return found, prob, np.array(shares).reshape(len(levels), n)


def _quantiles(row, day, part, n, points):
    """Quantiles of every row at once: a rising sum over all rows, read where each row has its midpoints."""
    order = np.lexsort((day, row))
    row, day, part = row[order], day[order], part[order]
    rising = np.cumsum(part)
    total = np.bincount(row, part, minlength=n)
    end = np.cumsum(total)
    begin = end - total
    wanted = begin[:, None] + (np.arange(points) + 0.5) / points * total[:, None]
    # a hair earlier, so that ties do not hang on how the sum was rounded
    place = np.minimum(np.searchsorted(rising, wanted.ravel() - 1e-9), len(day) - 1)
    return day[place].reshape(n, points)
