"""What is wrong with a layout: bins that nobody can reach, bins inside one another."""

from __future__ import annotations

import numpy as np

from .geometry import Geometry

__all__ = ["find_overlaps", "find_unreachable"]

TOUCH_M = 0.01  # rounding of typed-in measures is no overlap
CHUNK = 256


def find_overlaps(x, y, z, width, depth, height, in_aisle) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of bins that share space; of many at one place each is paired with the first.

    Parameters
    ----------
    x, y, z : float (n,)
        Middle of the floor of the bin.
    width, depth, height : float (n,)
        Zero when unknown: then only the very same place counts.
    in_aisle : bool (n,)
        The bin stands along an aisle: its width lies along y, its depth along x. Others may stand in any direction, so
        the smaller measure is taken for both.

    Examples
    --------
    >>> one, other = find_overlaps([0, 0.5, 3], [0, 0, 0], [0, 0, 0], [1] * 3, [1] * 3, [1] * 3, [True] * 3)
    >>> one.tolist(), other.tolist()
    ([0], [1])
    """
    place = np.column_stack([np.asarray(part, np.float64) for part in (x, y, z)])
    size = np.column_stack([np.asarray(part, np.float64) for part in (depth, width, height)])
    if not len(place):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    loose = ~np.asarray(in_aisle, bool)
    size[loose, :2] = size[loose, :2].min(1, keepdims=True)
    _places, first, member = np.unique(np.round(place, 3), axis=0, return_index=True, return_inverse=True)
    twin = first[member.ravel()]
    rows = np.flatnonzero(twin != np.arange(len(place)))
    one, other = _sweep(place, size, first)
    one, other = np.concatenate([twin[rows], one]), np.concatenate([rows, other])
    one, other = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((other, one))
    return one[order], other[order]


def _sweep(place, size, rows):
    """Pairs among rows at different places: along y only near ones are compared."""
    middle = place + np.array([0, 0, 0.5]) * size
    low, high = middle - size / 2, middle + size / 2
    rows = rows[(size[rows] > TOUCH_M).all(1)]
    rows = rows[np.argsort(low[rows, 1], kind="stable")]
    pairs = [(np.zeros(0, np.intp), np.zeros(0, np.intp))]
    for begin in range(0, len(rows), CHUNK):
        part = rows[begin : begin + CHUNK]
        last = np.searchsorted(low[rows, 1], high[part, 1].max() - TOUCH_M)
        near = rows[begin:last]
        share = np.ones((len(part), len(near)), bool)
        for axis in range(3):
            overlap = np.minimum(high[part, None, axis], high[near, axis])
            overlap -= np.maximum(low[part, None, axis], low[near, axis])
            share &= overlap > TOUCH_M
        share &= np.arange(len(near)) > np.arange(len(part))[:, None]
        one, other = np.nonzero(share)
        pairs.append((part[one], near[other]))
    return tuple(np.concatenate(column) for column in zip(*pairs, strict=True))


def find_unreachable(geometry: Geometry) -> np.ndarray:
    """Rows of bins that one cannot walk to from a start point and back.

    Without points the largest connected part of the walkways counts as the warehouse.
    """
    count = len(geometry.node_x)
    lost = geometry.edge < 0
    if not count or not len(geometry.edge_start):
        return np.flatnonzero(np.ones(len(lost), bool))
    start, end, both = geometry.edge_start, geometry.edge_end, ~geometry.edge_one_way
    tail, head = np.concatenate([start, end[both]]), np.concatenate([end, start[both]])
    known = geometry.point_edge[geometry.point_edge >= 0]
    if len(known):
        leave = _spread(count, tail, head, end[known], start[known[~geometry.edge_one_way[known]]])
        back = _spread(count, head, tail, start[known], end[known[~geometry.edge_one_way[known]]])
    else:
        leave = back = _largest(count, tail, head)
    usable = (leave[start] & back[end]) | (both & leave[end] & back[start])
    rows = np.flatnonzero(~lost)
    lost[rows] = ~usable[geometry.edge[rows]]
    return np.flatnonzero(lost)


def _spread(count, tail, head, *sources):
    """Nodes to which a way leads from any source."""
    seen = np.zeros(count, bool)
    for nodes in sources:
        seen[nodes] = True
    while True:
        before = seen.sum()
        seen[head[seen[tail]]] = True
        if seen.sum() == before:
            return seen


def _largest(count, tail, head):
    best, left = np.zeros(count, bool), np.ones(count, bool)
    while left.any():
        source = np.flatnonzero(left)[:1]
        part = _spread(count, np.concatenate([tail, head]), np.concatenate([head, tail]), source)
        left &= ~part
        if part.sum() > best.sum():
            best = part
    return best
