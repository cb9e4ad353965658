"""Rolling origins: where they lie, what the actuals were, how the forecasts did."""

from __future__ import annotations

import numpy as np

from . import metrics
from .types import Bucket, Problem
from .window import window_forecasts

__all__ = ["actuals", "best_window", "learn_origins", "plan_origins", "scores"]


def learn_origins(length: int, horizon: int, season: int, count: int) -> tuple[list[int], int]:
    """Origins for `learn`: columns where forecasts start (newest first), and the horizon that is judged.

    A third of the history at most is judged, and at least one season (or half the history) stays before it. Origins
    lie half a horizon apart, so that the third one's future ends where the first one's begins.

    >>> learn_origins(60, 12, 12, 3)
    ([48, 42, 36], 12)
    >>> learn_origins(3, 12, 12, 3)
    ([2], 1)
    """
    judged = int(max(1, min(horizon, length // 3)))
    least = max(2, min(season + 2, length // 2))
    step = max(1, (judged + 1) // 2)
    starts = [length - judged - step * k for k in range(count)]
    starts = [start for start in starts if start >= least] or [length - judged]
    return [start for start in starts if start >= 1], judged


def plan_origins(problem: Problem, count: int) -> tuple[list[int], int]:
    """Origins of the accuracy page: oldest first, side by side, so that no bucket is scored twice."""
    judged = min(problem.horizon, {Bucket.DAY: 7, Bucket.WEEK: 4, Bucket.MONTH: 2}[problem.bucket])
    starts = [problem.length - judged * k for k in range(count, 0, -1)]
    return [start for start in starts if start >= max(2, judged)], judged


def actuals(problem: Problem, start: int, judged: int) -> np.ndarray:
    """What happened after column `start`, (n, judged), NaN where unknown or closed."""
    found = problem.demand[:, start : start + judged]
    if problem.closed is not None:
        found = np.where(problem.closed[start : start + judged], np.nan, found)
    return found


def best_window(problem: Problem, starts: list[int], judged: int, actual: np.ndarray):
    """Best wizard window over all series and origins.

    Returns
    -------
    name : str
    forecasts : float32 (n, k, judged)
    every : dict of str to float
        WAPE per window that exists at every origin.
    """
    shape = (problem.size, len(starts), judged)
    found: dict[str, list[np.ndarray]] = {}
    for start in starts:
        for name, flat in window_forecasts(problem.until(start, judged)).items():
            found.setdefault(name, []).append(flat)
    whole = {name: np.stack(parts, 1) for name, parts in found.items() if len(parts) == len(starts)}
    every = {name: float(metrics.wape(actual, forecast)) for name, forecast in whole.items()}
    if not every:
        return "", np.full(shape, np.nan, np.float32), {}
    best = min(every, key=lambda name: (np.isnan(every[name]), every[name]))
    return best, whole[best].astype(np.float32), every


def scores(problem: Problem, actual, mean, median, naive) -> dict[str, np.ndarray]:
    """Per-series accuracy over all origins, each (n,)."""
    n = problem.size
    width = int(np.prod(np.shape(actual)[1:]))
    flat = [np.asarray(part, float).reshape(n, width) for part in (actual, mean, median, naive)]
    truth, mean, median, naive = flat
    scale = metrics.mase_scale(problem.demand, problem.bucket.season_length)
    found = {
        "wape": metrics.wape(truth, median, 1), "bias": metrics.bias(truth, mean, 1),
        "mase": metrics.mase(truth, median, scale) if truth.shape[1] else np.full(n, np.nan),
        "tracking_signal": metrics.tracking_signal(truth, mean, 1), "naive_wape": metrics.wape(truth, naive, 1),
    }
    limit = float(np.finfo(np.float32).max)
    return {name: np.clip(values, -limit, limit).astype(np.float32) for name, values in found.items()}
