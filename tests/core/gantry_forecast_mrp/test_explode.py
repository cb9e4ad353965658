"""Explosion of demand through bills of materials."""

import doctest

import numpy as np
import pytest
from gantry_forecast_mrp_core import Structure, explode, reachable
from hypothesis import given, settings
from hypothesis import strategies as st


def structure(n, *edges):
    """Edges as (parent, child, ratio) or (parent, child, ratio, lag)."""
    rows = [edge if len(edge) == 4 else (*edge, 0) for edge in edges]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return Structure(
        n=n, parent=np.array(columns[0], int), child=np.array(columns[1], int),
        ratio=np.array(columns[2], float), lag=np.array(columns[3], int),
    )  # fmt: skip


TABLE, CHAIR, LEG, SCREW, SEAT = range(5)


def test_three_levels_computed_by_hand():
    """Tables and chairs share legs and screws on different levels.

    10 tables: 40 legs and 8 screws each = 80; 20 chairs: 80 legs, 20 seats of 6 screws = 120; 120 legs of 2 screws
    and 5 sold as spare parts: (120 + 5) * 2 = 250. Screws: 80 + 120 + 250 = 450.
    """
    bills = structure(
        5, (TABLE, LEG, 4), (TABLE, SCREW, 8), (CHAIR, LEG, 4), (CHAIR, SEAT, 1), (SEAT, SCREW, 6), (LEG, SCREW, 2)
    )
    own = np.zeros((5, 1))
    own[TABLE], own[CHAIR], own[LEG] = 10, 20, 5
    result = explode(own, bills)
    assert result.dependent[:, 0].tolist() == [0, 0, 120, 450, 20]
    assert result.edge_qty.tolist() == [40, 80, 80, 20, 120, 250]
    assert result.levels == 3


def test_lead_time_moves_demand_earlier_and_loses_nothing():
    """A component is needed one bucket before; what is overdue is needed in the first bucket, and the last buckets
    serve parents beyond the horizon, which go on as in their last bucket."""
    result = explode(np.array([[1.0, 2, 4], [0, 0, 0]]), structure(2, (0, 1, 3, 1)))
    assert result.dependent[1].tolist() == [9, 12, 12]
    result = explode(np.array([[1.0, 2, 4], [0, 0, 0]]), structure(2, (0, 1, 1, 9)))
    assert result.dependent[1].tolist() == [7, 4, 4]


def test_a_circle_is_left_out_and_told_while_the_rest_goes_on():
    """0 is made of 1, 1 of 2, 2 of 1 again; 2 also takes 3, and 4 stands apart."""
    bills = structure(6, (0, 1, 1), (1, 2, 1), (2, 1, 1), (2, 3, 5), (4, 5, 2))
    own = np.array([[1.0], [0], [10], [0], [7], [0]])
    result = explode(own, bills)
    assert result.circular.tolist() == [False, True, True, False, False]
    assert result.dependent[:, 0].tolist() == [0, 1, 0, 50, 0, 14]


def test_a_product_made_of_itself_is_a_circle():
    """The shortest circle there is."""
    result = explode(np.array([[3.0]]), structure(1, (0, 0, 1)))
    assert result.circular.tolist() == [True]
    assert result.dependent.tolist() == [[0.0]]


def test_nothing_to_explode():
    """No bills, no demand."""
    assert explode(np.ones((3, 4)), structure(3)).dependent.sum() == 0


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_random_bills_agree_with_walking_every_path(data):
    """Against an oracle that walks down from each unit sold, path by path, over a horizon that goes on long enough."""
    n = data.draw(st.integers(2, 8))
    pairs = [(p, c) for p in range(n) for c in range(p + 1, n)]
    chosen = data.draw(st.lists(st.sampled_from(pairs), max_size=14))
    order = data.draw(st.permutations(range(n)))
    edges = [(order[p], order[c], data.draw(st.integers(1, 4)), data.draw(st.integers(0, 2))) for p, c in chosen]
    row = st.lists(st.integers(0, 5), min_size=3, max_size=3)
    own = np.array(data.draw(st.lists(row, min_size=n, max_size=n)), float)
    longer = np.concatenate([own, np.repeat(own[:, -1:], 16, axis=1)], axis=1)
    expected = np.zeros((n, 3))

    def walk(node, bucket, quantity):
        for parent, child, ratio, lag in edges:
            if parent == node:
                needed = max(bucket - lag, 0)
                if needed < 3:
                    expected[child, needed] += quantity * ratio
                walk(child, needed, quantity * ratio)

    for node in range(n):
        for bucket in range(longer.shape[1]):
            if longer[node, bucket]:
                walk(node, bucket, longer[node, bucket])
    result = explode(own, structure(n, *edges))
    np.testing.assert_allclose(result.dependent, expected)
    assert not result.circular.any()


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_reachable_agrees_with_a_search(data):
    """Also through circles."""
    n = data.draw(st.integers(1, 7))
    node = st.integers(0, n - 1)
    edges = data.draw(st.lists(st.tuples(node, node, st.just(1)), max_size=12))
    start = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    found, front = set(), {i for i in range(n) if start[i]}
    while front:
        front = {c for p, c, _r in edges if p in front} - found
        found |= front
    assert set(np.flatnonzero(reachable(structure(n, *edges), np.array(start))).tolist()) == found


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [([(0, 5, 1)], "does not exist"), ([(0, 1, -1)], "not negative"), ([(0, 1, np.nan)], "not negative"),
     ([(0, 1, 1, -1)], "after the product"), ([(-1, 0, 1)], "counted from zero")],
)  # fmt: skip
def test_bad_structures_are_refused(edges, sentence):
    """One plain sentence each."""
    with pytest.raises(ValueError, match=sentence):
        structure(2, *edges)


def test_a_hundred_thousand_edges_take_less_than_two_seconds():
    """Four levels, 13 buckets."""
    import time

    rng = np.random.default_rng(1)
    n, e = 40_000, 100_000
    parent = rng.integers(0, n - 1, e)
    child = parent // 10_000 * 10_000 + 10_000 + rng.integers(0, 10_000, e)
    keep = child < n
    parent, child = parent[keep], child[keep]
    bills = Structure(
        n=n, parent=parent, child=child, ratio=np.ones(len(parent)), lag=np.zeros(len(parent), int)
    )  # fmt: skip
    begin = time.perf_counter()
    result = explode(rng.random((n, 13)), bills)
    assert time.perf_counter() - begin < 2
    assert result.levels == 4


def test_examples_in_docstrings():
    """The smallest example of every public function is true."""
    import sys

    import gantry_forecast_mrp_core.explode  # noqa: F401

    assert doctest.testmod(sys.modules["gantry_forecast_mrp_core.explode"]).failed == 0
