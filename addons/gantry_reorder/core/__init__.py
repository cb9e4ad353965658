"""Replenishment without Odoo: `solve` sets levels, `project` says what to order today, `replay` proves it."""

from .engine import solve
from .projection import project
from .types import (
    Binding,
    Events,
    Params,
    Plan,
    Policy,
    Problem,
    ProblemError,
    Projection,
    Target,
    Violation,
)

__all__ = [
    "Binding", "Events", "Params", "Plan", "Policy", "Problem", "ProblemError", "Projection", "Target", "Violation",
    "project", "solve",
]
