"""Bands know whether the weeks that they were measured on were calm or wild ones."""

import numpy as np
import pytest
from gantry_forecast_core import DemandClass, Params, Problem, apply, learn
from gantry_forecast_core.steadiness import LARGEST, SMALLEST, width_factors

WEEKS, H = 110, 6
PARAMS = Params(tiers=("numpy",), backtest_origins=0)


def demand(late, n=80, seed=4, early=0.15):
    """Smooth weekly sales; the shocks that all products share are of another size in the last twelve weeks."""
    rng = np.random.default_rng(seed)
    size = np.where(np.arange(WEEKS + H) < WEEKS - 12, early, late)
    shock = 1 + size * np.sign(rng.normal(size=WEEKS + H))
    return rng.uniform(60, 140, (n, 1)) * shock * rng.normal(1, 0.04, (n, WEEKS + H))


def problem(whole):
    return Problem(demand=np.maximum(whole[:, :WEEKS], 0), bucket="week", start="2022-01-03", horizon=H)


@pytest.mark.parametrize(("early", "late", "least", "most"), [
    (0.15, 0.02, 1.05, LARGEST), (0.0, 0.0, 0.97, 1.03), (0.15, 0.4, SMALLEST, 0.95)])
def test_calm_origins_widen_the_bands_and_wild_ones_narrow_them(early, late, least, most):
    """The factor compares the newest origins with all of them, within its limits."""
    factors = width_factors(problem(demand(late, early=early)), PARAMS, 3)[DemandClass.SMOOTH]
    assert least <= factors[3] <= most


def test_too_few_origins_or_a_whole_year_of_them_change_nothing():
    """Three years of months hold no more origins than were judged; ten years do, but those judged saw a year."""
    for length in (36, 120):
        demand = np.random.default_rng(1).poisson(50, (60, length))
        months = Problem(demand=demand, bucket="month", start="2014-01-01", horizon=12)
        assert width_factors(months, PARAMS, 3) == {}


def test_bands_learnt_in_a_calm_season_still_cover():
    """The shocks come back after twelve quiet weeks: the band holds more of them than one that believed in the calm."""
    whole = demand(0.02)
    shock = 1 + 0.15 * np.sign(np.random.default_rng(9).normal(size=H))
    truth = whole[:, WEEKS:] * shock
    recipe = learn(problem(whole), PARAMS)

    def covered():
        quantiles = apply(problem(whole), recipe).quantiles
        return ((truth >= quantiles[:, :, 0]) & (truth <= quantiles[:, :, 10])).mean()

    corrected = covered()
    factor = width_factors(problem(whole), PARAMS, 3)[DemandClass.SMOOTH][3]
    recipe.arrays["conformal_SMOOTH"] = recipe.arrays["conformal_SMOOTH"] / np.float32(factor)
    assert corrected > covered() + 0.02
