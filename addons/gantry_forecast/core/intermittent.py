"""Intermittent and lumpy demand: exponentially weighted distributions and robust point forecasts.

Arrays are time-major (t, n) with a mask of known buckets, as in `smooth`.
"""

from __future__ import annotations

import numpy as np

__all__ = ["ew_moments", "ew_quantiles", "imapa", "nb_quantiles", "recent_mean", "tsb"]


def ew_moments(
    y: np.ndarray, known: np.ndarray, alpha: float, *, prior_mean=0.0, prior_ratio=1.0, pull: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Exponentially weighted mean and variance, shrunk towards a prior.

    Parameters
    ----------
    alpha : float
        Weight of an observation is (1 - alpha)^age, age counted in known buckets' own time.
    prior_mean, prior_ratio : float or (n,)
        Mean and variance-to-mean ratio of the pool.
    pull : float
        Observations that the prior is worth.

    Returns
    -------
    mean, variance : (n,)

    >>> mean, variance = ew_moments(np.array([[0.0], [2.0]]), np.ones((2, 1), bool), 1e-9)
    >>> round(float(mean[0]), 6), round(float(variance[0]), 6)
    (1.0, 1.0)
    """
    weight = ((1 - alpha) ** np.arange(y.shape[0] - 1, -1, -1)).astype(y.dtype)
    mass = weight @ known.astype(y.dtype)
    held = y * known
    safe = np.maximum(mass, 1e-9)
    own = weight @ held / safe
    square = weight @ (held * held) / safe
    mean = (mass * own + pull * prior_mean) / np.maximum(mass + pull, 1e-9)
    spread = (square - own * own).clip(0)
    variance = (mass * spread + pull * prior_ratio * mean) / np.maximum(mass + pull, 1e-9)
    return mean, variance


def nb_quantiles(mean: np.ndarray, variance: np.ndarray, levels, unit=1.0, cap: int = 400) -> np.ndarray:
    """Quantiles of the negative binomial with given moments (Poisson where the variance is not larger).

    Parameters
    ----------
    mean, variance : (n,)
    levels : sequence of float
        Rising probabilities.
    unit : float or (n,)
        Lot in which the demand comes; quantiles are multiples of it.
    cap : int
        Largest quantile in units of `unit`.

    Returns
    -------
    float32 (n, len(levels))

    >>> nb_quantiles(np.array([0.0, 2.0]), np.array([0.0, 2.0]), (0.1, 0.5, 0.9)).tolist()
    [[0.0, 0.0, 0.0], [0.0, 2.0, 4.0]]
    """
    unit = np.broadcast_to(np.asarray(unit, float), np.shape(mean))
    mu = np.maximum(np.asarray(mean, float) / unit, 0)
    spread = np.maximum(np.asarray(variance, float) / unit**2, mu * 1.0001)
    shape = np.where(mu > 0, mu * mu / np.maximum(spread - mu, np.maximum(mu * 1e-4, 1e-300)), 1.0)
    shape = np.minimum(shape, 1e4)
    chance = mu / (shape + mu)
    levels = np.asarray(levels, float)
    out = np.zeros((mu.size, levels.size), np.float32)
    rows = np.flatnonzero(mu > 0)
    mass = np.exp(-shape[rows] * np.log1p(mu[rows] / shape[rows]))
    total = mass.copy()
    shape, chance = shape[rows], chance[rows]
    found = np.zeros((rows.size, levels.size), np.float32)
    for k in range(cap):
        below = total[:, None] < levels
        found += below
        if k % 4 == 3:
            alive = below[:, -1]
            if not alive.all():
                out[rows[~alive]] = found[~alive]
                rows, found = rows[alive], found[alive]
                mass, total, shape, chance = mass[alive], total[alive], shape[alive], chance[alive]
            if not rows.size:
                break
        mass = mass * ((k + shape) / (k + 1.0) * chance)
        total = total + mass
    out[rows] = found
    return out * unit[:, None].astype(np.float32)


def ew_quantiles(y: np.ndarray, known: np.ndarray, alpha: float, levels, longest: int = 260) -> np.ndarray:
    """Exponentially weighted empirical quantiles, (n, len(levels)).

    >>> y = np.array([[0.0], [0.0], [0.0], [8.0]])
    >>> ew_quantiles(y, np.ones((4, 1), bool), 1e-9, (0.5, 0.9)).tolist()
    [[0.0, 8.0]]
    """
    y, known = y[-longest:], known[-longest:]
    weight = (1 - alpha) ** np.arange(y.shape[0] - 1, -1, -1)
    held = np.ascontiguousarray(np.where(known, y, 0).T)
    mass = np.ascontiguousarray((known * weight[:, None]).T)
    order = np.argsort(held, axis=1)
    held = np.take_along_axis(held, order, 1)
    mass = np.cumsum(np.take_along_axis(mass, order, 1), axis=1)
    total = np.maximum(mass[:, -1:], 1e-12)
    mass /= total
    rows = np.arange(held.shape[0])
    out = np.empty((held.shape[0], len(levels)), np.float32)
    for which, level in enumerate(levels):
        place = np.minimum((mass < level - 1e-9).sum(1), held.shape[1] - 1)
        out[:, which] = held[rows, place]
    return out


def tsb(y: np.ndarray, known: np.ndarray, chance_alpha: float, size_alpha: float) -> np.ndarray:
    """Mean demand per bucket by Teunter, Syntetos and Babai (EJOR 2011): sale chance x sale size, (n,).

    >>> y = np.array([[4.0], [0.0], [4.0], [0.0]])
    >>> round(float(tsb(y, np.ones((4, 1), bool), 0.1, 0.1)[0]), 3)
    1.964
    """
    sold = (y > 0) & known
    count = np.maximum(known.sum(0), 1)
    chance = sold.sum(0) / count
    size = (y * known).sum(0) / np.maximum(sold.sum(0), 1)
    chance, size = chance.astype(y.dtype), size.astype(y.dtype)
    for now in range(y.shape[0]):
        chance += chance_alpha * known[now] * (sold[now] - chance)
        size += size_alpha * sold[now] * (y[now] - size)
    return chance * size


def imapa(y: np.ndarray, known: np.ndarray, interval: np.ndarray, alpha: float = 0.15, widest: int = 8):
    """Mean of simple smoothing over temporal aggregation levels (Petropoulos and Kourentzes, JORS 2015), (n,).

    Level a sums a buckets; a series takes the levels up to its rounded mean interval between sales. Blocks that are
    partly unknown count as their known mean.
    """
    t, n = y.shape
    most = np.clip(np.rint(interval), 1, min(widest, max(1, t // 3))).astype(int)
    held = y * known
    total = np.zeros(n, y.dtype)
    for width in range(1, int(most.max(initial=1)) + 1):
        rows = np.flatnonzero(most >= width)
        blocks = t // width
        cut = slice(t - blocks * width, t)
        values = held[cut, rows].reshape(blocks, width, -1).sum(1)
        seen = known[cut, rows].reshape(blocks, width, -1).sum(1)
        rate = values / np.maximum(seen, 1)
        ok = seen > 0
        level = values[: max(1, blocks // 2)].sum(0) / np.maximum(seen[: max(1, blocks // 2)].sum(0), 1)
        level = level.astype(y.dtype)
        for now in range(blocks):
            level += alpha * ok[now] * (rate[now] - level)
        total[rows] += level
    return total / most


def recent_mean(y: np.ndarray, known: np.ndarray, buckets: int = 8) -> np.ndarray:
    """Mean of the last known buckets among the last `buckets`, else of the whole history, (n,)."""
    held, seen = (y * known)[-buckets:].sum(0), known[-buckets:].sum(0)
    whole = (y * known).sum(0) / np.maximum(known.sum(0), 1)
    return np.where(seen > 0, held / np.maximum(seen, 1), whole)
