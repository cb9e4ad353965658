"""Everything that is fixed on training data: constants, members, error tables, calibration, tiers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import batch, conformal, metrics, proving, steadiness, tiers
from .backtest import actuals, learn_origins, plan_origins
from .combine import median_of, spread_around
from .hierarchy import group_factors
from .pools import group_tables, stratified_sample
from .types import TIERS, DemandClass, Params, Problem, Recipe, TierReport

__all__ = ["learn"]

ALPHAS = (0.02, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35)
PULLS = (0.0, 0.5, 1.0, 3.0)
COMBINATIONS = (
    ("theta", "holt", "snaive"), ("theta", "holt"), ("theta", "winters"), ("theta", "winters", "snaive"),
    ("theta", "holt", "winters", "snaive"), ("theta", "holt", "imapa"), ("theta", "holt", "imapa", "mean8"),
    ("holt", "imapa", "mean8"), ("holt", "mean4", "mean8"), ("theta", "holt", "mean4"),
)
CLASSES = (
    DemandClass.SMOOTH, DemandClass.ERRATIC, DemandClass.INTERMITTENT, DemandClass.LUMPY, DemandClass.NEW,
    DemandClass.DEAD,
)
NEIGHBOUR = {
    DemandClass.SMOOTH: DemandClass.ERRATIC, DemandClass.ERRATIC: DemandClass.SMOOTH,
    DemandClass.INTERMITTENT: DemandClass.LUMPY, DemandClass.LUMPY: DemandClass.INTERMITTENT,
}
TRUSTS = (0.5, 1.0)
RELUCTANCE = {"SMOOTH": 1.03, "ERRATIC": 1.01}
LEAST = 12  # series of a class below which it learns together with its neighbour
PAST_SERIES = 20_000  # above, what one series adds to the tables of its group is too little to tell
GAIN = 0.995  # a tier must lower the loss by half a percent to be switched on


@dataclass(slots=True)
class Trial:
    """Series of one class at all origins: what was known, what happened."""

    kind: str
    frames: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    actual: np.ndarray | None = None     # (N, h)
    weight: np.ndarray | None = None     # (N, 1) weight of a series in the loss
    naive: np.ndarray | None = None

    def loss(self, quantiles, levels) -> float:
        """Weighted quantile loss over all cells that are known, lower is better."""
        cells = metrics.pinball(self.actual, quantiles, levels).mean(2)
        return float(np.nansum(cells * self.weight) / max(np.nansum(self.actual * self.weight), 1e-12))

    def error(self, point) -> float:
        """Weighted absolute error, lower is better."""
        cells = np.abs(self.actual - point)
        return float(np.nansum(cells * self.weight) / max(np.nansum(self.actual * self.weight), 1e-12))


def learn(problem: Problem, params: Params | None = None, *, seed: int = 0, stop=None, progress=None,
          executor=None) -> Recipe:
    """Fix every choice by rolling origins on the given history.

    Parameters
    ----------
    problem : Problem
    params : Params, optional
    seed : int
    stop : callable, optional
        Called between steps; a true answer ends the work with what is known so far.
    progress : callable, optional
        Called with (steps done, steps in all).
    executor : optional
        Runs the statistical and panel tier elsewhere (`map(function, tasks)`); in this process when absent.

    Returns
    -------
    Recipe
    """
    params = params or Params()
    stop = stop or (lambda: False)
    step = _Steps(progress, 2 + 3 * len(CLASSES))
    rows, kinds = stratified_sample(problem, params, seed)
    sample = problem.take(_with_donors(problem, rows))
    starts, judged = learn_origins(problem.length, problem.horizon, problem.bucket.season_length, params.origins)
    recipe = Recipe(bucket=problem.bucket, horizon=problem.horizon, quantiles=params.quantiles, params=params)
    if problem.size and problem.length >= 4 and not stop():
        recipe.arrays.update(group_tables(sample.until(min(starts), judged), params))
        trials = _prove_group_season(sample, params, recipe, starts, judged)
        step()
        for kind in CLASSES:
            trial = trials[kind]
            if trial is not None and not stop():
                _learn_class(kind.name, trial, params, recipe)
            step()
        if params.reconcile and not stop():
            _learn_group_trust(sample, trials, params, recipe, starts, judged)
        proving.prove(
            problem, sample, trials, params, recipe, starts, judged, stop=stop, step=step, executor=executor)
        if not stop():
            steadiness.rescale_bands(sample, params, recipe, params.origins)
        recipe.arrays.update(_final_tables(problem, params, recipe))
        if recipe.constants.get("GROUP", {}).get("trust", 0) > 0:
            recipe.arrays["group_factor"] = _group_factor(sample, params, recipe).astype(np.float32)
        proving.finish(problem, rows, params, recipe, executor=executor, stop=stop)
    recipe.tiers.extend(_missing_reports(recipe, kinds))
    step.end()
    return recipe


def _final_tables(problem: Problem, params: Params, recipe: Recipe) -> dict[str, np.ndarray]:
    """Tables of the groups from all of the history, and from what the plan's backtest may know of it."""
    found = group_tables(problem, params)
    first = min(plan_origins(problem, params.backtest_origins)[0], default=0)
    if first and problem.size <= PAST_SERIES:
        past = group_tables(problem.until(first, 1), params)
        found |= {f"{tiers.PAST}{name}": table for name, table in past.items()}
    if not recipe.constants["GROUP"]["season"]:
        found |= {name: np.ones_like(table) for name, table in found.items() if name.endswith("group_season")}
    return found


