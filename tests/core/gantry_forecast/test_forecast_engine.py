"""Promises of the front doors: they hold for any demand."""

import numpy as np
import pytest
from gantry_forecast_core import Bucket, DemandClass, Params, Problem, ProblemError, apply, explain, learn, solve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

NUMPY = Params(tiers=("numpy",))


def _problem(demand, bucket="month", horizon=4, **more):
    return Problem(demand=demand, bucket=bucket, start="2021-01-01", horizon=horizon, **more)


def _mixed(n=60, t=40, seed=1):
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(1, 1.5, n))
    season = 1 + 0.4 * np.sin(2 * np.pi * np.arange(t) / 12)
    return rng.negative_binomial(2, 2 / (2 + rate[:, None] * season)).astype(float)


DEMAND = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.integers(1, 40)),
    elements=st.one_of(st.just(0.0), st.just(np.nan), st.floats(0, 1e6), st.integers(0, 20).map(float)))


@settings(max_examples=40, deadline=None)
@given(demand=DEMAND, bucket=st.sampled_from(list(Bucket)), horizon=st.integers(1, 14))
def test_any_history_gives_finite_ordered_quantiles_above_zero(demand, bucket, horizon):
    """Whatever the history: nothing negative, nothing unknown, quantiles rise, shapes fit."""
    plan = solve(_problem(demand, bucket, horizon), NUMPY)
    n = len(demand)
    assert plan.mean.shape == (n, horizon) and plan.quantiles.shape == (n, horizon, len(plan.levels))
    assert np.isfinite(plan.mean).all() and np.isfinite(plan.quantiles).all() and np.isfinite(plan.naive).all()
    assert (plan.mean >= 0).all() and (plan.quantiles >= 0).all()
    assert (np.diff(plan.quantiles, axis=2) >= 0).all()
    for row in range(n):
        assert explain(plan, row)[0]["code"] == "class"


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_rows_does_not_matter(seed):
    """A shuffled problem gives the shuffled plan."""
    demand = _mixed(40, 36, seed)
    order = np.random.default_rng(seed).permutation(40)
    straight, mixed = solve(_problem(demand), NUMPY), solve(_problem(demand[order]), NUMPY)
    assert np.allclose(straight.mean[order], mixed.mean, rtol=1e-4, atol=1e-4)
    assert (straight.demand_class[order] == mixed.demand_class).all()


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.001, 12.0, 1000.0]))
def test_another_unit_of_measure_scales_a_steady_forecast(seed, factor):
    """Selling in dozens or in grams does not change what is forecast for products with regular demand."""
    rng = np.random.default_rng(seed)
    demand = 100 * rng.gamma(30, 1 / 30, (20, 48)) * (1 + 0.3 * np.sin(np.arange(48) / 6 * np.pi))
    small, large = solve(_problem(demand), NUMPY), solve(_problem(demand * factor), NUMPY)
    assert np.allclose(small.mean * factor, large.mean, rtol=2e-3)


def test_same_seed_same_plan():
    """Two runs agree to the last bit."""
    demand = _mixed()
    first, second = solve(_problem(demand), NUMPY, seed=3), solve(_problem(demand), NUMPY, seed=3)
    assert np.array_equal(first.quantiles, second.quantiles) and np.array_equal(first.mean, second.mean)


def test_shards_agree_with_the_whole():
    """A recipe learnt once forecasts any shard as it forecasts everything together."""
    demand = _mixed(80)
    problem = _problem(demand, groups=np.arange(80) % 4)
    recipe = learn(problem, NUMPY)
    whole = apply(problem, recipe)
    parts = [apply(problem.take(rows), recipe) for rows in (np.arange(30), np.arange(30, 80))]
    assert np.allclose(whole.mean, np.concatenate([part.mean for part in parts]), rtol=1e-5, atol=1e-5)


def test_no_series_gives_an_empty_plan():
    """Nothing in, nothing out."""
    plan = solve(_problem(np.empty((0, 12))), NUMPY)
    assert plan.mean.shape == (0, 4) and plan.bt_actual.shape[0] == 0


