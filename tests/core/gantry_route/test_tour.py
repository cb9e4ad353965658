"""Tours on a matrix: best orders of small cases, precedence, urgent stops, the exact walk as a yardstick."""

import itertools

import gantry_route_core as core
import numpy as np
import pytest
from gantry_route_core import tour_search as search
from hypothesis import given, settings
from hypothesis import strategies as st


def random_matrix(rng, n, symmetric):
    """Metres that keep the triangle inequality."""
    matrix = rng.integers(1, 50, (n, n)).astype(float)
    matrix = np.minimum(matrix, matrix.T) if symmetric else matrix
    np.fill_diagonal(matrix, 0)
    for _round in range(4):
        matrix = np.minimum(matrix, (matrix[:, :, None] + matrix[None]).min(1))
    return matrix


def best_order(matrix, n, end, rank=None):
    return min(
        core.tour_length(matrix, order, 0, end) for order in itertools.permutations(range(1, n + 1))
        if rank is None or all(rank[one] <= rank[other] for one, other in itertools.pairwise(order)))


@pytest.mark.parametrize("seed", range(40))
def test_small_tours_are_as_short_as_the_best_order(seed):
    """One-way and two-way, closed and open, with and without ranks."""
    rng = np.random.default_rng(seed)
    n = 6
    matrix = random_matrix(rng, n + 2, symmetric=seed % 2 == 0)
    rank = rng.integers(0, 2, n + 2) if seed % 3 == 0 else None
    end = n + 1 if seed % 5 < 2 else None
    order = core.solve_tour(matrix, range(1, n + 1), 0, end, rank=rank, kicks=400)
    assert sorted(order) == list(range(1, n + 1))
    assert core.tour_length(matrix, order, 0, end) == pytest.approx(best_order(matrix, n, end, rank))


def shortest(matrix, n, end):
    """Length of the best tour over the stops 1 to n, by the programme of Held and Karp."""
    best = np.full((1 << n, n), np.inf)
    for last in range(n):
        best[1 << last, last] = matrix[0, last + 1]
    for chosen in range(1, 1 << n):
        for last in range(n):
            if chosen >> last & 1 and chosen != 1 << last:
                best[chosen, last] = (best[chosen ^ 1 << last] + matrix[1:n + 1, last + 1]).min()
    return (best[-1] + matrix[1:n + 1, end]).min()


@pytest.mark.parametrize("seed", range(8))
def test_ten_stops_are_walked_the_best_way_with_the_usual_effort(seed):
    """Two-way floors, closed and open: a short list needs few kicks."""
    rng = np.random.default_rng([9, seed])
    points = rng.random((12, 2)) * 50
    matrix = abs(points[:, None] - points[None]).sum(2)
    end = 11 if seed % 2 else 0
    order = core.solve_tour(matrix, range(1, 11), 0, end)
    assert core.tour_length(matrix, order, 0, end) == pytest.approx(shortest(matrix, 10, end))


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_the_search_counts_what_it_wins(seed):
    """Metres won by kicks and searches are what the tour lost in length, and undoing gives the tour before."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 40))
    matrix = random_matrix(rng, n, symmetric=bool(seed % 2))
    kind = search.TwoWayRoute if seed % 2 else search.OneWayRoute
    route = kind(matrix.tolist(), list(range(n)))
    for draws in rng.random((20, 4)).tolist():
        before, kept = matrix[route.r[:-1], route.r[1:]].sum(), route.keep()
        kicked = route.kick(draws)
        if kicked:
            won = kicked[0] + route.search(kicked[1])
            assert route.r[0] == 0 and route.r[-1] == n - 1 and sorted(route.r) == list(range(n))
            assert [route.place[stop] for stop in route.r] == list(range(n))
            assert before - matrix[route.r[:-1], route.r[1:]].sum() == pytest.approx(won)
            if won < 0:
                route.restore(kept)
                assert matrix[route.r[:-1], route.r[1:]].sum() == pytest.approx(before)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_ranks_are_kept_and_nothing_is_lost(seed):
    """Heavy before fragile holds after every kind of exchange, and no stop disappears."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 25))
    matrix = random_matrix(rng, n + 1, symmetric=bool(seed % 2))
    rank = rng.integers(0, 3, n + 1)
    order = core.solve_tour(matrix, range(1, n + 1), rank=rank, kicks=60)
    assert sorted(order) == list(range(1, n + 1))
    assert (np.diff(rank[order]) >= 0).all()


def test_the_same_seed_gives_the_same_tour():
    """No clock and no global chance."""
    matrix = random_matrix(np.random.default_rng(1), 40, symmetric=True)
    assert core.solve_tour(matrix, range(1, 40), seed=7) == core.solve_tour(matrix, range(1, 40), seed=7)


def test_stop_ends_the_search_with_a_whole_tour():
    """What was found so far is used."""
    matrix = random_matrix(np.random.default_rng(2), 30, symmetric=True)
    assert sorted(core.solve_tour(matrix, range(1, 30), stop=lambda: True)) == list(range(1, 30))


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_an_urgent_stop_costs_what_is_said(seed):
    """The extra metres are the difference of both tours, and no other place is cheaper."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    matrix = random_matrix(rng, n + 2, symmetric=False)
    order = rng.permutation(np.arange(1, n + 1)).tolist()
    place, extra = core.cheapest_insertion(matrix, order, n + 1)
    before = core.tour_length(matrix, order)
    costs = [core.tour_length(matrix, [*order[:at], n + 1, *order[at:]]) - before for at in range(n + 1)]
    assert extra == pytest.approx(min(costs)) and costs[place] == pytest.approx(min(costs))


def test_hundred_stops_come_near_the_exact_walk():
    """The search is held to the exact programme on the same floor."""
    rng = np.random.default_rng(5)
    xs, crossings = np.arange(20) * 4.0, [0.0, 42.0, 84.0]
    columns, ys = rng.integers(0, 20, 100), rng.integers(1, 84, 100).astype(float)
    points = [(0, 0.0), *zip(columns.tolist(), ys.tolist(), strict=True)]
    matrix = np.array([[core.rect_distance(xs, crossings, one, other) for other in points] for one in points])
    exact = core.rect_length(xs, crossings, columns, ys, (0, 0.0))
    found = core.tour_length(matrix, core.solve_tour(matrix, range(1, 101)))
    assert exact <= found + 1e-6 <= exact * 1.003
