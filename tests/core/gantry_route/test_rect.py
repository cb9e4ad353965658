"""Rectangular blocks: the exact programme against brute force, published optima, and every policy."""

import doctest
import importlib
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


def random_block(rng, aisles=4, most_stops=6):
    crossings = np.cumsum(rng.integers(3, 9, rng.integers(2, 5))).astype(float)
    xs = np.cumsum(rng.integers(2, 6, rng.integers(1, aisles + 1))).astype(float)
    n = int(rng.integers(0, most_stops + 1))
    columns = rng.integers(0, len(xs), n)
    ys = rng.integers(crossings[0], crossings[-1] + 1, n).astype(float)
    ends = [(int(rng.integers(0, len(xs))), float(rng.integers(crossings[0], crossings[-1] + 1))) for _ in range(2)]
    return xs, crossings, columns, ys, ends


def brute_force(xs, crossings, columns, ys, start, end):
    stops = list(zip(columns.tolist(), ys.tolist(), strict=True))
    return min(
        sum(core.rect_distance(xs, crossings, one, other)
            for one, other in itertools.pairwise([start, *order, end]))
        for order in itertools.permutations(stops))


@pytest.mark.parametrize("seed", range(150))
def test_no_walk_is_shorter(seed):
    """Any number of cross-aisles, start and end anywhere: as short as the best of all orders."""
    rng = np.random.default_rng(seed)
    xs, crossings, columns, ys, (start, end) = random_block(rng)
    end = start if seed % 2 else end
    walk = core.rect_walk(xs, crossings, columns, ys, start, end)
    assert walk.length_m == pytest.approx(brute_force(xs, crossings, columns, ys, start, end))


@given(st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_the_walk_is_what_it_says(seed):
    """It leads from start to end along the aisles, past every stop, in the order and length that it states."""
    rng = np.random.default_rng(seed)
    xs, crossings, columns, ys, (start, end) = random_block(rng, aisles=7, most_stops=25)
    walk = core.rect_walk(xs, crossings, columns, ys, start, end)
    path = walk.path
    assert tuple(path[0]) == (xs[start[0]], start[1]) and tuple(path[-1]) == (xs[end[0]], end[1])
    legs = np.abs(np.diff(path, axis=0)) if len(path) > 1 else np.zeros((0, 2))
    assert legs.sum() == pytest.approx(walk.length_m)
    assert (legs.min(axis=1, initial=0) == 0).all()
    for one, other in itertools.pairwise(path):
        assert one[0] == other[0] or (one[1] == other[1] and one[1] in crossings)
    assert sorted(walk.order.tolist()) == list(range(len(columns)))
    first = [next(n for n, corner in enumerate(path) if tuple(corner) == (xs[c], y))
             for c, y in zip(columns[walk.order], ys[walk.order], strict=True)]
    assert first == sorted(first)


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_every_policy_visits_all_and_none_beats_the_programme(seed):
    """What a policy prescribes is a walk, so it cannot be shorter than the shortest."""
    rng = np.random.default_rng(seed)
    xs, crossings, columns, ys, (start, end) = random_block(rng, aisles=7, most_stops=20)
    shortest = core.rect_length(xs, crossings, columns, ys, start, end)
    for policy in (*core.POLICIES, "serpentine", "given"):
        walk = core.policy_walk(policy, xs, crossings, columns, ys, start, end)
        assert sorted(walk.order.tolist()) == list(range(len(columns)))
        assert walk.length_m >= shortest - 1e-6
        assert np.abs(np.diff(walk.path, axis=0)).sum() == pytest.approx(walk.length_m)


def test_a_bound_below_the_optimum_is_told():
    """Nothing is found when no walk is shorter than the bound."""
    case = ([0, 5], [0, 10], [1], [10], (0, 0))
    assert core.rect_length(*case) == 30
    assert core.rect_length(*case, bound=30) == 30
    assert core.rect_length(*case, bound=29) == np.inf


@pytest.mark.parametrize("blocks", [1, 2])
def test_published_optima_are_reached(blocks):
    """Every instance of the published set (Hessler and Irnich 2024)."""
    try:
        cases = route_sets.plain(blocks)
    except harness.MissingData as missing:
        pytest.skip(str(missing))
    wrong = [
        case.name for case in cases
        if abs(core.rect_length(case.xs, case.crossings, case.columns, case.ys, case.start) - case.best) > 1e-6]
    assert not wrong


def test_an_unknown_policy_is_refused():
    """One sentence."""
    with pytest.raises(ValueError, match="There is no routing policy called zigzag."):
        core.policy_walk("zigzag", [0], [0, 1], [], [], (0, 0))


@pytest.mark.parametrize("name", ["rect", "policies", "tour", "graph", "engine", "scattered", "choice"])
def test_examples(name):
    """The examples in the documentation are true."""
    found = doctest.testmod(importlib.import_module(f"gantry_route_core.{name}"))
    assert found.attempted and not found.failed
