"""Bins chosen with the way: small cases against every selection, odd floors, demands that cannot be met."""

import itertools
import sys
from pathlib import Path

import gantry_route_core as core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parents[2] / "bench"))
import harness
import route_sets


def selections(item, quantity, demand):
    """Every smallest set of bins that meets all demands."""
    parts = []
    for article, wanted in enumerate(demand):
        rows = [row for row in range(len(item)) if item[row] == article]
        parts.append([
            chosen for size in range(1, len(rows) + 1) for chosen in itertools.combinations(rows, size)
            if sum(quantity[row] for row in chosen) >= wanted
            and all(sum(quantity[row] for row in chosen) - quantity[row] < wanted for row in chosen)])
    return [list(itertools.chain(*part)) for part in itertools.product(*parts)]


def random_case(rng, most_spare=5, most_quantity=3):
    crossings = np.cumsum([0, *rng.integers(4, 12, rng.integers(1, 4))]).astype(float)
    xs = np.cumsum(rng.integers(2, 6, rng.integers(1, 5))).astype(float)
    articles = int(rng.integers(1, 4))
    item = np.append(np.arange(articles), rng.integers(0, articles, rng.integers(0, most_spare + 1)))
    columns = rng.integers(0, len(xs), len(item))
    ys = rng.integers(0, crossings[-1] + 1, len(item)).astype(float)
    quantity = rng.integers(1, most_quantity + 1, len(item)).astype(float)
    stock = np.bincount(item, quantity, articles)
    demand = np.array([rng.integers(1, most + 1) for most in stock.astype(int)], float)
    start = (int(rng.integers(0, len(xs))), float(rng.integers(0, crossings[-1] + 1)))
    return xs, crossings, columns, ys, item, quantity, demand, start


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_selection_is_shorter(seed):
    """Unequal pitches, a start anywhere, bins on the cross-aisles, several bins for one demand."""
    case = random_case(np.random.default_rng(seed))
    xs, crossings, columns, ys, item, quantity, demand, start = case
    plan = core.solve_scattered(*case)
    best = min(
        core.rect_length(xs, crossings, columns[rows], ys[rows], start)
        for rows in selections(item, quantity, demand))
    assert plan.walk.length_m == pytest.approx(best)
    assert plan.bound_m <= best + 1e-6
    assert (np.bincount(item[plan.chosen], quantity[plan.chosen], len(demand)) >= demand).all()
    assert len(set(plan.chosen.tolist())) == len(plan.chosen)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_small_case_is_proven(seed):
    """The bound meets the length when nothing shorter exists."""
    assert core.solve_scattered(*random_case(np.random.default_rng(seed))).proven


def test_amounts_that_are_no_whole_numbers():
    """Kilograms from three bins; the two that are near hold too little."""
    plan = core.solve_scattered(
        [0, 3.3], [0, 10], [0, 0, 1], [1.5, 2.5, 8], [0, 0, 0], [0.35, 0.4, 2.25], [0.8], (0, 0))
    assert sorted(plan.chosen.tolist()) == [2]
    plan = core.solve_scattered(
        [0, 3.3], [0, 10], [0, 0, 1], [1.5, 2.5, 8], [0, 0, 0], [0.35, 0.4, 2.25], [0.75], (0, 0))
    assert plan.chosen.tolist() == [0, 1] and plan.walk.length_m == pytest.approx(5)


def test_many_different_amounts_are_met():
    """Where the sums of amounts are too many to list, the demand is still met by real amounts."""
    rng = np.random.default_rng(3)
    n = 60
    quantity = rng.uniform(0.1, 1.0, n).round(3)
    item = np.repeat([0, 1, 2], 20)
    case = (
        np.arange(6) * 3.0, [0.0, 21.0], rng.integers(0, 6, n), rng.integers(1, 20, n).astype(float), item, quantity,
        [7.0, 5.5, 9.0], (2, 0.0))
    plan = core.solve_scattered(*case)
    assert (np.bincount(item[plan.chosen], quantity[plan.chosen], 3) >= [7.0, 5.5, 9.0]).all()
    assert plan.bound_m <= plan.walk.length_m


def test_nothing_wanted_is_no_walk():
    """No demand, a demand of zero, no bins."""
    for item, quantity, demand in (([], [], []), ([0], [5], [0]), ([], [], [0])):
        plan = core.solve_scattered([0, 3], [0, 9], [0] * len(item), [4] * len(item), item, quantity, demand, (1, 0))
        assert plan.chosen.tolist() == [] and plan.walk.length_m == 0 and plan.proven


