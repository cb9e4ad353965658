"""Projection, budgets, shared targets, calendars, lead times, classes, replay, what-if and tiers of warehouses."""

import numpy as np
import pytest
from builders import binomial, rule, slow
from gantry_reorder_core import (
    Binding,
    Events,
    History,
    Levels,
    Params,
    Policy,
    ProblemError,
    calibrate,
    classify,
    echelon,
    frontier,
    lead_times,
    project,
    replay,
    solve,
)


def test_demand_far_ahead_is_not_ordered_today():
    """Ten on hand and one order of eight in 50 days: nothing today (core's horizon would order at once)."""
    problem = slow(0.02, lead=(5.0,), buckets=60, on_hand=10.0, committed=Events(row=[0], day=[50], qty=[8]))
    found = project(problem, solve(problem))
    assert found.propose_qty[0] == 0
    assert found.committed[0, 50] == 8 and found.committed.sum() == 8
    near = slow(0.02, lead=(5.0,), buckets=60, on_hand=3.0, committed=Events(row=[0], day=[4], qty=[8]))
    assert project(near, solve(near)).propose_qty[0] >= 5


def test_levels_stay_in_whole_units_when_customers_have_ordered():
    """What a large order adds to the forecast is no whole number; the levels are."""
    order = Events(row=[0], day=[4], qty=[58.0])
    for surplus in (37.93, np.nan):
        plan = solve(rule(mean=20.07, deviation=6.0, committed=order, surplus=surplus))
        assert plan.min_qty[0] == np.round(plan.min_qty[0]) and plan.max_qty[0] == np.round(plan.max_qty[0])
        assert plan.reorder_point[0] - plan.min_qty[0] <= min(58.0, np.nan_to_num(surplus, nan=58.0))


def test_incoming_counts_only_when_it_is_in_time():
    """A delivery before the protection time ends saves the order, a later one does not, and shrinks it."""
    base = {"mean": 70.0, "deviation": 5.0, "lead": (7.0,), "on_hand": 30.0}
    early, late = (rule(**base, incoming=Events(row=[0], day=[day], qty=[500.0])) for day in (3, 40))
    plan = solve(rule(**base))
    first, second = project(early, plan), project(late, plan)
    assert first.propose_qty[0] == 0 and first.stockout_day[0] > 40
    assert second.propose_qty[0] > 0 and second.stockout_day[0] == 3
    assert second.short_value[0] == 0 and second.short_qty[0] > 50, "no price, no money; units are at risk all the same"


def test_expiring_stock_counts_as_far_as_it_sells():
    """Of 100 units that expire in ten days only the 20 that sell count; first expired is first sold."""
    problem = rule(mean=14.0, deviation=1.0, on_hand=130.0, expiring=Events(row=[0, 0], day=[10, 20], qty=[100, 30]))
    found = project(problem, solve(problem))
    assert found.waste_qty[0] == pytest.approx(80 + 10)
    assert found.mean[0, 9] == pytest.approx(130 - 20) and found.mean[0, 10] == pytest.approx(130 - 22 - 80)
    fresh = project(rule(mean=14.0, deviation=1.0, on_hand=130.0), solve(problem))
    assert 0 <= found.order_by_day[0] < fresh.order_by_day[0] or fresh.order_by_day[0] == -1


def test_the_last_order_day_before_it_is_too_late():
    """Orders on Mondays only: the order-by day is a Monday, and today (Wednesday) nothing can be ordered."""
    monday = np.zeros((1, 7), bool)
    monday[0, 0] = True
    for on_hand in (20.0, 60.0, 90.0):
        problem = rule(mean=14.0, deviation=2.0, lead=(3.0,), order_days=monday, weekday=2, on_hand=on_hand)
        plan = solve(problem)
        found = project(problem, plan)
        assert plan.protect_days[0] == 10
        assert found.propose_qty[0] == 0 and (found.order_by_day[0] + 2) % 7 == 0


