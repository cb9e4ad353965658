"""What series share: group profiles and priors, and the stratified sample that `learn` works on."""

from __future__ import annotations

import numpy as np

from . import intermittent, regressors, season
from .classify import classify
from .types import DemandClass, Params, Problem

__all__ = ["group_tables", "shuffled", "stratified_sample"]


def group_tables(problem: Problem, params: Params, block: int = 20000) -> dict[str, np.ndarray]:
    """Seasonal profile, mean, variance-to-mean ratio and spread of means per group.

    Returns
    -------
    dict
        'group_ids' (G,); 'group_season' (G + 1, m), 'group_mean', 'group_ratio', 'group_between' (G + 1,), the last
        row for all groups together; 'known_effect' (G + 1, f) when there are regressors.
    """
    groups = np.zeros(problem.size, np.int64) if problem.groups is None else problem.groups[:, -1]
    ids, pool = np.unique(groups, return_inverse=True)
    count, m = len(ids), problem.bucket.season_length
    phase = np.array([problem.phase(i) for i in range(problem.length)])
    top, bottom = np.zeros((m, count)), np.zeros((m, count))
    moments = np.zeros((3, count))
    ratio = np.zeros(count)
    for begin in range(0, problem.size, block):
        rows = slice(begin, begin + block)
        demand = problem.demand[rows]
        if problem.closed is not None:
            demand = np.where(problem.closed[: problem.length], np.nan, demand)
        known = ~np.isnan(demand)
        y = np.where(known, demand, 0).T
        part = season.group_sums(y, known.T, phase, m, pool[rows], count)
        top, bottom = top + part[0], bottom + part[1]
        mean, variance = intermittent.ew_moments(y, known.T, 0.1)
        alive = (y[-max(2, m // 2):] > 0).any(0)
        log = np.log(np.maximum(mean, 1e-9))
        for k, value in enumerate((alive, alive * log, alive * log * log)):
            moments[k] += np.bincount(pool[rows], value, count)
        ratio += np.bincount(pool[rows], alive * variance / np.maximum(mean, 1e-9), count)
    tables = _priors(moments, ratio)
    tables["group_ids"] = ids.astype(np.int64)
    tables["group_season"] = season.group_index(top, bottom)
    if problem.known is not None and problem.known.shape[2]:
        tables["known_effect"] = regressors.learn_effects(problem, pool, count)
    return tables


def _priors(moments: np.ndarray, ratio: np.ndarray) -> dict[str, np.ndarray]:
    """Log-normal prior of item means per group; thin groups lean on all groups."""
    moments = np.concatenate([moments, moments.sum(1, keepdims=True)], 1)
    ratio = np.append(ratio, ratio.sum())
    number = np.maximum(moments[0], 1e-9)
    centre = moments[1] / number
    spread = (moments[2] / number - centre**2).clip(0.05)
    share = moments[0] / (moments[0] + 5)
    centre = share * centre + (1 - share) * centre[-1]
    spread = share * spread + (1 - share) * spread[-1]
    ratio = share * ratio / number + (1 - share) * ratio[-1] / number[-1]
    if moments[0][-1] == 0:
        centre, spread, ratio = np.zeros_like(centre), np.full_like(spread, 0.5), np.ones_like(ratio)
    mean = np.exp(centre)
    return {
        "group_mean": mean.astype(np.float32), "group_ratio": np.maximum(ratio, 1e-9).astype(np.float32),
        "group_between": (mean**2 * np.expm1(np.minimum(spread, 2.0))).astype(np.float32),
    }


def stratified_sample(problem: Problem, params: Params, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a sample that holds every class in fair numbers, and the class of every series.

    A class gets its share of the sample, but never under an eighth of it while it has the series. The choice depends on
    the content of a series and the seed, not on the order of rows.
    """
    kinds = classify(problem.demand, problem.bucket, params).demand_class
    if problem.size <= params.learn_series:
        return np.arange(problem.size), kinds
    order = shuffled(problem, seed)
    chosen = []
    for kind in DemandClass:
        rows = order[kinds[order] == kind]
        share = max(params.learn_series / 8, params.learn_series * len(rows) / problem.size)
        chosen.append(rows[: int(share)])
    return np.sort(np.concatenate(chosen)), kinds


def shuffled(problem: Problem, seed: int) -> np.ndarray:
    """Rows in an order that hangs on each series' content and the seed only, (n,)."""
    total = np.nansum(problem.demand * (1 + np.arange(problem.length)), axis=1)
    bits = total.view(np.uint64) ^ np.uint64((seed * 0x9E3779B97F4A7C15) % 2**64)
    bits = (bits ^ (bits >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    return np.argsort(bits, kind="stable")
