"""Floors and caps of a level: committed demand, days of cover, bin space, shelf life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .demand import Stream
from .orders import round_down, round_up
from .types import Binding, Policy, Problem

__all__ = ["Limits", "apply", "limits"]


@dataclass(slots=True)
class Limits:
    """Bounds of a rule, (n,) each: the reorder point is at least `floor`, the position after an order at most `cap`."""

    floor: np.ndarray
    floor_code: np.ndarray
    cap: np.ndarray
    cap_code: np.ndarray


def limits(problem: Problem, flow: Stream, lead_mean, known, mean_protect, rate) -> Limits:
    """Bounds in units.

    Days of cover count from the arrival of an order: a position may hold what sells until it arrives and in the days of
    cover after that. The cap in days of cover never forbids the smallest order; shelf life does.
    """
    unit = problem.rounding
    smallest = np.maximum.reduce([problem.multiple, problem.minimum_qty, unit])
    cover = np.where(problem.min_days > 0, mean_protect + rate * problem.min_days, 0)
    known = round_up(known, unit)
    floor = np.maximum(round_up(cover, unit), known)
    floor_code = np.where(floor <= 0, Binding.NONE, np.where(known >= cover, Binding.COMMITTED, Binding.MIN_DAYS))
    caps = [(Binding.BIN_SPACE, problem.cap_qty)]
    for code, days in ((Binding.SHELF_LIFE, problem.cap_days), (Binding.MAX_DAYS, problem.max_days)):
        finite = np.isfinite(days)
        until = np.where(finite, days, 0) + lead_mean
        cap = np.where(finite, flow.at(until[:, None])[0][:, 0] if finite.any() else 0, np.inf)
        caps.append((code, np.maximum(cap, smallest) if code == Binding.MAX_DAYS else cap))
    cap = np.full(problem.size, np.inf)
    cap_code = np.full(problem.size, int(Binding.NONE))
    for code, value in caps:
        tighter = value < cap
        cap, cap_code = np.where(tighter, value, cap), np.where(tighter, int(code), cap_code)
    return Limits(floor=floor, floor_code=floor_code, cap=round_down(cap, unit), cap_code=cap_code)


def apply(problem: Problem, bound: Limits, level, gap, multiple):
    """Levels inside their bounds: reorder point, gap, multiple and the Binding that decided, (n,) each.

    The gap gives way first, then the reorder point; rounding up to multiples stays below the cap too.
    """
    unit = problem.rounding
    binding = np.where(bound.floor > level, bound.floor_code, Binding.NONE)
    level = np.maximum(level, bound.floor)
    lots = problem.policy == Policy.MIN_QTY
    # an order is due below the level: at zero an empty shelf would never order, only a customer who waits
    level = np.where((gap > 0) & (level < unit), unit, level)
    base = np.maximum(problem.multiple, unit)
    least_lot = round_up(np.maximum(problem.minimum_qty, base), base)
    with np.errstate(invalid="ignore"):
        lot = np.clip(round_down(bound.cap - level + unit, base), least_lot, None)
    lot = np.where(np.isfinite(lot), np.minimum(lot, multiple), multiple)
    new_multiple = np.where(lots, lot, multiple)
    extra = np.maximum(new_multiple - unit, 0)
    room = bound.cap - extra
    least_gap = np.where(lots, 0, round_up(np.maximum(problem.minimum_qty - base, 0), unit))
    new_gap = np.where(lots, 0, np.maximum(np.minimum(gap, room - level), np.minimum(least_gap, gap)))
    new_level = np.maximum(np.minimum(level, room - new_gap), 0)
    new_gap = np.maximum(np.minimum(new_gap, room - new_level), 0)
    capped = (new_level < level) | (new_gap < gap) | (new_multiple < multiple)
    binding = np.where(capped, bound.cap_code, binding)
    return new_level, new_gap, new_multiple, binding