def test_never_sold_and_long_silent_products_are_dead():
    """No sale at all, or years of silence after regular sales: zero, and the reason says so."""
    silent = np.concatenate([np.full(24, 9.0), np.zeros(24)])
    plan = solve(_problem(np.stack([np.zeros(48), silent, np.full(48, 5.0)])), NUMPY)
    assert plan.demand_class.tolist() == [DemandClass.DEAD, DemandClass.DEAD, DemandClass.SMOOTH]
    assert not plan.mean[:2].any() and not plan.quantiles[:2].any() and plan.mean[2].min() > 4
    codes = {reason["code"]: reason["numbers"] for reason in explain(plan, 1)}
    assert codes["dead"]["silent"] == 24 and plan.model_names[plan.model[1]] == "zero"


def test_slow_part_is_not_declared_dead():
    """A part that sells once a year stays alive after half a year of silence."""
    row = np.zeros(60)
    row[[5, 17, 29, 41, 53]] = 2.0
    plan = solve(_problem(row[None]), NUMPY)
    assert plan.demand_class[0] == DemandClass.INTERMITTENT and plan.mean[0, 0] > 0


def test_out_of_stock_is_unknown_and_not_zero():
    """Marked gaps leave the level where it was; unmarked ones pull it down."""
    rng = np.random.default_rng(5)
    demand = rng.gamma(40, 0.5, (50, 36))
    marked, unmarked = demand.copy(), demand.copy()
    marked[:, 28:35], unmarked[:, 28:35] = np.nan, 0.0
    honest = solve(_problem(marked), NUMPY)
    assert abs(honest.mean.mean() - 20) < 2
    assert solve(_problem(unmarked), NUMPY).mean.mean() < 0.85 * honest.mean.mean()
    assert {r["code"]: r["numbers"] for r in explain(honest, 0)}["stockout"]["buckets"] == 7


def test_new_product_starts_from_its_group_and_moves_to_itself():
    """With two buckets of history the category speaks; a look-alike speaks louder."""
    rng = np.random.default_rng(2)
    old = rng.poisson(30, (40, 30)).astype(float)
    new = np.full((2, 30), np.nan)
    new[:, -2:] = 2.0
    twin = rng.poisson(200, (1, 30)).astype(float)
    problem = _problem(np.concatenate([old, twin, new]), groups=np.zeros(43, int),
                       lookalike=[-1] * 42 + [40])
    plan = solve(problem, NUMPY)
    assert plan.demand_class[41:].tolist() == [DemandClass.NEW] * 2
    assert 5 < plan.mean[41, 0] < 35 and plan.mean[42, 0] > 60
    codes = [reason["code"] for reason in explain(plan, 42)]
    assert "new" in codes and "lookalike" in codes


def test_a_new_product_takes_the_shape_of_its_lookalike_without_the_noise_of_single_weeks():
    """The season is handed on, chance is not: the shape rises and falls with the year and is smoother."""
    rng = np.random.default_rng(7)
    weeks = np.arange(156)
    demand = np.full((12, 156), np.nan)
    demand[:11] = rng.negative_binomial(2, 2 / (2 + 20 * (1 + 0.6 * np.sin(2 * np.pi * weeks / 52))), (11, 156))
    demand[11, -3:] = 9
    problem = Problem(demand=demand, bucket="week", start="2022-01-03", horizon=8, lookalike=[-1] * 11 + [4])
    plan = apply(problem, learn(problem, Params(tiers=("numpy",))))
    donor, new = plan.season[4], plan.season[11]
    rough = [np.abs(np.diff(shape, 2)).mean() for shape in (donor, new)]
    assert rough[1] < 0.5 * rough[0]
    assert np.corrcoef(new, np.sin(2 * np.pi * weeks[:52] / 52))[0, 1] > 0.5
    assert new.mean() == pytest.approx(1, rel=1e-3)


