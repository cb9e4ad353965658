"""Racks from a few numbers: the arithmetic, the names, what a second run changes."""

import doctest
import importlib
import itertools

import gantry_layout_core as core
import numpy as np
import pytest
from gantry_layout_core import GEOMETRY, BinProblem, Pattern, Shape, ShapeError, plan_bins
from hypothesis import given
from hypothesis import strategies as st

ISSUE = {"aisle_count": 20, "section_count": 2, "bay_count": 40, "level_count": 4}
MODULES = ("binfile", "generate", "geometry", "health", "pattern", "picture", "serpentine", "shape", "walkways")


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_the_manual_hold(name):
    """Every doctest of the core runs."""
    result = doctest.testmod(importlib.import_module(f"gantry_layout_core.{name}"))
    assert not result.failed


def plan_of(pattern="A-01-03-2", **measures):
    problem = {key: measures.pop(key) for key in list(measures) if key in BinProblem.__dataclass_fields__}
    return plan_bins(BinProblem(shape=Shape(**{**ISSUE, **measures}), pattern=Pattern.read(pattern), **problem))


def test_the_example_of_the_issue_makes_6400_bins():
    """20 aisles, 2 blocks, 40 bays, 4 levels, A-01-03-2: each of the four numbers is a part of the name."""
    plan = plan_of()
    assert len(plan.names) == len(set(plan.names)) == 6400
    assert (plan.names[0], plan.names[-1]) == ("A-01-01-1", "T-02-40-4")
    assert {"A-01-03-2", "T-02-39-1"} <= set(plan.names)


def test_odd_bays_stand_left_and_even_ones_right():
    """Bays 1 and 2 face each other across the aisle, bay 3 is the next one on the left."""
    plan = plan_of(level_count=1)
    place = {name: dict(zip(GEOMETRY, row, strict=True)) for name, row in zip(plan.names, plan.geometry, strict=True)}
    one, two, three = (place[f"A-01-0{bay}-1"] for bay in (1, 2, 3))
    assert one["y"] == two["y"] and three["y"] == pytest.approx(one["y"] + 1.2)
    assert one["x"] == three["x"] == 0.5 and two["x"] == 3.5
    assert one["access_x"] == two["access_x"] == 2.0
    second = place["A-02-01-1"]
    assert second["y"] == pytest.approx(one["y"] + 20 * 1.2 + 3.0)  # behind a section and a cross-aisle


@given(
    st.integers(1, 5), st.integers(1, 3), st.integers(1, 7), st.integers(1, 3), st.integers(1, 3),
    st.sampled_from([1, 2]),
    st.sampled_from(["{aisle:A}-{block}-{bay:02}-{level}-{position}", "{aisle}.{bay}.{level}.{position}.{side}"]))
def test_no_two_bins_share_a_name_or_a_place(aisles, sections, bays, levels, positions, sides, pattern):
    """Whatever the numbers: as many bins as their product, each with its own name, none inside another."""
    plan = plan_of(
        pattern, aisle_count=aisles, section_count=sections, bay_count=bays, level_count=levels,
        position_count=positions, side_count=sides)
    assert len(set(plan.names)) == aisles * sections * bays * levels * positions
    column = dict(zip(GEOMETRY, plan.geometry.T, strict=True))
    pairs = core.find_overlaps(
        *(column[name] for name in ("x", "y", "z", "width", "depth", "height")), np.ones(len(plan.names), bool))
    assert not len(pairs[0])


@pytest.mark.parametrize("pattern, shape, sentence", [
    ("A", {}, "an example such as"),
    ("A-01", {}, "no place for the level"),
    ("A-01-2", {"position_count": 2}, "no place for the position"),
    ("{aisle}-{shelf}", {}, "knows no {shelf}"),
    ("{aisle}-{aisle}-{bay}", {}, "twice"),
    ("A/01-03-2", {}, "slash"),
    ("A-01-03-2", {"aisle_count": 0}, "number of aisles"),
    ("A-01-03-2", {"bay_width_m": 0}, "above zero"),
    ("A-01-03-2", {"aisle_pitch_m": 2.0}, "nobody could walk"),
    ("A-01-03-2", {"aisle_count": 500, "bay_count": 1000}, "too many"),
    ("A-01-03-2", {"first_aisle": 0}, "first aisle"),
])
def test_measures_that_make_no_warehouse_are_refused_in_one_sentence(pattern, shape, sentence):
    """A table of bad inputs."""
    with pytest.raises(ShapeError, match=sentence.replace("{", r"\{").replace("}", r"\}")):
        plan_of(pattern, **shape)


