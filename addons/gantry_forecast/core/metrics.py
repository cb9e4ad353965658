"""Error measures; NaN in the actual means unknown and is left out."""

from __future__ import annotations

import numpy as np

__all__ = ["bias", "mase", "mase_scale", "pinball", "smape", "tracking_signal", "wape", "wql"]


def _ratio(top, bottom):
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), np.nan)


def wape(actual, forecast, axis=None):
    """Sum of absolute errors over the sum of actuals (NaN when nothing was sold).

    >>> float(wape(np.array([2.0, 0.0]), np.array([1.0, 1.0])))
    1.0
    """
    error = np.abs(forecast - actual)
    ok = ~np.isnan(error)
    return _ratio(np.where(ok, error, 0).sum(axis), np.where(ok, actual, 0).sum(axis))


def bias(actual, forecast, axis=None):
    """Sum of (forecast - actual) over the sum of actuals; above zero is too high."""
    error = forecast - actual
    ok = ~np.isnan(error)
    return _ratio(np.where(ok, error, 0).sum(axis), np.where(ok, actual, 0).sum(axis))


def tracking_signal(actual, forecast, axis=-1):
    """Sum of (actual - forecast) over their mean absolute value (Trigg 1964); beyond +-4 is out of control."""
    error = actual - forecast
    ok = ~np.isnan(error)
    error = np.where(ok, error, 0)
    return _ratio(error.sum(axis), np.abs(error).sum(axis) / np.maximum(ok.sum(axis), 1))


def mase_scale(demand, season):
    """Mean absolute seasonal-naive error of the known history, (n,); NaN when it is zero or unknown."""
    season = season if demand.shape[1] > season else 1
    gap = np.abs(demand[:, season:] - demand[:, :-season])
    ok = ~np.isnan(gap)
    mean = np.where(ok, gap, 0).sum(1) / np.maximum(ok.sum(1), 1)
    return np.where(mean > 0, mean, np.nan)


def mase(actual, forecast, scale):
    """Mean absolute scaled error per series (Hyndman and Koehler 2006); actual (n, ...), scale (n,)."""
    error = np.abs(actual - forecast)
    error = error.reshape(len(scale), int(np.prod(error.shape[1:])))
    ok = ~np.isnan(error)
    mean = _ratio(np.where(ok, error, 0).sum(1), ok.sum(1))
    return mean / scale


def smape(actual, forecast):
    """Symmetric percentage error as in the M3 and M4 competitions, 0 to 200."""
    bottom = np.abs(actual) + np.abs(forecast)
    return float(np.nanmean(np.where(bottom > 0, 200 * np.abs(actual - forecast) / np.where(bottom > 0, bottom, 1), 0)))


def pinball(actual, quantiles, levels):
    """Quantile loss per cell, summed over nothing: shape of `quantiles`."""
    gap = np.asarray(actual)[..., None] - quantiles
    levels = np.asarray(levels)
    return np.where(gap >= 0, levels * gap, (levels - 1) * gap)


def wql(actual, quantiles, levels, use=None):
    """Weighted quantile loss: twice the pinball loss over the sum of actuals, mean over `use` levels.

    `use` defaults to the levels 0.1 to 0.9 in steps of 0.1 that are present, as the public boards do.
    """
    levels = np.asarray(levels)
    if use is None:
        use = [k for k, level in enumerate(levels) if abs(level * 10 - round(level * 10)) < 1e-9]
        use = use or list(range(len(levels)))
    loss = 2 * np.nansum(pinball(actual, quantiles[..., use], levels[use]))
    total = np.nansum(np.abs(actual)) * len(use)
    return float(loss / total) if total > 0 else float("nan")
