"""Exponential smoothing and theta forecasts, vectorised over series; only time is a loop.

All functions take time-major float arrays (t, n) and a mask of known buckets. An unknown bucket moves no
state apart from the trend, so a stock-out neither pulls the level down nor up.
"""

from __future__ import annotations

import numpy as np

__all__ = ["GRID", "WINTERS", "Trend", "ewma", "line", "smooth_grid", "theta", "winters"]

# (alpha, beta, phi): level, trend and damping of the additive-error family (Hyndman et al. 2008, ch. 3)
GRID = (
    (0.03, 0.0, 1.0), (0.1, 0.0, 1.0), (0.2, 0.0, 1.0), (0.35, 0.0, 1.0), (0.5, 0.0, 1.0), (0.7, 0.0, 1.0),
    (0.9, 0.0, 1.0),
    (0.05, 0.02, 0.97), (0.15, 0.05, 0.97), (0.3, 0.05, 0.95), (0.3, 0.15, 0.9), (0.5, 0.1, 0.95),
    (0.5, 0.25, 0.9), (0.8, 0.1, 0.95), (0.8, 0.3, 0.85),
)


def ewma(y: np.ndarray, known: np.ndarray, alpha: float, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Simple exponential smoothing.

    Parameters
    ----------
    y, known : (t, n)
        Demand (anything where not known) and the mask of known buckets.
    alpha : float
        Smoothing constant.
    start : (n,)
        Level before the first bucket.

    Returns
    -------
    level : (n,)
        Level after the last bucket.
    loss : (n,)
        Sum of squared one-step errors over known buckets.

    >>> y = np.array([[4.0], [0.0], [4.0]])
    >>> level, loss = ewma(y, np.array([[True], [False], [True]]), 0.5, np.array([2.0]))
    >>> float(level[0]), float(loss[0])
    (3.5, 5.0)
    """
    level = start.astype(y.dtype, copy=True)
    loss = np.zeros_like(level)
    for now in range(y.shape[0]):
        error = (y[now] - level) * known[now]
        loss += error * error
        level += alpha * error
    return level, loss


class Trend:
    """Result of `smooth_grid` and `theta`: level, slope (n,), path and error variance (n, horizon)."""

    __slots__ = ("level", "path", "slope", "variance", "weights")

    def __init__(self, level, slope, path, variance, weights):
        self.level, self.slope, self.path, self.variance, self.weights = level, slope, path, variance, weights


def _variance(alpha, beta, phi, horizon, dtype):
    """Error variance at each step over the one-step variance (Hyndman et al. 2008, table 6.1), (horizon,)."""
    steps = np.arange(1, horizon)
    damp = np.cumsum(phi**steps) if beta else np.zeros(len(steps))
    weights = alpha * (1 + beta * damp)
    return (1 + np.concatenate([[0.0], np.cumsum(weights**2)])).astype(dtype)


def line(y: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares line through the known buckets.

    Returns
    -------
    slope : (n,)
        Change per bucket.
    last : (n,)
        Value of the line in the last bucket.

    >>> slope, last = line(np.arange(6.0)[:, None], np.ones((6, 1), bool))
    >>> round(float(slope[0]), 6), round(float(last[0]), 6)
    (1.0, 5.0)
    """
    t = y.shape[0]
    age = np.arange(1 - t, 1, dtype=y.dtype)
    weight = known.astype(y.dtype)
    count = np.maximum(weight.sum(0), 1)
    filled = y * weight
    mean_age = age @ weight / count
    mean = filled.sum(0) / count
    spread = (age * age) @ weight - count * mean_age**2
    slope = np.where(spread > 0.5, (age @ filled - count * mean_age * mean) / np.maximum(spread, 0.5), 0)
    return slope, mean - slope * mean_age


def smooth_grid(
    y: np.ndarray, known: np.ndarray, horizon: int, *, prior: np.ndarray | None = None, grid=GRID,
    sharpness: float = 1.0,
) -> Trend:
    """Mix the level, trend and damped-trend members of `grid` by their one-step likelihood.

    The weight of a member is prior x SSE^(-n/2) x n^(-trend/2) (a BIC weight, Burnham and Anderson 2002, ch. 2.9): a
    short or noisy history keeps the pooled prior of its class, a long one finds its own constants.

    Parameters
    ----------
    y, known : (t, n)
        Demand without season and mask.
    horizon : int
    prior : (len(grid),), optional
        Pooled weights of the class.
    sharpness : float
        Power on the likelihood, 0 keeps the prior.

    Returns
    -------
    Trend
        `level`, `slope` (n,), `path`, `variance` (n, horizon), `weights` (len(grid), n).
    """
    t, n = y.shape
    count = np.maximum(known.sum(0), 1).astype(y.dtype)
    start, slope = _start(y, known)
    losses = np.empty((len(grid), n), y.dtype)
    levels, slopes = np.empty_like(losses), np.empty_like(losses)
    for which, (alpha, beta, phi) in enumerate(grid):
        if beta == 0:
            levels[which], losses[which] = ewma(y, known, alpha, start[0])
            slopes[which] = 0
        else:
            levels[which], slopes[which], losses[which] = _damped(
                y, known, alpha, beta, phi, start[1], slope)
    scale = np.maximum((y * y * known).sum(0), np.finfo(y.dtype).tiny)
    fit = -0.5 * sharpness * count * np.log(np.maximum(losses / scale, 1e-6))
    penalty = np.array([beta > 0 for _, beta, _ in grid], y.dtype)[:, None] * np.log(count)
    fit -= penalty
    if prior is not None:
        fit += np.log(np.maximum(prior, 1e-6))[:, None].astype(y.dtype)
    fit -= fit.max(0)
    weights = np.exp(fit)
    weights /= weights.sum(0)
    path, variance = np.zeros((n, horizon), y.dtype), np.zeros((n, horizon), y.dtype)
    for which, (alpha, beta, phi) in enumerate(grid):
        path += (weights[which] * levels[which])[:, None]
        variance += (weights[which] * losses[which] / count)[:, None] * _variance(
            alpha, beta, phi, horizon, y.dtype)
        if beta:
            steps = np.cumsum(phi ** np.arange(1, horizon + 1)).astype(y.dtype)
            path += (weights[which] * slopes[which])[:, None] * steps
    return Trend((weights * levels).sum(0), (weights * slopes).sum(0), path, variance, weights)


def _start(y, known):
    """Level before the first known bucket (flat and trended) and the slope there."""
    t = y.shape[0]
    first = np.argmax(known, axis=0)
    early = known & (np.arange(t)[:, None] < first + max(4, min(12, t // 3)))
    count = np.maximum(early.sum(0), 1)
    mean = (y * early).sum(0) / count
    slope, _ = line(y, early)
    slope = slope * 0.5
    middle = (count - 1) / 2 + 1
    return (mean, mean - slope * middle), slope.astype(y.dtype)


def _damped(y, known, alpha, beta, phi, level, slope):
    level, slope = level.astype(y.dtype, copy=True), slope.copy()
    loss = np.zeros_like(level)
    started = np.zeros(y.shape[1], bool)
    for now in range(y.shape[0]):
        started |= known[now]
        slope_next = slope * phi
        ahead = level + slope_next * started
        error = (y[now] - ahead) * known[now]
        loss += error * error
        level = ahead + alpha * error
        slope = np.where(started, slope_next, slope) + alpha * beta * error
    return level, slope, loss


def theta(
    y: np.ndarray, known: np.ndarray, horizon: int, *, share: float = 0.5,
    alphas=(0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 0.95), sharpness: float = 1.0,
) -> Trend:
    """Theta method as simple smoothing with drift (Hyndman and Billah 2003), smoothing mixed by likelihood.

    Parameters
    ----------
    share : float
        Part of the least-squares slope that is carried on (1/2 is the standard theta method).

    Returns
    -------
    Trend
        As of `smooth_grid`; `slope` is the drift.
    """
    t, n = y.shape
    count = np.maximum(known.sum(0), 1).astype(y.dtype)
    slope, last = line(y, known)
    first = np.argmax(known, axis=0)
    ages = np.arange(1 - t, 1, dtype=y.dtype)[:, None]
    drift = share * slope
    # smoothing of the series without its drift line is smoothing with drift
    flat = y - drift * ages
    early = known & (np.arange(t)[:, None] < first + 6)
    start = (flat * early).sum(0) / np.maximum(early.sum(0), 1)
    losses = np.empty((len(alphas), n), y.dtype)
    levels = np.empty_like(losses)
    for which, alpha in enumerate(alphas):
        levels[which], losses[which] = ewma(flat, known, alpha, start)
    scale = np.maximum((y * y * known).sum(0), np.finfo(y.dtype).tiny)
    fit = -0.5 * sharpness * count * np.log(np.maximum(losses / scale, 1e-6))
    weights = np.exp(fit - fit.max(0))
    weights /= weights.sum(0)
    level = (weights * levels).sum(0)
    steps = np.arange(1, horizon + 1, dtype=y.dtype)
    variance = np.zeros((n, horizon), y.dtype)
    for which, alpha in enumerate(alphas):
        variance += (weights[which] * losses[which] / count)[:, None] * _variance(alpha, 0, 1, horizon, y.dtype)
    return Trend(level, drift, level[:, None] + drift[:, None] * steps, variance, weights)


# (alpha, beta, gamma, phi) of the multiplicative Holt-Winters members
WINTERS = (
    (0.1, 0.0, 0.05, 1.0), (0.3, 0.0, 0.1, 1.0), (0.5, 0.0, 0.2, 1.0), (0.1, 0.02, 0.2, 0.98),
    (0.2, 0.03, 0.35, 0.98), (0.3, 0.05, 0.1, 0.97), (0.1, 0.01, 0.5, 0.98),
)


def winters(y, known, phase, index, horizon: int, *, grid=WINTERS) -> Trend:
    """Damped multiplicative Holt-Winters whose season moves, mixed by likelihood like `smooth_grid`.

    Parameters
    ----------
    y, known : (t, n)
        Demand with its season, in units of its own mean.
    phase : int (t + horizon,)
    index : (m, n)
        Seasonal index to start from.

    Returns
    -------
    Trend
        `path` with season; `variance` without it, like that of `smooth_grid`.
    """
    t, n = y.shape
    count = np.maximum(known.sum(0), 1).astype(y.dtype)
    flat = np.where(known, y / np.maximum(index[phase[:t]], 0.05), 0).astype(y.dtype)
    start, slope = _start(flat, known)
    losses = np.empty((len(grid), n), y.dtype)
    paths = np.empty((len(grid), horizon, n), y.dtype)
    for which, (alpha, beta, gamma, phi) in enumerate(grid):
        paths[which], losses[which] = _winters_run(
            y, known, phase, index, horizon, (alpha, beta, gamma, phi), start, slope)
    fit = -0.5 * count * np.log(np.maximum(losses / np.maximum(losses.min(0), 1e-9), 1e-6))
    fit -= np.array([beta > 0 for _, beta, _, _ in grid], y.dtype)[:, None] * np.log(count)
    weights = np.exp(fit - fit.max(0))
    weights /= weights.sum(0)
    variance = np.zeros((n, horizon), y.dtype)
    for which, (alpha, beta, _, phi) in enumerate(grid):
        variance += (weights[which] * losses[which] / count)[:, None] * _variance(
            alpha, beta, phi, horizon, y.dtype)
    return Trend(None, None, np.einsum("cn,chn->nh", weights, paths), variance, weights)


def _winters_run(y, known, phase, index, horizon, constants, start, slope):
    alpha, beta, gamma, phi = constants
    t = y.shape[0]
    level = (start[1] if beta else start[0]).astype(y.dtype, copy=True)
    slope = slope.copy() if beta else np.zeros_like(level)
    season = index.astype(y.dtype, copy=True)
    loss = np.zeros_like(level)
    started = np.zeros(y.shape[1], bool)
    for now in range(t):
        started |= known[now]
        at = phase[now]
        step = np.maximum(season[at], 0.05)
        slope = np.where(started, slope * phi, slope)
        ahead = np.maximum(level + slope * started, 0)
        error = (y[now] - ahead * step) * known[now]
        loss += error * error / np.maximum(step, 0.2)
        relative = error / np.maximum(step, 0.4)  # a weak season says little about the level
        level = ahead + alpha * relative
        slope += alpha * beta * relative
        season[at] += gamma * (1 - alpha) * error / np.maximum(ahead, 0.1)
        np.clip(season[at], 0.01, 12, out=season[at])
    steps = np.cumsum(phi ** np.arange(1, horizon + 1)).astype(y.dtype)
    path = (level + steps[:, None] * slope) * season[phase[t : t + horizon]]
    return np.maximum(path, 0), loss
