"""How much of the panel's own mean serves a class, judged by what a mean is for: sums over the hierarchy.

All products share the shocks of a few weeks, which do not cancel out in sums, so two origins tell little. One model
that was trained before all of them serves many origins side by side; no forecast of it saw what it is judged on.
"""

from __future__ import annotations

import numpy as np

from . import batch, tiers
from .backtest import actuals
from .hierarchy import sums_error
from .proof import Case, Proof, numpy_quantiles

__all__ = ["DECISIVE", "EQUAL", "SHARES", "add", "cautious", "choose", "error_of_sums", "older_origins"]

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
EQUAL = 0.5      # share that needs no estimate; for dense demand, where members differ most, more takes evidence
DECISIVE = 0.98  # loss, at every origin, of each step beyond the equal share against the step before
ORIGINS = 6
PART = 4         # the origins lie in the last quarter of the history
LEAST = 3        # origins below which nothing can be said about their spread


def older_origins(length: int, judged: int) -> list[int]:
    """Columns where forecasts start, side by side, newest first; empty where the history is too short for that.

    >>> older_origins(400, 28)
    [372, 344, 316]
    >>> older_origins(300, 28)
    []
    """
    found = [length - judged * k for k in range(1, ORIGINS + 1) if judged * k * PART <= length]
    return found if len(found) >= LEAST else []


def error_of_sums(actual: np.ndarray, mean: np.ndarray, base: np.ndarray, groups: np.ndarray | None) -> float:
    """Squared error of the sums beside that of the base, every level of the hierarchy counting the same."""
    ours, old = (np.maximum(sums_error(actual, guess, groups), 1e-12) for guess in (mean, base))
    return float(np.exp(np.mean(np.log(ours / old))))


def choose(errors: dict[float, list[float]]) -> float:
    """Share with the smallest error, or the nearest to equal that is within one standard error of it.

    Parameters
    ----------
    errors : dict of float to list of float
        Error at every origin by share.

    >>> choose({0.5: [1.0, 1.0, 1.0], 0.75: [0.8, 0.9, 0.7], 1.0: [0.5, 0.95, 0.8]})
    0.75
    """
    logs = {share: np.log(np.maximum(values, 1e-12)) for share, values in errors.items()}
    best = min(logs, key=lambda share: logs[share].mean())
    between = [share for share in logs if min(EQUAL, best) <= share <= max(EQUAL, best)]
    for share in sorted(between, key=lambda share: abs(share - EQUAL)):
        gap = logs[share] - logs[best]
        if gap.mean() <= gap.std(ddof=1) / np.sqrt(len(gap)):
            return share
    return best


def cautious(losses: dict[float, list[float]], fair, needed: float) -> float:
    """The best share up to the equal one, and beyond it only by steps that every origin wants decisively.

    An estimated share fits the luck of two origins as well, an equal one does not.
    """
    best = min((share for share in fair if share <= EQUAL), key=lambda share: sum(losses[share]))
    for share in (share for share in SHARES if share > EQUAL):
        if best < EQUAL or any(new > old * needed for new, old in zip(losses[share], losses[best], strict=True)):
            break
        best = share
    return best


def add(proof: Proof, kind, constants, judged, needed: float) -> None:
    """Share of the panel's own mean, where it has one; with a short history the newest origins decide, cautiously."""
    ours = [proof.means[case.start][case.rows] for case in judged]
    if any(np.isnan(mean).all() for mean in ours):
        return
    groups, levels = proof.sample.groups, proof.params.quantiles

    def errors(cases, means):
        base = [tiers.mean_of_quantiles(case.below, levels) for case in cases]
        return {share: [error_of_sums(
            case.actual, tiers.mix(below, mean, share), below, None if groups is None else groups[case.rows])
            for case, below, mean in zip(cases, base, means, strict=True)] for share in SHARES}

    newest = errors(judged, ours)
    older = [(case, mean[case.rows]) for case, mean in _older_cases(proof, kind)]
    if older:
        shares = {share: found for share, found in errors(*zip(*older, strict=True)).items()
                  if share == 0 or max(newest[share]) <= 1}
        constants["mean_share"] = choose(shares)
    else:
        constants["mean_share"] = cautious(newest, SHARES, min(DECISIVE, needed) ** 2)


def _older_cases(proof: Proof, kind):
    """Series of a class with the numpy tier's forecast and the panel's mean, at origins side by side."""
    judged = next(iter(proof.means.values())).shape[1]
    starts = older_origins(proof.sample.length, judged)
    if starts and not proof.older and not proof.stop():
        booster = proof.call(tiers.panel_fit, proof.sample.until(starts[-1], judged), proof.params, None,
                             stop=proof.stop)
        for start in starts if booster else ():
            past = proof.sample.until(start, judged)
            proof.older.append((past, proof.call(tiers.panel_predict, past, booster)[1]))
    for past, mean in proof.older:
        frame = batch.prepare(past, proof.params, proof.recipe)
        rows = np.flatnonzero((frame.profile.demand_class == kind) & ~np.isnan(mean).all(1))
        if rows.size:
            truth = actuals(proof.sample, past.length, judged)[rows]
            below = numpy_quantiles(frame, rows, kind.name, proof.params, proof.recipe)
            yield Case(frame, rows, truth, np.ones((len(rows), 1)), below), mean
