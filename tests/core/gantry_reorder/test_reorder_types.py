"""Bad input is refused in one sentence; what is wrong with one rule blocks that rule and no other."""

import numpy as np
import pytest
from builders import rule
from gantry_reorder_core import VIOLATIONS, Events, Params, ProblemError, Target, explain, project, solve


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"bucket_days": np.array([])}, "at least one bucket"),
    ({"bucket_days": np.zeros(8)}, "has no days"),
    ({"mean": np.ones((1, 3))}, "column per bucket"),
    ({"mean": np.full((1, 8), -1.0)}, "negative"),
    ({"mean": np.full((1, 8), np.inf)}, "infinite"),
    ({"levels": np.array([0.9, 0.1])}, "levels must rise"),
    ({"quantiles": np.ones((1, 8, 3))}, "value per rule, bucket and level"),
    ({"lead_days": np.ones((2, 1))}, "lead times need a row"),
    ({"lead_days": np.array([[-1.0]])}, "negative or infinite"),
    ({"lead_prob": np.array([[-1.0]])}, "negative probability"),
    ({"target": np.ones(3)}, "column target"),
    ({"policy": 9}, "unknown policy"),
    ({"target_kind": 9}, "unknown kind"),
    ({"rounding": 0.0}, "rounding"),
    ({"weekday": 7}, "weekday"),
    ({"supplier": 4}, "supplier points"),
    ({"order_days": np.ones((1, 5))}, "seven weekdays"),
    ({"price_breaks": np.ones((1, 2))}, "pairs of quantity"),
    ({"budget_group": 0}, "no limit"),
    ({"budget_group": 0, "budget_limit": np.array([-1.0])}, "budget is negative"),
    ({"committed": Events(row=[3], day=[1], qty=[1])}, "rule that is not there"),
])
def test_bad_problem_is_refused_in_one_sentence(changes, sentence):
    """Every refusal names what is wrong and is a single sentence."""
    with pytest.raises(ProblemError, match=sentence) as caught:
        rule().but(**changes)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("changes", [
    {"row": [0], "day": [np.nan], "qty": [1]}, {"row": [0], "day": [1], "qty": [-1]},
    {"row": [0, 1], "day": [1], "qty": [1]},
])
def test_bad_events_are_refused(changes):
    """Dated quantities need a day, an amount and a rule each."""
    with pytest.raises(ProblemError):
        Events(**changes)


@pytest.mark.parametrize("changes", [
    {"correlation": 2}, {"grid": 3}, {"leads": 0}, {"service_floor": -1}, {"fairness": 2}, {"committed_quantile": 0},
    {"year_days": 0},
])
def test_bad_params_are_refused(changes):
    """Settings out of range never reach the engine."""
    with pytest.raises(ProblemError):
        Params(**changes)


def wrong(name, value, **others):
    """Two rules, the first with a wrong value."""
    good = rule(rules=2, unit_cost=10.0, shortage_cost=1.0)
    column = np.array(getattr(good, name), copy=True)
    column[0] = value
    return good.but(**{name: column}, **others)


@pytest.mark.parametrize(("problem", "code"), [
    (wrong("lead_prob", 0.0), "no_lead_time"),
    (wrong("lead_days", np.nan), "no_lead_time"),
    (wrong("mean", np.nan), "no_forecast"),
    (wrong("target", 1.0), "bad_target"),
    (wrong("target", np.nan), "bad_target"),
    (wrong("unit_cost", -1.0), "bad_cost"),
    (wrong("unit_cost", 0.0, target_kind=int(Target.COST)), "no_cost"),
    (wrong("multiple", np.nan), "bad_quantity"),
    (wrong("review_days", 0.0), "bad_review"),
    (wrong("on_hand", np.nan), "bad_stock"),
    (wrong("spread", 0.0), "bad_error"),
    (wrong("multiple", 60.0, cap_qty=50.0), "multiple_over_cap"),
    (wrong("minimum_qty", 60.0, cap_qty=50.0), "minimum_over_cap"),
    (wrong("min_days", 60.0, max_days=50.0), "min_over_max_days"),
    (rule(rules=2, order_days=np.array([[False] * 7, [True] * 7])), "no_order_day"),
])
def test_a_wrong_rule_is_blocked_and_told_and_the_other_is_not(problem, code):
    """Nothing is guessed for the blocked rule; its neighbour gets its levels and its proposal."""
    plan = solve(problem)
    assert plan.blocked.tolist() == [True, False]
    assert [(found.row, found.code, found.blocking) for found in plan.violations] == [(0, code, True)]
    assert np.isnan(plan.reorder_point[0]) and np.isfinite(plan.reorder_point[1])
    found = project(problem, plan)
    assert np.isnan(found.propose_qty[0]) and found.propose_qty[1] > 0 and found.order_by_day[0] == -1
    sentence, blocks = VIOLATIONS[code]
    assert blocks and sentence.format(**plan.violations[0].numbers).endswith(".")
    assert explain(plan, 0) == [{"code": code, "numbers": plan.violations[0].numbers}]


@pytest.mark.parametrize(("changes", "code"), [
    ({"on_hand": -3.0}, "negative_stock"), ({"current_min": 9.0, "current_max": 4.0}, "min_over_max"),
    ({"cap_qty": 5.0}, "cap_below_target"),
    ({"cap_qty": 30.0, "committed": Events(row=[0], day=[2], qty=[44])}, "cap_below_committed"),
    ({"cap_days": 1.0, "multiple": 200.0}, "order_over_shelf_life"),
])
def test_a_doubtful_rule_is_calculated_and_told(changes, code):
    """Negative stock, a turned rule in force or a tight cap do not stop the calculation."""
    plan = solve(rule(**changes))
    assert not plan.blocked[0] and np.isfinite(plan.reorder_point[0])
    found = {violation.code: violation for violation in plan.violations}
    sentence, blocks = VIOLATIONS[code]
    assert code in found and not blocks and not found[code].blocking
    assert sentence.format(**found[code].numbers).endswith(".")


def test_reasons_name_the_numbers_of_the_plan():
    """A planner reads demand, lead time, safety and order size; all are plain Python numbers."""
    plan = solve(rule(mean=42.0, deviation=12.0, lead=(9.0, 14.0), multiple=12.0, target=0.98, unit_cost=3.0))
    said = {entry["code"]: entry["numbers"] for entry in explain(plan, 0)}
    assert said["demand"]["per_week"] == pytest.approx(42.0)
    assert (said["lead"]["low"], said["lead"]["high"]) == (9.0, 14.0)
    assert said["safety"]["safety"] == plan.safety[0] and said["order"]["multiple"] == 12.0
    assert all(type(number) in (float, int) for numbers in said.values() for number in numbers.values())


def test_a_stopped_run_says_so():
    """Stopping between blocks raises, and nothing half-done is returned."""
    with pytest.raises(InterruptedError):
        solve(rule(), stop=lambda: True)
