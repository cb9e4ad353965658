"""Peers for panels with inputs known in advance: a plain LightGBM and statsforecast's AutoETS."""

from __future__ import annotations

import numpy as np

LAGS = {"day": (*range(1, 15), 21, 28, 364), "week": (*range(1, 9), 52)}
MEANS = {"day": (7, 28, 91), "week": (4, 8, 26)}
MAX_ROWS = 200_000


def plain_lightgbm(problem, with_known: bool = True, objective: str = "l1") -> np.ndarray:
    """One model for all steps: lags and means of the scaled history, known inputs of the target; 300 trees."""
    import lightgbm

    rng = np.random.default_rng(0)
    n, length, h = problem.size, problem.length, problem.horizon
    least = length // 4
    series, target = rng.integers(0, n, MAX_ROWS), rng.integers(least, length, MAX_ROWS)
    step = rng.integers(1, h + 1, MAX_ROWS)
    keep = ~np.isnan(problem.demand[series, target]) & (target - step + 1 >= least)
    series, target, step = series[keep], target[keep], step[keep]
    table, scale = _features(problem, series, target - step + 1, step, with_known)
    settings = {"objective": objective, "verbose": -1, "num_threads": 1, "seed": 1}
    model = lightgbm.train(settings, lightgbm.Dataset(table, problem.demand[series, target] / scale), 300)
    rows, steps = np.repeat(np.arange(n), h), np.tile(np.arange(1, h + 1), n)
    table, scale = _features(problem, rows, np.full(len(rows), length), steps, with_known)
    return np.maximum(model.predict(table, num_threads=1) * scale, 0).reshape(n, h)


def _features(problem, series, origin, step, with_known):
    bucket, demand = problem.bucket.value, problem.demand
    filled = np.nan_to_num(demand)
    total = np.concatenate([np.zeros((problem.size, 1)), np.cumsum(filled, axis=1)], axis=1)

    def mean(window):
        begin = np.maximum(origin - window, 0)
        return (total[series, origin] - total[series, begin]) / np.maximum(origin - begin, 1)

    scale = np.maximum(mean(MEANS[bucket][-1]), 1e-6)
    columns = [np.where(origin >= lag, demand[series, np.maximum(origin - lag, 0)], np.nan) / scale
               for lag in LAGS[bucket]]
    columns += [mean(window) / scale for window in MEANS[bucket]]
    columns += [step, (origin + step - 1) % {"day": 7, "week": 52}[bucket]]
    if with_known:
        columns += list(problem.known[series, origin + step - 1].T)
    return np.stack(columns, axis=1).astype(np.float32), scale


def auto_ets(problem, keep: int) -> np.ndarray:
    """Point forecasts of statsforecast's AutoETS on the last `keep` buckets, gaps bridged."""
    from statsforecast.models import AutoETS

    season = problem.bucket.season_length if problem.bucket.season_length <= 24 else 1
    out = np.empty((problem.size, problem.horizon))
    positions = np.arange(problem.length)
    for row, history in enumerate(problem.demand):
        known = ~np.isnan(history)
        whole = np.interp(positions, positions[known], history[known])[-keep:]
        out[row] = AutoETS(season_length=season).forecast(whole, problem.horizon)["mean"]
    return np.maximum(out, 0)
