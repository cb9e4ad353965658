"""The statistical and the panel tier at work: who forecasts a class, and how members are merged.

Statistical members join the numpy points of dense classes, and the median of all points gets pooled error quantiles. A
cross-series correction and the panel tier's quantiles come on top, each with a share per class.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from . import batch, boost, conformal
from .combine import median_of, spread_around
from .types import TIERS, DemandClass, Problem, Recipe

__all__ = [
    "PAST", "SUFFIX", "Merged", "any_on", "as_of_backtest", "calibrations", "call", "improve", "is_on",
    "mean_of_quantiles", "merge", "mix", "model_names",
]

PAST = "past:"  # prefix of tables and models that were learnt before the first origin of the plan's backtest
SUFFIX = {"numpy": "", "statistical": "_statistical", "panel": "_panel"}


def calibrations(kind: DemandClass) -> list[tuple[int, str]]:
    """Model number and table suffix of a class in every tier."""
    return [(int(kind) + len(DemandClass) * k, SUFFIX[tier]) for k, tier in enumerate(TIERS)]


def model_names(recipe: Recipe) -> tuple[str, ...]:
    """What each model number stands for: members joined by '+', classes within tiers."""
    names = []
    for tier in TIERS:
        for kind in DemandClass:
            if tier != "numpy":
                names.append("+".join(recipe.members.get(kind.name + SUFFIX[tier], ())))
            elif kind == DemandClass.NEW:
                names.append("prior")
            else:
                names.append("+".join(batch.member_names(recipe, kind.name)) or "zero")
    return tuple(names)


def is_on(recipe: Recipe, kind: DemandClass, tier: str) -> bool:
    """Whether a tier is switched on for a class."""
    return any(r.on for r in recipe.tiers if r.tier == tier and r.demand_class == int(kind))


def any_on(recipe: Recipe) -> bool:
    """Whether a tier above numpy is switched on for any class."""
    return any(report.on for report in recipe.tiers if report.tier != "numpy")


def as_of_backtest(recipe: Recipe) -> Recipe:
    """The recipe with what was known before the plan's backtest: no model may have seen the buckets it is scored on."""
    tables = {name.removeprefix(PAST): table for name, table in recipe.arrays.items() if name.startswith(PAST)}
    models = {name.removeprefix(PAST): model for name, model in recipe.boosters.items() if name.startswith(PAST)}
    return replace(recipe, arrays=recipe.arrays | tables, boosters=models)


def call(executor, function, *args, stop=None):
    """Run in this process, or through the executor's workers; a stop ends either early."""
    if executor is None:
        return function(*args) if stop is None else function(*args, stop=stop)
    return next(iter(executor.map(function, [args], stop=stop)))[1]


def statistical_members(problem: Problem, params, names, stop=None) -> dict[str, np.ndarray]:
    """Quantiles (n, h, q) of the statistical members; raises ImportError without the package."""
    from . import statistical

    return statistical.members(problem, params, names=names, stop=stop)


def panel_fit(problem: Problem, params, origins, stop=None) -> bytes:
    """Train the panel model on what lies before the origins' targets."""
    from . import panel

    return panel.fit(problem, params, origins, stop=stop)


