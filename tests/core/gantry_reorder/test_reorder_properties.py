"""What holds for every problem: committed demand, caps, monotony, units of measure, order of rows."""

import numpy as np
from builders import rule
from gantry_reorder_core import Events, Policy, Target, project, solve
from hypothesis import given, settings
from hypothesis import strategies as st

FEW = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def problems(draw, **fixed):
    """One rule of any kind, without limits."""
    mean = draw(st.floats(0.02, 3000))
    lead = sorted(draw(st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True)))
    values = {
        "mean": mean, "deviation": mean * draw(st.floats(0.0, 2.0)), "lead": lead, "prob": np.ones(len(lead)),
        "buckets": 12, "review_days": draw(st.sampled_from([1.0, 7.0, 14.0])), "policy": draw(st.sampled_from(Policy)),
        "target_kind": draw(st.sampled_from([Target.FILL, Target.CYCLE])), "target": draw(st.floats(0.5, 0.995)),
        "unit_cost": draw(st.floats(0.1, 500)), "order_cost": draw(st.sampled_from([0.0, 5.0, 80.0])),
        "multiple": float(draw(st.sampled_from([0, 1, 6, 24]))), "on_hand": draw(st.floats(0, 5000)) // 1,
    }
    return {**values, **fixed}


@FEW
@given(problems(), st.integers(1, 900), st.integers(0, 80))
def test_never_below_a_committed_demand_by_choice(values, quantity, day):
    """Customers' orders that fall before the next delivery are covered by the levels and by what is on the way."""
    events = Events(row=[0], day=[day], qty=[quantity])
    problem = rule(**values, committed=events)
    plan = solve(problem)
    if day < max(values["lead"]) or values["lead"] == [0] and day < 1:
        needed = quantity if len(values["lead"]) == 1 else 0
        assert plan.reorder_point[0] >= needed - 1e-6
    assert plan.order_up_to[0] >= plan.reorder_point[0]
    found = project(problem, plan)
    if day < plan.protect_days[0] - 1e-9 and day >= plan.lead_p90[0]:
        assert problem.on_hand[0] + found.propose_qty[0] >= quantity - 1e-6


@FEW
@given(problems(), st.integers(1, 600), st.booleans(), st.integers(1, 30))
def test_never_above_a_cap(values, cap, shelf, days):
    """Neither levels nor proposals exceed bin space, whatever multiple and policy; shelf life holds for the level."""
    problem = rule(**values, cap_qty=float(cap), cap_days=float(days) if shelf else np.inf)
    plan = solve(problem)
    if values["multiple"] > cap:
        assert plan.blocked[0] and np.isnan(plan.order_up_to[0])
        assert [found.code for found in plan.violations] == ["multiple_over_cap"]
        return
    top = plan.order_up_to[0] + max(plan.multiple[0] - 1, 0)
    if not [found for found in plan.violations if found.code == "order_over_shelf_life"]:
        assert top <= cap + 1e-6
        if shelf:
            held = plan.reasons["rate"][0] * (plan.lead_mean[0] + days)
            assert top <= held * 1.001 + 1e-3
    found = project(problem, plan)
    if found.propose_qty[0] > 0:
        assert problem.on_hand[0] + found.propose_qty[0] <= cap + 1e-6


@FEW
@given(problems(), st.floats(0.5, 0.995))
def test_levels_rise_with_the_target(values, other):
    """A higher service target never means a lower level, less service or less stock."""
    low, high = sorted((values["target"], other))
    first, second = solve(rule(**{**values, "target": low})), solve(rule(**{**values, "target": high}))
    assert second.reorder_point[0] >= first.reorder_point[0] - 1e-9
    assert second.expected_fill[0] >= first.expected_fill[0] - 1e-9
    assert second.avg_stock[0] >= first.avg_stock[0] - 1e-9


@FEW
@given(problems(), st.integers(1, 30))
def test_levels_rise_with_the_lead_time(values, later):
    """With level demand, a longer lead time never means a lower level."""
    longer = [lead + later for lead in values["lead"]]
    first, second = solve(rule(**values)), solve(rule(**{**values, "lead": longer}))
    step = 0.006 * second.protect_mean[0] + 1  # two grids of different width round differently
    assert second.reorder_point[0] >= first.reorder_point[0] - step


@FEW
@given(problems(), st.sampled_from([0.01, 0.25, 12.0, 144.0]))
def test_levels_do_not_depend_on_the_unit(values, factor):
    """The same products counted in dozens or grams: every quantity scales, service and money stay."""
    plan = solve(rule(**values))
    scaled = {**values, "mean": values["mean"] * factor, "deviation": values["deviation"] * factor,
              "multiple": values["multiple"] * factor, "unit_cost": values["unit_cost"] / factor}
    other = solve(rule(**scaled, rounding=factor))
    for name in ("reorder_point", "order_up_to", "avg_stock", "multiple", "order_qty"):
        np.testing.assert_allclose(getattr(other, name), getattr(plan, name) * factor, rtol=1e-3, atol=1.01 * factor)
    np.testing.assert_allclose(other.expected_fill, plan.expected_fill, atol=2e-3)
    np.testing.assert_allclose(other.avg_value, plan.avg_value, rtol=1e-2, atol=1.01 * values["unit_cost"])


@FEW
@given(st.lists(problems(lead=[7], prob=np.ones(1)), min_size=2, max_size=5), st.randoms())
def test_rules_do_not_disturb_each_other(many, random):
    """A rule gets the same levels alone, in company, and in any order."""
    alone = [solve(rule(**values)).order_up_to[0] for values in many]
    order = list(range(len(many)))
    random.shuffle(order)
    names = set(many[0]) - {"lead", "prob", "buckets"}
    together = rule(lead=(7.0,), buckets=12, rules=len(many),
                    **{name: np.array([many[at][name] for at in order]) for name in names})
    assert solve(together).order_up_to.tolist() == [alone[at] for at in order]


@FEW
@given(problems(), st.floats(0, 8000), st.integers(0, 90))
def test_nothing_is_ordered_that_can_wait(values, incoming, day):
    """Stock and supply in time above the reorder point: no proposal; below it: the proposal lifts it."""
    problem = rule(**values, incoming=Events(row=[0], day=[day], qty=[incoming]))
    plan = solve(problem)
    found = project(problem, plan)
    gap = values["review_days"]
    in_time = problem.on_hand[0] + (incoming if day < plan.lead_mean[0] + gap else 0)
    if found.propose_qty[0] > 0:
        assert found.order_by_day[0] == 0
        multiple = plan.multiple[0]
        if multiple:
            assert abs(found.propose_qty[0] / multiple - round(found.propose_qty[0] / multiple)) < 1e-6
    if in_time < plan.reorder_point[0] - 1e-6:
        assert in_time + found.propose_qty[0] >= plan.reorder_point[0] - 1e-6
    elif day <= plan.lead_mean[0] or day >= plan.lead_mean[0] + gap:
        assert found.propose_qty[0] == 0
