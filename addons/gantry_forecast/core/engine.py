"""Front doors: `learn` fixes every choice, `apply` forecasts any shard, `solve` does both."""

from __future__ import annotations

import numpy as np

from . import batch, conformal, regressors, tiers
from .backtest import actuals, best_window, plan_origins, scores
from .learning import learn
from .types import DemandClass, Params, Plan, Problem, ProblemError, Recipe

__all__ = ["apply", "learn", "solve"]

BLOCK = 8192  # series per block: large enough for numpy, small enough for the processor's cache


def solve(problem: Problem, params: Params | None = None, *, seed: int = 0, stop=None, progress=None,
          executor=None) -> Plan:
    """Learn on the problem's own history and forecast it.

    >>> demand = np.tile([4.0, 6.0, 5.0, 5.0], (3, 9))
    >>> problem = Problem(demand=demand, bucket='month', start='2021-01-01', horizon=2)
    >>> plan = solve(problem, Params(tiers=('numpy',)))
    >>> plan.quantiles.shape, bool((np.abs(plan.mean - 5) < 1.5).all())
    ((3, 2, 12), True)
    """
    recipe = learn(problem, params, seed=seed, stop=stop, progress=progress, executor=executor)
    return apply(problem, recipe, seed=seed, stop=stop, executor=executor)


def apply(problem: Problem, recipe: Recipe, *, seed: int = 0, stop=None, executor=None) -> Plan:
    """Forecast a shard of series with choices that were learnt before.

    Parameters
    ----------
    problem : Problem
        Any series with the recipe's bucket; the horizon may differ.
    recipe : Recipe
    seed : int
        Part of the common signature; nothing in `apply` is random.
    stop : callable, optional
        Asked between blocks and now and then inside; a true answer raises `InterruptedError`.
    executor : optional
        See `learn`.

    Returns
    -------
    Plan

    Raises
    ------
    ProblemError
        When the recipe was learnt for another bucket.
    """
    if recipe.bucket != problem.bucket:
        raise ProblemError(f"The recipe was learnt for {recipe.bucket.value} buckets, not {problem.bucket.value}.")
    parts = []
    for begin in range(0, max(problem.size, 1), BLOCK):
        if stop is not None and stop():
            raise InterruptedError("The forecast was stopped.")
        rows = np.arange(begin, min(begin + BLOCK, problem.size))
        block = problem if problem.size <= BLOCK else _block(problem, rows)
        parts.append(_forecast_block(block, recipe, len(rows), executor, stop))
    if stop is not None and stop():
        raise InterruptedError("The forecast was stopped.")
    return _assemble(problem, recipe, parts)


def _block(problem: Problem, rows: np.ndarray) -> Problem:
    """Rows of the problem, then the series outside them that new products resemble."""
    if problem.lookalike is None:
        return problem.take(rows)
    donors = problem.lookalike[rows]
    return problem.take(np.concatenate([rows, np.setdiff1d(donors[donors >= 0], rows)]))


def _forecast_block(problem: Problem, recipe: Recipe, keep: int, executor, stop) -> dict[str, np.ndarray]:
    params = recipe.params
    found = batch.forecast(problem, params, recipe)
    model = _models(found, recipe)
    tiers.improve(found, model, recipe, executor=executor, stop=stop)
    _calibrate(found, model, recipe)
    scaled = _scale_to_groups(found, model, recipe)
    frame, profile = found.frame, found.frame.profile
    part = {
        "mean": found.mean, "quantiles": found.quantiles, "demand_class": profile.demand_class, "model": model,
        "level": found.level, "trend": found.trend, "season": frame.season.index.astype(np.float32),
        "season_strength": frame.season.strength.astype(np.float32), "naive": batch.naive(frame),
        "outlier": frame.outlier,
    }
    part |= {f"r:{name}": values for name, values in _reasons(problem, found, recipe, scaled).items()}
    part |= _backtest(problem, recipe, executor, stop)
    return {name: values[:keep] for name, values in part.items()}


def _models(found: batch.Forecast, recipe: Recipe) -> np.ndarray:
    """Index into `tiers.model_names(recipe)` of what the numpy tier used."""
    return found.frame.profile.demand_class.astype(np.int16)


def _calibrate(found: batch.Forecast, model: np.ndarray, recipe: Recipe) -> None:
    kinds = found.frame.profile.demand_class
    for kind in DemandClass:
        for code, suffix in tiers.calibrations(kind):
            factors = recipe.arrays.get(f"conformal_{kind.name}{suffix}")
            rows = np.flatnonzero((kinds == kind) & (model == code))
            if rows.size and factors is not None:
                found.quantiles[rows] = conformal.correct(found.quantiles[rows], factors, recipe.quantiles)