def panel_predict(problem: Problem, booster: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Quantiles (n, h, q) and mean (n, h) of the panel model."""
    from . import panel

    return panel.forecast(problem, booster)


@dataclass(slots=True)
class Merged:
    """Points and deviations of every member for some series of a frame, (n, h) each."""

    frame: batch.Frame
    rows: np.ndarray
    points: dict[str, np.ndarray]
    deviations: dict[str, np.ndarray]

    def point(self, members) -> np.ndarray:
        """Median of the members."""
        return median_of([self.points[name] for name in members])

    def scale(self, members) -> np.ndarray:
        """Error scale of the combination of some members."""
        return batch.combined_scale({name: self.points[name] for name in members}, self.deviations)

    def table(self, members) -> np.ndarray:
        """Features of the correction."""
        points = {name: self.points[name] for name in members}
        return boost.features(self.frame, self.rows, points, self.point(members), self.scale(members))


def merge(frame, rows, quantiles: dict[str, np.ndarray], levels, names) -> Merged:
    """Numpy points and statistical medians side by side; theta stands in where a member is unknown."""
    names = tuple(dict.fromkeys((*names, "theta")))
    points, _, state = batch.dense_points(frame, rows, names)
    deviations = dict(state["deviations"])
    levels = np.asarray(levels)
    middle, high = int(np.argmin(np.abs(levels - 0.5))), int(np.argmin(np.abs(levels - 0.9)))
    z = conformal.normal_quantiles([levels[high]])[0] - conformal.normal_quantiles([levels[middle]])[0]
    effect = 1.0 if frame.effect is None else frame.effect[rows]
    for name, cube in quantiles.items():
        points[name] = cube[..., middle] * effect
        spread = (cube[..., high] - cube[..., middle]) / (z or 1.0) * effect
        deviations[name] = np.where(np.isnan(spread), deviations["theta"], spread)
    points = {name: np.where(np.isnan(path), points["theta"], path) for name, path in points.items()}
    return Merged(frame, rows, points, deviations)


def flat_problem(frame: batch.Frame, rows: np.ndarray) -> Problem:
    """Series for the statistical tier: what the frame cleaned (closed and excluded buckets, known effects)."""
    demand = np.where(frame.known, frame.y, np.nan)[:, rows].T * frame.unit[rows, None]
    return Problem(demand=demand, bucket=frame.problem.bucket, start=frame.problem.start,
                   horizon=frame.problem.horizon)


def mix(base: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Mean of two sets of quantiles (Vincentization) with a share for the other; the base where it is unknown."""
    return np.where(np.isnan(other), base, base + np.float32(share) * (other - base))


def mean_of_quantiles(quantiles: np.ndarray, levels) -> np.ndarray:
    """Mean of a distribution given by quantiles: steps half way between the levels, the ends held.

    >>> float(mean_of_quantiles(np.array([1.0, 2.0, 3.0]), (0.25, 0.5, 0.75)))
    2.0
    """
    levels = np.asarray(levels)
    edges = np.concatenate([[0], (levels[1:] + levels[:-1]) / 2, [1]])
    return quantiles @ np.diff(edges).astype(quantiles.dtype)


def improve(found: batch.Forecast, model: np.ndarray, recipe: Recipe, *, executor=None, stop=None) -> None:
    """Replace the numpy tier's numbers, class by class, by those of the highest tier that is switched on."""
    kinds = found.frame.profile.demand_class
    panel_rows = []
    for kind in (*batch.DENSE, *batch.SPARSE, DemandClass.DEAD):
        rows = np.flatnonzero(kinds == kind)
        if not rows.size:
            continue
        if is_on(recipe, kind, "statistical") or f"boost_{kind.name}" in recipe.boosters:
            _apply_members(found, model, recipe, kind, rows, executor, stop)
        if is_on(recipe, kind, "panel") and recipe.constants[kind.name].get("panel_share", 0) > 0:
            panel_rows.append((kind, rows))
    if panel_rows and "panel" in recipe.boosters:
        _apply_panel(found, model, recipe, panel_rows, executor)
    shut = None if found.frame.problem.closed is None else found.frame.problem.closed[found.frame.problem.length:]
    if shut is not None and shut.any():
        found.quantiles[:, shut], found.mean[:, shut] = 0, 0


def base_members(recipe: Recipe, kind: DemandClass) -> tuple[str, ...]:
    """Members whose median the correction starts from."""
    found = recipe.members.get(kind.name + "_statistical") if is_on(recipe, kind, "statistical") else None
    return found or tuple(name for name in batch.member_names(recipe, kind.name) if name in batch.DENSE_MEMBERS)


def _apply_members(found, model, recipe, kind, rows, executor, stop) -> None:
    members = base_members(recipe, kind)
    names = tuple(name for name in members if name not in batch.DENSE_MEMBERS)
    tier = "statistical" if is_on(recipe, kind, "statistical") else "numpy"
    share = recipe.constants[kind.name].get("boost_share", 0)
    try:
        quantiles = {}
        if names:
            quantiles = call(
                executor, statistical_members, flat_problem(found.frame, rows), recipe.params, names, stop=stop)
        merged = merge(found.frame, rows, quantiles, recipe.quantiles,
                       [name for name in members if name in batch.DENSE_MEMBERS])
        point, scale = merged.point(members), merged.scale(members)
        suffix = SUFFIX[tier]
        if share and is_on(recipe, kind, "panel") and f"boost_{kind.name}" in recipe.boosters:
            shift = call(executor, boost.predict, merged.table(members), recipe.boosters[f"boost_{kind.name}"])
            point = point + share * shift.reshape(point.shape) * scale[:, :1]
            tier, suffix = "panel", "_boosted"
    except ImportError:
        return
    point = np.maximum(point, 0).astype(np.float32)
    table = recipe.arrays[f"errors_{kind.name}{suffix}"]
    found.quantiles[rows] = spread_around(point, scale.astype(np.float32), table)
    # a median of points lies below the mean of skewed demand, and sums over products show it
    found.mean[rows] = mean_of_quantiles(found.quantiles[rows], recipe.quantiles)
    model[rows] = int(kind) + len(DemandClass) * TIERS.index(tier)


def _apply_panel(found, model, recipe, panel_rows, executor) -> None:
    rows = np.concatenate([rows for _, rows in panel_rows])
    try:
        quantiles, means = call(executor, panel_predict, found.frame.problem.take(rows), recipe.boosters["panel"])
    except ImportError:
        return
    begin = 0
    for kind, part in panel_rows:
        place = slice(begin, begin + len(part))
        begin += len(part)
        shares = recipe.constants[kind.name]
        merged = mix(found.quantiles[part], quantiles[place], shares["panel_share"])
        found.quantiles[part] = np.maximum.accumulate(np.maximum(merged, 0), axis=2)
        if kind in batch.DENSE:
            merged = mean_of_quantiles(found.quantiles[part], recipe.quantiles)
            if "mean_share" in shares:
                merged = mix(found.mean[part], means[place], shares["mean_share"])
            found.mean[part] = merged
        model[part] = int(kind) + 2 * len(DemandClass)