def test_one_off_project_is_flagged_and_left_out_only_on_request():
    """A single spike is flagged; the forecast ignores it when the parameters say so."""
    rng = np.random.default_rng(3)
    demand = rng.poisson(20, (30, 36)).astype(float)
    demand[0, 32] = 900
    plain = solve(_problem(demand), NUMPY)
    clean = solve(_problem(demand), Params(tiers=("numpy",), exclude_outliers=True))
    assert np.argwhere(plain.outlier).tolist() == [[0, 32]]
    assert clean.mean[0, 0] < 30 < plain.mean[0, 0]
    found = {r["code"]: r["numbers"] for r in explain(clean, 0)}["outlier"]
    assert found == {"count": 1, "column": 32, "quantity": 900.0, "excluded": True}


def test_closed_buckets_are_zero_ahead_and_unknown_behind():
    """The summer shutdown neither lowers the level nor gets a forecast."""
    rng = np.random.default_rng(4)
    demand = rng.poisson(50, (20, 40)).astype(float)
    closed = np.zeros(44, bool)
    closed[[7, 19, 31, 43]] = True
    demand[:, closed[:40]] = 0
    plan = solve(_problem(demand, closed=closed), NUMPY)
    assert not plan.mean[:, 3].any() and not plan.quantiles[:, 3].any()
    assert abs(plan.mean[:, :3].mean() - 50) < 4


def test_season_is_found_and_explained():
    """A December peak is in the profile, in the forecast and in the reasons."""
    rng = np.random.default_rng(6)
    index = np.ones(12)
    index[11] = 2.5
    demand = rng.poisson(40 * index[np.arange(60) % 12], (25, 60)).astype(float)
    plan = solve(_problem(demand, horizon=12), NUMPY)
    assert (plan.mean.argmax(1) == 11).all() and (plan.season.argmax(1) == 11).all()
    found = {r["code"]: r["numbers"] for r in explain(plan, 0)}["season"]
    assert found["peak"] == 11 and 1.8 < found["index"] < 2.8


@pytest.mark.parametrize("rate", [0.3, 3.0, 60.0])
def test_bands_cover_what_they_promise(rate):
    """90 % bands hold 86 to 99 % of what comes (more only where demand is discrete)."""
    rng = np.random.default_rng(8)
    n, t, h = 400, 48, 6
    whole = rng.negative_binomial(3, 3 / (3 + rate), (n, t + h)).astype(float)
    plan = solve(_problem(whole[:, :t], horizon=h), NUMPY)
    low, high = plan.quantiles[..., plan.levels.index(0.05)], plan.quantiles[..., plan.levels.index(0.95)]
    inside = ((whole[:, t:] >= low) & (whole[:, t:] <= high)).mean()
    assert 0.86 <= inside <= (0.93 if rate > 10 else 0.995)


def test_trend_is_carried_on():
    """Growth of the last years goes on, within reason."""
    line = 50 + 2.0 * np.arange(48)
    demand = line * np.random.default_rng(9).normal(1, 0.02, (20, 48))
    plan = solve(_problem(demand, horizon=6), NUMPY)
    assert (plan.mean[:, -1] > plan.mean[:, 0]).mean() > 0.9
    assert (plan.trend > 0).all() and plan.mean.max() < 190


def test_backtest_arrays_hold_real_actuals_and_forecasts_that_did_not_see_them():
    """Scored buckets are those of the history; changing the last bucket changes no earlier forecast."""
    demand = _mixed(30, 40)
    recipe = learn(_problem(demand), NUMPY)
    plan = apply(_problem(demand), recipe)
    for k, start in enumerate(plan.bt_end):
        assert np.allclose(plan.bt_actual[:, k], demand[:, start : start + plan.bt_actual.shape[2]])
    changed = demand.copy()
    changed[:, -1] *= 50
    other = apply(_problem(changed), recipe)
    assert np.array_equal(plan.bt_forecast[:, 0], other.bt_forecast[:, 0])
    assert plan.window_name in plan.bt_windows and plan.bt_windows


def test_tracking_signal_rings_when_demand_leaves_the_forecast():
    """A product whose demand doubles for good is out of control, a steady one is not."""
    rng = np.random.default_rng(11)
    demand = rng.poisson(100, (2, 48)).astype(float)
    demand[0, 42:] *= 4
    recipe = learn(_problem(np.tile(rng.poisson(100, (20, 48)).astype(float), (1, 1))), NUMPY)
    plan = apply(_problem(demand), recipe)
    assert plan.tracking_signal[0] > 3 and abs(plan.tracking_signal[1]) < abs(plan.tracking_signal[0])
    assert plan.bias[0] < -0.2


