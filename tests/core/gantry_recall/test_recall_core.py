"""Recalls without a database: snapshots, samples, accounts, scores, evidence."""

import doctest
import importlib
import io
import random
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from gantry_recall_core import (
    EVENTS,
    GENESIS,
    Answer,
    Limits,
    Sheet,
    account,
    canonical,
    chain,
    completeness,
    difference,
    pack,
    sample,
    score,
    tracking_events,
    verify,
    write_workbook,
)
from hypothesis import given, settings
from hypothesis import strategies as st

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
quantity = st.floats(0, 1e6)


@pytest.mark.parametrize("name", ["snapshot", "sample", "account", "score", "evidence", "fsma", "sheet"])
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


# -- workbooks and tracking events


def test_workbook_is_read_by_a_spreadsheet_program():
    """Text, numbers, times and shares come back as what they were, odd characters included."""
    rows = [
        ("=1+1", 2.5, datetime(2026, 5, 1, 12, 30), date(2026, 5, 1), 0.25, True, None),
        ("<&\"'>\x07 ü 漢", -3, None, None, 1, False, "x" * 40_000),
        ("  spaced  ", 10**12, datetime(1999, 12, 31, 23, 59), date(2100, 1, 1), 0, True, "\n"),
    ]
    output = io.BytesIO()
    heads = tuple("abcdefg")
    counts = write_workbook(
        output,
        [
            Sheet(title="A/B: [1]" + "x" * 40, columns=heads, rows=iter(rows), shares=frozenset([4])),
            Sheet(title="A/B: [1]" + "x" * 40, columns=("a",), rows=[]),
        ],
    )
    assert counts == [3, 0]
    book = openpyxl.load_workbook(output)
    assert len(set(book.sheetnames)) == 2 and all(len(name) <= 31 for name in book.sheetnames)
    head, *found = book.worksheets[0].values
    assert head == heads
    assert found[0][:2] == ("=1+1", 2.5) and book.worksheets[0]["A2"].data_type == "s"
    assert found[0][2:6] == (datetime(2026, 5, 1, 12, 30), datetime(2026, 5, 1), 0.25, True)
    assert found[1][0] == "<&\"'> ü 漢" and len(found[1][6]) == 32_767
    assert found[2][0] == "  spaced  " and found[2][1] == 10**12
    assert book.worksheets[0]["E2"].number_format == "0%"
    assert book.worksheets[0].auto_filter.ref == "A1:G4"


@pytest.mark.parametrize(("sheets", "reason"), [([], "at least one sheet"), (["list"], "takes text")])
def test_what_is_no_workbook_is_refused(sheets, reason):
    made = [Sheet(title=name, columns=("a",), rows=[([],)]) for name in sheets]
    with pytest.raises((ValueError, TypeError), match=reason):
        write_workbook(io.BytesIO(), made)


@pytest.mark.parametrize(
    ("source", "target", "start", "moved", "events"),
    [
        ("supplier", "internal", None, False, ("receiving",)),
        ("supplier", "internal", "landing", False, ("first_land_based_receiving",)),
        ("supplier", "internal", "packing", False, ("receiving",)),
        ("customer", "internal", "landing", False, ("receiving",)),
        ("production", "internal", "packing", False, ("initial_packing",)),
        ("production", "internal", "landing", False, ("transformation_output",)),
        ("internal", "production", "packing", False, ("transformation_input",)),
        ("internal", "internal", None, True, ("shipping", "receiving")),
        ("internal", "internal", None, False, ()),
        ("internal", "inventory", None, False, ()),
        ("internal", "transit", None, False, ("shipping",)),
        ("transit", "internal", None, False, ("receiving",)),
        ("supplier", "customer", None, False, ("shipping",)),
    ],
)
def test_which_movement_is_which_tracking_event(source, target, start, moved, events):
    assert tracking_events(source, target, start, moved) == events
    for event in events:
        whole = dict.fromkeys(EVENTS[event], "x")
        assert completeness(event, whole) == (1, ())
        for name in EVENTS[event]:
            share, missing = completeness(event, whole | {name: ""})
            assert missing == (name,) and share < 1


def test_unknown_beginnings_and_events_are_refused():
    with pytest.raises(ValueError, match="begins at packing or landing"):
        tracking_events("supplier", "internal", "farm")
    with pytest.raises(ValueError, match="no tracking event"):
        completeness("eating", {})
