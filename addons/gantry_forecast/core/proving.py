"""Upper tiers have to prove themselves on rolling origins, class by class, or stay switched off."""

from __future__ import annotations

import numpy as np

from . import batch, boost, conformal, mean_share, metrics, tiers
from .backtest import actuals, plan_origins
from .combine import spread_around
from .pools import shuffled
from .proof import Case, Proof, numpy_quantiles
from .types import DemandClass, Params, Problem

__all__ = ["finish", "prove"]

TIME_S = 480.0  # wall seconds for the statistical tier, on two processes, learning included
BOOST_SHARES = (0.0, 0.5, 1.0)
PROVEN = (*batch.DENSE, *batch.SPARSE, DemandClass.DEAD)  # a new product has its look-alike and its group's prior
GAIN = 0.995  # a combination must lower the loss by half a percent to take the place of a simpler one
NUMPY_COMPANIONS = (
    ("theta", "winters", "snaive"), ("theta", "snaive"), ("theta", "holt", "winters", "snaive"),
    ("theta", "holt", "snaive"), ("winters", "snaive"), ("theta", "winters"), ("theta",), ("snaive",), (),
    ("theta", "imapa", "mean8"),
)


def prove(problem, sample, trials, params, recipe, starts, judged, *, stop, step, executor=None) -> None:
    """Try the upper tiers on rolling origins and write the outcome into the recipe.

    Parameters
    ----------
    problem, sample : Problem
        Everything (for what is affordable) and the sample that is tried.
    trials : dict of DemandClass to Trial
    starts : list of int
        Origins, newest first.
    """
    proof = Proof(sample, params, recipe, executor, None, {}, {}, stop, until=_backtest_from(problem, params))
    _look_around(proof, problem)
    if "panel" in params.tiers and "panel" not in proof.trouble and not stop():
        _panel_at_origins(proof, starts[:2], judged)
    for kind, trial in trials.items():
        if trial is not None and trial.kind == kind.name and kind in PROVEN and not stop():
            cases = _cases(proof, trial)
            if "statistical" in params.tiers:
                _try_statistical(proof, kind, cases)
            step()
            if "panel" in params.tiers and not stop():
                _try_panel(proof, kind, cases)
        step()


def _backtest_from(problem: Problem, params: Params) -> int:
    """First bucket that the plan's backtest scores; zero where upper tiers take no part in it."""
    if problem.size > params.full_backtest_series:
        return 0
    return min(plan_origins(problem, params.backtest_origins)[0], default=0)


def _look_around(proof: Proof, problem: Problem) -> None:
    """Which tiers are installed, and which statistical members fit into the time for all series."""
    try:
        from . import statistical

        if statistical.available():
            # the trial costs its share of the time: every origin runs on the sample
            trial = proof.params.origins * min(1.0, proof.params.tier_series / max(problem.size, 1))
            proof.names = statistical.affordable(problem, TIME_S / (1 + trial))
        else:
            proof.trouble["statistical"] = "not_installed"
    except ImportError:
        proof.trouble["statistical"] = "not_installed"
    if not boost.available():
        proof.trouble["panel"] = "not_installed"


def _cases(proof: Proof, trial) -> list[Case]:
    """The trial cut down to what slower members can afford, newest origin first."""
    cases = []
    for frame, rows in zip(trial.frames, trial.rows, strict=True):
        order = shuffled(frame.problem, 0)
        rows = np.sort(order[np.isin(order, rows)][: proof.params.tier_series])
        actual = actuals(proof.sample, frame.problem.length, frame.problem.horizon)[rows]
        weight = 1 / np.sqrt(np.maximum(frame.profile.mean[rows], 1e-9))[:, None]
        below = numpy_quantiles(frame, rows, trial.kind, proof.params, proof.recipe)
        cases.append(Case(frame, rows, actual, weight, below))
    return cases


def _mean_loss(cases, cells) -> float:
    top = sum(np.nansum(cell * case.weight) for case, cell in zip(cases, cells, strict=True))
    bottom = sum(np.nansum(case.actual * case.weight) for case in cases)
    return float(top / max(bottom, 1e-12))


def _loss(cases, quantiles, levels) -> float:
    """Weighted quantile loss of the cases."""
    return _mean_loss(cases, [metrics.pinball(case.actual, guess, levels).mean(2)
                              for case, guess in zip(cases, quantiles, strict=True)])


def _error(cases, points) -> float:
    """Weighted absolute error of the cases."""
    return _mean_loss(cases, [np.abs(case.actual - point) for case, point in zip(cases, points, strict=True)])


def _needed(cases, strictness: float = 1.0) -> float:
    """Factor by which a tier must lower the loss: half a percent, more where few series speak for it."""
    count = sum(len(case.rows) for case in cases)
    return 1 - strictness * max(1 - GAIN, 0.2 / np.sqrt(max(count, 1)))