def test_everything_in_one_place():
    """There and back."""
    plan = core.solve_scattered([0, 3], [0, 9], [1] * 4, [4] * 4, [0, 1, 2, 2], [1] * 4, [1, 1, 2], (0, 0))
    assert sorted(plan.chosen.tolist()) == [0, 1, 2, 3] and plan.walk.length_m == 14 and plan.proven


@pytest.mark.parametrize("crossings", range(2, 9))
def test_any_number_of_cross_aisles(crossings):
    """Up to eight; the demand is met and no walk is longer than to the bins that come first."""
    rng = np.random.default_rng(crossings)
    n = 24
    item = np.repeat(np.arange(6), 4)
    lines = np.arange(crossings) * 8.0
    columns, ys = rng.integers(0, 5, n), rng.integers(1, lines[-1], n).astype(float)
    plan = core.solve_scattered(
        np.arange(5) * 3.0, lines, columns, ys, item, np.ones(n), np.ones(6), (0, 0.0), effort=0.1)
    assert sorted(item[plan.chosen].tolist()) == list(range(6))
    first = np.arange(0, n, 4)
    points = [(0, 0.0), *zip(columns[first].tolist(), ys[first].tolist(), strict=True)]
    matrix = np.array([[core.rect_distance(np.arange(5) * 3.0, lines, a, b) for b in points] for a in points])
    assert plan.walk.length_m <= core.tour_length(matrix, core.solve_tour(matrix, range(1, 7))) + 1e-6


def test_the_same_seed_gives_the_same_plan_and_stop_ends_it():
    """No clock and no global chance; a caller may end the search at any time."""
    rng = np.random.default_rng(11)
    n = 150
    item = np.repeat(np.arange(15), 10)
    case = (
        np.arange(15) * 3.0, [0.0, 31.0, 62.0], rng.integers(0, 15, n), rng.integers(1, 31, n).astype(float), item,
        np.ones(n), np.ones(15), (7, 0.0))
    one, other = (core.solve_scattered(*case, effort=0.2, seed=4) for _time in range(2))
    assert one.chosen.tolist() == other.chosen.tolist()
    ended = core.solve_scattered(*case, stop=lambda: True)
    assert sorted(item[ended.chosen].tolist()) == list(range(15))
    assert ended.bound_m <= one.walk.length_m <= ended.walk.length_m + 1e-6


BAD = {
    "The bins hold 1 of the 2 units wanted of article 0.":
        lambda: core.solve_scattered([0], [0, 9], [0], [3], [0], [1], [2], (0, 0)),
    "The bins hold 0 of the 1 units wanted of article 1.":
        lambda: core.solve_scattered([0], [0, 9], [0], [3], [0], [1], [1, 1], (0, 0)),
    "A bin holds an article that is not on the list.":
        lambda: core.solve_scattered([0], [0, 9], [0], [3], [1], [1], [1], (0, 0)),
    "Quantities must be known, and demands not below zero.":
        lambda: core.solve_scattered([0], [0, 9], [0], [3], [0], [np.nan], [1], (0, 0)),
    "A stop lies outside the aisles.":
        lambda: core.solve_scattered([0], [0, 9], [0], [30], [0], [1], [1], (0, 0)),
    "A stop lies in an aisle that is not there.":
        lambda: core.solve_scattered([0], [0, 9], [4], [3], [0], [1], [1], (0, 0)),
}


@pytest.mark.parametrize("sentence", BAD)
def test_what_cannot_be_planned_is_told_in_a_sentence(sentence):
    """One plain sentence each."""
    with pytest.raises(core.ProblemError) as caught:
        BAD[sentence]()
    assert str(caught.value) == sentence


@pytest.mark.parametrize("blocks", [1, 2])
def test_published_optima_are_reached(blocks):
    """A sample of the published set with articles in two bins each (Hessler and Irnich 2024), unit demand."""
    try:
        cases = route_sets.scattered(blocks)
    except harness.MissingData as missing:
        pytest.skip(str(missing))
    for case in [case for case in cases if case.name.startswith("unit_F2")][::5]:
        plan = core.solve_scattered(
            case.xs, case.crossings, case.columns, case.ys, case.item, case.quantity, case.demand, case.start)
        assert plan.walk.length_m == pytest.approx(case.best), case.name
        assert plan.proven
