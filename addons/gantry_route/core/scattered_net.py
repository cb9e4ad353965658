"""The network behind `scattered`: sub-aisles, states and the cheapest walks through them, as arrays.

A sub-aisle is the part of an aisle between two cross-aisles. It is passed in one of six kinds of ways, which differ in
how they meet the two crossings; the states of `states` say what that does to the walk. Sub-aisles are numbered aisle
by aisle; positions within one are sorted from its lower crossing on. A cover says, for each sub-aisle that is walked,
the kind of way and the places it passes: those before `low` and those from `high` on.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf
from typing import NamedTuple

import numpy as np

from .states import Machine, is_closed, join, meet

__all__ = ["ACROSS", "BOTH", "DOWN", "KINDS", "NONE", "TWICE", "UP", "Ahead", "Network"]

EPS = 1e-7
NONE, ACROSS, TWICE, BOTH, UP, DOWN = range(6)
# edges at the lower and at the upper crossing, and whether the way joins both
KINDS = ((0, 0, False), (1, 1, True), (2, 2, True), (2, 2, False), (2, 0, False), (0, 2, False))


class Ahead(NamedTuple):
    """Least cost from each state to the end of the walk."""

    aisle: np.ndarray  # (m, s) on entering the aisle
    span: np.ndarray  # (m, h, s) before each sub-aisle, and after the last one
    cross: np.ndarray  # (m, s) after the last sub-aisle when the walk goes on


class _Graph(NamedTuple):
    """States of a closed walk with so many cross-aisles."""

    size: int
    start: int
    move: np.ndarray  # (h - 1, 6, s)
    touch: np.ndarray  # (h, s)
    closed: np.ndarray  # (s,)
    source: np.ndarray  # ways on to the next aisle: from, to, walks along cross-aisles
    target: np.ndarray
    walks: np.ndarray
    first: np.ndarray  # (s + 1,) first way on of each state


@lru_cache(maxsize=8)
def _graph(width):
    machine = Machine(width)
    moves = [[machine.move(join, span, *kind) for kind in KINDS] for span in range(width - 1)]
    touches = [machine.move(meet, node, 0) for node in range(width)]
    leave, state = [], 0
    while state < len(machine.states):
        for move in (*touches, *(move for kinds in moves for move in kinds)):
            move[state]
        leave += [(state, after, walks) for after, walks, _times in machine.leave(state)]
        state += 1
    source, target, walks = np.array(leave).T
    return _Graph(
        size=state, start=machine.start, source=source, target=target, walks=walks.astype(float),
        move=np.array([[[move[n] for n in range(state)] for move in kinds] for kinds in moves]),
        touch=np.array([[move[n] for n in range(state)] for move in touches]),
        closed=np.array([any(codes) and is_closed(codes) for codes in machine.states]),
        first=np.searchsorted(source, np.arange(state + 1)))


class Network:
    """Bins sorted into sub-aisles, with the cheapest walks for given prices of the ways.

    Parameters are those of `scattered.solve_scattered`. A start beside the cross-aisles must be among the bins.
    """

    def __init__(self, xs, crossings, columns, ys, item, quantity, demand, start):
        self.xs, self.crossings = np.asarray(xs, float), np.asarray(crossings, float)
        self.item, self.demand = np.asarray(item, np.intp), np.asarray(demand, float)
        self.quantity = np.minimum(np.asarray(quantity, float), self.demand[self.item])
        self.columns, self.ys, self.start = np.asarray(columns, np.intp), np.asarray(ys, float), start
        self.graph, self.spans = _graph(len(self.crossings)), len(self.crossings) - 1
        node = np.flatnonzero(self.crossings == start[1])
        self.touch = self.graph.touch[int(node[0])] if len(node) else np.arange(self.graph.size)
        self.aisles, self.subs = len(self.xs), len(self.xs) * self.spans
        self.gaps, self.length = np.diff(self.xs), np.tile(np.diff(self.crossings), len(self.xs))
        self._sort()
        self.step = self._grid()

    def _sort(self):
        """Rows and depths of each sub-aisle, padded, and what still lies in the sub-aisles after each."""
        span = np.clip(np.searchsorted(self.crossings, self.ys) - 1, 0, self.spans - 1)
        sub = self.columns * self.spans + span
        order = np.lexsort((self.ys, sub))
        self.count = np.bincount(sub, minlength=self.subs)
        place = np.arange(len(order)) - np.repeat(np.cumsum(self.count) - self.count, self.count)
        self.rows = np.full((self.subs, max(int(self.count.max()), 1)), -1)
        self.rows[sub[order], place] = order
        self.valid = self.rows >= 0
        self.depth = np.where(self.valid, self.ys[self.rows] - np.tile(self.crossings[:-1], self.aisles)[:, None], 0.0)
        stock = np.zeros((self.subs, len(self.demand)))
        np.add.at(stock, (sub, self.item), self.quantity)
        self.later = np.cumsum(stock[::-1], axis=0)[::-1] - stock

    def _grid(self):
        """Lengths of closed walks are multiples of this, where all places lie on a grid of millimetres; else 0."""
        metres = np.concatenate([self.xs - self.xs[0], self.crossings - self.crossings[0], self.ys - self.crossings[0]])
        whole = np.round(metres * 1000)
        return 0.002 * int(np.gcd.reduce(whole.astype(np.int64))) if (abs(whole - metres * 1000) < 1e-6).all() else 0.0

    def below(self, cost):
        """The longest walk that is shorter than `cost`."""
        return cost - max(self.step, 1e-5) + 1e-6

    # ------------------------------------------------------------------ prices

    def prices(self, reward):
        """Price (subs, 6) of the best way of each kind when a row is worth its reward, and the places it passes.

        Returns
        -------
        price : float (subs, 6)
        cover : function of kinds (subs,), giving low, high (subs,)
        """
        every = np.arange(self.subs)
        worth = np.where(self.valid, reward[self.rows], 0.0)
        so_far = np.cumsum(worth, axis=1)
        total, none = so_far[:, -1], np.zeros((self.subs, 1))
        up = np.hstack([none, np.where(self.valid, 2 * self.depth, inf) - so_far])  # first n places
        down = np.hstack([2 * (self.length[:, None] - self.depth) - total[:, None] + so_far - worth, none])
        down[:, :-1][~self.valid] = inf  # places from n on
        down[:, -1] = inf
        down[every, self.count] = 0.0
        both = np.minimum.accumulate(up, axis=1) + down
        top, low = both.argmin(axis=1), up[:, 1:].argmin(axis=1) + 1
        some = down.copy()
        some[every, self.count] = inf
        high = some.argmin(axis=1)
        price = np.stack([
            np.zeros(self.subs), self.length - total, 2 * self.length - total, both[every, top], up[every, low],
            some[every, high]], axis=1)
        price[self.count == 0, BOTH:] = inf

        def cover(kinds):
            bottom = np.where(np.arange(up.shape[1]) <= top[:, None], up, inf).argmin(axis=1)
            width = self.rows.shape[1]
            full, both_ends = (kinds == ACROSS) | (kinds == TWICE), kinds == BOTH
            return (
                np.select([full, both_ends, kinds == UP], [width, bottom, low], 0),
                np.select([both_ends, kinds == DOWN], [top, high], width))

        return price, cover

    def passed(self, low, high):
        """Rows in the places before `low` and from `high` on."""
        place = np.arange(self.rows.shape[1])
        return self.rows[self.valid & ((place < low[:, None]) | (place >= high[:, None]))]

    # ------------------------------------------------------------------ walks

    def backward(self, price) -> Ahead:
        """Cost from every state on, for a price of each kind of way."""
        graph, spans = self.graph, self.spans
        aisle, cross = np.empty((self.aisles, graph.size)), np.empty((self.aisles, graph.size))
        span = np.empty((self.aisles, spans + 1, graph.size))
        cost = None
        for column in range(self.aisles - 1, -1, -1):
            cost = np.full(graph.size, inf) if cost is None else np.minimum.reduceat(
                graph.walks * self.gaps[column] + cost[graph.target], graph.first[:-1])
            cross[column] = cost
            if column >= self.start[0]:
                cost = np.where(graph.closed, np.minimum(cost, 0.0), cost)
            span[column, spans] = cost
            for number in range(spans - 1, -1, -1):
                cost = (price[column * spans + number][:, None] + cost[graph.move[number]]).min(axis=0)
                span[column, number] = cost
            if column == self.start[0]:
                cost = cost[self.touch]
            aisle[column] = cost
        return Ahead(aisle, span, cross)

    def trace(self, price, ahead):
        """Kind of way (subs,) through each sub-aisle on the cheapest walk."""
        graph, spans, state = self.graph, self.spans, self.graph.start
        kinds = np.zeros(self.subs, np.intp)
        for column in range(self.aisles):
            if column == self.start[0]:
                state = self.touch[state]
            for number in range(spans):
                after = graph.move[number][:, state]
                kind = int((price[column * spans + number] + ahead.span[column, number + 1][after]).argmin())
                kinds[column * spans + number], state = kind, after[kind]
            if column >= self.start[0] and graph.closed[state] and ahead.cross[column][state] >= -EPS:
                break
            ways = slice(graph.first[state], graph.first[state + 1])
            on = graph.walks[ways] * self.gaps[column] + ahead.aisle[column + 1][graph.target[ways]]
            state = graph.target[ways][int(on.argmin())]
        return kinds

    def forward(self, price):
        """Cost (aisles, spans, states) up to each state before each sub-aisle."""
        graph = self.graph
        found = np.full((self.aisles, self.spans, graph.size), inf)
        cost = np.full(graph.size, inf)
        cost[graph.start] = 0.0
        for column in range(self.aisles):
            if column:
                cost = _into(graph.target, cost[graph.source] + graph.walks * self.gaps[column - 1], graph.size)
            if column == self.start[0]:
                cost = _into(self.touch, cost, graph.size)
            for number in range(self.spans):
                found[column, number] = cost
                on = price[column * self.spans + number][:, None] + cost
                cost = _into(graph.move[number].ravel(), on.ravel(), graph.size)
        return found

    def through(self, price, ahead):
        """Cost (subs, 6) of the cheapest walk with each kind of way through each sub-aisle, the way itself for free."""
        before = self.forward(price)
        costs = [
            (before[:, number, None] + ahead.span[:, number + 1][:, self.graph.move[number]]).min(axis=2)
            for number in range(self.spans)]
        return np.stack(costs, axis=1).reshape(self.subs, len(KINDS))


def _into(target, cost, size):
    found = np.full(size, inf)
    np.minimum.at(found, target, cost)
    return found
