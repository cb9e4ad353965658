"""Recalls without a database: snapshots, samples, accounts, scores, evidence."""

import doctest
import importlib
import io
import random
import zipfile

import pytest
from gantry_recall_core import (
    GENESIS,
    Answer,
    Limits,
    account,
    canonical,
    chain,
    difference,
    pack,
    sample,
    score,
    verify,
)
from hypothesis import given, settings
from hypothesis import strategies as st

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
quantity = st.floats(0, 1e6)


@pytest.mark.parametrize("name", ["snapshot", "sample", "account", "score", "evidence", "fsma"])
def test_examples_in_docstrings(name):
    found = doctest.testmod(importlib.import_module(f"gantry_recall_core.{name}"))
    assert found.attempted and not found.failed


@given(st.dictionaries(st.text(), values, max_size=6))
def test_canonical_does_not_depend_on_the_order_of_keys(data):
    """Two programs that mean the same write the same bytes."""
    shuffled = list(data.items())
    random.Random(1).shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(data)


def test_nan_is_refused():
    with pytest.raises(ValueError):
        canonical({"qty": float("nan")})


@given(st.lists(st.text(), min_size=2, max_size=6, unique=True), st.data())
def test_changing_any_snapshot_breaks_the_chain_from_there_on(contents, data):
    def links(texts):
        found, link = [], GENESIS
        for text in texts:
            link = chain(text, link)[1]
            found.append(link)
        return found

    place = data.draw(st.integers(0, len(contents) - 1))
    changed = [*contents]
    changed[place] += "x"
    before, after = links(contents), links(changed)
    assert before[:place] == after[:place]
    assert all(one != two for one, two in zip(before[place:], after[place:], strict=True))


rows = st.lists(
    st.builds(lambda p, q: {"partner_id": p, "lot_id": 1, "pool_id": None, "qty_net": q}, st.integers(1, 9),
              st.integers(0, 3)),
    unique_by=lambda row: row["partner_id"],
)  # fmt: skip


@given(rows, rows)
def test_difference_is_everything_and_nothing_else(old, new):
    found = difference({"lots": [], "customers": old}, {"lots": [], "customers": new})
    was, now = ({row["partner_id"]: row["qty_net"] for row in side} for side in (old, new))
    assert {row["partner_id"] for row in found["customers_added"]} == set(now) - set(was)
    assert {row["partner_id"] for row in found["customers_removed"]} == set(was) - set(now)
    changed = {row["partner_id"] for row in found["customers_changed"]}
    assert changed == {key for key in set(was) & set(now) if was[key] != now[key]}


@given(st.sets(st.integers(1, 10_000), max_size=300), st.sampled_from("abcde"), st.integers(0, 2**31))
def test_sample_is_of_the_right_size_and_can_be_drawn_again(consignees, level, seed):
    drawn = sample(list(consignees), level, seed, 0.3)
    share = {"a": 1, "b": 0.3, "c": 0.1, "d": 0.02, "e": 0}[level]
    assert set(drawn) <= consignees and len(set(drawn)) == len(drawn)
    assert share * len(consignees) - 1e-6 <= len(drawn) < share * len(consignees) + 1
    assert drawn == sample(sorted(consignees, reverse=True), level, seed, 0.3)


def test_every_consignee_can_be_drawn():
    """A sample that always leaves the same ones out would check nothing."""
    drawn = {one for seed in range(200) for one in sample(range(20), "c", seed)}
    assert drawn == set(range(20))


@pytest.mark.parametrize(("level", "share"), [("f", 0.5), ("b", 0), ("b", 1.5)])
def test_bad_levels_are_refused(level, share):
    with pytest.raises(ValueError):
        sample([1], level, 1, share)


@given(st.lists(st.tuples(quantity, quantity), max_size=6), quantity, quantity)
@settings(max_examples=200)
def test_all_there_was_is_somewhere(delivered, in_house, scrapped):
    """in house + used + gone + answered + open is the total, whatever consignees say."""
    shipped = sum(net for net, _said in delivered)
    total = shipped + in_house + scrapped
    found = account(
        {"produced": total, "shipped": shipped, "on_hand": in_house, "scrapped": scrapped},
        [(net, Answer(sold=said)) for net, said in delivered],
    )
    parts = found.in_house + found.used + found.gone + found.answered + found.open + found.unexplained
    assert parts == pytest.approx(total, abs=1e-3)
    assert 0 <= found.accounted <= 1


def test_what_left_without_a_notice_is_open():
    found = account({"produced": 10, "shipped": 6, "on_hand": 4}, [(2, Answer(sold=2))])
    assert (found.open, found.accounted) == (4, pytest.approx(0.6))


@given(st.floats(0, 1e4), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_drill_passes_with_full_points_only(minutes, accounted, over, reached):
    limits = Limits(max_minutes=240, min_accounted=0.95, max_over=0.05, min_reached=0.9)
    result = score(limits, minutes=minutes, accounted=accounted, over=over, reached=reached)
    assert 0 <= result.points <= 100
    assert result.passed == (not result.failed)
    if result.passed:
        assert result.points == 100


def test_evidence_with_a_snapshot_taken_out_is_not_whole():
    one, first = chain("{}")
    _two, second = chain("[]", first)
    files = {"snapshots/0001.json": b"{}", "snapshots/0002.json": b"[]"}
    data, _digest = pack(files, {"chain": [first, second]})
    assert verify(data) == []
    data, _digest = pack({"snapshots/0002.json": b"[]"}, {"chain": [second]})
    assert verify(data) == ["snapshots/0002.json does not fit into the chain"]
    data, _digest = pack(files, {"chain": [first]})
    assert verify(data) == ["the chain and the snapshots differ in number"]


def test_the_same_evidence_gives_the_same_bytes():
    assert pack({"a": b"1", "b": b"2"}, {"chain": []}) == pack({"b": b"2", "a": b"1"}, {"chain": []})


def test_an_archive_without_manifest_is_not_whole():
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("a", b"")
    assert verify(output.getvalue()) == ["manifest.json is missing", "a was added"]