# ------------------------------------------------------------------------------------------- statistical
def _try_statistical(proof: Proof, kind, cases: list[Case]) -> None:
    """Score the numpy members with the statistical ones against the numpy tier."""
    tier, levels = "statistical", proof.params.quantiles
    if kind not in batch.DENSE or tier in proof.trouble or not proof.names:
        reason = "not_suited" if kind not in batch.DENSE else proof.trouble.get(tier, "too_slow")
        proof.report(kind, tier, cases, reason)
        return
    try:
        for case in cases:
            quantiles = proof.call(tiers.statistical_members, tiers.flat_problem(case.frame, case.rows),
                                   proof.params, proof.names, stop=proof.stop)
            case.merged = tiers.merge(case.frame, case.rows, quantiles, levels, batch.DENSE_MEMBERS)
    except ImportError:
        proof.trouble[tier] = "not_installed"
        proof.report(kind, tier, cases, "not_installed")
        return
    if proof.stop():
        return
    members = _best_members(proof, cases)
    points, scales = _points(cases, members)
    table = _error_table(cases, points, scales, levels)
    guesses = [spread_around(point, scale, table) for point, scale in zip(points, scales, strict=True)]
    below, score = _loss(cases, [case.below for case in cases], levels), _loss(cases, guesses, levels)
    # other kinds of models make a median safer, so that half of the usual proof will do
    joined = any(name not in batch.DENSE_MEMBERS for name in members)
    on = bool(joined and score < below * _needed(cases, 0.5))
    proof.report(kind, tier, cases, "better" if on else "not_better", score, below, on)
    if on:
        _keep(proof, kind, "_statistical", members, table, cases, guesses)
        for case, guess in zip(cases, guesses, strict=True):
            case.below = guess


def _points(cases, members):
    return [case.merged.point(members) for case in cases], [case.merged.scale(members) for case in cases]


def _error_table(cases, points, scales, levels) -> np.ndarray:
    errors = np.concatenate([case.actual - point for case, point in zip(cases, points, strict=True)])
    return conformal.standard_errors(errors, np.concatenate(scales), np.asarray(levels))


def _keep(proof: Proof, kind, suffix, members, table, cases, guesses) -> None:
    """Write what a tier learnt into the recipe."""
    recipe, levels = proof.recipe, proof.params.quantiles
    measure = conformal.calibrate if kind in batch.DENSE else conformal.widen
    recipe.members[kind.name + suffix] = tuple(members)
    if table is not None:
        errors = "_boosted" if suffix == "_panel" else suffix
        recipe.arrays[f"errors_{kind.name}{errors}"] = table.astype(np.float32)
    recipe.arrays[f"conformal_{kind.name}{suffix}"] = measure(
        np.concatenate([case.actual for case in cases]), np.concatenate(guesses), levels).astype(np.float32)


def _best_members(proof: Proof, cases: list[Case]) -> tuple[str, ...]:
    """All affordable statistical members with the numpy companions that help most; hopeless members go first.

    An alternative has to be half a percent better than what stands before it in the list: a few origins cannot
    tell more.
    """
    naive = [batch.naive(case.frame)[case.rows] for case in cases]
    limit = proof.params.drop_factor * _error(cases, naive)
    usable = [name for name in cases[0].merged.points
              if _error(cases, [case.merged.points[name] for case in cases]) <= limit] or ["theta"]
    above = [name for name in usable if name not in batch.DENSE_MEMBERS]
    best, lowest = ("theta",), np.inf
    for companions in NUMPY_COMPANIONS:
        members = tuple(name for name in (*companions, *above) if name in usable)
        if members:
            score = _error(cases, _points(cases, members)[0])
            if score < lowest * GAIN:
                best, lowest = members, score
    return best


# ------------------------------------------------------------------------------------------------- panel
def _panel_at_origins(proof: Proof, starts, judged) -> None:
    """Panel quantiles of the whole sample at the newest origins, each trained on what lay before it."""
    try:
        for start in starts:
            past = proof.sample.until(start, judged)
            booster = proof.call(tiers.panel_fit, past, proof.params, None, stop=proof.stop)
            if booster and start <= proof.until:
                proof.recipe.boosters.setdefault(f"{tiers.PAST}panel", booster)
            if booster:
                proof.panel[start], proof.means[start] = proof.call(tiers.panel_predict, past, booster)
    except ImportError:
        proof.panel.clear()


