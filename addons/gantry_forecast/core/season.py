"""Multiplicative seasonal profiles, shrunk towards the profile of the group.

A ratio-to-moving-average index per position in the season is pulled towards the group's shape, the more the
shorter and noisier the own history is (James-Stein weights for seasonal indices, Miller and Williams 2003).
"""

from __future__ import annotations

import numpy as np

__all__ = ["Season", "group_index", "group_sums", "moving_average", "profile", "ratios", "smoothed"]

ROUGH_FROM = 24  # shapes of more positions than this are smoothed over neighbours before others take them


class Season:
    """Seasonal profile: `index` (n, m) with mean one, `strength` (n,) and `own` (n,) weight of the own history."""

    __slots__ = ("index", "own", "strength")

    def __init__(self, index, strength, own):
        self.index, self.strength, self.own = index, strength, own


def moving_average(y: np.ndarray, known: np.ndarray, season: int) -> np.ndarray:
    """Centred moving average over one season of the known buckets, (t, n); NaN where under half is known.

    >>> y = np.tile([1.0, 3.0], 3)[:, None]
    >>> moving_average(y, np.ones((6, 1), bool), 2)[1:5, 0]
    array([2., 2., 2., 2.])
    """
    half = season // 2
    t = y.shape[0]
    filled = np.where(known, y, y.dtype.type(0))
    total, count = _running(filled), _running(known.astype(y.dtype))
    place = np.arange(t)
    low, high = np.clip(place - half, 0, t), np.clip(place + half + 1, 0, t)
    sums, counts = total[high] - total[low], count[high] - count[low]
    if season % 2 == 0:
        for edge, ok in ((place - half, place - half >= 0), (place + half, place + half < t)):
            rows = np.clip(edge, 0, t - 1)
            sums -= 0.5 * filled[rows] * ok[:, None]
            counts -= 0.5 * known[rows] * ok[:, None]
    inside = ((place - half >= 0) & (place + half < t))[:, None]
    return np.where(inside & (counts > 0.5 * season), sums / np.maximum(counts, 1e-9), np.nan)


def _running(values: np.ndarray) -> np.ndarray:
    """Running sums over time with a leading zero, (t + 1, n); row by row is far faster than cumsum on this axis."""
    out = np.zeros((values.shape[0] + 1, values.shape[1]), values.dtype)
    for now in range(values.shape[0]):
        np.add(out[now], values[now], out=out[now + 1])
    return out


def ratios(y, known, phase, season):
    """Ratio to moving average summed up by position: sums, squared sums and counts, each (m, n)."""
    base = moving_average(y, known, season)
    usable = known & (base > 0)
    ratio = np.where(usable, np.where(known, y, 0) / np.where(usable, base, 1), 0)
    np.clip(ratio, 0, 12, out=ratio)
    sums = np.zeros((season, y.shape[1]), ratio.dtype)
    squares, counts = np.zeros_like(sums), np.zeros_like(sums)
    for now, position in enumerate(phase[: y.shape[0]]):
        sums[position] += ratio[now]
        squares[position] += ratio[now] ** 2
        counts[position] += usable[now]
    return sums, squares, counts


def group_sums(y, known, phase, season, group, count):
    """Demand and moving average summed up by position and group, each (m, count).

    A series counts by the root of its mean: large sellers tell more about the shape, but not everything.
    """
    base = moving_average(y, known, season)
    usable = known & (base > 0)
    number = usable.sum(0)
    level = np.where(usable, base, 0).sum(0) / np.maximum(number, 1)
    weight = 1 / np.sqrt(np.where(level > 0, level, 1))
    top, bottom = np.zeros((season, count)), np.zeros((season, count))
    for now, position in enumerate(phase[: y.shape[0]]):
        top[position] += np.bincount(group, np.where(usable[now], y[now], 0) * weight, count)
        bottom[position] += np.bincount(group, np.where(usable[now], base[now], 0) * weight, count)
    return top, bottom


def group_index(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Seasonal index per group, (count + 1, m), from `group_sums`; the last row is for all groups together.

    Thin groups are pulled towards all groups, and weekly shapes are smoothed over neighbouring weeks.
    """
    m, count = top.shape
    if m > ROUGH_FROM:
        top, bottom = _smooth(top), _smooth(bottom)
    whole = np.where(bottom.sum(1) > 0, top.sum(1) / np.maximum(bottom.sum(1), 1e-12), 1.0)
    pull = 0.05 * bottom.sum(1)[:, None] / max(1, count) + 1e-9
    index = np.column_stack([(top + pull * whole[:, None]) / (bottom + pull), whole])
    index = np.maximum(index, 0.02)
    return (index / index.mean(0)).T.astype(np.float32)


def smoothed(index: np.ndarray) -> np.ndarray:
    """A shape to hand on to another series: weekly ones without the noise of single weeks, (n, m) with mean one.

    >>> smoothed(np.ones((1, 52)) + np.eye(1, 52, 10) * 9)[0, 8:13].round(1)
    array([1.7, 2.6, 3.4, 2.6, 1.7])
    """
    if index.shape[1] <= ROUGH_FROM:
        return index
    found = _smooth(index.T).T
    return found / found.mean(1, keepdims=True)


def _smooth(values: np.ndarray) -> np.ndarray:
    """Circular weights 1 2 3 2 1 over neighbouring positions."""
    return sum(w * np.roll(values, k, axis=0) for k, w in ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1))) / 9


def profile(y, known, phase, season, prior=None) -> Season:
    """Seasonal profile of each series.

    Parameters
    ----------
    y, known : (t, n)
    phase : int (t,)
        Position of each bucket in the season.
    season : int
        Season length m.
    prior : (n, m), optional
        Profile of each series' group; ones when absent.

    Returns
    -------
    Season
    """
    n = y.shape[1]
    prior = np.ones((n, season)) if prior is None else prior
    if y.shape[0] < season + 2:
        return Season(prior.copy(), prior.std(1) / (1 + prior.std(1)), np.zeros(n))
    sums, squares, counts = ratios(y, known, phase, season)
    seen = counts > 0
    mean = np.where(seen, sums / np.maximum(counts, 1), prior.T)
    present = seen.sum(0)
    centre = np.where(present > 0, (mean * seen).sum(0) / np.maximum(present, 1), 1)
    centre = np.where(centre > 0, centre, 1)
    mean = np.where(seen, mean / centre, prior.T)
    freedom = np.maximum((counts - 1).clip(0).sum(0), 1)
    within = ((squares / centre**2 - counts * (np.where(seen, mean, 0)) ** 2).clip(0) * seen).sum(0) / freedom
    within = np.where((counts - 1).clip(0).sum(0) >= 3, within, np.maximum(within, 0.25))
    noise = within[None] / np.maximum(counts, 1)
    gap = np.where(seen, mean - prior.T, 0)
    noise_mean = (noise * seen).sum(0) / np.maximum(present, 1)
    signal = ((gap**2).sum(0) / np.maximum(present - 1, 1) - noise_mean).clip(0)
    own = np.where(seen, signal / np.maximum(signal + noise, 1e-12), 0)
    index = prior.T + own * gap
    index = np.clip(index, 0.02, None)
    index /= index.mean(0)
    movement = ((index - 1) ** 2).mean(0)
    strength = movement / np.maximum(movement + within, 1e-12)
    return Season(index.T.copy(), strength, own.mean(0))
