"""Days of cover, stock-outs, shortage, excess and waste against a day-by-day count."""

import gantry_insight_core as core
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

EDGES = np.array([-3, 4, 11, 18, 25])


def problem(demand, on_hand, edges=EDGES, **events):
    kept = {name: tuple(np.array(part) for part in zip(*rows, strict=True)) for name, rows in events.items() if rows}
    return core.Problem(edges=np.array(edges), demand=np.array(demand, float), on_hand=np.array(on_hand, float), **kept)


def one(demand, on_hand, params=None, **events):
    plan = core.solve(problem([demand], [on_hand], **events), params or core.Params(look_days=60))
    return {name: getattr(plan, name)[0] for name in plan.__slots__}


def daily(demand, day):
    """Demand of one day, the slow way."""
    for first, last, units in zip(EDGES[:-1], EDGES[1:], demand, strict=True):
        if first <= day < last:
            return units / (last - first)
    return sum(demand) / (EDGES[-1] - EDGES[0])


def test_the_part_of_the_running_bucket_that_is_over_counts_no_more():
    """Four of the seven days of the first week are still to come."""
    assert one([70, 0, 0, 0], 20)["cover_days"] == pytest.approx(2)
    assert one([70, 70, 70, 70], 40)["cover_days"] == pytest.approx(4)
    assert one([70, 70, 70, 70], 0)["demand_30_qty"] == pytest.approx(300)


def test_stock_lasts_on_at_the_mean_rate_after_the_forecast():
    assert one([7, 7, 7, 7], 100)["cover_days"] == pytest.approx(100)


def test_stock_that_nobody_asks_for_lasts_forever():
    found = one([0, 0, 0, 0], 5)
    assert (found["cover_days"], found["stockout_day"], found["excess_qty"]) == (core.FOREVER, core.NEVER, 5)


def test_no_stock_without_demand_is_no_stock_out():
    found = one([0, 0, 0, 0], 0)
    assert (found["cover_days"], found["stockout_day"], found["short_qty"]) == (0, core.NEVER, 0)


def test_negative_stock_with_demand_is_out_today():
    found = one([7, 7, 7, 7], -3, core.Params(short_days=7, look_days=60))
    assert (found["stockout_day"], found["short_qty"]) == (0, pytest.approx(10))


def test_goods_that_arrive_in_time_prevent_a_stock_out():
    assert one([7, 7, 7, 7], 5)["stockout_day"] == 5
    assert one([7, 7, 7, 7], 5, incoming=[(0, 5, 10)])["stockout_day"] == 15
    assert one([7, 7, 7, 7], 5, incoming=[(0, 6, 10)])["stockout_day"] == 5


def test_goods_that_are_late_are_expected_today():
    assert one([7, 7, 7, 7], 0, incoming=[(0, -9, 3)])["stockout_day"] == 3


def test_promised_goods_count_where_they_exceed_the_forecast():
    assert one([7, 7, 7, 7], 20, committed=[(0, 2, 30)])["stockout_day"] == 2
    assert one([7, 7, 7, 7], 20, committed=[(0, 2, 2)])["stockout_day"] == 20


def test_waste_is_what_the_demand_before_the_date_leaves():
    assert one([7, 7, 7, 7], 20, expiring=[(0, 10, 20)])["waste_qty"] == pytest.approx(10)
    assert one([7, 7, 7, 7], 20, expiring=[(0, 10, 8), (0, 12, 12)])["waste_qty"] == pytest.approx(8)
    assert one([7, 7, 7, 7], 20, expiring=[(0, -5, 4)])["waste_qty"] == pytest.approx(4)


def test_waste_of_one_row_is_not_that_of_the_next():
    plan = core.solve(problem([[7] * 4, [7] * 4], [20, 20], expiring=[(1, 10, 20), (0, 10, 12)]))
    assert plan.waste_qty.tolist() == pytest.approx([2, 10])


quantities = st.integers(0, 60)