def test_the_planned_path_keeps_stock():
    """Following the plan, mean stock stays above zero where doing nothing runs out."""
    problem = rule(mean=28.0, deviation=6.0, lead=(5.0,), on_hand=40.0, multiple=10.0)
    found = project(problem, solve(problem))
    assert found.mean[0, -1] < 0 and found.planned[0, 6:].min() > 0
    assert (found.low <= found.mean + 1e-4).all() and (found.mean <= found.high + 1e-4).all()


def test_a_budget_is_kept_and_spent_where_it_helps():
    """Half of the money: the stock value fits, only rules of the group change, the cut is named."""
    costs = np.array([1.0, 5.0, 50.0, 50.0])
    base = {"mean": 30.0, "deviation": 15.0, "rules": 4, "unit_cost": costs, "policy": Policy.PERIODIC,
            "review_days": 7.0}
    free = solve(rule(**base))
    limit = free.avg_value[:3].sum() / 2
    plan = solve(rule(**base, budget_group=np.array([0, 0, 0, -1]), budget_limit=[limit]))
    assert plan.avg_value[:3].sum() <= limit * 1.02
    assert plan.order_up_to[3] == free.order_up_to[3]
    assert plan.binding[2] == Binding.BUDGET and plan.order_up_to[2] < free.order_up_to[2]
    assert plan.expected_fill[0] > plan.expected_fill[2], "a cheap unit avoids as much shortage as a dear one"


def test_a_shared_target_is_reached_together():
    """The demand-weighted fill of the group is the target; the dear product gives, the cheap one makes up."""
    base = {"mean": [10.0, 40.0, 25.0], "deviation": [8.0, 20.0, 20.0], "rules": 3, "unit_cost": [100.0, 1.0, 10.0],
            "target": 0.95, "policy": Policy.PERIODIC, "review_days": 7.0}
    plan, alone = solve(rule(**base, service_group=0)), solve(rule(**base))
    weight = plan.protect_mean
    assert (plan.expected_fill * weight).sum() / weight.sum() == pytest.approx(0.95, abs=0.006)
    assert plan.avg_value.sum() < 0.93 * alone.avg_value.sum()
    fair = solve(rule(**base, service_group=0), Params(fairness=1.0))
    assert np.ptp(fair.expected_fill) < np.ptp(plan.expected_fill)


def test_price_breaks_are_taken_when_they_pay():
    """A tenth off from 100 on is worth more stock; a cent off from 5,000 on is not."""
    base = {"mean": 70.0, "deviation": 10.0, "unit_cost": 10.0, "order_cost": 5.0, "multiple": 10.0}
    taken = solve(rule(**base, price_breaks=[[[100.0, 9.0], [np.nan, np.nan]]]))
    left = solve(rule(**base, price_breaks=[[[5000.0, 9.99], [np.nan, np.nan]]]))
    assert taken.reasons["economic"][0] >= 100 and taken.reasons["price"][0] == 9.0
    assert left.reasons["price"][0] == 10.0


def test_days_of_cover_bound_the_levels():
    """Ten days of cover at least, twenty at most, counted from the arrival of an order."""
    least = solve(rule(mean=70.0, deviation=1.0, min_days=10.0))
    assert least.safety[0] == pytest.approx(100, abs=1) and least.binding[0] == Binding.MIN_DAYS
    most = solve(rule(mean=70.0, deviation=60.0, unit_cost=1.0, order_cost=500.0, max_days=20.0))
    assert most.order_up_to[0] <= 70 * 27 / 7 and most.binding[0] == Binding.MAX_DAYS


def test_few_receipts_lean_on_the_vendor():
    """One late receipt moves a product's lead time a little, twenty move it nearly all the way."""
    vendor = [(0, 10.0)] * 30
    for count, low, high in ((1, 10, 17), (20, 24, 30)):
        receipts = vendor + [(1, 30.0)] * count
        found = lead_times([row for row, _ in receipts], [days for _, days in receipts], [0] * len(receipts),
                           [-1, -1], [np.nan, 10.0])
        assert found.mean[0] == pytest.approx(10.0) and low < found.mean[1] < high
        assert found.prob.sum(1) == pytest.approx(1) and found.receipts.tolist() == [30, count]


