"""Demand forecasting without Odoo: `learn` fixes every choice on history, `apply` forecasts any shard."""

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
    "TierReport", "apply", "explain", "learn", "solve",
]
