"""The numpy tier: every series, vectorised over series, nothing but numpy.

`prepare` cleans a block of series once (units, mask, season, known regressors); `dense_points` and `sparse_quantiles`
are the members; `forecast` combines them as the recipe says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import classify, intermittent, regressors, season, smooth
from .combine import median_of, spread_around
from .types import DemandClass, Params, Problem, Recipe

__all__ = [
    "DEFAULTS", "DENSE", "DENSE_MEMBERS", "SPARSE", "SPARSE_MEMBERS", "Forecast", "Frame", "default_errors",
    "forecast", "prepare",
]

DENSE = (DemandClass.SMOOTH, DemandClass.ERRATIC)
SPARSE = (DemandClass.INTERMITTENT, DemandClass.LUMPY)
DENSE_MEMBERS = ("theta", "holt", "winters", "snaive", "imapa", "mean4", "mean8")
SPARSE_MEMBERS = ("nb", "empirical")

# used where learn() had too little to go by; values from rolling origins on generated demand of each class
DEFAULTS = {
    "SMOOTH": {"alpha": 0.2, "pull": 1.0, "empirical_alpha": 0.1, "cv": 0.25, "seasonal": 1.0},
    "ERRATIC": {"alpha": 0.15, "pull": 1.0, "empirical_alpha": 0.1, "cv": 0.8, "seasonal": 1.0},
    "INTERMITTENT": {"alpha": 0.12, "pull": 1.0, "empirical_alpha": 0.1, "cv": 1.0, "seasonal": 0.0},
    "LUMPY": {"alpha": 0.12, "pull": 1.0, "empirical_alpha": 0.1, "cv": 1.2, "seasonal": 0.0},
    "NEW": {"alpha": 0.1, "pull": 3.0, "empirical_alpha": 0.1, "cv": 1.0, "seasonal": 1.0},
    "DEAD": {"alpha": 0.08, "pull": 0.0, "empirical_alpha": 0.1, "cv": 1.0, "seasonal": 0.0},
}
DEFAULT_MEMBERS = {
    "SMOOTH": ("theta", "holt", "snaive"), "ERRATIC": ("theta", "holt", "imapa", "mean8"),
    "INTERMITTENT": ("nb",), "LUMPY": ("nb", "empirical"), "NEW": ("nb",), "DEAD": (),
}


SPREAD_POWER = 0.7  # errors grow a little slower than the seasonal index


@dataclass(slots=True)
class Frame:
    """A cleaned block: demand in units of its own mean, time-major, without season and known effects."""

    problem: Problem
    profile: classify.Profile
    unit: np.ndarray          # (n,) units of demand per 1.0
    y: np.ndarray             # (t, n) float32, zero where unknown
    known: np.ndarray         # (t, n)
    flat: np.ndarray          # (t, n) y without season
    steady: np.ndarray        # (t, n) mask of flat
    season: season.Season
    phase: np.ndarray         # (t + h,)
    future: np.ndarray        # (n, h) seasonal index x known effects over the horizon
    effect: np.ndarray | None  # (n, h) known effects over the horizon
    pool: np.ndarray          # (n,) row of the recipe's group tables
    outlier: np.ndarray       # (n, t)
    pieces: np.ndarray        # (n,) sold in whole units
    reliable: np.ndarray      # (n,) enough history for a season of its own
    origin: int = 0           # number of the rolling origin it belongs to


def prepare(problem: Problem, params: Params, recipe: Recipe | None) -> Frame:
    """Clean a block of series (a few thousand at a time keeps everything in the processor's cache)."""
    m, t, h = problem.bucket.season_length, problem.length, problem.horizon
    demand = problem.demand
    if problem.closed is not None:
        demand = np.where(problem.closed[:t], np.nan, demand)
    pool = pool_rows(problem, recipe)
    effects = regressors.effects(problem, recipe, pool)
    promoted = None if effects is None else effects[:t].T > 1.15
    spikes = classify.outliers(demand, m, params.outlier_limit, promoted)
    profile = classify.classify(demand, problem.bucket, params)
    if params.exclude_outliers:
        demand = np.where(spikes, np.nan, demand)
    unit = np.where(profile.mean > 1e-9, profile.mean, 1.0)
    y = np.ascontiguousarray((demand / unit[:, None]).T, dtype=np.float32)
    known = ~np.isnan(y)
    y = np.where(known, y, np.float32(0))
    if effects is not None:
        y = y / effects[:t]
    phase = np.array([problem.phase(i) for i in range(t + h)])
    prior = None
    if recipe is not None and "group_season" in recipe.arrays:
        prior = recipe.arrays["group_season"][pool]
    prior = _lookalike_season(problem, y, known, phase, m, prior)
    reliable = known.sum(0) >= 2 * m
    shape = season.profile(y, known & reliable, phase, m, prior)
    index = shape.index.astype(np.float32).T
    past = index[phase[:t]]
    steady = known & (past > 0.05)
    flat = np.where(steady, y / np.maximum(past, 0.05), np.float32(0))
    effect = None if effects is None else effects[t:].T
    future = index[phase[t:]].T * (1 if effect is None else effect)
    pieces = (np.abs(np.nan_to_num(demand) % 1 - 0.5) > 0.4999).all(1)
    return Frame(problem, profile, unit, y, known, flat, steady, shape, phase, future, effect, pool, spikes, pieces,
                 reliable)


def pool_rows(problem: Problem, recipe: Recipe | None) -> np.ndarray:
    """Row of each series in the recipe's group tables; the last row is for groups never seen."""
    if recipe is None or "group_ids" not in recipe.arrays:
        return np.zeros(problem.size, np.int64)
    ids = recipe.arrays["group_ids"]
    if problem.groups is None or not ids.size:
        return np.full(problem.size, ids.size)
    group = problem.groups[:, -1]
    place = np.clip(np.searchsorted(ids, group), 0, ids.size - 1)
    return np.where(ids[place] == group, place, ids.size)


def _lookalike_season(problem, y, known, phase, m, prior):
    """A new product takes the season of the product it resembles instead of its group's."""
    if problem.lookalike is None or (problem.lookalike < 0).all():
        return prior
    prior = np.ones((problem.size, m)) if prior is None else prior.copy()
    rows = np.flatnonzero(problem.lookalike >= 0)
    donors = problem.lookalike[rows]
    own = season.profile(y[:, donors], known[:, donors], phase, m, prior[donors])
    prior[rows] = season.smoothed(own.index)
    return prior


def dense_points(frame: Frame, rows: np.ndarray, names) -> tuple[dict[str, np.ndarray], np.ndarray, dict]:
    """Point forecasts of the dense members.

    Returns
    -------
    points : dict of (len(rows), h)
        In units of demand.
    scale : (len(rows), h)
        Error scale of their combination, in units of demand.
    state : dict
        'level' and 'trend' (len(rows),) in units of demand; 'deviations', a dict of (len(rows), h): each model's own
        standard deviation.
    """
    h = frame.problem.horizon
    flat, steady = np.ascontiguousarray(frame.flat[:, rows]), np.ascontiguousarray(frame.steady[:, rows])
    unit, future = frame.unit[rows].astype(np.float32)[:, None], frame.future[rows]
    fit, drift = smooth.smooth_grid(flat, steady, h), smooth.theta(flat, steady, h)
    points, fits = {"theta": drift.path * future * unit}, {"theta": drift}
    if "holt" in names:
        points["holt"], fits["holt"] = fit.path * future * unit, fit
    if "winters" in names:
        fits["winters"] = _winters(frame, rows, fit)
        points["winters"] = fits["winters"].path * unit
    if "snaive" in names:
        points["snaive"] = _seasonal_naive(frame, rows, fit.level)
    if "imapa" in names:
        value = intermittent.imapa(flat, steady, frame.profile.adi[rows])
        points["imapa"] = value[:, None] * future * unit
    for buckets in (4, 8):
        if f"mean{buckets}" in names:
            points[f"mean{buckets}"] = intermittent.recent_mean(flat, steady, buckets)[:, None] * future * unit
    wanted = {name: np.maximum(points[name], 0) for name in names if name in points}
    swing = np.maximum(future, 0.05) ** SPREAD_POWER * unit
    deviations = {name: np.sqrt(found.variance) * swing for name, found in fits.items()}
    one = unit[:, 0]
    state = {"level": drift.level * one, "trend": (drift.slope + fit.slope) / 2 * one, "deviations": deviations}
    return wanted, combined_scale(wanted, deviations), state


def combined_scale(points: dict[str, np.ndarray], deviations: dict[str, np.ndarray]) -> np.ndarray:
    """Error scale of the median of some members: their mean variance, and the variance between them."""
    own = [deviations[name] ** 2 for name in points if name in deviations] or [deviations["theta"] ** 2]
    return np.sqrt(sum(own) / len(own) + disagreement(points))


def disagreement(points: dict[str, np.ndarray]) -> np.ndarray:
    """Variance between members: where they differ, all of them are less sure."""
    centre = median_of([np.asarray(path) for path in points.values()])
    gaps = [np.nan_to_num(path - centre, copy=False) for path in points.values()]
    mean = sum(gaps) / len(gaps)
    return sum((gap - mean) ** 2 for gap in gaps) / len(gaps)


def _winters(frame: Frame, rows, fit) -> smooth.Trend:
    """Holt-Winters where the history is long enough, else the smoothed path with the fixed season."""
    fixed = fit.path * frame.future[rows]
    if frame.problem.bucket.season_length > 24 or not frame.reliable[rows].any():
        return smooth.Trend(fit.level, fit.slope, fixed, fit.variance, None)
    y, known = np.ascontiguousarray(frame.y[:, rows]), np.ascontiguousarray(frame.known[:, rows])
    moving = smooth.winters(y, known, frame.phase, frame.season.index[rows].T, frame.problem.horizon)
    path = moving.path if frame.effect is None else moving.path * frame.effect[rows]
    use = frame.reliable[rows, None]
    return smooth.Trend(fit.level, fit.slope, np.where(use, path, fixed),
                        np.where(use, moving.variance, fit.variance), None)


def _seasonal_naive(frame: Frame, rows, level):
    """Last season's value, NaN where that is unknown or there is no full season."""
    m, t, h = frame.problem.bucket.season_length, frame.problem.length, frame.problem.horizon
    if t < m:
        return np.full((len(rows), h), np.nan, np.float32)
    back = t - m + np.arange(h) % m
    value = np.where(frame.known[back][:, rows], frame.y[back][:, rows], np.nan).T
    value = value * frame.unit[rows].astype(np.float32)[:, None]
    return value if frame.effect is None else value * frame.effect[rows]


def naive(frame: Frame) -> np.ndarray:
    """Seasonal naive, else the last known value, else zero; (n, h), with no knowledge of promotions."""
    demand, m, h = frame.problem.demand, frame.problem.bucket.season_length, frame.problem.horizon
    t = frame.problem.length
    known = ~np.isnan(demand)
    last = t - 1 - np.argmax(known[:, ::-1], axis=1)
    value = np.where(known.any(1), np.nan_to_num(demand[np.arange(len(demand)), last]), 0)
    out = np.repeat(value[:, None], h, axis=1)
    if t >= m:
        seasonal = demand[:, t - m + np.arange(h) % m]
        out = np.where(np.isnan(seasonal), out, seasonal)
    return out.astype(np.float32)


def sparse_quantiles(frame: Frame, rows, name: str, constants: dict, levels, recipe: Recipe | None):
    """Quantiles (len(rows), h, q) and means (len(rows), h) of a distribution member, in units of demand."""
    h = frame.problem.horizon
    seasonal = constants.get("seasonal", 0.0) > 0
    y, known = (frame.flat, frame.steady) if seasonal else (frame.y, frame.known)
    y, known = np.ascontiguousarray(y[:, rows]), np.ascontiguousarray(known[:, rows])
    unit = frame.unit[rows]
    factor = frame.future[rows] if seasonal else None
    if not seasonal and frame.effect is not None:
        factor = frame.effect[rows]
    if name == "empirical":
        flat = intermittent.ew_quantiles(y, known, constants["empirical_alpha"], levels) * unit[:, None]
        mean = intermittent.ew_moments(y, known, constants["empirical_alpha"])[0] * unit
        return _over_horizon(flat, mean, factor, h)
    tables = {} if recipe is None else recipe.arrays
    pool = frame.pool[rows]
    ratio = tables["group_ratio"][pool] if "group_ratio" in tables else np.full(len(rows), 1.5)
    prior_mean = _prior_mean(frame, rows, tables, pool)
    # moments in units of demand, so that the negative binomial counts pieces
    mean, variance = intermittent.ew_moments(
        y, known, constants["alpha"], prior_mean=prior_mean / unit, prior_ratio=ratio / unit,
        pull=constants["pull"])
    mean, variance = mean * unit, variance * unit**2
    if "group_between" in tables and constants.get("level_doubt", 0) > 0:
        variance = variance + constants["level_doubt"] * tables["group_between"][pool]
    size = frame.profile.size[rows]
    lot = np.where((size <= 40) & frame.pieces[rows], 1.0, np.maximum(size / 20, 1e-9))
    if factor is None or np.ptp(factor, axis=1).max(initial=0) < 1e-6:
        flat = intermittent.nb_quantiles(mean, variance, levels, lot)
        return _over_horizon(flat, mean, factor, h)
    steps = [intermittent.nb_quantiles(mean * factor[:, k], variance * factor[:, k], levels, lot) for k in range(h)]
    return np.stack(steps, 1), mean[:, None] * factor


def _prior_mean(frame, rows, tables, pool):
    own = np.where(frame.profile.known[rows] > 0, frame.profile.mean[rows], 0)
    found = tables["group_mean"][pool] if "group_mean" in tables else own
    if frame.problem.lookalike is None:
        return found
    donor = frame.problem.lookalike[rows]
    return np.where(donor >= 0, frame.profile.mean[np.maximum(donor, 0)], found)


def _over_horizon(flat, mean, factor, horizon):
    quantiles = np.repeat(flat[:, None, :], horizon, axis=1)
    path = np.repeat(np.asarray(mean)[:, None], horizon, axis=1)
    if factor is not None:
        quantiles = quantiles * factor[:, :, None].astype(quantiles.dtype)
        path = path * factor
    return quantiles, path


@dataclass(slots=True)
class Forecast:
    """Outcome of the numpy tier for a block, in units of demand."""

    quantiles: np.ndarray     # (n, h, q) float32
    mean: np.ndarray          # (n, h) float32
    level: np.ndarray
    trend: np.ndarray
    own_weight: np.ndarray    # (n,) weight of the own history against the prior
    frame: Frame


def default_errors(levels, horizon: int) -> np.ndarray:
    """Standardised error quantiles where nothing was learnt: normal, widening with the horizon."""
    from .conformal import normal_quantiles

    growth = np.sqrt(1 + 0.1 * np.arange(horizon))
    return 1.1 * growth[:, None] * normal_quantiles(levels)


def dense_distribution(points: dict, scale, kind: str, recipe: Recipe | None, levels):
    """Combined point (median of members) and its quantiles for a class."""
    point = median_of([np.asarray(path, np.float32) for path in points.values()])
    table = None if recipe is None else recipe.arrays.get(f"errors_{kind}")
    if table is None:
        table = default_errors(levels, point.shape[1])
    elif len(levels) != table.shape[1]:
        table = table[:, [int(np.argmin(np.abs(np.asarray(recipe.quantiles) - level))) for level in levels]]
    return point, spread_around(point, scale.astype(np.float32), table)


def mean_of_points(points: dict[str, np.ndarray]) -> np.ndarray:
    """Mean of the members cell by cell, unknown ones left out, float32 (n, h)."""
    total, count = np.float32(0), np.float32(0)
    for path in points.values():
        known = ~np.isnan(path)
        total, count = total + np.where(known, path, np.float32(0)), count + known
    return (total / np.maximum(count, 1)).astype(np.float32)


def member_names(recipe: Recipe | None, kind: str) -> tuple[str, ...]:
    """Numpy members that the recipe (or the default) combines for a class."""
    found = DEFAULT_MEMBERS[kind] if recipe is None else recipe.members.get(kind, DEFAULT_MEMBERS[kind])
    return tuple(found)


def class_constants(recipe: Recipe | None, kind: str) -> dict[str, float]:
    """Pooled constants of a class, defaults filled in."""
    learnt = {} if recipe is None else recipe.constants.get(kind, {})
    return {**DEFAULTS.get(kind, DEFAULTS["NEW"]), **learnt}


def forecast(problem: Problem, params: Params, recipe: Recipe | None, levels=None) -> Forecast:
    """Numpy-tier forecast of a block of series."""
    levels = params.quantiles if levels is None else levels
    frame = prepare(problem, params, recipe)
    n, h = problem.size, problem.horizon
    out = Forecast(
        np.zeros((n, h, len(levels)), np.float32), np.zeros((n, h), np.float32), np.zeros(n, np.float32),
        np.zeros(n, np.float32), np.ones(n, np.float32), frame)
    for kind in DemandClass:
        rows = np.flatnonzero(frame.profile.demand_class == kind)
        if rows.size and member_names(recipe, kind.name):
            _fill(out, rows, kind, recipe, levels)
    shut = None if problem.closed is None else problem.closed[problem.length:]
    if shut is not None and shut.any():
        out.quantiles[:, shut], out.mean[:, shut] = 0, 0
    return out


def _fill(out: Forecast, rows, kind: DemandClass, recipe, levels) -> None:
    frame, name = out.frame, kind.name
    names, constants = member_names(recipe, name), class_constants(recipe, name)
    parts, means = [], []
    dense = [member for member in names if member in DENSE_MEMBERS]
    if dense:
        points, scale, state = dense_points(frame, rows, dense)
        quantiles = dense_distribution(points, scale, name, recipe, levels)[1]
        parts.append(quantiles)
        # a median of points lies below the mean of skewed demand, and sums over products show it
        means.append(mean_of_points(points))
        out.level[rows], out.trend[rows] = state["level"], state["trend"]
    for member in names:
        if member in SPARSE_MEMBERS:
            quantiles, mean = sparse_quantiles(frame, rows, member, constants, levels, recipe)
            parts.append(quantiles)
            means.append(mean)
            if not dense:
                base = mean[:, 0] / np.maximum(frame.future[rows, 0], 0.05)
                out.level[rows] = base if constants.get("seasonal", 0) else mean[:, 0]
    merged = median_of([np.asarray(part, np.float32) for part in parts])
    out.quantiles[rows] = np.maximum.accumulate(np.maximum(merged, 0), axis=2)
    out.mean[rows] = np.maximum(np.mean(means, axis=0), 0)
    if kind == DemandClass.NEW:
        known = frame.profile.known[rows]
        out.own_weight[rows] = known / np.maximum(known + constants["pull"], 1e-9)
