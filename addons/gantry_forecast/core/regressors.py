"""Effects of promotions, prices and events known in advance, as multipliers pooled per group.

A ridge regression of the log ratio of demand to its usual level on the regressors, group by group, shrunk towards all
groups together; the numpy tier divides history by the effect and multiplies the forecast with it.
"""

from __future__ import annotations

import numpy as np

from .types import Problem, Recipe

__all__ = ["effects", "horizon_effects", "learn_effects"]

LARGEST = 8.0


def effects(problem: Problem, recipe: Recipe | None, pool: np.ndarray) -> np.ndarray | None:
    """Multiplier per bucket and series, float32 (t + h, n), mean one over the history; None without regressors."""
    if problem.known is None or recipe is None or "known_effect" not in recipe.arrays:
        return None
    table = recipe.arrays["known_effect"]
    if table.shape[1] != problem.known.shape[2]:
        return None
    centre = problem.known[:, : problem.length].mean(1, keepdims=True)
    moved = problem.known - centre
    logs = np.einsum("ntf,nf->tn", np.broadcast_to(moved, (problem.size, *moved.shape[1:])), table[pool])
    logs = np.clip(logs, -np.log(LARGEST), np.log(LARGEST)).astype(np.float32)
    return np.exp(logs)


def horizon_effects(problem: Problem, recipe: Recipe, pool: np.ndarray) -> np.ndarray:
    """Strongest multiplier of each regressor over the horizon, (n, f), for the explanation."""
    table, t = recipe.arrays["known_effect"], problem.length
    moved = problem.known[:, t:] - problem.known[:, :t].mean(1, keepdims=True)
    place = np.argmax(np.abs(moved), axis=1)[:, None]
    strongest = np.take_along_axis(moved, place, 1)[:, 0]
    return np.exp(np.clip(strongest * table[pool], -np.log(LARGEST), np.log(LARGEST))).astype(np.float32)


def learn_effects(problem: Problem, pool: np.ndarray, count: int, ridge: float = 4.0) -> np.ndarray:
    """Log effect of every regressor per group, float32 (count + 1, f); the last row is for unknown groups."""
    demand, t = problem.demand, problem.length
    known = ~np.isnan(demand)
    filled = np.where(known, demand, 0)
    level = filled.sum(1) / np.maximum(known.sum(1), 1)
    base = _usual(filled, known)
    ratio = np.log((filled + 0.25 * level[:, None] + 1e-9) / (base + 0.25 * level[:, None] + 1e-9))
    moved = problem.known[:, :t] - problem.known[:, :t].mean(1, keepdims=True)
    moved = np.broadcast_to(moved, (problem.size, t, moved.shape[2])).astype(np.float64)
    use = (known & (level > 0)[:, None]).astype(float)
    f = moved.shape[2]
    gram, moment = np.zeros((count, f, f)), np.zeros((count, f))
    np.add.at(gram, pool, np.einsum("ntf,ntg,nt->nfg", moved, moved, use))
    np.add.at(moment, pool, np.einsum("ntf,nt->nf", moved, use * ratio))
    spread = np.maximum(np.einsum("gff->f", gram) / max(use.sum(), 1), 1e-9)
    weight = np.diag(ridge * spread)
    overall = np.linalg.solve(gram.sum(0) + weight, moment.sum(0))
    found = np.linalg.solve(gram + 10 * weight, (moment + (10 * weight) @ overall)[..., None])[..., 0]
    # the regression saw damped ratios; undo the damping of the 0.25 offset
    return np.vstack([found, overall]).astype(np.float32) * 1.25


def _usual(filled: np.ndarray, known: np.ndarray, span: int = 9) -> np.ndarray:
    """Centred mean of the neighbourhood of every bucket."""
    half = span // 2
    t = filled.shape[1]
    total = np.concatenate([np.zeros((len(filled), 1)), np.cumsum(filled, 1)], 1)
    seen = np.concatenate([np.zeros((len(filled), 1)), np.cumsum(known, 1)], 1)
    low, high = np.clip(np.arange(t) - half, 0, t), np.clip(np.arange(t) + half + 1, 0, t)
    return (total[:, high] - total[:, low]) / np.maximum(seen[:, high] - seen[:, low], 1)
