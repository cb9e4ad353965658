"""What is expected after the end of the forecast."""

import gantry_insight_core as core
import numpy as np
import pytest

PAST = 28 * np.arange(14)


def extend(demand, past, seasonal=True, edges=(0, 7, 14)):
    edges, found = core.extend(
        np.array(edges), np.array([demand], float), PAST, np.array([past], float), np.array([seasonal]))
    return edges, found[0]


def test_a_summer_product_is_not_dead_in_winter():
    """Nothing is forecast for the next two weeks, but last summer came after them."""
    summer = [0] * 6 + [100] * 3 + [0] * 4
    edges, demand = extend([0, 0], summer)
    assert demand.sum() == pytest.approx(300)
    plan = core.solve(core.Problem(edges=edges, demand=demand[None], on_hand=np.array([250.0])))
    assert 6 * 28 < plan.cover_days[0] < 9 * 28


def test_the_forecast_comes_first_and_nothing_counts_twice():
    edges, demand = extend([14, 14], [56] * 13)
    assert edges.tolist() == [0, 7, 14, *range(28, 365, 28)]
    assert demand.tolist() == [14, 14, 28, *[56] * 12]


def test_last_year_is_scaled_by_growth_within_limits():
    assert extend([21, 21], [56] * 13)[1][-1] == pytest.approx(84)
    assert extend([210, 210], [56] * 13)[1][-1] == pytest.approx(112)
    assert extend([0, 0], [56] * 13)[1][-1] == pytest.approx(28)


def test_a_new_product_goes_on_as_forecast():
    assert extend([7, 14], [0] * 13, seasonal=False)[1][2:].tolist() == pytest.approx([21, *[42] * 12])


def test_a_forecast_of_a_year_is_left_alone():
    edges, demand = core.extend(np.array([0, 400]), np.ones((1, 1)), PAST, np.ones((1, 13)), np.array([True]))
    assert (edges.tolist(), demand.tolist()) == ([0, 400], [[1.0]])


def test_a_running_bucket_is_compared_from_today_on():
    """Half of the first bucket is over: what is left of it is as much as last year."""
    assert extend([14, 7], [28] * 13, edges=(-7, 7, 14))[1][-1] == pytest.approx(28)