def _try_panel(proof: Proof, kind, cases: list[Case]) -> None:
    """Cross-series correction (dense classes) and panel quantiles, judged on the newest origins."""
    if "panel" in proof.trouble:
        proof.report(kind, "panel", cases, proof.trouble["panel"])
        return
    levels = proof.params.quantiles
    judged = cases[:2]
    before = [case.below for case in judged]
    corrected, table, boost_share = _try_boost(proof, kind, cases)
    guesses, panel_share = _best_share(proof, kind, judged, (corrected or []) + before[len(corrected or []):])
    below, score = _loss(judged, before, levels), _loss(judged, guesses, levels)
    # both origins have to agree: one of them may have been lucky
    worst = max(_loss([case], [guess], levels) / max(_loss([case], [old], levels), 1e-12)
                for case, guess, old in zip(judged, guesses, before, strict=True))
    on = bool(score < below * _needed(judged) and worst <= 1)
    tried = bool(proof.panel) or corrected is not None
    proof.report(kind, "panel", judged, "better" if on else "not_better" if tried else "too_few",
                 score, below, on)
    if not on:
        for prefix in ("", tiers.PAST):
            proof.recipe.boosters.pop(f"{prefix}boost_{kind.name}", None)
        return
    constants = proof.recipe.constants.setdefault(kind.name, {})
    constants["panel_share"], constants["boost_share"] = panel_share, boost_share
    if panel_share:
        mean_share.add(proof, kind, constants, judged, _needed(judged))
    names = tiers.base_members(proof.recipe, kind) or batch.member_names(proof.recipe, kind.name)
    names = () if panel_share == 1 else names
    members = (*names, *(["boost"] if boost_share else []), *(["panel"] if panel_share else []))
    _keep(proof, kind, "_panel", members, table if boost_share else None, judged, guesses)


def _best_share(proof: Proof, kind, judged, base):
    """Share of the panel tier's quantiles that serves best."""
    if not all(case.start in proof.panel for case in judged):
        return base, 0.0
    ours = [proof.panel[case.start][case.rows] for case in judged]
    mixed = {share: [tiers.mix(below, guess, share) for below, guess in zip(base, ours, strict=True)]
             for share in mean_share.SHARES}
    losses = {share: [_loss([case], [guess], proof.params.quantiles)
                      for case, guess in zip(judged, mixed[share], strict=True)] for share in mixed}
    fair = [share for share in mixed
            if all(new <= old for new, old in zip(losses[share], losses[0.0], strict=True))]
    if kind not in batch.DENSE:
        best = min(fair, key=lambda share: sum(losses[share]))
        return mixed[best], best
    best = mean_share.cautious(losses, fair, min(mean_share.DECISIVE, _needed(judged)))
    return mixed[best], best


def _try_boost(proof: Proof, kind, cases: list[Case]):
    """Correction trained on the older origins, judged on the newest, then trained on all of them.

    Returns
    -------
    quantiles : list of one array, or None where it does not help
    table : standardised errors around the corrected point
    share : float
    """
    if kind not in batch.DENSE or len(cases) < 2:
        return None, None, 0.0
    members, levels = tiers.base_members(proof.recipe, kind), proof.params.quantiles
    if not members:
        return None, None, 0.0
    for case in cases:
        if case.merged is None:
            case.merged = tiers.merge(case.frame, case.rows, {}, levels, batch.DENSE_MEMBERS)
    points, scales = _points(cases, members)
    tables = [case.merged.table(members) for case in cases]
    targets, weights = zip(*(boost.target(case.actual, case.weight, point, scale)
                             for case, point, scale in zip(cases, points, scales, strict=True)), strict=True)
    # what the older origins saw of the newest one's future must not help there: all series share its shocks
    honest = [_before(target, case, cases[0].start) for target, case in zip(targets[1:], cases[1:], strict=True)]
    if sum(np.isfinite(target).sum() for target in honest) < 1000:
        return None, None, 0.0
    model = proof.call(boost.fit, *map(np.concatenate, (tables[1:], honest, weights[1:])))
    shift = proof.call(boost.predict, tables[0], model).reshape(points[0].shape) * scales[0][:, :1]
    tried = {share: np.maximum(points[0] + share * shift, 0) for share in BOOST_SHARES}
    errors = {share: _error(cases[:1], [tried[share]]) for share in BOOST_SHARES}
    share = min(errors, key=errors.get)
    if share == 0 or errors[share] > errors[0.0] * _needed(cases[:1]):
        return None, None, 0.0
    if cases[0].start <= proof.until:
        proof.recipe.boosters[f"{tiers.PAST}boost_{kind.name}"] = model
    # one origin says how much smaller the errors get, all origins say how they are spread
    table = _error_table(cases, points, scales, levels) * (errors[share] / errors[0.0])
    proof.recipe.boosters[f"boost_{kind.name}"] = proof.call(
        boost.fit, *map(np.concatenate, (tables, targets, weights)))
    return [spread_around(tried[share], scales[0], table)], table, share


def _before(target: np.ndarray, case: Case, start: int) -> np.ndarray:
    """The target with every bucket from `start` on unknown."""
    late = case.start + np.arange(case.actual.shape[1]) >= start
    return np.where(np.tile(late, len(case.rows)), np.nan, target)


def finish(problem, rows, params, recipe, *, executor=None, stop=None) -> None:
    """Train the panel model once more on all of the sample's history, when any class uses it."""
    past = f"{tiers.PAST}panel"
    if not any(constants.get("panel_share", 0) > 0 for constants in recipe.constants.values()):
        recipe.boosters.pop(past, None)
        return
    sample = problem.take(rows)
    recipe.boosters["panel"] = tiers.call(executor, tiers.panel_fit, sample, params, None, stop=stop)
    until = _backtest_from(problem, params)
    if until and past not in recipe.boosters:
        recipe.boosters[past] = tiers.call(
            executor, tiers.panel_fit, sample.until(until), params, None, stop=stop)