def _scale_to_groups(found: batch.Forecast, model: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Move numpy-tier numbers towards their group's sum; the mean factor of each series, (n,)."""
    trust = recipe.constants.get("GROUP", {}).get("trust", 0.0)
    if trust == 0 or "group_factor" not in recipe.arrays:
        return np.ones(len(model), np.float32)
    table = recipe.arrays["group_factor"]
    steps = np.minimum(np.arange(found.mean.shape[1]), table.shape[1] - 1)
    factor = (table[np.ix_(found.frame.pool, steps)] ** trust).astype(np.float32)
    factor[model >= len(DemandClass)] = 1
    found.mean *= factor
    found.quantiles *= factor[:, :, None]
    found.level *= factor[:, 0]
    return factor.mean(1)


def _reasons(problem: Problem, found: batch.Forecast, recipe: Recipe, scaled: np.ndarray) -> dict[str, np.ndarray]:
    frame, profile = found.frame, found.frame.profile
    n = problem.size
    known = ~np.isnan(problem.demand)
    first = np.where(known.any(1), np.argmax(known, axis=1), problem.length)
    column = np.where(frame.outlier.any(1), np.argmax(np.where(frame.outlier, problem.demand, -1), axis=1), -1)
    quantity = np.where(column >= 0, problem.demand[np.arange(n), np.maximum(column, 0)], 0)
    reasons = {
        "adi": profile.adi.astype(np.float32), "cv2": profile.cv2.astype(np.float32),
        "known": profile.known.astype(np.int32), "sales": profile.sales.astype(np.int32),
        "silent": profile.silent.astype(np.int32),
        "stockout": (problem.length - first - profile.known).clip(0).astype(np.int32),
        "outlier_count": frame.outlier.sum(1).astype(np.int32), "outlier_column": column.astype(np.int32),
        "outlier_quantity": quantity.astype(np.float32),
        "outlier_excluded": np.full(n, recipe.params.exclude_outliers),
        "season_own": frame.season.own.astype(np.float32), "own_weight": found.own_weight,
        "lookalike": np.full(n, -1, np.int32) if problem.lookalike is None else problem.lookalike,
        "group_scale": scaled,
    }
    if frame.effect is not None:
        reasons["known_factor"] = regressors.horizon_effects(problem, recipe, frame.pool)
    return reasons


def _backtest(problem: Problem, recipe: Recipe, executor, stop) -> dict[str, np.ndarray]:
    """Mean, median and naive forecast at the plan's origins, (n, k, g)."""
    starts, judged = plan_origins(problem, recipe.params.backtest_origins)
    shape = (problem.size, len(starts), judged)
    part = {name: np.full(shape, np.nan, np.float32) for name in ("bt_mean", "bt_median", "bt_naive")}
    whole = tiers.any_on(recipe) and problem.size <= recipe.params.full_backtest_series
    recipe = tiers.as_of_backtest(recipe)
    for k, start in enumerate(starts):
        past = problem.until(start, judged)
        found = batch.forecast(past, recipe.params, recipe, recipe.quantiles if whole else (0.5,))
        if whole:
            model = _models(found, recipe)
            tiers.improve(found, model, recipe, executor=executor, stop=stop)
            middle = int(np.argmin(np.abs(np.asarray(recipe.quantiles) - 0.5)))
            median = found.quantiles[:, :, middle]
        else:
            median = found.quantiles[:, :, 0]
        for name, values in (("bt_mean", found.mean), ("bt_median", median), ("bt_naive", batch.naive(found.frame))):
            part[name][:, k] = values
    return part


def _assemble(problem: Problem, recipe: Recipe, parts: list[dict]) -> Plan:
    whole = {name: np.concatenate([part[name] for part in parts]) if len(parts) > 1 else parts[0][name]
             for name in parts[0]}
    starts, judged = plan_origins(problem, recipe.params.backtest_origins)
    truth = np.full((problem.size, len(starts), judged), np.nan, np.float32)
    for k, start in enumerate(starts):
        truth[:, k] = actuals(problem, start, judged)
    name, window, every = best_window(problem, starts, judged, truth)
    measured = scores(problem, truth, whole["bt_mean"], whole["bt_median"], whole["bt_naive"])
    return Plan(
        levels=recipe.quantiles, mean=whole["mean"], quantiles=whole["quantiles"],
        demand_class=whole["demand_class"], model=whole["model"], model_names=tiers.model_names(recipe),
        level=whole["level"], trend=whole["trend"], season=whole["season"],
        season_strength=whole["season_strength"], naive=whole["naive"], bt_actual=truth,
        bt_forecast=whole["bt_mean"], bt_median=whole["bt_median"], bt_naive=whole["bt_naive"], bt_window=window,
        bt_end=np.array(starts, np.int32), bt_windows=every, window_name=name, outlier=whole["outlier"],
        reasons={key[2:]: values for key, values in whole.items() if key.startswith("r:")}, **measured,
    )
