"""Depth and confidence of everything that can be reached in a genealogy."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

# From the surest to the least sure. A person who asserts a link knows more than a rule that derives one.
CONFIDENCE = ("certain", "manual", "derived", "pooled")


class Reached(NamedTuple):
    """Where a node stands: ``depth`` in steps from the nearest seed, ``rank`` as an index of CONFIDENCE."""

    depth: int
    rank: int


def reach(
    seeds: Iterable[int], edges: Iterable[tuple], hubs: Collection[int] = frozenset()
) -> dict[int, Reached]:
    """Everything that can be reached from the seeds, seeds included, in the order of their depth.

    The depth is the smallest number of steps. The rank is that of the surest path, and a path is as sure as its
    weakest edge; the surest path need not be the shortest one. A cycle is no problem: every edge is looked at
    once for the depth and once for the rank.

    Parameters
    ----------
    seeds : iterable of int
        Nodes to begin with, at depth 0 and rank 0.
    edges : iterable of (from, to, rank, ...)
        Edges in the direction of the walk, the rank an index of CONFIDENCE; what follows is not looked at.
    hubs : collection of int
        Nodes that only bundle edges: the step out of them does not count as a step.

    Examples
    --------
    >>> reach([1], [(1, 2, 0), (2, 3, 0), (1, 3, 3)])
    {1: Reached(depth=0, rank=0), 2: Reached(depth=1, rank=0), 3: Reached(depth=1, rank=0)}
    >>> reach([1], [(1, -9, 0), (-9, 2, 2)], hubs={-9})[2]
    Reached(depth=1, rank=2)
    """
    out = defaultdict(list)
    unsure = False
    for edge in edges:
        out[edge[0]].append(edge)
        unsure = unsure or edge[2] > 0
    depth = _depths(dict.fromkeys(seeds, 0), out, hubs)
    ranks = _ranks(depth, out) if unsure else {}
    if not ranks:
        return {node: Reached(steps, 0) for node, steps in depth.items()}
    return {node: Reached(steps, ranks[node]) for node, steps in depth.items()}


def _depths(depth, out, hubs):
    """Steps from the nearest seed, level by level; ``depth`` holds the seeds and is filled in order."""
    level, steps = list(depth), 0
    while level:
        steps += 1
        following = []
        for node in level:
            for edge in out.get(node, ()):
                target = edge[1]
                if target not in depth:
                    # what a hub leads to stands where the hub stands, and is looked at within this level
                    depth[target] = steps
                    if target in hubs:
                        following += _through(target, out, depth, steps, hubs)
                    else:
                        following.append(target)
        level = following
    return depth


def _through(hub, out, depth, steps, hubs):
    """What hangs on a hub, on hubs behind it too, as the next nodes of the walk."""
    found, stack = [], [hub]
    while stack:
        for edge in out.get(stack.pop(), ()):
            target = edge[1]
            if target not in depth:
                depth[target] = steps
                (stack if target in hubs else found).append(target)
    return found


def _ranks(depth, out):
    """The surest rank of every node: grow from the seeds over sure edges first, then over less sure ones."""
    ranks = {}
    waiting = [[] for _ in CONFIDENCE]
    waiting[0] = [node for node, steps in depth.items() if steps == 0]
    for rank, stack in enumerate(waiting):
        while stack:
            node = stack.pop()
            if node in ranks:
                continue
            ranks[node] = rank
            for edge in out.get(node, ()):
                if edge[1] not in ranks:
                    waiting[max(rank, edge[2])].append(edge[1])
    return ranks
