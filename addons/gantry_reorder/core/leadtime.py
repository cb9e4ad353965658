"""Measured lead times: the weighted empirical distribution of receipts, shrunk to the vendor where there are few.

Old receipts count less (half-life), a rule with few receipts leans on its pool (vendor, then everything of the same
kind), and the promised delay stands in where nothing was ever received. Nothing is assumed about the shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .params import require

__all__ = ["LeadTimes", "lead_times"]

POINTS = 8  # equally likely points kept of every distribution
HALF_LIFE_DAYS = 180.0
PRIOR_RECEIPTS = 4.0  # receipts at which own history and pool weigh the same
LONGEST_RATIO = 6.0  # a receipt later than so many medians of its pool was an accident or a typing error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeadTimes:
    """Lead-time distributions, a row per rule; NaN days and zero probability where nothing is known.

    Attributes
    ----------
    days, prob : (n, k)
    mean, p10, p90 : (n,)
    receipts : (n,)
        Own receipts, counted in full.
    own_weight : (n,)
        Share of the distribution that comes from own receipts.
    source : int8 (n,)
        0 nothing known, 1 promised delay, 2 pool, 3 own receipts weigh more than the pool.
    """

    days: np.ndarray
    prob: np.ndarray
    mean: np.ndarray
    p10: np.ndarray
    p90: np.ndarray
    receipts: np.ndarray
    own_weight: np.ndarray
    source: np.ndarray


def lead_times(row, days, age_days, pools, promised, *, half_life: float = HALF_LIFE_DAYS,
               prior: float = PRIOR_RECEIPTS) -> LeadTimes:
    """Lead-time distribution of every rule.

    Parameters
    ----------
    row : int (m,)
        Rule of each receipt.
    days, age_days : (m,)
        Days from order to receipt, and days since the receipt.
    pools : int (n,) or (n, p)
        Pools of each rule from coarse to fine (category, vendor), -1 for none.
    promised : (n,)
        Delay promised by vendor or route, NaN unknown.
    half_life : float
        Days after which a receipt counts half.
    prior : float
        Receipts at which own history and pool weigh the same.

    Returns
    -------
    LeadTimes

    >>> found = lead_times([0, 0, 0, 0, 1], [9, 9, 14, 14, 30], [0] * 5, [0, 1, 0, -1], [7, 7, 7, np.nan])
    >>> found.mean.round(1).tolist(), found.source.tolist()
    ([10.4, 15.3, 9.2, nan], [3, 2, 2, 0])
    """
    row, days = np.asarray(row, np.int64), np.asarray(days, np.float64)
    age, promised = np.asarray(age_days, np.float64), np.asarray(promised, np.float64)
    pools = np.asarray(pools, np.int64)
    pools = pools[:, None] if pools.ndim == 1 else pools
    n = promised.size
    require(row.shape == days.shape == age.shape, "Receipts need a rule, days and an age each.")
    require(pools.shape[0] == n and not ((row < 0) | (row >= n)).any(), "A receipt points to a rule that is not there.")
    require(half_life > 0 and prior > 0, "The half-life and the prior must be above zero.")
    good = np.isfinite(days) & (days >= 0) & np.isfinite(age)
    row, days, weight = row[good], days[good], 0.5 ** (np.maximum(age[good], 0) / half_life)
    # the promised delay is worth one receipt below the coarsest pool
    points = np.where(np.isnan(promised), np.nan, promised)[:, None].repeat(POINTS, 1)
    trust = np.where(np.isnan(promised), 0.0, 1.0)
    source = np.where(np.isnan(promised), 0, 1).astype(np.int8)
    parts, shares = [points], [np.where(trust > 0, 1.0, 0.0)]
    for level in range(pools.shape[1]):
        ids, place = np.unique(pools[:, level], return_inverse=True)
        known = pools[:, level] >= 0
        keep = known[row]
        kept_days = _within(days[keep], place[row[keep]], ids.size)
        found, mass = _points(place[row[keep]], kept_days, weight[keep], ids.size)
        _mix(parts, shares, found[place], np.where(known, mass[place], 0), prior)
        source = np.where(known & (mass[place] > 0), 2, source).astype(np.int8)
    found, mass = _points(row, days, weight, n)
    own = _mix(parts, shares, found, mass, prior)
    source = np.where(own >= 0.5, 3, np.where((own > 0) & (source == 0), 3, source)).astype(np.int8)
    every = np.concatenate(parts, axis=1)
    prob = np.concatenate([np.repeat(share[:, None] / POINTS, POINTS, 1) for share in shares], axis=1)
    prob = np.where(np.isnan(every), 0, prob)
    total = prob.sum(1, keepdims=True)
    prob = np.where(total > 0, prob / np.where(total > 0, total, 1), 0)
    mean = np.where(total[:, 0] > 0, (prob * np.nan_to_num(every)).sum(1), np.nan)
    return LeadTimes(days=every, prob=prob, mean=mean, p10=_quantile(every, prob, 0.1), p90=_quantile(every, prob, 0.9),
                     receipts=np.bincount(row, minlength=n), own_weight=own, source=source)


def _mix(parts, shares, found, mass, prior) -> np.ndarray:
    """Add a finer source; what is known so far keeps prior / (prior + mass) of the weight."""
    before = sum(shares) > 0
    own = np.where(mass > 0, np.where(before, mass / (mass + prior), 1.0), 0.0)
    for at, share in enumerate(shares):
        shares[at] = share * (1 - own)
    parts.append(np.where(mass[:, None] > 0, found, np.nan))
    shares.append(own)
    return own


def _points(group, days, weight, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Equally likely points of the weighted days of every group (size, POINTS), and its weight (size,)."""
    out, mass = np.full((size, POINTS), np.nan), np.bincount(group, weight, minlength=size)[:size].astype(float)
    if not group.size:
        return out, mass
    order = np.lexsort((days, group))
    group, days, weight = group[order], days[order], weight[order]
    begin = np.concatenate([[0.0], np.cumsum(mass)])[:-1]
    reached = (np.cumsum(weight) - begin[group]) / mass[group]
    key = group + np.minimum(reached, 1) * (1 - 1e-9)
    levels = (np.arange(POINTS) + 0.5) / POINTS
    rows = np.flatnonzero(mass > 0)
    wanted = (rows[:, None] + levels * (1 - 1e-9)).ravel() - 1e-12
    place = np.minimum(np.searchsorted(key, wanted), group.size - 1)
    out[rows] = days[place].reshape(rows.size, POINTS)
    return out, mass


def _within(days, group, size: int) -> np.ndarray:
    """Days no longer than a multiple of the median of their group."""
    points, _mass = _points(group, days, np.ones(days.size), size)
    middle = points[:, POINTS // 2]
    return np.minimum(days, np.maximum(middle[group], 1) * LONGEST_RATIO) if days.size else days


def _quantile(days, prob, share: float) -> np.ndarray:
    order = np.argsort(np.where(prob > 0, days, np.inf), axis=1)
    mass = np.cumsum(np.take_along_axis(prob, order, 1), axis=1)
    place = np.minimum((mass < share - 1e-9).sum(1), days.shape[1] - 1)
    found = np.take_along_axis(days, order, 1)[np.arange(len(days)), place]
    return np.where(prob.sum(1) > 0, found, np.nan)
