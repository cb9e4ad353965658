"""The sequence in which bins are walked without a route: up one aisle and down the next."""

from __future__ import annotations

import numpy as np

__all__ = ["serpentine"]


def serpentine(aisle, x, y, level) -> np.ndarray:
    """Number of each bin in the sequence, from one; bins without aisle come last, from left to right.

    Parameters
    ----------
    aisle : int (n,)
        Place of the aisle among the aisles, -1 for none.
    x, y : float (n,)
        Where one stands to reach the bin.
    level : int (n,)

    Examples
    --------
    >>> serpentine([0, 0, 1, 1], [0, 0, 4, 4], [1, 2, 1, 2], [1, 1, 1, 1]).tolist()
    [1, 2, 4, 3]
    """
    aisle = np.asarray(aisle, np.int64)
    x, y, level = np.asarray(x, np.float64), np.asarray(y, np.float64), np.asarray(level)
    loose = aisle < 0
    forward = np.where(loose, x, np.where(aisle % 2 == 0, y, -y))
    order = np.lexsort((level, np.where(loose, y, 0.0), np.round(forward, 3), aisle, loose))
    sequence = np.empty(len(order), np.int64)
    sequence[order] = np.arange(1, len(order) + 1)
    return sequence