def _with_donors(problem: Problem, rows: np.ndarray) -> np.ndarray:
    if problem.lookalike is None:
        return rows
    donors = problem.lookalike[rows]
    return np.union1d(rows, donors[donors >= 0])


def _trials(sample: Problem, params, recipe, starts, judged) -> dict[DemandClass, Trial | None]:
    """Every class with its series at every origin; classes with too few series share their neighbour's."""
    found = {kind: Trial(kind.name) for kind in CLASSES}
    for origin, start in enumerate(starts):
        frame = batch.prepare(sample.until(start, judged), params, recipe)
        frame.origin = origin
        truth = actuals(sample, start, judged)
        naive = batch.naive(frame)
        for kind in CLASSES:
            rows = np.flatnonzero((frame.profile.demand_class == kind) & (~np.isnan(truth)).any(1))
            if rows.size:
                _append(found[kind], frame, rows, truth[rows], naive[rows])
    sizes = {kind: sum(map(len, trial.rows)) for kind, trial in found.items()}
    return {kind: trial if sizes[kind] >= LEAST
            else found[NEIGHBOUR[kind]] if kind in NEIGHBOUR and sizes[NEIGHBOUR[kind]] >= LEAST else None
            for kind, trial in found.items()}


def _prove_group_season(sample, params, recipe, starts, judged) -> dict[DemandClass, Trial | None]:
    """Trials with short histories shrunk towards their group's season, or towards none where that serves better."""
    shared = recipe.arrays["group_season"]
    errors, found = [], []
    for profile in (np.ones_like(shared), shared):
        recipe.arrays["group_season"] = profile
        trials = _trials(sample, params, recipe, starts, judged)
        found.append((profile, trials))
        errors.append(_error_by_origin(trials, len(starts)))
    ratio = errors[1] / np.maximum(errors[0], 1e-12)
    # histories too short to judge a year by take their group's season unless it does harm
    short = min(starts) < 2 * sample.bucket.season_length
    use = bool(np.mean(ratio) < (1.01 if short else GAIN) and (short or np.max(ratio) < 1))
    recipe.constants["GROUP"] = {"season": float(use), "trust": 0.0}
    recipe.arrays["group_season"], trials = found[use]
    return trials


def _error_by_origin(trials, count: int) -> np.ndarray:
    """Error of a plain combination over the dense classes, per origin, (count,)."""
    total = np.zeros(count)
    for kind in CLASSES[:2]:
        trial = trials[kind]
        if trial is None or trial.kind != kind.name:
            continue
        points, _ = points_of(trial, ("theta", "holt", "snaive"))
        cells = np.nansum(np.abs(trial.actual - median_of(list(points.values()))) * trial.weight, axis=1)
        place = np.repeat([frame.origin for frame in trial.frames], [len(rows) for rows in trial.rows])
        total += np.bincount(place, cells, count)
    return total


