"""Calibration of quantiles on rolling-origin errors (split conformal, pooled by class and horizon).

Exchangeable errors give coverage of at least the nominal level on new data (Lei et al., JASA 2018); scaling each
side of the median keeps quantiles of every series in proportion (normalised conformal scores).
"""

from __future__ import annotations

import numpy as np

__all__ = ["calibrate", "correct", "normal_quantiles", "standard_errors", "widen"]


def standard_errors(error: np.ndarray, scale: np.ndarray, levels, least: int = 30) -> np.ndarray:
    """Table of standardised error quantiles per step of the horizon.

    Parameters
    ----------
    error, scale : (n, h)
        actual - forecast (NaN unknown) and the series' own scale.
    levels : (q,)
    least : int
        With fewer errors in a step, neighbouring steps are pooled.

    Returns
    -------
    (h, q), smoothed over the horizon so that bands widen steadily.
    """
    ratio = error / np.maximum(scale, 1e-12)
    steps = error.shape[1]
    table = np.empty((steps, len(levels)))
    for step in range(steps):
        reach = 0
        while True:
            low, high = max(0, step - reach), min(steps, step + reach + 1)
            pool = ratio[:, low:high]
            pool = pool[~np.isnan(pool)]
            if pool.size >= least or (low == 0 and high == steps):
                break
            reach += 1
        table[step] = np.quantile(pool, levels) if pool.size else normal_quantiles(levels) * np.sqrt(1 + 0.1 * step)
    # a bias that all series share in a few origins is mostly luck: the point stays where it is
    middle = int(np.argmin(np.abs(np.asarray(levels) - 0.5)))
    table[:, middle] = 0
    table[:, :middle] = np.minimum(table[:, :middle], 0)
    table[:, middle + 1 :] = np.maximum(table[:, middle + 1 :], 0)
    if steps > 2:
        padded = np.concatenate([table[:1], table, table[-1:]])
        table = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return table


def normal_quantiles(levels) -> np.ndarray:
    """Standard normal quantiles by bisection (numpy has no inverse normal)."""
    from math import erf, sqrt

    found = []
    for level in levels:
        low, high = -6.0, 6.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if 0.5 * (1 + erf(middle / sqrt(2))) < level else (low, middle)
        found.append(low)
    return np.array(found)


def calibrate(actual: np.ndarray, quantiles: np.ndarray, levels, bins: int = 3, least: int = 60) -> np.ndarray:
    """Factors that make each quantile cover what it promises, on held-out origins.

    Parameters
    ----------
    actual : (n, h)
        NaN where unknown.
    quantiles : (n, h, q)
    bins : int
        Parts of the horizon with factors of their own.

    Returns
    -------
    (h, q) factors on the distance to the median; one where the evidence is thin. They lie in 0.5 to 2.5.
    """
    levels = np.asarray(levels, float)
    n, steps, q = quantiles.shape
    factors = np.ones((steps, q))
    middle = int(np.argmin(np.abs(levels - 0.5)))
    for part in np.array_split(np.arange(steps), min(bins, steps)):
        truth, guess = actual[:, part].ravel(), quantiles[:, part].reshape(-1, q)
        ok = ~np.isnan(truth) & ~np.isnan(guess[:, middle])
        truth, guess = truth[ok], guess[ok]
        if truth.size < least:
            continue
        for k, level in enumerate(levels):
            distance = guess[:, k] - guess[:, middle]
            usable = np.abs(distance) > 1e-9
            if k == middle or usable.sum() < least:
                continue
            score = (truth[usable] - guess[usable, middle]) / distance[usable]
            wanted = level if level > 0.5 else 1 - level
            factors[part, k] = np.quantile(score, wanted)
    return np.clip(factors, 0.5, 2.5)


def widen(actual: np.ndarray, quantiles: np.ndarray, levels) -> np.ndarray:
    """Like `calibrate` for discrete demand, where covering too much is unavoidable: it only ever widens."""
    return np.maximum(calibrate(actual, quantiles, levels, bins=1), 1)


def correct(quantiles: np.ndarray, factors: np.ndarray, levels) -> np.ndarray:
    """Scale the distance of every quantile to the median and put the quantiles in order.

    >>> q = np.array([[[8.0, 10.0, 12.0]]])
    >>> correct(q, np.array([[2.0, 1.0, 1.5]]), (0.1, 0.5, 0.9)).tolist()
    [[[6.0, 10.0, 13.0]]]
    """
    middle = int(np.argmin(np.abs(np.asarray(levels) - 0.5)))
    steps = np.minimum(np.arange(quantiles.shape[1]), factors.shape[0] - 1)
    centre = quantiles[:, :, middle : middle + 1]
    out = centre + (quantiles - centre) * factors[steps].astype(quantiles.dtype)
    np.maximum(out, 0, out=out)
    return np.maximum.accumulate(out, axis=2)
