"""One front door for both kinds of floor, distances on walkways, bad input."""

import itertools
import sys

import gantry_route_core as core
import numpy as np
import pytest
from gantry_route_core import graph
from hypothesis import given, settings
from hypothesis import strategies as st

XS, CROSSINGS = np.arange(8) * 4.0, np.array([0.0, 22.0, 44.0])


def hall(one_way=()):
    """The same block of aisles as a walkway graph; some edges from their first to their second node only."""
    edges = []
    for column, level in itertools.product(range(len(XS)), range(len(CROSSINGS))):
        node = column * len(CROSSINGS) + level
        if level + 1 < len(CROSSINGS):
            edges.append((node, node + 1))
        if column + 1 < len(XS):
            edges.append((node, node + len(CROSSINGS)))
    start, end = np.array(edges).T
    return core.Walkways(
        x=np.repeat(XS, len(CROSSINGS)), y=np.tile(CROSSINGS, len(XS)), start=start, end=end,
        one_way=np.isin(np.arange(len(edges)), list(one_way)))


def both_floors(rng, n):
    columns, ys = rng.integers(0, len(XS), n), rng.integers(1, 44, n).astype(float)
    ends = (int(rng.integers(0, len(XS))), 0.0), (int(rng.integers(0, len(XS))), 44.0)
    block = core.Problem(
        floor=core.Block(xs=XS, crossings=CROSSINGS), place=columns, along=ys, start=ends[0], end=ends[1])
    edge, offset, away = core.snap(
        hall(), [*XS[columns], *(XS[column] for column, _y in ends)], [*ys, *(y for _column, y in ends)])
    assert away.max() == pytest.approx(0)
    walkways = core.Problem(
        floor=hall(), place=edge[:-2], along=offset[:-2], start=(edge[-2], offset[-2]), end=(edge[-1], offset[-1]))
    return block, walkways


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_both_floors_agree(seed):
    """The block solved exactly and the same house as a graph: same metres, every stop once, legs add up."""
    rng = np.random.default_rng(seed)
    block, walkways = both_floors(rng, int(rng.integers(0, 15)))
    one, other = core.solve(block), core.solve(walkways)
    assert other.length_m == pytest.approx(one.length_m)
    assert other.given_m == pytest.approx(one.given_m)
    for plan in (one, other):
        assert sorted(plan.order.tolist()) == list(range(block.size))
        assert plan.leg_m.sum() == pytest.approx(plan.length_m)
        assert np.hypot(*np.diff(plan.path, axis=0).T).sum() == pytest.approx(plan.length_m)
        assert plan.length_m <= plan.given_m + 1e-6 and plan.length_m <= plan.serpentine_m + 1e-6


def test_two_lines_in_one_bin_are_one_stop():
    """No metres between them, and the order of the input among them."""
    problem = core.Problem(
        floor=core.Block(xs=XS, crossings=CROSSINGS), place=[3, 1, 3], along=[5.0, 5.0, 5.0], start=(0, 0.0))
    for floor_plan in (core.solve(problem), core.solve(problem, core.Params(policy="s_shape"))):
        rows = floor_plan.order.tolist()
        assert rows.index(2) == rows.index(0) + 1
        assert floor_plan.leg_m[rows.index(2)] == 0


def test_a_one_way_aisle_is_walked_one_way():
    """Back means round the block."""
    ring = core.Walkways(
        x=[0, 10, 10, 0], y=[0, 0, 10, 10], start=[0, 1, 2, 3], end=[1, 2, 3, 0], one_way=[True] * 4)
    plan = core.solve(core.Problem(floor=ring, place=[0, 0], along=[8, 2], start=(0, 5.0)))
    assert plan.order.tolist() == [0, 1] and plan.length_m == pytest.approx(40.0)


def test_an_island_is_left_out_and_told():
    """Infeasible is a value, not an exception."""
    floor = core.Walkways(x=[0, 10, 50, 60], y=[0, 0, 0, 0], start=[0, 2], end=[1, 3])
    plan = core.solve(core.Problem(floor=floor, place=[0, 1], along=[4, 5], start=(0, 0.0)))
    assert plan.order.tolist() == [0] and plan.unassigned.tolist() == [1]
    assert plan.length_m == pytest.approx(8.0) and plan.reasons["unreachable"] == {"stops": 1}


def test_distances_without_scipy_are_the_same(monkeypatch):
    """scipy makes it faster, not different."""
    rng = np.random.default_rng(0)
    floor = hall(one_way=(0, 5, 9))
    edge = rng.integers(0, len(floor.length_m), 30)
    offset = rng.random(30) * floor.length_m[edge]
    fast = core.distances(floor, edge, offset)
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    slow = core.distances(floor, edge, offset)
    np.testing.assert_allclose(fast.matrix, slow.matrix)
    for one, other in ((0, 1), (5, 3), (7, 7)):
        path = np.diff(slow.path(one, other), axis=0)
        assert np.hypot(*path.T).sum() == pytest.approx(slow.matrix[one, other])
    assert graph.Walkways is core.Walkways


BAD = {
    "The aisles must lie at rising distances.": lambda: core.Block(xs=[3, 1], crossings=[0, 5]),
    "A block needs two to eight cross-aisles.": lambda: core.Block(xs=[0], crossings=[0]),
    "Every stop needs an aisle and a place along it.": lambda: problem(place=[0, 1], along=[1.0]),
    "A stop lies in an aisle that is not there.": lambda: problem(place=[9], along=[1.0]),
    "A stop lies outside the aisles.": lambda: problem(place=[0], along=[99.0]),
    "A stop lies at an unknown place.": lambda: problem(place=[0], along=[np.nan]),
    "Ranks and handling times need an entry for each stop.": lambda: problem(place=[0], along=[1.0], rank=[1, 2]),
    "The walking speed must be above zero.": lambda: core.Params(speed_m_per_s=0),
    "A walkway leads to a node that is not there.": lambda: core.Walkways(x=[0], y=[0], start=[0], end=[1]),
    "A walkway has a negative or unknown length.":
        lambda: core.Walkways(x=[0, 1], y=[0, 0], start=[0], end=[1], length_m=[-1]),
}


def problem(**values):
    return core.Problem(floor=core.Block(xs=[0, 4], crossings=[0, 10]), start=(0, 0.0), **values)


@pytest.mark.parametrize("sentence", BAD)
def test_bad_input_is_refused_in_a_sentence(sentence):
    """One plain sentence each."""
    with pytest.raises(ValueError) as caught:
        BAD[sentence]()
    assert str(caught.value) == sentence
