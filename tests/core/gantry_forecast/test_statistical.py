"""Statistical tier: real models, honest gaps, bounded time."""

import sys
from types import SimpleNamespace

import gantry_forecast_core as core
import numpy as np
import pytest
from gantry_forecast_core import statistical

PARAMS = core.Params()
MIDDLE = PARAMS.quantiles.index(0.5)
FAST = ("dot", "ces", "ets", "ets_additive")


def monthly(*histories, horizon=12, **more):
    """A monthly problem of histories that end in the same month."""
    length = max(map(len, histories))
    demand = np.full((len(histories), length), np.nan)
    for row, history in enumerate(histories):
        demand[row, length - len(history):] = history
    return core.Problem(demand=demand, bucket="month", start="2018-01-01", horizon=horizon, **more)


def seasonal(months=84, seed=0, noise=4.0):
    """Trend and season around a hundred."""
    rng = np.random.default_rng(seed)
    t = np.arange(months)
    return 100 + 0.8 * t + 30 * np.sin(2 * np.pi * t / 12) + rng.normal(0, noise, months)


@pytest.mark.parametrize("name", FAST)
def test_every_member_beats_last_year_on_trend_and_season(name):
    """Held-out year of eight series with trend: lower error than seasonal naive, quantiles in order."""
    whole = [seasonal(84, seed) for seed in range(8)]
    problem = monthly(*[history[:72] for history in whole])
    quantiles = statistical.members(problem, PARAMS, names=(name,))[name]
    truth = np.array([history[72:] for history in whole])
    naive = np.array([history[60:72] for history in whole])
    assert np.abs(quantiles[:, :, MIDDLE] - truth).mean() < 0.8 * np.abs(naive - truth).mean()
    assert (np.diff(quantiles, axis=2) >= 0).all()
    assert (quantiles >= 0).all()


@pytest.mark.parametrize("name", FAST)
def test_bands_widen_and_cover_about_what_they_promise(name):
    """The 5 to 95 % band of twenty series covers between 75 and 99 % of a held-out year and does not narrow."""
    whole = [seasonal(60, seed, noise=15.0) for seed in range(20)]
    problem = monthly(*[history[:48] for history in whole])
    quantiles = statistical.members(problem, PARAMS, names=(name,))[name]
    truth = np.array([history[48:] for history in whole])
    low, high = (quantiles[:, :, PARAMS.quantiles.index(level)] for level in (0.05, 0.95))
    assert 0.75 < ((truth >= low) & (truth <= high)).mean() < 0.99
    width = np.median(high - low, axis=0)
    assert width[-1] >= 0.99 * width[0]


@pytest.mark.parametrize("history", [
    np.full(60, np.nan), np.zeros(60), np.full(60, 7.0), np.concatenate([np.full(57, np.nan), [1.0, 2.0, 3.0]]),
])
def test_a_series_without_a_model_is_unknown_and_harms_no_other(history):
    """Unknown, zero, constant and short series are NaN; their neighbour is forecast as if it were alone."""
    both = statistical.members(monthly(history, seasonal(60)), PARAMS, names=("dot", "ces"))
    alone = statistical.members(monthly(seasonal(60)), PARAMS, names=("dot", "ces"))
    for name in both:
        assert np.isnan(both[name][0]).all()
        np.testing.assert_array_equal(both[name][1], alone[name][0])


def test_one_sale_and_rare_sales_stay_finite():
    """Sparse series are no reason to fail: finite and not negative, or unknown."""
    one, rare = np.zeros(48), np.zeros(48)
    one[-3], rare[::7] = 40.0, 3.0
    for quantiles in statistical.members(monthly(one, rare), PARAMS, names=FAST).values():
        assert (np.isnan(quantiles) | (quantiles >= 0)).all()
        assert not np.isinf(quantiles).any()
        assert np.isnan(quantiles).all() or np.nanmax(quantiles[:, :, MIDDLE]) < 400


def test_days_out_of_stock_do_not_pull_the_forecast_down():
    """Six unknown months are bridged: the forecast stays near that of the full history."""
    full = seasonal(84)
    gap = full.copy()
    gap[50:56] = np.nan
    found = statistical.members(monthly(full, gap), PARAMS, names=("dot",))["dot"][:, :, MIDDLE]
    assert abs(found[1].mean() / found[0].mean() - 1) < 0.1


def test_a_failing_model_is_absent_and_nothing_takes_its_place(monkeypatch):
    """No silent fallback: the member that raises, or answers with absurd numbers, is NaN."""
    def broken(*_args):
        raise RuntimeError("singular")

    def absurd(_history, _season, horizon):
        return statistical.Fit(np.full(horizon, 1e12), np.ones(horizon))

    for fitter in (broken, absurd):
        monkeypatch.setitem(statistical._FITTERS, "ces", fitter)
        found = statistical.members(monthly(seasonal()), PARAMS, names=("dot", "ces"))
        assert np.isnan(found["ces"]).all()
        assert np.isfinite(found["dot"]).all()


def test_weekly_season_needs_two_years():
    """The year's shape is found in three years of weeks, and the decomposition is absent below two years."""
    t = np.arange(156 + 26)
    history = 100 + 40 * np.sin(2 * np.pi * t / 52) + np.random.default_rng(0).normal(0, 3, len(t))
    problem = core.Problem(demand=history[None, :156], bucket="week", start="2021-01-04", horizon=26)
    found = statistical.members(problem, PARAMS, names=("stl",))["stl"]
    assert np.abs(found[0, :, MIDDLE] - history[156:]).mean() < 12
    short = core.Problem(demand=history[None, :90], bucket="week", start="2021-01-04", horizon=4)
    assert np.isnan(statistical.members(short, PARAMS, names=("stl",))["stl"]).all()


def test_many_series_get_cheap_members_only():
    """A hundred thousand series fit into eight minutes on two processes; few series get full ETS."""
    def names(size, length, bucket="month"):
        return statistical.affordable(SimpleNamespace(size=size, length=length, bucket=core.Bucket(bucket)))

    assert names(100_000, 36) == ("dot", "ces")
    assert "ets" in names(500, 36)
    assert "ets_additive" not in names(500, 36)
    assert "stl" in names(300, 156, "week")
    assert "stl" not in names(300, 100, "week")
    assert names(3_000_000, 36) == ()


def test_stop_leaves_the_rest_unknown():
    """Cancelling ends the loop at once."""
    found = statistical.members(monthly(seasonal()), PARAMS, names=("dot",), stop=lambda: True)
    assert np.isnan(found["dot"]).all()


def test_closed_months_get_no_demand():
    """A shutdown in the horizon is zero in every quantile."""
    closed = np.zeros(84 + 12, bool)
    closed[-3] = True
    found = statistical.members(monthly(seasonal(), closed=closed), PARAMS, names=("dot",))["dot"]
    assert (found[0, -3] == 0).all()
    assert (found[0, -4] > 0).all()


def test_missing_library_is_named(monkeypatch):
    """Without statsforecast the tier says so before any work."""
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(ImportError, match="statsforecast"):
        statistical.members(monthly(seasonal()), PARAMS, names=("dot",))
