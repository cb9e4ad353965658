"""Lower bound of `scattered` by paying the picker for units collected, and the ways that can still be part of less.

The Lagrangian dual is climbed along deflected subgradients (P. M. Camerini, L. Fratta and F. Maffioli, Mathematical
Programming Study 3, 1975) with steps after B. T. Polyak (1969).
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from .scattered_net import ACROSS, BOTH, DOWN, EPS, NONE, TWICE, UP

__all__ = ["Ways", "first_rewards", "relax", "viable_ways"]


class Ways(NamedTuple):
    """Ways through one sub-aisle, and the units of each of its articles that they collect."""

    kind: np.ndarray
    cost: np.ndarray
    low: np.ndarray
    high: np.ndarray
    amount: np.ndarray  # (ways, articles)
    articles: np.ndarray


def first_rewards(net):
    """A share of the walk to the nearest bin of each article."""
    away = 2 * (abs(net.xs[net.columns] - net.xs[net.start[0]]) + abs(net.ys - net.start[1]))
    nearest = np.full(len(net.demand), inf)
    np.minimum.at(nearest, net.item, away)
    return nearest / net.demand / np.sqrt(len(net.demand))


def relax(net, rewards, rounds, upper, stop=None):
    """Climb to a good lower bound: the bound and the reward per unit that gives it.

    Parameters
    ----------
    rewards : float (k,)
    rounds : int
    upper : float
        Length of a known walk, or infinite.
    """
    best, best_rewards, pace, stale, heading = -inf, rewards, 1.0, 0, None
    for _round in range(rounds):
        price, cover = net.prices(rewards[net.item] * net.quantity)
        ahead = net.backward(price)
        bound = ahead.aisle[0][net.graph.start] + float(rewards @ net.demand)
        stale = 0 if bound > best + 1e-3 * abs(best) else stale + 1
        if bound > best + EPS:
            best, best_rewards = bound, rewards
        if stale >= 5:
            pace, stale, rewards, heading = pace / 1.5, 0, best_rewards, None
        rows = net.passed(*cover(net.trace(price, ahead)))
        short = net.demand - np.bincount(net.item[rows], net.quantity[rows], len(net.demand))
        if short @ short < EPS or best > net.below(upper) or pace < 0.02 or (stop is not None and stop()):
            break
        heading = short if heading is None else 0.7 * short + 0.3 * heading
        goal = min(upper, best + max(0.15 * abs(best), net.step, 1e-3))
        size = pace * max(goal - bound, net.step / 2, 1e-3) / max(heading @ heading, 1e-9)
        rewards = np.maximum(rewards + size * heading, 0.0)
    return best, best_rewards


def viable_ways(net, rewards, limit):
    """Ways through every sub-aisle that a walk up to `limit` long may use, and the costs ahead for these rewards."""
    worth = rewards[net.item] * net.quantity
    price, _cover = net.prices(worth)
    ahead = net.backward(price)
    room = limit - float(rewards @ net.demand) - net.through(price, ahead)
    return [_ways(net, sub, worth, room[sub]) for sub in range(net.subs)], ahead


def _ways(net, sub, worth, room):
    """The ways whose cost, less what they earn, fits into the room of their kind; none that another one replaces."""
    count, length = int(net.count[sub]), net.length[sub]
    rows, depth = net.rows[sub, :count], net.depth[sub, :count]
    first, second = np.triu_indices(count, 1)
    places, whole = np.arange(count), np.full(count, count)
    kind = np.repeat([NONE, ACROSS, TWICE, UP, DOWN, BOTH], [1, 1, 1, count, count, len(first)])
    cost = np.concatenate([
        [0.0, length, 2 * length], 2 * depth, 2 * (length - depth), 2 * (length + depth[first] - depth[second])])
    low = np.concatenate([[0, count, count], places + 1, 0 * places, first + 1])
    high = np.concatenate([[count] * 3, whole, places, second])
    earned = np.concatenate([[0.0], np.cumsum(worth[rows])])
    fits = np.flatnonzero(cost - earned[low] - earned[count] + earned[high] <= room[kind])
    articles, number = np.unique(net.item[rows], return_inverse=True)
    so_far = np.zeros((count + 1, len(articles)))
    so_far[np.arange(1, count + 1), number] = net.quantity[rows]
    so_far = np.cumsum(so_far, axis=0)
    amount = np.minimum(so_far[low[fits]] + so_far[count] - so_far[high[fits]], net.demand[articles])
    keep = ~_replaced(kind[fits], cost[fits], amount)
    fits = fits[keep]
    return Ways(kind[fits], cost[fits], low[fits], high[fits], amount[keep], articles)


def _replaced(kind, cost, amount):
    """Ways for which another one of the same kind collects as much for as little."""
    _values, same = np.unique(np.column_stack([kind, amount]), axis=0, return_inverse=True)
    order = np.lexsort((cost, same.ravel()))
    doomed = np.zeros(len(kind), bool)
    doomed[order[1:]] = same.ravel()[order[1:]] == same.ravel()[order[:-1]]
    if len(kind) > 400:  # all pairs would cost more than they save
        return doomed
    better = (kind[:, None] == kind) & (cost[:, None] <= cost) & (amount[:, None] >= amount).all(axis=2)
    better[doomed] = False
    np.fill_diagonal(better, False)
    return doomed | better.any(axis=0)
