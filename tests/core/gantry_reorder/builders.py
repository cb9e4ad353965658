"""Small problems that read as sentences."""

from statistics import NormalDist

import numpy as np
from gantry_reorder_core import Problem

LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])
DEVIATES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])


def rule(mean=20.0, deviation=6.0, lead=(7.0,), prob=None, buckets=8, days=7.0, rules=1, **columns):
    """Rules with level normal demand (cut at zero) per bucket."""
    mean = np.broadcast_to(np.asarray(mean, float), (rules,))
    deviation = np.broadcast_to(np.asarray(deviation, float), (rules,))
    quantiles = np.maximum(mean[:, None] + deviation[:, None] * DEVIATES, 0)
    lead = np.asarray(lead, float)
    lead = np.broadcast_to(lead, (rules, lead.shape[-1]))
    prob = np.broadcast_to(np.ones(lead.shape[1]) if prob is None else np.asarray(prob, float), lead.shape)
    values = {
        "bucket_days": np.full(buckets, days), "mean": np.repeat(mean[:, None], buckets, 1), "levels": LEVELS,
        "quantiles": np.repeat(quantiles[:, None], buckets, 1), "lead_days": lead, "lead_prob": prob,
    }
    return Problem(**{**values, **columns})


def binomial(mean, variance, most=400):
    """Probabilities of a negative binomial, by the textbook recursion."""
    if variance <= mean * (1 + 1e-9):
        variance = mean * (1 + 1e-9)
    shape, ratio = mean**2 / (variance - mean), 1 - mean / variance
    mass = [(1 - ratio) ** shape]
    for k in range(most - 1):
        mass.append(mass[-1] * ratio * (shape + k) / (k + 1))
    return np.array(mass)


def slow(mean, ratio=1.0, buckets=10, days=1.0, **columns):
    """Rules that sell so rarely that every quantile is zero; variance is `ratio` times the mean."""
    mean = np.atleast_1d(np.asarray(mean, float))
    n = mean.size
    lead = np.asarray(columns.pop("lead", (2.0,)), float)
    values = {
        "bucket_days": np.full(buckets, days), "mean": np.repeat(mean[:, None], buckets, 1), "levels": LEVELS,
        "quantiles": np.zeros((n, buckets, LEVELS.size)), "lead_days": np.tile(lead, (n, 1)),
        "lead_prob": np.ones((n, lead.size)), "dispersion": ratio, "correlation": 0.0, "review_days": days,
        "policy": 2,
    }
    return Problem(**{**values, **columns})
