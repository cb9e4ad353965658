"""The front door for goods in several bins: any floor, how much from which bin, what cannot be reached."""

import itertools

import gantry_route_core as core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def ring(one_way):
    """Four walkways of 10 m in a square, and one that leads nowhere."""
    return core.Walkways(
        x=[0, 10, 10, 0, 50, 60], y=[0, 0, 10, 10, 50, 50], start=[0, 1, 2, 3, 4], end=[1, 2, 3, 0, 5],
        one_way=[one_way] * 5)


def block(**values):
    return core.Problem(floor=core.Block(xs=[0, 4, 8, 12], crossings=[0, 11, 23]), **values)


@given(st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_amounts_add_up_and_come_from_what_is_there(seed):
    """Closed and open walks; nothing is picked twice, the plan walks the chosen bins in their order."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 14))
    item = np.append([0, 1, 2], rng.integers(0, 3, n - 3))
    quantity = rng.integers(1, 6, n).astype(float)
    demand = np.ceil(np.bincount(item, quantity, 3) * rng.random(3))
    ends = [(int(rng.integers(0, 4)), float(rng.integers(0, 24))) for _end in range(2)]
    problem = block(
        place=rng.integers(0, 4, n), along=rng.integers(0, 24, n), start=ends[0], end=ends[seed % 2])
    choice = core.choose_bins(problem, item, quantity, demand, effort=0.3)
    assert (choice.take > 0).all() and (choice.take <= quantity[choice.chosen]).all()
    np.testing.assert_allclose(np.bincount(item[choice.chosen], choice.take, 3), demand)
    assert choice.plan.order.tolist() == list(range(len(choice.chosen)))
    walked = core.solve(block(
        place=problem.place[choice.chosen], along=problem.along[choice.chosen], start=problem.start, end=problem.end))
    assert choice.plan.length_m == pytest.approx(walked.length_m)
    assert choice.plan.leg_m.sum() == pytest.approx(choice.plan.length_m)


@pytest.mark.parametrize("seed", range(12))
def test_open_walks_are_near_the_best_selection(seed):
    """Start and end apart: not proven, and on small cases as short as the best of all selections."""
    rng = np.random.default_rng(seed)
    item = np.array([0, 0, 0, 1, 1, 2, 2])
    columns, ys = rng.integers(0, 4, 7), rng.integers(1, 23, 7).astype(float)
    problem = block(place=columns, along=ys, start=(0, 0.0), end=(3, 23.0))
    choice = core.choose_bins(problem, item, np.ones(7), np.ones(3))
    best = min(
        core.rect_length(problem.floor.xs, problem.floor.crossings, columns[list(rows)], ys[list(rows)], *ends)
        for ends in [(problem.start, problem.end)]
        for rows in itertools.product(*[np.flatnonzero(item == article) for article in range(3)]))
    assert choice.plan.length_m == pytest.approx(best) and not choice.proven


def test_a_closed_walk_in_a_block_is_proven():
    """As `solve_scattered`, of which it is the front door."""
    choice = core.choose_bins(
        block(place=[0, 3, 1], along=[20, 5, 6], start=(0, 0.0)), [0, 0, 1], [9, 9, 9], [4, 2])
    assert choice.chosen.tolist() in ([1, 2], [2, 1]) and choice.proven
    assert sorted(choice.take.tolist()) == [2, 4]


def test_one_way_walkways_are_chosen_by_the_way_they_are_walked():
    """The near bin lies behind the picker."""
    problem = core.Problem(floor=ring(True), place=[0, 0, 0], along=[2, 8, 9], start=(0, 5.0), end=(0, 9.5))
    choice = core.choose_bins(problem, [0, 0, 1], [1, 1, 1], [1, 1])
    assert choice.chosen.tolist() == [1, 2] and choice.plan.length_m == pytest.approx(4.5)


def test_what_cannot_be_reached_counts_as_empty():
    """An island holds enough, and is no help."""
    problem = core.Problem(floor=ring(False), place=[0, 4], along=[2, 5], start=(0, 0.0))
    assert core.choose_bins(problem, [0, 0], [3, 9], [3]).chosen.tolist() == [0]
    with pytest.raises(core.ProblemError, match="The bins hold 3 of the 4 units wanted of article 0."):
        core.choose_bins(problem, [0, 0], [3, 9], [4])


def test_every_bin_needs_an_article():
    """One sentence."""
    with pytest.raises(core.ProblemError, match="Every bin needs an article and a quantity."):
        core.choose_bins(block(place=[0], along=[2], start=(0, 0.0)), [], [], [])