def test_old_receipts_fade():
    """A vendor that became slow a month ago is slow; what it did two years ago hardly counts."""
    found = lead_times([0] * 20, [5.0] * 10 + [15.0] * 10, [730.0] * 10 + [10.0] * 10, [0], [np.nan])
    assert found.mean[0] > 14 and found.p90[0] == 15
    assert np.isnan(lead_times([], [], [], [-1], [np.nan]).mean[0])


def test_abc_counts_value_and_groups_stand_alone():
    """Each warehouse has its own A products; nothing sold is C."""
    value = np.array([90.0, 10, 1, 9, 1, 0])
    group = np.array([0, 0, 0, 1, 1, 1])
    assert classify.abc(value, group=group).tolist() == [0, 1, 2, 0, 1, 2]


def test_lost_sales_and_back_orders_differ_as_they_should():
    """After a stock-out, back-orders eat the next delivery, lost sales do not."""
    history = History(demand=[[5.0, 5, 5, 5]], lead=np.full((1, 4), 2), opening=np.array([6.0]))
    levels = Levels(name="x", reorder_point=[[8.0]], order_up_to=[[8.0]])
    back = replay(history, levels, detail=True)
    lost = replay(history, levels, lost_sales=True, detail=True)
    assert back.stock[0].min() < 0 <= lost.stock[0].min()
    assert back.short[0] > 0 and back.stockouts[0] >= 1 and back.fill() == 1 - back.short[0] / 20


def test_levels_change_when_they_say():
    """A rule that is raised in the third period orders more from then on; no rule orders nothing."""
    history = History(demand=np.full((2, 6), 2.0), lead=np.zeros((2, 6)), opening=np.array([2.0, 2.0]))
    found = replay(history, Levels(name="x", start=np.array([0, 3]), reorder_point=[[2.0, 9.0], [np.nan, np.nan]],
                                   order_up_to=[[2.0, 9.0], [np.nan, np.nan]]), detail=True)
    assert found.stock[0].tolist() == [0, 0, 0, 7, 7, 7]
    assert found.orders[1] == 0 and found.short[1] == 10


def test_the_efficient_curve_agrees_with_the_plan():
    """Every point of the curve is what a plan at that target promises; more service never costs less."""
    problem = rule(mean=[20.0, 3.0, 150.0], deviation=[6.0, 4.0, 30.0], rules=3, unit_cost=[3.0, 40.0, 1.0],
                   order_cost=4.0, multiple=[0.0, 1.0, 12.0])
    targets = [0.8, 0.9, 0.95, 0.99]
    curve = frontier(problem, targets)
    assert (np.diff(curve.stock_value) >= 0).all() and (np.diff(curve.short_year) <= 0).all()
    for at, target in enumerate(targets):
        plan = solve(problem.but(target=target))
        assert curve.stock_value[at] == pytest.approx(plan.avg_value.sum(), rel=1e-6)
        assert curve.short_year[at] == pytest.approx(plan.short_year.sum(), rel=1e-6)


def test_shadow_prices_reach_the_target_on_new_demand():
    """The distribution claims half of the true variance; prices proved on the past reach the target all the same."""
    random = np.random.default_rng(4)
    n, mean = 400, 2.0
    mass = binomial(mean, 8.0)
    problem = slow(np.full(n, mean), 2.0, target=0.95, service_group=0, unit_cost=5.0)
    price = calibrate.price_grid(problem.unit_cost)

    def outcome():
        return random.choice(mass.size, size=(n, 4), p=mass / mass.sum()).astype(float)

    def reached(columns):
        level = solve(problem.but(**columns)).order_up_to
        demand = outcome()
        short = np.maximum(demand[:, :3].sum(1) - level, 0) - np.maximum(demand[:, :2].sum(1) - level, 0)
        return 1 - short.sum() / demand[:, 2].sum()

    group = np.zeros(n, int)
    past = [calibrate.evidence(problem, outcome(), group, price) for _ in range(8)]
    proved = calibrate.shadow_prices(past, group, problem.target)
    assert reached({}) < 0.93
    assert reached({"shadow_price": proved}) == pytest.approx(0.95, abs=0.015)
    bounded = calibrate.shadow_prices(past, group, problem.target, [
        calibrate.expected(problem, group, price, calibrate.allocate.marginals(problem, Params()))], trust=1.5)
    assert (bounded < proved).all(), "the distribution bounds what the past may ask for"


