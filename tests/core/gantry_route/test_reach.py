"""Metres from one place to many: the same as the table between all, on both kinds of floor."""

import gantry_route_core as core
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BLOCK = core.Block(xs=np.arange(5) * 4.0, crossings=[0.0, 20.0, 41.0])


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_reach_is_a_row_of_the_table(seed):
    """On a graph with one-way edges and on a block; the block agrees with `rect_distance`."""
    rng = np.random.default_rng(seed)
    ring = core.Walkways(
        x=[0, 10, 10, 0, 5], y=[0, 0, 10, 10, 5], start=[0, 1, 2, 3, 0, 2], end=[1, 2, 3, 0, 4, 4],
        one_way=rng.random(6) < 0.3)
    edge = rng.integers(0, 6, 12)
    offset = rng.random(12) * ring.length_m[edge]
    table = core.metres_between(ring, edge, offset)
    for row in range(12):
        np.testing.assert_allclose(core.reach(ring, (edge[row], offset[row]), edge, offset), table[row], atol=1e-9)
    column, along = rng.integers(0, 5, 12), rng.random(12) * 41
    table = core.metres_between(BLOCK, column, along)
    for row in range(12):
        np.testing.assert_allclose(core.reach(BLOCK, (column[row], along[row]), column, along), table[row])
        other = int(rng.integers(0, 12))
        assert table[row, other] == pytest.approx(core.rect_distance(
            BLOCK.xs, BLOCK.crossings, (column[row], along[row]), (column[other], along[other])))


def test_no_way_is_infinite():
    """An island is not near."""
    floor = core.Walkways(x=[0, 10, 50, 60], y=[0, 0, 0, 0], start=[0, 2], end=[1, 3])
    assert core.reach(floor, (0, 4.0), [0, 1], [7.0, 5.0]).tolist() == [3.0, np.inf]
