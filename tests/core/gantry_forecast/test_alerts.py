"""Alerts stay silent on good forecasts and speak on bad ones."""

import dataclasses

import numpy as np
import pytest
from gantry_forecast_core import Bucket, Params, Problem, alerts, solve

WEEKS, N = 120, 300
PARAMS = Params(tiers=("numpy",))


def _simulate(kind, rng, n=N):
    if kind == "smooth":
        return rng.poisson(rng.uniform(5, 40, n)[:, None], (n, WEEKS)).astype(float)
    if kind == "erratic":
        return np.round(rng.lognormal(2.5, 0.9, (n, WEEKS)))
    rate = rng.uniform(0.08, 0.4, n)[:, None]
    size = 1.0 if kind == "rare" else rng.lognormal(1.0, 0.8, (n, WEEKS))
    return np.ceil((rng.random((n, WEEKS)) < rate) * size)


def _plan(demand):
    problem = Problem(demand=demand, bucket="week", start=np.datetime64("2023-01-02"), horizon=13)
    return solve(problem, PARAMS)


@pytest.mark.parametrize("kind", ["smooth", "erratic", "rare", "lumpy"])
def test_demand_without_change_is_flagged_by_chance_only(kind):
    """Unbiased forecasts of a steady process: under five of a hundred."""
    demand = _simulate(kind, np.random.default_rng(4))
    found = alerts.failure(_plan(demand), demand)
    assert (found.units > 0).mean() < 0.05
    assert not (found.biased & (found.units == 0)).any()


@pytest.mark.parametrize(("factor", "kind"), [(2.0, "smooth"), (0.4, "smooth"), (0.3, "erratic")])
def test_forecast_of_another_size_is_flagged(factor, kind):
    """Twice or less than half of the forecast, with its spread: nearly all are found, and called biased."""
    demand = _simulate(kind, np.random.default_rng(5))
    plan = _plan(demand)
    scaled = {name: getattr(plan, name) * factor for name in (
        "mean", "quantiles", "bt_forecast", "bt_median")}
    found = alerts.failure(dataclasses.replace(plan, **scaled), demand)
    assert (found.units > 0).mean() > 0.8
    assert found.biased.mean() > 0.8


def test_worse_than_naive_is_flagged_without_bias():
    """Errors that cancel in the sum still count against naive."""
    rng = np.random.default_rng(6)
    demand = _simulate("smooth", rng, 50)
    plan = _plan(demand)
    wave = np.where(np.arange(plan.bt_actual.shape[2]) % 2, 0.4, 1.6).astype(np.float32)
    bad = plan.bt_actual * wave
    found = alerts.failure(dataclasses.replace(
        plan, bt_forecast=bad, bt_median=bad, bt_naive=plan.bt_actual * np.float32(1.05)), demand)
    assert (found.units > 0).mean() > 0.9
    assert found.biased.mean() < 0.1


def test_failure_needs_sales_and_a_backtest():
    """Three sales, or a history too short to be judged, say nothing."""
    demand = np.zeros((1, WEEKS))
    demand[0, [20, 60, 119]] = 500
    assert not alerts.failure(_plan(demand), demand).units.any()
    short = np.full((1, 2), 5.0)
    assert not alerts.failure(_plan(short), short).units.any()


def _years(year, count, rng, noise=0.1):
    mean = np.tile(year, count)
    return rng.normal(mean, noise * mean).clip(0)


def test_season_is_not_fading():
    """The low season of a seasonal product is compared with the low season before it."""
    rng = np.random.default_rng(7)
    year = np.r_[np.full(39, 20.0), np.full(13, 4.0)]
    rows = np.stack([_years(year, 3, rng), np.r_[_years(year, 2, rng), _years(year, 1, rng) * np.r_[
        np.ones(39), np.full(13, 0.1)]]])
    assert alerts.fading(rows, 13, 52).tolist() == [False, True]


def test_out_of_stock_is_not_fading():
    """A quarter that is mostly unknown says nothing; one that is known in part is judged by that part."""
    row = np.full((2, 130), 10.0)
    row[0, -10:] = np.nan
    row[0, -13:-10] = 0
    row[1, -13:] = [np.nan, 1] * 6 + [1]
    assert alerts.fading(row, 13, 52).tolist() == [False, True]


def test_rare_sales_fade_by_chance_only():
    """A part that sells five times a year may well not sell for a quarter."""
    rare = (np.random.default_rng(8).random((2000, 130)) < 0.1).astype(float)
    assert alerts.fading(rare, 13, 52).mean() < 0.02


@pytest.mark.parametrize("kind", ["smooth", "erratic", "rare", "lumpy"])
@pytest.mark.parametrize("weeks", [104, 120, 260])
def test_noise_is_not_seasonal(kind, weeks):
    """Two years of chance resemble each other once in a hundred times."""
    rng = np.random.default_rng(9)
    demand = np.concatenate([_simulate(kind, rng) for _part in range(3)], axis=1)[:, :weeks]
    assert alerts.seasonal(demand, Bucket.WEEK).mean() < 0.04


@pytest.mark.parametrize(("bucket", "length"), [("day", 364), ("week", 52), ("month", 12)])
def test_summer_is_seasonal_and_a_trend_is_not(bucket, length):
    """A wave of a year is found from two years on; a trend, a weekday pattern and one year are not."""
    rng = np.random.default_rng(10)
    year = 30 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(length) / length))
    wave = np.stack([_years(year, 3, rng) for _row in range(20)])
    trend = rng.normal(np.linspace(10, 60, 3 * length), 5, (20, 3 * length)).clip(0)
    weekday = rng.normal(np.tile([20.0, 20, 20, 20, 20, 2, 2], length)[: 3 * length], 2, (20, 3 * length)).clip(0)
    assert alerts.seasonal(wave, bucket).all()
    assert alerts.seasonal(wave[:, length:], bucket).all()
    assert not alerts.seasonal(wave[:, 2 * length:], bucket).any()
    assert alerts.seasonal(trend, bucket).mean() <= 0.1
    if bucket != "month":
        assert alerts.seasonal(weekday, bucket).mean() <= 0.1


def test_unknown_buckets_take_no_season_away():
    """Weeks out of stock are no part of the shape."""
    rng = np.random.default_rng(11)
    rows = _years(30 * (1 + 0.5 * np.sin(2 * np.pi * np.arange(52) / 52)), 3, rng)[None].repeat(20, 0)
    rows[rng.random(rows.shape) < 0.15] = np.nan
    assert alerts.seasonal(rows, Bucket.WEEK).all()
