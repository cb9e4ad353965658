"""Statistical tier: per-series models of the optional package statsforecast.

Every member ends as quantiles (n, h, q). A member that cannot be fitted to a series (too short, constant, failed) is
NaN there, so that the combination leaves it out; nothing else is ever put in its place. Intervals come from the
model's own one-step residuals and its error-propagation weights, because simulated ones cost 40 times the fit.

statsforecast is imported inside functions only: run this module in a child process (`child.call`).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from .types import Bucket, Params, Problem

__all__ = ["MEMBERS", "affordable", "available", "members"]

MEMBERS = ("dot", "ces", "ets", "ets_additive", "stl")
# Long histories cost time and hold no news: the last 400 days, five years of weeks, twelve years of months.
KEEP = {Bucket.DAY: 400, Bucket.WEEK: 260, Bucket.MONTH: 144}
SHORTEST = 8
# Milliseconds per series of about 36 months on one core, measured; they grow with the length of the history.
COST_MS = {"dot": 1.2, "ces": 5.1, "ets_additive": 8.9, "ets": 30.7, "stl": 4.0}
_STOP_EVERY = 50


@dataclass(frozen=True, slots=True)
class Fit:
    """Forecast of one member for one series: mean (h,) and standard deviation (h,)."""

    mean: np.ndarray
    deviation: np.ndarray


def available() -> bool:
    """Whether statsforecast is installed, without importing it."""
    from importlib.util import find_spec

    return find_spec("statsforecast") is not None


def affordable(problem: Problem, seconds: float | None = None, processes: int = 2) -> tuple[str, ...]:
    """Members whose run over all series of `problem` fits into the time, cheapest first.

    Parameters
    ----------
    problem : Problem
        The whole problem, not a sample of it.
    seconds : float, optional
        Wall time that one forecast of all series may take; by default two minutes for a small problem, rising to eight
        for 100,000 series.
    processes : int
        Processes that share the work.

    Returns
    -------
    tuple of str
        Members in the order of `MEMBERS`; full ETS takes the place of additive ETS where there is time for it.
    """
    seconds = min(120.0 + 0.0036 * problem.size, 480.0) if seconds is None else seconds
    length = min(problem.length, KEEP[problem.bucket])
    each_ms = seconds * processes * 1000.0 / max(problem.size, 1) / max(length / 36.0, 0.3)
    fitting = ["dot", "ces", "ets_additive", "ets"]
    if problem.bucket is Bucket.WEEK and problem.length >= 104:
        fitting = ["dot", "stl", "ces", "ets_additive", "ets"]
    chosen, spent = [], 0.0
    for name in fitting:
        replaced = COST_MS["ets_additive"] if name == "ets" and "ets_additive" in chosen else 0.0
        if spent + COST_MS[name] - replaced <= each_ms:
            spent += COST_MS[name] - replaced
            if replaced:
                chosen.remove("ets_additive")
            chosen.append(name)
    return tuple(name for name in MEMBERS if name in chosen)


def members(problem: Problem, params: Params, recipe=None, names=None, *, stop=None) -> dict[str, np.ndarray]:
    """Forecast every series with every member.

    Parameters
    ----------
    problem : Problem
    params : Params
        `quantiles` is used.
    recipe : Recipe, optional
        Not needed by this tier; part of the common signature.
    names : iterable of str, optional
        Some of `MEMBERS`; by default what is `affordable`.
    stop : callable, optional
        Asked now and then; true ends early with what is done so far left NaN.

    Returns
    -------
    dict of str to float32 (n, h, q)
        NaN where the member could not be fitted.

    Raises
    ------
    ImportError
        When statsforecast is not installed.
    """
    import statsforecast  # noqa: F401  (fail before any work, with the package's name)

    names = affordable(problem) if names is None else tuple(names)
    z = np.array([NormalDist().inv_cdf(level) for level in params.quantiles])
    out = {name: np.full((problem.size, problem.horizon, len(z)), np.nan, np.float32) for name in names}
    season = 52 if problem.bucket is Bucket.WEEK else problem.bucket.season_length
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in range(problem.size):
            if stop and row % _STOP_EVERY == 0 and stop():
                break
            history = complete(problem.demand[row], problem.bucket)
            if history is None:
                continue
            for name in names:
                fit = _fit(name, history, season, problem.horizon)
                if fit is not None:
                    out[name][row] = np.maximum(fit.mean[:, None] + fit.deviation[:, None] * z, 0.0)
    if problem.closed is not None:
        for quantiles in out.values():
            quantiles[:, problem.closed[problem.length:]] *= 0.0
    return out


def complete(demand: np.ndarray, bucket: Bucket) -> np.ndarray | None:
    """History without gaps, or None when it is too short or never changes.

    What lies before the first known bucket is left out; a gap (out of stock, excluded) is bridged by a straight line.

    >>> complete(np.array([np.nan, 1, 2, np.nan, 4, 5, 6, 7, 8, 9.0]), Bucket.MONTH)
    array([1., 2., 3., 4., 5., 6., 7., 8., 9.])
    """
    known = np.flatnonzero(~np.isnan(demand))
    if len(known) < SHORTEST:
        return None
    begin = max(int(known[0]), len(demand) - KEEP[bucket])
    # A history that ends in a long gap would be continued flat; the models may do that themselves.
    positions = np.arange(begin, len(demand))
    history = np.interp(positions, known, demand[known])
    if len(history) < SHORTEST or np.ptp(history) <= 1e-9 * max(1.0, abs(history[0])):
        return None
    return history


def _fit(name, history, season, horizon) -> Fit | None:
    """One member on one history; None when it fails or its numbers are absurd."""
    try:
        fit = _FITTERS[name](history, season, horizon)
    except Exception:
        # The libraries raise many kinds of errors on odd series; the member is then absent for this series.
        return None
    if fit is None:
        return None
    fit = Fit(np.asarray(fit.mean, dtype=float), np.asarray(fit.deviation, dtype=float))
    if not (np.isfinite(fit.mean).all() and np.isfinite(fit.deviation).all()):
        return None
    limit = 10.0 * history.max()
    if (fit.mean > limit).any() or fit.deviation[0] > limit:
        return None
    return fit


def _spread(residuals, weights, scale=1.0, parameters=2):
    """Standard deviation per step: sigma^2 (1 + sum of squared weights), Hyndman et al. 2008, ch. 6."""
    residuals = residuals[np.isfinite(residuals)]
    freedom = max(len(residuals) - parameters, 1)
    sigma = np.sqrt((residuals**2).sum() / freedom)
    growth = np.sqrt(1.0 + np.concatenate([[0.0], np.cumsum(weights[:-1] ** 2)]))
    return sigma * growth * scale


def _dot(history, season, horizon):
    """Dynamic optimised theta (Fiorucci et al. 2016), with season where the test finds one."""
    from statsforecast.models import DynamicOptimizedTheta

    model = DynamicOptimizedTheta(season_length=season).fit(history)
    mean = model.predict(horizon)["mean"]
    fitted = model.model_
    weights = np.full(horizon, fitted["par"]["alpha"])
    scale = np.ones(horizon)
    if fitted.get("decompose") and fitted["decomposition_type"] == "multiplicative":
        index = fitted["seas_forecast"]["mean"]
        scale = np.resize(index, horizon)
    return Fit(mean, _spread(fitted["residuals"][3:], weights, scale, 3))


def _ces(history, season, horizon):
    """Complex exponential smoothing (Svetunkov, Kourentzes, Ord 2022)."""
    from statsforecast.models import AutoCES

    model = AutoCES(season_length=season if season <= 24 else 1).fit(history)
    fitted = model.model_
    kind, lag = fitted["seasontype"], fitted["m"]
    par = fitted["par"]
    weights = np.zeros(horizon)
    if kind == "S":
        weights[lag - 1::lag] = _complex_weights(par["alpha_0"], par["alpha_1"], len(weights[lag - 1::lag]))
    else:
        weights += _complex_weights(par["alpha_0"], par["alpha_1"], horizon)
    if kind == "P":
        weights[lag - 1::lag] += par["beta_0"]
    if kind == "F":
        weights[lag - 1::lag] += _complex_weights(par["beta_0"], par["beta_1"], len(weights[lag - 1::lag]))
    # The seasonal states start at the first season itself: its residuals are zero and say nothing.
    begin = lag if kind in "SF" and len(history) >= 2 * lag else 0
    residuals = fitted["residuals"][begin:]
    return Fit(model.predict(horizon)["mean"], _spread(residuals, np.clip(weights, -1.5, 1.5), parameters=3))


def _complex_weights(alpha_0, alpha_1, count):
    """Effect of one error on the values 1, 2, ... steps later."""
    step = np.array([[1.0, alpha_1 - 1.0], [1.0, 1.0 - alpha_0]])
    state = np.array([alpha_0 - alpha_1, alpha_0 + alpha_1])
    out = np.empty(count)
    for index in range(count):
        out[index] = state[0]
        state = step @ state
    return out


def _ets(history, season, horizon, model="ZZZ"):
    """Exponential smoothing chosen by AICc (Hyndman et al. 2008)."""
    from statsforecast.models import AutoETS

    fitted = AutoETS(season_length=season if season <= 24 else 1, model=model).fit(history)
    mean = fitted.predict(horizon)["mean"]
    state = fitted.model_
    alpha, beta, gamma, phi = (0.0 if np.isnan(value) else float(value) for value in state["par"][:4])
    steps = np.arange(1, horizon + 1)
    error, trend, kind, damped = state["components"]
    weights = np.full(horizon, alpha)
    if trend != "N":
        weights = weights + beta * (phi * (1 - phi**steps) / (1 - phi) if damped == "D" and phi < 1 else steps)
    if kind != "N":
        weights = weights + gamma * (steps % state["m"] == 0)
    scale = np.abs(mean) if error == "M" else 1.0
    return Fit(mean, _spread(state["residuals"], weights, scale, state["n_params"]))


def _ets_additive(history, season, horizon):
    return _ets(history, season, horizon, model="AZZ")


def _stl(history, season, horizon):
    """Seasonal-trend decomposition by loess, the rest by theta without season; needs two seasons."""
    from statsforecast.mstl import mstl

    if len(history) < 2 * season:
        return None
    parts = mstl(history, season)
    seasonal = parts["seasonal"].to_numpy()
    rest = _dot(history - seasonal, 1, horizon)
    ahead = np.resize(seasonal[-season:], horizon)
    return Fit(rest.mean + ahead, rest.deviation)


_FITTERS = {"dot": _dot, "ces": _ces, "ets": _ets, "ets_additive": _ets_additive, "stl": _stl}
