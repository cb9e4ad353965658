"""What given levels promise agrees with a long simulation."""

import numpy as np
from gantry_reorder_core import History, Levels, Problem, replay
from gantry_reorder_core.rating import rate
from scipy.stats import poisson

LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98])
A_DAY = (10.0, 2.0, 0.3)
PERIODS = 8000


def _problem():
    mean = np.array([[7 * rate_] * 12 for rate_ in A_DAY])
    quantiles = np.stack([np.tile(poisson.ppf(LEVELS, 7 * rate_), (12, 1)) for rate_ in A_DAY])
    return Problem(bucket_days=[7.0] * 12, mean=mean, quantiles=quantiles, levels=LEVELS, lead_days=[[7.0]] * 3,
                   lead_prob=[[1.0]] * 3, correlation=0.0)


def test_fill_rate_and_stock_of_given_levels_agree_with_a_simulation():
    """Poisson demand, a lead time of a week, orders every day: three products, good and bad levels."""
    rng = np.random.default_rng(1)
    demand = np.stack([rng.poisson(rate_, PERIODS) for rate_ in A_DAY]).astype(float)
    for low, high in (([90, 25, 5], [150, 40, 8]), ([60, 8, 1], [100, 20, 3]), ([75, 16, 3], [75, 16, 3])):
        found = rate(_problem(), low, high)
        played = replay(
            History(demand=demand, lead=np.full(demand.shape, 7)),
            Levels(name="", reorder_point=np.array(low, float)[:, None], order_up_to=np.array(high, float)[:, None]))
        assert np.allclose(1 - found.short_year / found.demand_year, 1 - played.short / played.demand, atol=0.07)
        assert np.allclose(found.stock, played.avg_stock, rtol=0.12, atol=0.6)


def test_rules_that_are_not_there_are_not_rated():
    """A missing rule gives NaN and leaves the others alone."""
    found = rate(_problem(), [90, np.nan, 5], [150, 40, 8])
    assert np.isnan(found.stock).tolist() == [False, True, False]