def test_recipe_of_another_bucket_is_refused():
    """Weekly choices do not fit monthly histories."""
    recipe = learn(_problem(_mixed()), NUMPY)
    with pytest.raises(ProblemError, match="month buckets, not week"):
        apply(_problem(_mixed(), bucket="week"), recipe)


def test_stop_ends_the_forecast():
    """A stopped run raises instead of returning half a plan."""
    recipe = learn(_problem(_mixed()), NUMPY)
    with pytest.raises(InterruptedError):
        apply(_problem(_mixed()), recipe, stop=lambda: True)


def test_progress_ends_at_the_total():
    """The progress bar moves and arrives."""
    seen = []
    learn(_problem(_mixed()), NUMPY, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] and [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_every_class_and_tier_has_a_report():
    """The tier table on screen has a line for each class and tier, with a reason."""
    recipe = learn(_problem(_mixed()), NUMPY)
    assert {(r.demand_class, r.tier) for r in recipe.tiers} == {
        (int(kind), tier) for kind in DemandClass for tier in ("numpy", "statistical", "panel")}
    assert all(r.reason == "not_asked" and not r.on for r in recipe.tiers if r.tier != "numpy")


def test_known_promotion_lifts_the_forecast():
    """Promotions known in advance move the forecast of the promoted bucket; the level stays clean."""
    rng = np.random.default_rng(12)
    n, t, h = 60, 104, 4
    promo = (rng.random((n, t + h)) < 0.15).astype(np.float32)
    promo[:, t:] = 0
    promo[:, t + 1] = 1
    whole = rng.poisson(30 * np.where(promo > 0, 3.0, 1.0)).astype(float)
    problem = _problem(whole[:, :t], bucket="week", horizon=h, known=promo[:, :, None], known_names=("promo",))
    plan = solve(problem, NUMPY)
    lifted, usual = plan.mean[:, 1].mean(), plan.mean[:, [0, 2, 3]].mean()
    assert 65 < lifted < 115 and 24 < usual < 38
    assert any(r["code"] == "known" and r["numbers"]["factor"] > 2 for r in explain(plan, 0))


def test_category_lends_its_season_to_short_histories():
    """Products known for 20 months get the December peak that their whole category has."""
    rng = np.random.default_rng(13)
    n, t, h = 150, 30, 12
    index = np.ones(12)
    index[11], index[6] = 2.2, 0.5
    whole = rng.poisson(12 * index[np.arange(t + h) % 12], (n, t + h)).astype(float)
    past = whole[:, :t].copy()
    past[:, :10] = np.nan
    plan = solve(_problem(past, horizon=h, groups=np.zeros(n, int)), NUMPY)
    month = np.arange(t, t + h) % 12
    peak, usual = plan.mean[:, month == 11].mean(), plan.mean[:, (month != 11) & (month != 6)].mean()
    assert 1.6 < peak / usual < 2.6
    assert np.std(plan.mean[:, month == 11] / plan.mean[:, month == 2]) < 0.6


def test_silence_is_zero_only_where_silent_products_stay_silent():
    """Where long pauses are usual and sales come back, silent products keep a small forecast."""
    rng = np.random.default_rng(14)
    n, t = 200, 72
    back = rng.poisson(4, (n, t)).astype(float)
    for row in range(n):
        begin = rng.integers(20, t - 8)
        back[row, begin : begin + rng.integers(8, 30)] = 0
    gone = back.copy()
    gone[np.arange(t)[None] > rng.integers(20, t - 8, n)[:, None]] = 0
    coming, leaving = solve(_problem(back), NUMPY), solve(_problem(gone), NUMPY)
    dead = coming.demand_class == DemandClass.DEAD
    assert dead.sum() >= 5 and coming.mean[dead].min() > 0
    dead = leaving.demand_class == DemandClass.DEAD
    assert dead.sum() > 50 and not leaving.mean[dead].any()
