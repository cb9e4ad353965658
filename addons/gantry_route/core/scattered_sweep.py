"""Label sweep of `scattered`: partial walks with what is still wanted, kept while they may become short enough.

Labels go from the first aisle to the last. A label is dropped when its cost and the lower bound of what is ahead exceed
the limit, when an article can no longer be had, or when another label in the same state wants the same for less. As
long as no more labels are alive than the width, the sweep is exact; beyond, the most promising ones are kept.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .scattered_net import EPS, NONE

__all__ = ["Sweep"]

CROWD = 5  # labels for each one kept that are looked at


class _Labels(NamedTuple):
    state: np.ndarray  # (n,)
    wanted: np.ndarray  # (n, k) units
    cost: np.ndarray  # (n,) metres
    owed: np.ndarray  # (n,) what the wanted units are worth

    def of(self, rows):
        return _Labels(*(part[rows] for part in self))


class Sweep:
    """One sweep; `best` and `cover` tell what was found, `complete` whether nothing shorter exists.

    Parameters
    ----------
    net : Network
    rewards : float (k,)
        Of the lower bound `ahead`.
    limit : float
        Only walks up to this length count.
    width : int
        Most labels kept.
    most : int, optional
        The sweep is given up after this work: pairs of a label and a way, ten for each that stays alive.
    weight : float
        Labels are ranked by cost + weight * lower bound of the rest; above 1 it favours those that are further on.
    """

    def __init__(self, net, rewards, ways, ahead, limit, *, width, weight=1.0, most=None, stop=None):
        self.net, self.rewards, self.ways, self.ahead, self.limit = net, rewards, ways, ahead, limit
        self.width, self.weight, self.complete, self.left = width, weight, True, most
        self.best, self.cover, self.back, self.end = None, None, [], None
        rng = np.random.default_rng(0)
        self.salt = rng.integers(1, 2**63, len(net.demand), dtype=np.uint64) | np.uint64(1)
        self.state_salt = rng.integers(1, 2**63, net.graph.size, dtype=np.uint64)
        self._run(stop)

    def _run(self, stop):
        net = self.net
        labels = _Labels(
            np.array([net.graph.start]), net.demand[None].copy(), np.zeros(1), np.array([self.rewards @ net.demand]))
        for column in range(net.aisles):
            if stop is not None and stop():
                self.complete = False
                break
            if column == net.start[0]:
                labels = labels._replace(state=net.touch[labels.state])
            for span in range(net.spans):
                labels = self._pass(labels, column, span)
            if column + 1 == net.aisles or not len(labels.state):
                break
            labels = self._go_on(labels, column)
        if self.end is not None:
            self._trace()

    def _pass(self, labels, column, span):
        """All labels by all ways through one sub-aisle."""
        net, sub = self.net, column * self.net.spans + span
        ways = self.ways[sub]
        if self._spent(len(labels.state) * len(ways.kind)):
            return labels.of(slice(0))
        state = net.graph.move[span][ways.kind][:, labels.state].T
        cost = labels.cost[:, None] + ways.cost
        owed = labels.owed[:, None] - self._earned(labels.wanted, ways)
        alive = np.ones(cost.shape, bool)
        for number in np.flatnonzero(net.later[sub, ways.articles] < net.demand[ways.articles]):
            left = labels.wanted[:, ways.articles[number]][:, None] - ways.amount[:, number]
            alive &= left <= net.later[sub, ways.articles[number]] + EPS
        last = span + 1 == net.spans
        if last and column >= net.start[0]:
            self._finish(labels, sub, state, cost)
        ahead = self.ahead.cross[column] if last else self.ahead.span[column, span + 1]
        bound = cost + owed + ahead[state]
        label, way = np.nonzero(alive & (bound <= self.limit))
        if self._spent(10 * len(label)):
            return labels.of(slice(0))
        if len(label) > CROWD * self.width:  # too many to compare: first by rank
            self.complete = False
            spent = cost[label, way]
            rank = spent + self.weight * (bound[label, way] - spent)
            best = np.sort(np.argpartition(rank, CROWD * self.width)[:CROWD * self.width])
            label, way = label[best], way[best]
        wanted = labels.wanted[label]
        wanted[:, ways.articles] = np.maximum(wanted[:, ways.articles] - ways.amount[way], 0.0)
        after = _Labels(state[label, way], wanted, cost[label, way], owed[label, way])
        return self._keep(after, bound[label, way], label, way, sub)

    def _spent(self, work):
        """Whether the sweep is given up after so much more work."""
        if self.left is None:
            return False
        self.left -= work
        if self.left < 0:
            self.complete = False
        return self.left < 0

    def _earned(self, wanted, ways):
        """What each way (columns) earns for each label (rows), which is the smaller of what lies there and is wanted.

        The amounts of an article on the ways cut what is wanted into slices, so that this is one product of matrices.
        """
        slices, reached = [], []
        for number, article in enumerate(ways.articles):
            below = 0.0
            for amount in np.unique(ways.amount[:, number]):
                if amount > below:
                    slices.append(np.clip(wanted[:, article] - below, 0.0, amount - below) * self.rewards[article])
                    reached.append(ways.amount[:, number] >= amount)
                    below = amount
        return np.array(slices).T @ np.array(reached, float) if slices else np.zeros((len(wanted), len(ways.kind)))

    def _finish(self, labels, sub, state, cost):
        """Labels that want nothing any more and whose walk is closed."""
        ways, place = self.ways[sub], len(self.back)
        label, way = np.nonzero(self.net.graph.closed[state] & (cost <= self.limit))
        wanted = labels.wanted[label]
        wanted[:, ways.articles] -= ways.amount[way]
        done = np.flatnonzero((wanted <= EPS).all(axis=1))
        if len(done):
            first = done[cost[label[done], way[done]].argmin()]
            self.best = float(cost[label[first], way[first]])
            self.limit = self.net.below(self.best)
            self.end = (place, label[first], way[first], sub)

    def _go_on(self, labels, column):
        """All labels by all ways to the next aisle."""
        graph = self.net.graph
        number = graph.first[labels.state + 1] - graph.first[labels.state]
        label = np.repeat(np.arange(len(number)), number)
        way = np.arange(len(label)) - np.repeat(np.cumsum(number) - number, number) + graph.first[labels.state][label]
        cost = labels.cost[label] + graph.walks[way] * self.net.gaps[column]
        bound = cost + labels.owed[label] + self.ahead.aisle[column + 1][graph.target[way]]
        alive = bound <= self.limit
        label, way = label[alive], way[alive]
        after = _Labels(graph.target[way], labels.wanted[label], cost[alive], labels.owed[label])
        return self._keep(after, bound[alive], label, None, None)

    def _keep(self, labels, bound, label, way, sub):
        """The cheapest label of each state and want, and the most promising ones when there are too many."""
        key = np.round(labels.wanted * 1e6).astype(np.uint64) @ self.salt ^ self.state_salt[labels.state]
        order = np.lexsort((labels.cost, key))
        keep = order[np.append(True, key[order][1:] != key[order][:-1])] if len(order) else order
        if len(keep) > self.width:
            self.complete = False
            rank = labels.cost[keep] + self.weight * (bound[keep] - labels.cost[keep])
            keep = keep[np.argpartition(rank, self.width)[:self.width]]
        self.back.append((label[keep], None if way is None else way[keep], sub))
        return labels.of(keep)

    def _trace(self):
        """The cover of the best walk: sub-aisle -> (kind, low, high)."""
        place, label, way, sub = self.end
        self.cover = {}
        while True:
            if sub is not None and self.ways[sub].kind[way] != NONE:
                ways = self.ways[sub]
                self.cover[sub] = (int(ways.kind[way]), int(ways.low[way]), int(ways.high[way]))
            if not place:
                break
            place -= 1
            before, by, sub = self.back[place]
            way, label = None if by is None else by[label], before[label]
