"""Levels and promises against brute force on small cases."""

import itertools

import numpy as np
import pytest
from builders import binomial, rule, slow
from gantry_reorder_core import History, Levels, Params, Policy, Target, draw_leads, replay, solve


def loss(mass, level):
    """E(D - y)+ by enumeration."""
    return float((mass * np.maximum(np.arange(mass.size) - level, 0)).sum())


@pytest.mark.parametrize("mean", [0.02, 0.3, 1.7])
@pytest.mark.parametrize("ratio", [1.0, 2.5, 6.0])
@pytest.mark.parametrize("target", [0.8, 0.95, 0.99])
def test_fill_level_is_the_smallest_that_enumeration_accepts(mean, ratio, target):
    """Order-up-to level and expected fill of slow movers equal the loss function summed term by term."""
    plan = solve(slow(mean, ratio, target=target))
    two, three = binomial(2 * mean, 2 * mean * ratio, 2000), binomial(3 * mean, 3 * mean * ratio, 2000)
    fills = [1 - (loss(three, y) - loss(two, y)) / mean for y in range(200)]
    wanted = next(y for y, fill in enumerate(fills) if fill >= target - 1e-9)
    assert plan.order_up_to[0] == wanted
    assert plan.expected_fill[0] == pytest.approx(fills[wanted], abs=1e-4)


def test_random_lead_times_mix_their_distributions():
    """Half of the orders take two days and half five: shortage is the mean of both, not that of the mean."""
    plan = solve(slow(0.8, 1.5, lead=(2.0, 5.0), target=0.95))
    level = int(plan.order_up_to[0])
    short = np.mean([loss(binomial(0.8 * (lead + 1), 1.2 * (lead + 1), 2000), level)
                     - loss(binomial(0.8 * lead, 1.2 * lead, 2000), level) for lead in (2, 5)])
    assert plan.expected_fill[0] == pytest.approx(1 - short / 0.8, abs=1e-4)


@pytest.mark.parametrize("target", [0.5, 0.9, 0.99])
def test_cycle_level_is_the_quantile(target):
    """Cycle service of an order-up-to policy is a quantile of demand over lead time and review."""
    plan = solve(slow(0.6, 2.0, target=target, target_kind=Target.CYCLE))
    total = np.cumsum(binomial(1.8, 3.6, 2000))
    assert plan.order_up_to[0] == np.argmax(total >= target)
    assert plan.expected_cycle[0] == pytest.approx(total[int(plan.order_up_to[0])], abs=1e-6)


def test_cost_level_is_the_cheapest_of_all():
    """Holding against shortage cost: no other level is cheaper by enumeration."""
    plan = solve(slow(0.6, 2.0, target_kind=Target.COST, unit_cost=30.0, holding_rate=0.3, shortage_cost=4.0))
    two, three = binomial(1.2, 2.4, 2000), binomial(1.8, 3.6, 2000)

    def cost(level):
        stock = level - 1.5 + (loss(two, level) + loss(three, level)) / 2
        return 9.0 * stock + 4.0 * 365 * (loss(three, level) - loss(two, level))

    assert plan.order_up_to[0] == min(range(60), key=cost)


def test_shared_target_costs_no_more_than_the_best_combination():
    """Four products of different price: the shared levels are within a step of the cheapest of all combinations."""
    means, prices = np.array([0.3, 0.5, 0.2, 0.8]), np.array([5.0, 90.0, 20.0, 40.0])
    problem = slow(means, 1.5, unit_cost=prices, target=0.93, service_group=0)
    plan = solve(problem, Params(service_floor=0.0))
    tables = []
    for mean, price in zip(means, prices, strict=True):
        two, three = binomial(2 * mean, 3 * mean, 2000), binomial(3 * mean, 4.5 * mean, 2000)
        tables.append([(loss(three, y) - loss(two, y),
                        price * (y - 2.5 * mean + (loss(two, y) + loss(three, y)) / 2)) for y in range(14)])
    allowed = 0.07 * means.sum()
    feasible = [sum(stock for _short, stock in combo) for combo in itertools.product(*tables)
                if sum(short for short, _stock in combo) <= allowed]
    chosen = [table[int(level)] for table, level in zip(tables, plan.order_up_to, strict=True)]
    assert sum(short for short, _stock in chosen) <= allowed + 1e-6
    assert sum(stock for _short, stock in chosen) <= min(feasible) + 40.0
    alone = solve(slow(means, 1.5, unit_cost=prices, target=0.93))
    assert plan.avg_value.sum() < alone.avg_value.sum()


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("mean", [0.4, 6.0])
def test_promised_fill_and_stock_come_true_in_a_long_simulation(policy, mean):
    """All policies with order sizes and multiples: 40,000 days of back-orders agree with the plan."""
    problem = slow(mean, 2.0, lead=(3.0,), policy=policy, target=0.93, unit_cost=10.0, holding_rate=0.3,
                   order_cost=3.0, multiple=3.0)
    plan = solve(problem)
    days = 40_000
    random = np.random.default_rng(5)
    demand = random.choice(400, size=(1, days), p=(mass := binomial(mean, 2 * mean)) / mass.sum())
    found = replay(History(demand=demand, lead=np.full((1, days), 3), warmup=50), Levels(
        name="plan", reorder_point=plan.reorder_point[:, None], order_up_to=plan.order_up_to[:, None],
        multiple=plan.multiple))
    assert found.fill() == pytest.approx(plan.expected_fill[0], abs=0.012)
    assert found.avg_stock[0] == pytest.approx(plan.avg_stock[0], rel=0.08, abs=0.15)
    assert plan.expected_fill[0] >= 0.93 - 1e-9


def test_random_lead_times_come_true_in_a_simulation():
    """Smooth demand, lead times of 5 to 12 days that change now and then, so that deliveries do not overtake."""
    lead, prob = np.array([[5.0, 8.0, 12.0]]), np.array([[0.3, 0.5, 0.2]])
    problem = slow(20.0, 5.0, lead=(5.0,), target=0.97, buckets=40).but(lead_days=lead, lead_prob=prob)
    plan = solve(problem)
    days = 30_000
    mass = binomial(20.0, 100.0, 600)
    demand = np.random.default_rng(3).choice(600, size=(1, days), p=mass / mass.sum())
    drawn = np.repeat(draw_leads(lead, prob, days // 300, seed=2), 300, axis=1)
    found = replay(History(demand=demand, lead=drawn, warmup=50), Levels(
        name="plan", reorder_point=plan.reorder_point[:, None], order_up_to=plan.order_up_to[:, None]))
    assert found.fill() == pytest.approx(plan.expected_fill[0], abs=0.02)


def test_correlated_errors_need_more_stock_than_independent_ones():
    """With a correlation of one, deviations add: the deviation of four weeks is four times that of one."""
    free = solve(rule(lead=(21.0,), review_days=7.0, correlation=0.0))
    tied = solve(rule(lead=(21.0,), review_days=7.0, correlation=1.0))
    assert tied.protect_sd[0] == pytest.approx(2 * free.protect_sd[0], rel=1e-3)
    assert tied.safety[0] > free.safety[0]
