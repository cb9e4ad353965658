"""What is wrong with single rules: found before anything is calculated, told in codes and numbers."""

from __future__ import annotations

import numpy as np

from .types import Problem, Target, Violation

__all__ = ["find"]


def find(problem: Problem) -> tuple[list[Violation], np.ndarray]:
    """Violations of the input in order of rows, and the rules that are blocked by one, bool (n,)."""
    found: list[Violation] = []
    blocked = np.zeros(problem.size, bool)

    def say(code: str, wrong: np.ndarray, blocking: bool, **numbers: np.ndarray) -> None:
        rows = np.flatnonzero(wrong)
        found.extend(Violation(row=int(row), code=code, blocking=blocking,
                               numbers={name: float(values[row]) for name, values in numbers.items()}) for row in rows)
        if blocking:
            blocked[rows] = True

    prob = np.where(np.isnan(problem.lead_days), 0, np.nan_to_num(problem.lead_prob))
    say("no_lead_time", (prob.sum(1) <= 0) | ((problem.lead_prob > 0) & np.isnan(problem.lead_days)).any(1), True)
    say("no_forecast", np.isnan(problem.mean).any(1) | np.isnan(problem.quantiles).any((1, 2)), True)
    rated = problem.target_kind != Target.COST
    say("bad_target", rated & ~((problem.target > 0) & (problem.target < 1)), True, target=problem.target)
    costs = np.stack([problem.unit_cost, problem.holding_rate, problem.order_cost, problem.shortage_cost])
    say("bad_cost", ~(np.isfinite(costs) & (costs >= 0)).all(0), True)
    priced = (problem.unit_cost > 0) & (problem.holding_rate > 0) & (problem.shortage_cost > 0)
    say("no_cost", ~rated & ~priced, True)
    sizes = np.stack([problem.multiple, problem.minimum_qty, problem.min_days, problem.cap_days, problem.cap_qty,
                      problem.max_days])
    say("bad_quantity", np.isnan(sizes).any(0) | (sizes < 0).any(0), True)
    say("bad_review", ~((problem.review_days > 0) & np.isfinite(problem.review_days)), True,
        review_days=problem.review_days)
    say("bad_stock", ~np.isfinite(problem.on_hand), True)
    say("bad_error", ~(np.isfinite(problem.spread) & (problem.spread > 0)), True)
    if problem.order_days is not None:
        say("no_order_day", ~problem.order_days.any(1), True)
    say("multiple_over_cap", problem.multiple > problem.cap_qty, True, multiple=problem.multiple, cap=problem.cap_qty)
    say("minimum_over_cap", (problem.minimum_qty > problem.cap_qty) & ~(problem.multiple > problem.cap_qty), True,
        minimum=problem.minimum_qty, cap=problem.cap_qty)
    say("min_over_max_days", problem.min_days > problem.max_days, True, min_days=problem.min_days,
        max_days=problem.max_days)
    say("min_over_max", problem.current_min > problem.current_max, False, minimum=problem.current_min,
        maximum=problem.current_max)
    say("negative_stock", problem.on_hand < 0, False, on_hand=problem.on_hand)
    found.sort(key=lambda violation: violation.row)
    return found, blocked