@given(
    st.lists(quantities, min_size=4, max_size=4), st.integers(-5, 200),
    st.lists(st.tuples(st.integers(-4, 30), quantities), max_size=4),
    st.lists(st.tuples(st.integers(-4, 30), quantities), max_size=4),
)  # fmt: skip
def test_the_look_ahead_agrees_with_a_count_day_by_day(demand, on_hand, incoming, committed):
    """An oracle that walks through the days with one product."""
    events = {"incoming": [(0, *event) for event in incoming], "committed": [(0, *event) for event in committed]}
    found = one(demand, on_hand, core.Params(short_days=14, look_days=40), **events)
    asked, stockout, short = 0.0, core.NEVER, 0.0
    for day in range(40):
        asked += daily(demand, day)
        promised = sum(units for when, units in committed if max(when, 0) <= day)
        supply = on_hand + sum(units for when, units in incoming if max(when, 0) <= day)
        missing = max(asked, promised) - supply
        if missing > 1e-6 and max(asked, promised) > 1e-6 and stockout == core.NEVER:
            stockout = day
        if day < 14:
            short = max(short, missing)
    assert found["stockout_day"] == stockout
    assert found["short_qty"] == pytest.approx(short, abs=1e-5)


@given(st.lists(quantities, min_size=4, max_size=4), st.lists(st.tuples(st.integers(0, 40), quantities), max_size=5))
def test_waste_agrees_with_selling_the_oldest_first_day_by_day(demand, lots):
    """An oracle that sells from the lots, one day after the other."""
    stock = sorted([when, float(units)] for when, units in lots)
    found = one(demand, sum(units for _when, units in lots), expiring=[(0, *lot) for lot in lots])
    waste = 0.0
    for day in range(41):
        waste += sum(units for when, units in stock if when == day)
        stock = [lot for lot in stock if lot[0] > day]
        left = daily(demand, day)
        for lot in stock:
            sold = min(lot[1], left)
            lot[1] -= sold
            left -= sold
    assert found["waste_qty"] == pytest.approx(waste, abs=1e-5)


@given(st.lists(quantities, min_size=4, max_size=4), st.integers(0, 200), st.integers(1, 50))
def test_more_stock_lasts_longer_and_is_never_shorter(demand, on_hand, more):
    small, big = one(demand, on_hand), one(demand, on_hand + more)
    assert big["cover_days"] >= small["cover_days"] - 1e-9
    assert big["short_qty"] <= small["short_qty"]
    assert big["excess_qty"] >= small["excess_qty"]


def test_many_rows_are_computed_like_one():
    """Blocks of rows must not see each other's events."""
    rng = np.random.default_rng(3)
    count = 20_000
    demand, on_hand = rng.poisson(8, (count, 4)).astype(float), rng.poisson(30, count).astype(float)
    rows = rng.permutation(count)[:5000]
    events = (rows, rng.integers(0, 20, 5000), rng.poisson(20, 5000).astype(float))
    plan = core.solve(core.Problem(edges=EDGES, demand=demand, on_hand=on_hand, incoming=events))
    for row in rows[:40]:
        mine = [(0, int(day), float(qty)) for r, day, qty in zip(*events, strict=True) if r == row]
        alone = one(demand[row], on_hand[row], core.Params(), incoming=mine)
        assert plan.stockout_day[row] == alone["stockout_day"]
        assert plan.short_qty[row] == pytest.approx(alone["short_qty"])


@pytest.mark.parametrize(("change", "words"), [
    ({"demand": np.ones((2, 3))}, "a row per stock"),
    ({"edges": np.array([0, 0, 3, 4, 5])}, "follow each other"),
    ({"edges": np.array([-9, -7, -5, -3, -1])}, "ends in the past"),
    ({"demand": -np.ones((2, 4))}, "negative"),
    ({"on_hand": np.array([np.nan, 1])}, "finite"),
    ({"incoming": (np.array([7]), np.array([0]), np.array([1.0]))}, "does not exist"),
    ({"incoming": (np.array([1]), np.array([0, 1]), np.array([1.0]))}, "a row, a day and a quantity"),
])
def test_bad_input_is_refused_in_a_sentence(change, words):
    good = {"edges": EDGES, "demand": np.ones((2, 4)), "on_hand": np.ones(2)}
    with pytest.raises(ValueError, match=words):
        core.Problem(**good | change)


def test_a_horizon_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one day"):
        core.Params(short_days=0)
    with pytest.raises(ValueError, match="longer than one looks ahead"):
        core.Params(short_days=30, look_days=20)
