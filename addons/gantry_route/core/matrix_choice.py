"""Bins chosen with the way on any matrix of metres.

Bins are put into the tour where they cost least for what they hold; articles are taken out and put back until nothing
gets shorter, first one by one, then a few at random.
"""

from __future__ import annotations

import numpy as np

from .tour import cheapest_insertion, solve_tour, tour_length

__all__ = ["choose_on_matrix"]

EPS = 1e-7


def choose_on_matrix(matrix, quantity, item, demand, *, kicks=60, seed=0, stop=None) -> np.ndarray:
    """Bins for every demand on any matrix of metres, whose first row is the start and whose last row is the end.

    Parameters
    ----------
    matrix : float (n + 2, n + 2)
    quantity, item : (n,)
    demand : float (k,)
    kicks : int
        Times that a few articles are taken out at random and put back.
    """
    search = _OnMatrix(np.asarray(matrix, float), np.asarray(quantity, float), np.asarray(item), demand)
    rng = np.random.default_rng(seed)
    articles = np.flatnonzero(np.asarray(demand) > EPS)
    best = search.descend(search.put_back([], articles.tolist()), articles, stop)
    cost = search.cost(best)
    for _kick in range(kicks if len(articles) > 1 else 0):
        if stop is not None and stop():
            break
        out = rng.choice(articles, size=min(len(articles), int(rng.integers(2, 5))), replace=False).tolist()
        tour = search.descend(search.put_back(search.without(best, out), out), articles, stop)
        total = search.cost(tour)
        if total < cost + EPS:
            best, cost = tour, total
    return np.array(best, np.intp) - 1


class _OnMatrix:
    """A tour of bins as rows of the matrix, between the first and the last row."""

    def __init__(self, matrix, quantity, item, demand):
        self.matrix, self.demand, self.last = matrix, np.asarray(demand, float), len(matrix) - 1
        self.item = np.concatenate([[-1], item, [-1]]).astype(np.intp)
        self.quantity = np.concatenate([[0.0], quantity, [0.0]])

    def cost(self, tour):
        return tour_length(self.matrix, tour, 0, self.last)

    def without(self, tour, out):
        return [row for row in tour if self.item[row] not in out]

    def put_back(self, tour, out):
        """Bins of these articles where they cost least for what they hold, then a better order."""
        left = {article: self.demand[article] for article in out}
        free = [row for article in out for row in np.flatnonzero((self.item == article) & (self.quantity > 0)).tolist()]
        while left:
            route = np.array([0, *tour, self.last])
            rows = np.array([row for row in free if self.item[row] in left])
            extra = (
                self.matrix[route[:-1]][:, rows] + self.matrix[rows][:, route[1:]].T
                - self.matrix[route[:-1], route[1:]][:, None]).min(axis=0)
            worth = [min(self.quantity[row], left[self.item[row]]) / self.demand[self.item[row]] for row in rows]
            row = int(rows[int((np.maximum(extra, 1e-6) / worth).argmin())])
            tour = tour.copy()
            tour.insert(cheapest_insertion(self.matrix, tour, row, 0, self.last)[0], row)
            free.remove(row)
            left[self.item[row]] -= self.quantity[row]
            left = {article: units for article, units in left.items() if units > EPS}
        return solve_tour(self.matrix, self.prune(tour), 0, self.last, kicks=0)

    def prune(self, tour):
        """Leave out bins that are not needed, the most expensive first."""
        over = -self.demand.copy()
        np.add.at(over, self.item[tour], self.quantity[tour])
        while True:
            spare = [number for number, row in enumerate(tour) if self.quantity[row] <= over[self.item[row]] + EPS]
            if not spare:
                return tour
            route = [0, *tour, self.last]
            number = max(spare, key=lambda number: (
                self.matrix[route[number], route[number + 1]] + self.matrix[route[number + 1], route[number + 2]]
                - self.matrix[route[number], route[number + 2]]))
            over[self.item[tour[number]]] -= self.quantity[tour[number]]
            tour = [*tour[:number], *tour[number + 1:]]

    def descend(self, tour, articles, stop):
        """Take out one article after the other and put it back, until no tour gets shorter."""
        cost, waiting = self.cost(tour), articles.tolist()
        while waiting and not (stop is not None and stop()):
            article = waiting.pop(0)
            other = self.put_back(self.without(tour, [article]), [article])
            total = self.cost(other)
            if total < cost - EPS:
                tour, cost, waiting = other, total, [number for number in articles.tolist() if number != article]
        return tour
