"""Spread planners' overrides over products and buckets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import buckets


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a planner said.

    Attributes
    ----------
    rows : int array
        Series it is for.
    first, last : datetime64[D]
        Period, both days included.
    mode : 'set', 'add' or 'percent'
    quantity : float
        Units over the whole period and all rows, or per cent.
    """

    rows: np.ndarray
    first: np.datetime64
    last: np.datetime64
    mode: str
    quantity: float


def spread(mean: np.ndarray, limits: np.ndarray, overrides: list[Override]) -> np.ndarray:
    """The forecast after all overrides, in their order.

    A bucket belongs to a period with the share of its days that lie in it. Units are spread in proportion to the
    forecast; where that is zero everywhere, evenly by days.

    Parameters
    ----------
    mean : (n, h)
    limits : datetime64[D] (h + 1,)
    overrides : list of Override

    Returns
    -------
    float64 (n, h), never negative

    >>> limits = buckets.edges("2024-01-01", 2, "week")
    >>> add = Override(rows=np.arange(2), first=limits[0], last=limits[1] - 1, mode="add", quantity=6)
    >>> spread(np.array([[1.0, 5.0], [2.0, 5.0]]), limits, [add])
    array([[3., 5.],
           [6., 5.]])
    """
    final = np.array(mean, dtype=np.float64)
    length = np.diff(limits).astype(int)
    for override in overrides:
        share = buckets.overlap_days(override.first, override.last, limits) / length
        if not share.any() or not len(override.rows):
            continue
        current = final[override.rows]
        inside = current * share
        if override.mode == "percent":
            changed = current + inside * override.quantity / 100
        else:
            quantity = _inside_horizon(override, limits)
            total = inside.sum()
            weight = inside if total > 0 else np.broadcast_to(share * length, inside.shape)
            units = quantity * weight / weight.sum()
            changed = current + units - (inside if override.mode == "set" else 0.0)
        final[override.rows] = np.maximum(changed, 0.0)
    return final


def _inside_horizon(override: Override, limits: np.ndarray) -> float:
    """The part of the units that falls into the horizon: the days that are over have had theirs."""
    days = int((override.last - override.first).astype(int)) + 1
    first, last = max(override.first, limits[0]), min(override.last, limits[-1] - 1)
    return override.quantity * (int((last - first).astype(int)) + 1) / days
