"""Metres from one place to many, and between all of a few places, on either kind of floor."""

from __future__ import annotations

import numpy as np

from .graph import Walkways, _dijkstra, distances
from .types import Block

__all__ = ["metres_between", "reach"]


def reach(floor: Block | Walkways, start: tuple[int, float], place, along) -> np.ndarray:
    """Metres from one place to each of many, infinite where no walkway leads.

    Parameters
    ----------
    floor : Block or Walkways
    start : (int, float)
        Aisle (or edge), and metres along it.
    place : int (n,)
    along : float (n,)

    Examples
    --------
    >>> reach(Block(xs=[0, 5], crossings=[0, 10]), (0, 8.0), [0, 1], [2.0, 9.0]).tolist()
    [6.0, 8.0]
    """
    place, along = np.asarray(place, np.intp), np.asarray(along, np.float64)
    if isinstance(floor, Block):
        return _block_metres(floor, np.array([start[0]]), np.array([start[1]], np.float64), place, along)[0]
    edge, offset = int(start[0]), float(start[1])
    first, second = floor.start[edge], floor.end[edge]
    nodes = np.unique([first, second])
    metres, _before = _dijkstra(floor, nodes)
    back = np.inf if floor.one_way[edge] else offset
    at_node = np.minimum(
        back + metres[np.searchsorted(nodes, first)],
        floor.length_m[edge] - offset + metres[np.searchsorted(nodes, second)])
    rest = np.where(floor.one_way[place], np.inf, floor.length_m[place] - along)
    found = np.minimum(at_node[floor.start[place]] + along, at_node[floor.end[place]] + rest)
    ahead = along - offset
    direct = np.where(floor.one_way[place] & (ahead < 0), np.inf, np.abs(ahead))
    return np.where(place == edge, np.minimum(found, direct), found)


def metres_between(floor: Block | Walkways, place, along) -> np.ndarray:
    """Metres (n, n) from each place (row) to each other one (column).

    Examples
    --------
    >>> metres_between(Block(xs=[0, 5], crossings=[0, 10]), [0, 1], [8.0, 9.0]).tolist()
    [[0.0, 8.0], [8.0, 0.0]]
    """
    if isinstance(floor, Block):
        place, along = np.asarray(place, np.intp), np.asarray(along, np.float64)
        return _block_metres(floor, place, along, place, along)
    return distances(floor, place, along).matrix


def _block_metres(floor, place, along, other_place, other_along):
    across = np.abs(floor.xs[place][:, None] - floor.xs[other_place][None])
    detour = np.full(across.shape, np.inf)
    for y in floor.crossings:
        detour = np.minimum(detour, np.abs(along - y)[:, None] + np.abs(other_along - y)[None])
    same = place[:, None] == other_place[None]
    return across + np.where(same, np.abs(along[:, None] - other_along[None]), detour)
