"""Demand forecasting without Odoo: `learn` fixes every choice on history, `apply` forecasts any shard."""

from . import alerts
from .engine import apply, learn, solve
from .reasons import explain
from .types import (
    QUANTILES,
    TIERS,
    Bucket,
    DemandClass,
    Params,
    Plan,
    Problem,
    ProblemError,
    Recipe,
    TierReport,
)

__all__ = [
    "QUANTILES", "TIERS", "Bucket", "DemandClass", "Params", "Plan", "Problem", "ProblemError", "Recipe",
    "TierReport", "alerts", "apply", "explain", "learn", "solve",
]
