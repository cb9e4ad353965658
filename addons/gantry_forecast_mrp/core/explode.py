"""Dependent demand: level by level from finished goods down to raw material, for all products at once."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Who is made of what.

    Attributes
    ----------
    n : int
        Number of nodes (a product in a warehouse).
    parent, child : int (e,)
        Node that is made, node that goes into it. Several edges between two nodes add up.
    ratio : float (e,)
        Units of the child in one unit of the parent.
    lag : int (e,)
        Buckets by which the child is needed before the parent.
    """

    n: int
    parent: np.ndarray
    child: np.ndarray
    ratio: np.ndarray
    lag: np.ndarray

    def __post_init__(self):
        if not len(self.parent) == len(self.child) == len(self.ratio) == len(self.lag):
            raise ValueError("Every edge needs a parent, a child, a ratio and a lag.")
        if len(self.parent) and not min(self.parent.min(), self.child.min()) >= 0:
            raise ValueError("Nodes are counted from zero.")
        if len(self.parent) and max(self.parent.max(), self.child.max()) >= self.n:
            raise ValueError("An edge leads to a node that does not exist.")
        if not np.isfinite(self.ratio).all() or (self.ratio < 0).any():
            raise ValueError("A ratio must be a number that is not negative.")
        if (np.asarray(self.lag) < 0).any():
            raise ValueError("A component cannot be needed after the product it goes into.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explosion:
    """Outcome of `explode`.

    Attributes
    ----------
    dependent : float (n, h)
        Demand for each node by the nodes it goes into, per bucket.
    edge_qty : float (e,)
        What each edge contributes over all buckets.
    circular : bool (e,)
        Edges that were left out because they close a circle.
    levels : int
        Number of levels of the structure.
    """

    dependent: np.ndarray
    edge_qty: np.ndarray
    circular: np.ndarray
    levels: int


def explode(own: np.ndarray, structure: Structure) -> Explosion:
    """Explode own demand into dependent demand.

    The total demand of a node is its own and what its parents pass on; every node is passed on once, when all of
    its parents have been (level by level, as in the low-level codes of material requirements planning; Orlicky 1975).

    Parameters
    ----------
    own : float (n, h)
        Own demand per bucket.

    Examples
    --------
    A table has four legs, a leg two screws; two tables in the second bucket:

    >>> s = Structure(n=3, parent=np.array([0, 1]), child=np.array([1, 2]), ratio=np.array([4., 2.]),
    ...               lag=np.array([0, 0]))
    >>> explode(np.array([[0., 2.], [0., 0.], [1., 0.]]), s).dependent.tolist()
    [[0.0, 0.0], [0.0, 8.0], [0.0, 16.0]]
    """
    parent, child = structure.parent, structure.child
    circular = find_circular(structure)
    total = np.array(own, np.float64)
    dependent = np.zeros_like(total)
    edge_qty = np.zeros(len(parent))
    waiting = np.bincount(child[~circular], minlength=structure.n)
    todo = np.flatnonzero(~circular)
    levels = 1
    while len(todo):
        now = waiting[parent[todo]] == 0
        edges, todo = todo[now], todo[~now]
        for lag in np.unique(structure.lag[edges]):
            part = edges[structure.lag[edges] == lag]
            passed = _earlier(total[parent[part]], int(lag)) * structure.ratio[part, None]
            edge_qty[part] = passed.sum(1)
            received = _add_rows(child[part], passed, structure.n)
            dependent += received
            total += received
        waiting -= np.bincount(child[edges], minlength=structure.n)
        levels += 1
    return Explosion(dependent=dependent, edge_qty=edge_qty, circular=circular, levels=levels)


def _earlier(demand: np.ndarray, lag: int) -> np.ndarray:
    """Demand moved to earlier buckets; what would be needed before the first one is needed in the first one.

    The last buckets serve demand beyond the horizon, which is taken to go on as in the last bucket.

    >>> _earlier(np.array([[1., 2., 3., 4.]]), 1).tolist()
    [[3.0, 3.0, 4.0, 4.0]]
    """
    width = demand.shape[1]
    if not lag or not width:
        return demand
    lag = min(lag, width - 1)
    moved = np.zeros_like(demand)
    moved[:, : width - lag] = demand[:, lag:]
    moved[:, width - lag :] = demand[:, -1:]
    moved[:, 0] += demand[:, :lag].sum(1)
    return moved


def _add_rows(rows: np.ndarray, values: np.ndarray, n: int) -> np.ndarray:
    """Sum of the values of each row number, (n, h)."""
    return np.stack([np.bincount(rows, values[:, t], minlength=n) for t in range(values.shape[1])], axis=1)


def find_circular(structure: Structure) -> np.ndarray:
    """Mark edges between nodes that (possibly over others) contain themselves.

    Nodes without parents, then nodes without children, are taken away again and again; what cannot be taken away
    lies on or between circles.

    >>> s = Structure(n=4, parent=np.array([0, 1, 2, 2]), child=np.array([1, 2, 1, 3]), ratio=np.ones(4),
    ...               lag=np.zeros(4, int))
    >>> find_circular(s).tolist()
    [False, True, True, False]
    """
    left = np.ones(len(structure.parent), bool)
    for end, other in ((structure.child, structure.parent), (structure.parent, structure.child)):
        while True:
            held = np.bincount(end[left], minlength=structure.n) > 0
            gone = left & ~held[other]
            if not gone.any():
                break
            left &= ~gone
    return left


def reachable(structure: Structure, start: np.ndarray) -> np.ndarray:
    """Mark the nodes below the marked ones, (n,) bool; a start itself only when another start leads to it.

    >>> s = Structure(n=4, parent=np.array([0, 1]), child=np.array([1, 2]), ratio=np.ones(2), lag=np.zeros(2, int))
    >>> reachable(s, np.array([True, False, False, True])).tolist()
    [False, True, True, False]
    """
    below = np.zeros(structure.n, bool)
    front = np.array(start, bool)
    while front.any():
        found = np.zeros(structure.n, bool)
        found[structure.child[front[structure.parent]]] = True
        front = found & ~below
        below |= found
    return below
