"""What the proof of an upper tier works with: series of one class at one origin, and the run's own notes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import batch, tiers
from .combine import median_of
from .types import Params, Problem, Recipe, TierReport

__all__ = ["Case", "Proof", "numpy_quantiles"]


@dataclass(slots=True)
class Case:
    """Some series of one class at one origin, and the best forecast of them so far."""

    frame: batch.Frame
    rows: np.ndarray
    actual: np.ndarray
    weight: np.ndarray
    below: np.ndarray
    merged: tiers.Merged | None = None

    @property
    def start(self) -> int:
        return self.frame.problem.length


@dataclass(slots=True)
class Proof:
    """What one run of `prove` works with."""

    sample: Problem
    params: Params
    recipe: Recipe
    executor: object
    names: tuple[str, ...] | None
    trouble: dict[str, str]
    panel: dict[int, np.ndarray]
    stop: object
    means: dict[int, np.ndarray] = field(default_factory=dict)
    older: list[tuple[Problem, np.ndarray]] = field(default_factory=list)  # (what was known, panel's mean)
    until: int = 0  # first bucket that the plan's backtest scores, if upper tiers take part in it

    def call(self, function, *args, stop=None):
        """Run a function of an upper tier where the executor says."""
        return tiers.call(self.executor, function, *args, stop=stop)

    def report(self, kind, tier, cases, reason, score=float("nan"), below=float("nan"), on=False) -> None:
        """File the outcome for one class and tier."""
        self.recipe.tiers.append(TierReport(
            demand_class=int(kind), tier=tier, score=score, score_below=below, on=on,
            n=sum(len(case.rows) for case in cases), reason=reason))


def numpy_quantiles(frame, rows, kind: str, params, recipe) -> np.ndarray:
    """The numpy tier's forecast of some series of a class, as its learnt choices have it."""
    names, constants = batch.member_names(recipe, kind), batch.class_constants(recipe, kind)
    dense = [name for name in names if name in batch.DENSE_MEMBERS]
    parts = []
    if dense:
        points, scale, _ = batch.dense_points(frame, rows, dense)
        parts.append(batch.dense_distribution(points, scale, kind, recipe, params.quantiles)[1])
    for name in names:
        if name in batch.SPARSE_MEMBERS:
            parts.append(batch.sparse_quantiles(frame, rows, name, constants, params.quantiles, recipe)[0])
    if not parts:  # silent products that are forecast as zero
        parts.append(np.zeros((len(rows), frame.problem.horizon, len(params.quantiles))))
    return median_of([np.asarray(part, np.float32) for part in parts])
