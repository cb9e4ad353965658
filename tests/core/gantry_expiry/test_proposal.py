"""Proposals for expiring lots: small cases by hand, properties, bad input."""

import doctest

import gantry_expiry_core as core
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

Action, Params, Problem, solve = core.Action, core.Params, core.Problem, core.solve


def make(rows, demand=(1.0,)):
    """rows: (group, quantity, days of sale, alert days, days left, returnable days)."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    names = ("quantity", "days_of_sale", "alert_days", "days_left", "returnable_days")
    return Problem(
        group=np.array(columns[0], dtype=int),
        demand_per_day=np.array(demand, dtype=float),
        **{name: np.array(column, dtype=float) for name, column in zip(names, columns[1:], strict=True)},
    )


def actions(plan):
    return [Action(code).name for code in plan.action]


def test_example_of_the_manual():
    import gantry_expiry_core.proposal as module

    assert doctest.testmod(module).failed == 0


def test_over_goes_back_or_to_the_bin():
    plan = solve(make([(0, 5, -1, 10, 2, np.nan), (0, 5, -1, 10, 2, 0), (0, 5, -1, 10, 2, 3)]))
    assert actions(plan) == ["SCRAP", "RETURN", "SCRAP"]
    assert plan.surplus.tolist() == [5, 5, 5]


def test_earlier_lots_use_up_the_demand():
    """5 a day for 10 days is 50: the first lot takes 40 of it."""
    plan = solve(make([(0, 20, 10, 20, 10, np.nan), (0, 40, 8, 20, 8, np.nan)], demand=(5,)))
    assert actions(plan) == ["MARKDOWN", "SELL_FIRST"]
    assert plan.surplus.tolist() == [10, 0]


def test_groups_do_not_share_demand():
    plan = solve(make([(0, 10, 10, 20, 10, np.nan), (1, 10, 10, 20, 10, np.nan)], demand=(1, 0)))
    assert actions(plan) == ["SELL_FIRST", "MARKDOWN"]


def test_markdown_grows_towards_the_end():
    plan = solve(make([(0, 9, days, 20, days, np.nan) for days in (20, 10, 1, 40)], demand=(0,)))
    assert plan.percent.tolist() == [20, 35, 50, 20]


def test_no_stock_no_proposal():
    assert actions(solve(make([(0, 0, 5, 10, 5, 0)]))) == ["NONE"]
    assert len(solve(make([], demand=())).action) == 0


lots = st.lists(
    st.tuples(
        st.integers(0, 2), st.integers(0, 500), st.integers(-20, 60), st.integers(0, 40), st.integers(-20, 80),
        st.sampled_from([float("nan"), 0.0, 5.0, 30.0]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@given(lots, st.lists(st.floats(0, 30), min_size=3, max_size=3))
def test_demand_is_never_spent_twice(rows, demand):
    """Up to any day, what is sold of a group is at most its demand until then; surplus is within the lot."""
    problem = make(rows, demand)
    plan = solve(problem)
    assert np.all(plan.surplus >= 0) and np.all(plan.surplus <= problem.quantity + 1e-6)
    sold = problem.quantity - plan.surplus
    for group in range(3):
        for day in problem.days_of_sale[problem.group == group]:
            until = (problem.group == group) & (problem.days_of_sale <= day)
            assert sold[until].sum() <= demand[group] * max(day, 0) + 1e-6


@given(lots, st.lists(st.floats(0, 30), min_size=3, max_size=3), st.randoms())
def test_order_of_the_rows_does_not_matter(rows, demand, random):
    """Rows with different last days give the same answer in any order."""
    unique = list({(row[0], row[2]): row for row in rows}.values())
    shuffled = unique[:]
    random.shuffle(shuffled)
    answers = [dict(zip(map(repr, some), zip(actions(solve(make(some, demand))), strict=True), strict=True))
               for some in (unique, shuffled)]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quantity": np.array([-1.0])}, "cannot be negative"),
        ({"quantity": np.array([np.nan])}, "must be numbers"),
        ({"quantity": np.array([1.0, 2.0])}, "one value for each"),
        ({"group": np.array([3])}, "needs its demand"),
        ({"demand_per_day": np.array([-1.0])}, "cannot be negative"),
    ],
)
def test_bad_problems_are_refused(change, sentence):
    good = make([(0, 1, 1, 1, 1, 0)])
    values = {name: getattr(good, name) for name in good.__dataclass_fields__} | change
    with pytest.raises(ValueError, match=sentence):
        Problem(**values)


@pytest.mark.parametrize("values", [{"markdown_min": 60}, {"markdown_max": 101}, {"markdown_min": -1}, {"step": 0}])
def test_bad_params_are_refused(values):
    with pytest.raises(ValueError, match=r"Markdowns|step"):
        Params(**values)