def _append(trial: Trial, frame, rows, truth, naive) -> None:
    trial.frames.append(frame)
    trial.rows.append(rows)
    weight = 1 / np.sqrt(np.maximum(frame.profile.mean[rows], 1e-9))[:, None]
    for name, part in (("actual", truth), ("weight", weight), ("naive", naive)):
        old = getattr(trial, name)
        setattr(trial, name, part if old is None else np.concatenate([old, part]))


def _learn_class(kind: str, trial: Trial, params: Params, recipe: Recipe) -> None:
    levels = params.quantiles
    candidates: dict[tuple[str, ...], np.ndarray] = {}
    constants = _sparse_constants(kind, trial, recipe, levels)
    recipe.constants[kind] = constants
    for name in batch.SPARSE_MEMBERS:
        candidates[(name,)] = _sparse(trial, name, constants, levels, recipe)
    candidates[batch.SPARSE_MEMBERS] = median_of(list(candidates.values()))
    if kind == "DEAD":  # silence is only forecast as zero where silent products mostly stay silent
        candidates = {(): np.zeros_like(candidates[("nb",)]), ("nb",): candidates[("nb",)]}
    elif kind != "NEW":
        _add_dense(kind, trial, params, recipe, candidates)
    scores = {members: trial.loss(quantiles, levels) for members, quantiles in candidates.items()}
    best = min(scores, key=lambda members: scores[members] * _reluctance(kind, members))
    recipe.members[kind] = best
    chosen = candidates[best]
    discrete = kind not in ("SMOOTH", "ERRATIC")
    measure = conformal.widen if discrete else conformal.calibrate
    recipe.arrays[f"conformal_{kind}"] = measure(trial.actual, chosen, levels).astype(np.float32)
    recipe.tiers.append(TierReport(
        demand_class=int(DemandClass[kind]), tier="numpy", score=scores[best],
        score_below=trial.error(trial.naive), on=True, n=len(trial.actual), reason="base"))


def _reluctance(kind: str, members) -> float:
    """A distribution of the level does not belong to smooth demand: it has to be clearly better to be taken."""
    return RELUCTANCE.get(kind, 1.0) if set(members) & set(batch.SPARSE_MEMBERS) else 1.0


def _add_dense(kind: str, trial: Trial, params: Params, recipe: Recipe, candidates) -> None:
    """The best combination of points with pooled error quantiles, alone and beside the distributions."""
    names, table, point, scale = _best_points(trial, params)
    recipe.arrays[f"errors_{kind}"] = table.astype(np.float32)
    dense = spread_around(point, scale, table)
    candidates[names] = dense
    alone = [candidates[(name,)] for name in batch.SPARSE_MEMBERS]
    for name, other in zip(batch.SPARSE_MEMBERS, alone, strict=True):
        candidates[(*names, name)] = median_of([dense, other])
    candidates[(*names, *batch.SPARSE_MEMBERS)] = median_of([dense, *alone])


def _group_factor(past: Problem, params: Params, recipe: Recipe) -> np.ndarray:
    """Factors of the groups as seen at the end of `past`, (G + 1, h)."""
    pool = np.minimum(batch.pool_rows(past, recipe), len(recipe.arrays["group_ids"]) - 1)

    def predict(totals):
        sums = Problem(demand=totals, bucket=past.bucket, start=past.start, horizon=past.horizon, closed=past.closed)
        return batch.forecast(sums, Params(tiers=("numpy",)), None).mean

    mean = batch.forecast(past, params, recipe, (0.5,)).mean
    return group_factors(past.demand, mean, pool, len(recipe.arrays["group_ids"]), predict)


def _learn_group_trust(sample, trials, params, recipe, starts, judged) -> None:
    """Whether, and how strongly, products are scaled to their groups: only where it lowers the loss at most origins."""
    levels = params.quantiles
    gains = {trust: [] for trust in TRUSTS}
    for start in starts:
        past = sample.until(start, judged)
        found = batch.forecast(past, params, recipe)
        factor = _group_factor(past, params, recipe)[found.frame.pool.clip(max=len(recipe.arrays["group_ids"]))]
        truth = actuals(sample, start, judged)
        weight = 1 / np.sqrt(np.maximum(found.frame.profile.mean, 1e-9))[:, None]
        losses = {trust: np.nansum(metrics.pinball(
            truth, found.quantiles * (factor**trust)[:, :, None], levels).mean(2) * weight) for trust in (0.0, *TRUSTS)}
        for trust in TRUSTS:
            gains[trust].append(losses[trust] / max(losses[0.0], 1e-12))
    best = min(TRUSTS, key=lambda trust: np.mean(gains[trust]))
    helps = np.mean(gains[best]) < GAIN and np.median(gains[best]) < 1
    recipe.constants["GROUP"]["trust"] = best if helps else 0.0