@pytest.mark.parametrize("lost_sales", [False, True])
def test_a_price_played_through_the_past_reaches_the_target_when_held(lost_sales):
    """The price that the proof names for a target is, played on with new demand, the one that reaches it."""
    random = np.random.default_rng(7)
    n, mean, periods, learnt = 500, 2.0, 120, 60
    mass = binomial(mean, 6.0)
    demand = random.choice(mass.size, size=(n, periods), p=mass / mass.sum()).astype(float)
    problem = slow(np.full(n, mean), 2.0, target=0.9, unit_cost=random.uniform(1, 20, n))
    price = calibrate.price_grid(problem.unit_cost, 240)
    level = calibrate.levels(problem, price)
    assert level.shape == (price.size, n) and (np.diff(level, axis=0) >= 0).all()
    lead = random.integers(1, 3, size=(n, periods))
    group = np.arange(n) % 2
    proof = calibrate.Proof(History(demand=demand, lead=lead, warmup=4), group, price.size, lost_sales=lost_sales)
    for _ in range(learnt):
        proof.step(level)
    assert (np.diff(proof.shortage()) <= 0).all() and proof.pace(0) == pytest.approx(n * mean / 2, rel=0.1)
    rest = History(demand=demand[:, learnt:], lead=lead[:, learnt:], warmup=4)
    for target in (0.8, 0.9, 0.95):
        places = np.array([proof.place_of(target, code) for code in (0, 1)])
        held = level[places[group], np.arange(n)][:, None]
        found = replay(rest, Levels(name="held", reorder_point=held, order_up_to=held), lost_sales=lost_sales)
        for code in (0, 1):
            assert found.fill(group == code) == pytest.approx(target, abs=0.02)


def test_excess_is_given_back_sooner_than_a_shortage_of_lasting_stock_is_made_up():
    """Aim falls at once by what was served too well; what was short raises it slowly where stock lasts."""
    quick, slow_ahead = (calibrate.make_up(0.9, 100.0, 30.0, 10.0, level) for level in (20.0, 4000.0))
    assert quick == 10.0 < slow_ahead
    assert 0.9 < calibrate.steer(0.9, 100.0, 30.0, slow_ahead) < calibrate.steer(0.9, 100.0, 30.0, quick) <= 0.95
    excess = calibrate.steer(0.9, 100.0, 2.0, calibrate.make_up(0.9, 100.0, 2.0, 100.0, 4000.0))
    assert excess == pytest.approx(0.82)


def test_a_supplying_warehouse_sees_the_demand_it_serves():
    """A hub without customers gets the demand of its two warehouses, and its service is chosen by total value."""
    base = rule(mean=[0.0, 30.0, 50.0], deviation=[0.0, 12.0, 20.0], rules=3, lead=(10.0,), unit_cost=8.0)
    lead = np.array([[20.0], [2.0], [2.0]])
    problem = base.but(lead_days=lead, supplier=np.array([-1, 0, 0]))
    found = echelon(problem)
    assert found.plan.protect_mean[0] == pytest.approx(80 * 21 / 7, rel=0.02)
    assert found.service[0] in found.value and np.isnan(found.service[1:]).all()
    assert min(found.value, key=found.value.get) == found.service[0]
    assert found.plan.lead_mean[1] > 2.0, "who is not served at once waits"
    assert (found.plan.expected_fill[1:] >= 0.949).all()
    with pytest.raises(ProblemError, match="circle"):
        echelon(problem.but(supplier=np.array([1, 0, 0])))