@pytest.mark.parametrize("pattern, first, last", [
    ("A-01-2", "A-01-1", "T-80-4"),  # no block in the name: bays run on
    ("A-01-2-L", "A-01-1-L", "T-40-4-R"),  # with sides each side counts for itself
    ("PF-A-01-03-2", "PF-A-01-01-1", "PF-T-02-40-4"),
    ("01.001.001.1", "01.001.001.1", "20.002.040.4"),
    ("{aisle:02}{bay:03}-{level:A}", "01001-A", "20080-D"),
])
def test_names_follow_the_example(pattern, first, last):
    """First and last name of the issue's warehouse."""
    names = plan_of(pattern).names
    assert (names[0], names[-1]) == (first, last)


def run_again(plan, stocked=(), touch=False, **measures):
    """The generator once more on what an earlier plan made."""
    held = np.isin(plan.names, list(stocked))
    return plan_of(
        names=plan.names, geometry=plan.geometry, stocked=held, ours=np.ones(len(held), bool), touch_stocked=touch,
        **measures)


def test_a_second_run_changes_nothing():
    """The same numbers again: no new bin, no changed one."""
    again = run_again(plan_of())
    assert not len(again.create) and not len(again.change) and not len(again.left_over)


def test_further_aisles_leave_the_others_alone():
    """Two more aisles of 320 bins each."""
    again = run_again(plan_of(), aisle_count=22)
    assert len(again.create) == 640 and not len(again.change)
    assert {again.names[row][0] for row in again.create} == {"U", "V"}


def test_bins_with_stock_keep_their_place_unless_told_otherwise():
    """Longer sections push the second block back; the bin with stock there is named and left out."""
    again = run_again(plan_of(), stocked=["A-02-01-1", "A-01-01-1"], bay_count=42)
    assert [again.names[row] for row in again.stocked_change] == ["A-02-01-1"]
    assert again.spared.tolist() == again.stocked_change.tolist() and len(again.change) == 3199
    told = run_again(plan_of(), stocked=["A-02-01-1"], touch=True, bay_count=42)
    assert not len(told.spared) and len(told.change) == 3200


def test_fewer_bays_leave_bins_over_and_say_so():
    """Bins that are no longer wanted are counted, never removed."""
    again = run_again(plan_of(), level_count=3)
    assert len(again.left_over) == 1600 and not len(again.create)


def test_the_serpentine_goes_up_and_down():
    """Neighbours in the sequence are never further apart than an aisle, except at its end."""
    shape = Shape(**ISSUE)
    bins = shape.bins()
    x, y = shape.xs[bins["aisle"]], bins["y"]
    order = np.argsort(core.serpentine(bins["aisle"], x, y, bins["level"]))
    steps = abs(np.diff(x[order])) + abs(np.diff(y[order]))
    assert steps.max() <= 4.2  # the cross-aisle in the middle
    assert sorted(core.serpentine(bins["aisle"], x, y, bins["level"])) == list(range(1, 6401))


def test_bins_without_aisle_come_last():
    """Loose bins follow from left to right."""
    assert core.serpentine([-1, 0, -1], [9, 2, 1], [0, 5, 0], [1, 1, 1]).tolist() == [3, 1, 2]


def test_the_picture_shows_every_rack_and_escapes_names():
    """Four racks for two aisles in one block, a neighbour in grey, no markup out of names."""
    shape, other = Shape(aisle_count=2, bay_count=4), Shape(aisle_count=1, bay_count=4, origin_x_m=20)
    svg = core.floor_plan(shape, ["<A>", "B"], [(other, "Old & big")], [("Depot", 1.0, -2.0)])
    assert svg.count('fill="#12545c"') == 4 and svg.count('fill="#9aa5a8"') == 2
    assert "&lt;A&gt;" in svg and "Old &amp; big" in svg and "<circle" in svg


def brute_overlaps(boxes):
    """All pairs, straight from the definition."""
    low, high = boxes[:, :3] - boxes[:, 3:] / 2, boxes[:, :3] + boxes[:, 3:] / 2
    return {
        (one, other) for one, other in itertools.combinations(range(len(boxes)), 2)
        if (np.minimum(high[one], high[other]) - np.maximum(low[one], low[other]) > 0.01).all()}


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3, *[st.integers(1, 4)] * 3), min_size=1, max_size=40, unique_by=(
    lambda box: box[:3])))
def test_overlaps_are_those_of_brute_force(boxes):
    """Every pair of boxes compared, at different places."""
    boxes = np.array(boxes, float)
    x, y, floor, depth, width, height = boxes.T
    middle = np.column_stack([x, y, floor + height / 2, depth, width, height])
    one, other = core.find_overlaps(x, y, floor, width, depth, height, np.ones(len(x), bool))
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == brute_overlaps(middle)


def test_many_bins_at_one_place_are_each_named_once():
    """Ten thousand bins in one spot give ten thousand findings less one, not fifty million pairs."""
    count = 10_000
    one, other = core.find_overlaps(*np.zeros((3, count)), *np.ones((3, count)), np.ones(count, bool))
    assert len(one) == count - 1 and not one.any() and sorted(other) == list(range(1, count))