def _sparse_constants(kind: str, trial: Trial, recipe: Recipe, levels) -> dict[str, float]:
    """Smoothing, pull to the pool and season on or off, one for the whole class."""
    found = dict(batch.DEFAULTS[kind])
    if kind == "DEAD":  # a silent product is an intermittent one in a long pause, and forgotten as fast
        return found | {"alpha": batch.class_constants(recipe, "INTERMITTENT")["alpha"]}

    def loss(name, **changed):
        return trial.loss(_sparse(trial, name, {**found, **changed}, levels, recipe), levels)

    scores = {(alpha, pull): loss("nb", alpha=alpha, pull=pull, seasonal=0.0) for alpha in ALPHAS for pull in PULLS}
    found["alpha"], found["pull"] = min(scores, key=scores.get)
    plain = min(scores.values())
    found["seasonal"] = float(loss("nb", seasonal=1.0) < plain * GAIN)
    scores = {alpha: loss("empirical", empirical_alpha=alpha) for alpha in ALPHAS}
    found["empirical_alpha"] = min(scores, key=scores.get)
    return found


def _sparse(trial: Trial, name: str, constants, levels, recipe) -> np.ndarray:
    parts = [batch.sparse_quantiles(frame, rows, name, constants, levels, recipe)[0]
             for frame, rows in zip(trial.frames, trial.rows, strict=True)]
    return np.concatenate(parts)


def points_of(trial: Trial, names) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Dense members and scale at all origins, (N, h)."""
    points: dict[str, list] = {name: [] for name in names}
    scales = []
    for frame, rows in zip(trial.frames, trial.rows, strict=True):
        found, scale, _ = batch.dense_points(frame, rows, names)
        scales.append(scale)
        for name in names:
            points[name].append(found[name])
    return {name: np.concatenate(parts) for name, parts in points.items()}, np.concatenate(scales)


def _best_points(trial: Trial, params: Params):
    """Combination of dense members with the lowest error, members much worse than naive left out."""
    points, scale = points_of(trial, batch.DENSE_MEMBERS)
    limit = params.drop_factor * trial.error(trial.naive)
    usable = {name for name, point in points.items() if trial.error(_whole(point, points)) <= limit}
    usable |= {"theta"}
    best, lowest, chosen = None, np.inf, None
    for names in COMBINATIONS:
        names = tuple(name for name in names if name in usable)
        if not names:
            continue
        point = median_of([points[name] for name in names])
        score = trial.error(point)
        if score < lowest * 0.998:
            best, lowest, chosen = names, score, point
    table = conformal.standard_errors(trial.actual - chosen, scale, np.asarray(params.quantiles))
    return best, table, chosen, scale


def _whole(point, points):
    """Where a member is unknown, theta stands in."""
    return np.where(np.isnan(point), points["theta"], point)


def _missing_reports(recipe: Recipe, kinds) -> list[TierReport]:
    """A report for every class and tier that was not tried, so that the screen shows all of them."""
    seen = {(report.demand_class, report.tier) for report in recipe.tiers}
    nan = float("nan")
    found = []
    for kind in DemandClass:
        for tier in TIERS:
            if (int(kind), tier) not in seen:
                asked = tier in recipe.params.tiers
                found.append(TierReport(
                    demand_class=int(kind), tier=tier, score=nan, score_below=nan, on=tier == "numpy",
                    n=int((kinds == kind).sum()),
                    reason="base" if tier == "numpy" else "too_few" if asked else "not_asked"))
    return found


class _Steps:
    """Counts steps for the progress callback."""

    def __init__(self, progress, total):
        self.progress, self.total, self.done = progress, total, 0

    def __call__(self):
        self.done = min(self.done + 1, self.total)
        if self.progress:
            self.progress(self.done, self.total)

    def end(self):
        self.done = self.total - 1
        self()
