"""Genealogy without a database: depth and confidence, epochs of untracked stock, mass balance."""

import doctest

import gantry_trace_core
import pytest
from gantry_trace_core import CONFIDENCE, Epoch, balance, epochs, reach
from hypothesis import given, settings
from hypothesis import strategies as st

nodes = st.integers(0, 7)
edges = st.lists(st.tuples(nodes, nodes, st.integers(0, 3)), max_size=20)


@pytest.mark.parametrize("name", ["closure", "epochs", "balance"])
def test_doctests(name):
    module = __import__(f"gantry_trace_core.{name}", fromlist=["x"])
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def naive_depth(seeds, steps, rank=3):
    depth, level, number = dict.fromkeys(seeds, 0), set(seeds), 0
    while level:
        number += 1
        level = {b for a, b, r in steps if a in level and r <= rank} - set(depth)
        depth |= dict.fromkeys(level, number)
    return depth


@settings(max_examples=400, deadline=None)
@given(st.sets(nodes, min_size=1, max_size=3), edges)
def test_depth_is_the_shortest_and_rank_the_surest_path(seeds, steps):
    found = reach(seeds, steps)
    assert {node: row.depth for node, row in found.items()} == naive_depth(seeds, steps)
    for node, row in found.items():
        assert row.rank == next(rank for rank in range(4) if node in naive_depth(seeds, steps, rank))


@settings(max_examples=200, deadline=None)
@given(st.sets(nodes, min_size=1, max_size=3), edges, st.randoms())
def test_order_of_edges_does_not_matter(seeds, steps, rng):
    mixed = list(steps)
    rng.shuffle(mixed)
    assert reach(seeds, steps) == reach(seeds, mixed)


@settings(max_examples=300, deadline=None)
@given(edges, st.sets(st.integers(4, 7)))
def test_hubs_change_depths_only(steps, hubs):
    plain, bundled = reach([0], steps), reach([0], steps, hubs)
    assert plain.keys() == bundled.keys()
    for node in plain:
        assert bundled[node].depth <= plain[node].depth
        assert bundled[node].rank == plain[node].rank


def test_lattice_is_walked_once():
    """40 layers of 20: 20 ** 39 paths, 800 nodes."""
    steps = [(20 * k + a, 20 * k + 20 + b, 0) for k in range(39) for a in range(20) for b in range(20)]
    found = reach([0], steps)
    assert len(found) == 1 + 39 * 20
    assert max(row.depth for row in found.values()) == 39


def test_confidences_go_from_sure_to_unsure():
    assert CONFIDENCE == ("certain", "manual", "derived", "pooled")


events = st.lists(st.tuples(st.integers(0, 12), st.integers(-3, 3).filter(bool)), max_size=25).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


@settings(max_examples=400, deadline=None)
@given(events)
def test_epochs_cover_every_event_and_never_overlap(rows):
    found = epochs(rows)
    for before, after in zip(found, found[1:], strict=False):
        assert before.closed is not None and before.closed < after.opened
        assert after.number == before.number + 1
    for at, _quantity in rows:
        assert sum(1 for e in found if e.opened <= at and (e.closed is None or at <= e.closed)) == 1
    for epoch in found:
        total = sum(quantity for at, quantity in rows if at <= (epoch.closed if epoch.closed is not None else 99))
        assert (total == 0) == (epoch.closed is not None)


@settings(max_examples=400, deadline=None)
@given(events, st.integers(0, 12))
def test_epochs_in_two_goes_are_the_same(rows, cut):
    """What is kept between two visits (the open epoch and its balance) is enough to go on."""
    early = [row for row in rows if row[0] <= cut]
    late = [row for row in rows if row[0] > cut]
    first = epochs(early)
    if not first:
        assert epochs(late) == epochs(rows)
        return
    last = first[-1]
    assert first[:-1] + epochs(late, last.number, last) == epochs(rows)


def test_pool_below_zero_is_not_empty():
    [epoch] = epochs([(1, -5.0), (2, 3.0)])
    assert epoch == Epoch(1, 1, None, -2.0)


usages = st.sampled_from(["supplier", "production", "customer", "inventory", "internal", "transit"])
moves = st.lists(st.tuples(usages, usages, st.booleans(), st.booleans(), st.integers(1, 50)), max_size=12)


@settings(max_examples=400, deadline=None)
@given(moves)
def test_balance_adds_up_whatever_moved(rows):
    inside = {"internal", "transit"}
    there = sum(q * ((target in inside) - (source in inside)) for source, target, _s, _f, q in rows)
    row = balance(rows, on_hand=there)
    assert row.difference == 0
    assert row.total_in + row.adjusted - row.total_out == pytest.approx(there)


@settings(max_examples=200, deadline=None)
@given(moves, st.integers(1, 20), st.integers(0, 20), st.integers(0, 20))
def test_every_difference_has_a_reason(rows, off, came, went):
    inside = {"internal", "transit"}
    there = sum(q * ((target in inside) - (source in inside)) for source, target, _s, _f, q in rows)
    for sign, code in ((1, "stock_without_moves"), (-1, "stock_missing")):
        row = balance(rows, there + sign * off, came, went)
        assert row.difference == -sign * off
        assert {"code": code, "qty": off} in row.reasons


def test_drop_shipment_is_received_and_shipped():
    row = balance([("supplier", "customer", False, True, 4)], on_hand=0)
    assert (row.received, row.shipped, row.difference) == (4, 4, 0)


def test_relabelled_opening_is_a_relabel():
    row = balance([("inventory", "internal", False, True, 4)], on_hand=4, relabelled_in=4)
    assert (row.opening, row.relabelled_in, row.adjusted, row.reasons) == (0, 4, 0, [])


def test_all_is_public():
    assert set(gantry_trace_core.__all__) == {
        "CONFIDENCE", "Balance", "Epoch", "Reached", "balance", "epcis", "epcis_hash", "epochs", "event_hash",
        "faults", "gs1", "reach",
    }  # fmt: skip
