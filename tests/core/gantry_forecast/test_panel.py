"""Panel tier: features never look ahead, quantiles are honest, and nothing depends on the shard."""

import sys

import gantry_forecast_core as core
import numpy as np
import pytest
from gantry_forecast_core import panel
from gantry_forecast_core.panel_events import EventDays
from gantry_forecast_core.panel_features import FeatureTable, Rows, Windows, beside_neighbours
from hypothesis import given, settings
from hypothesis import strategies as st

PARAMS = core.Params()
MIDDLE = PARAMS.quantiles.index(0.5)


def promoted(n=60, weeks=80, horizon=6, seed=1):
    """Weekly sales that triple in promoted weeks; every second series is promoted within the horizon."""
    rng = np.random.default_rng(seed)
    promotion = (rng.random((n, weeks + horizon)) < 0.2).astype(float)
    promotion[:, weeks:] = (np.arange(n) % 2)[:, None]
    level = rng.uniform(20, 60, (n, 1))
    sales = rng.poisson(level * np.where(promotion > 0, 3.0, 1.0)).astype(float)
    return core.Problem(
        demand=sales[:, :weeks], bucket="week", start="2023-01-02", horizon=horizon,
        groups=(np.arange(n) % 3)[:, None], known=promotion[:, :, None], known_names=("promotion",)), level


def sparse(n=150, months=40, seed=2):
    """Poisson parts of which one sells about every second month, with the twelve months that follow."""
    rng = np.random.default_rng(seed)
    sales = rng.poisson(rng.gamma(1.0, 0.4, (n, 1)), (n, months + 12)).astype(float)
    problem = core.Problem(demand=sales[:, :months], bucket="month", start="2020-01-01", horizon=12)
    return problem, sales[:, months:]


@pytest.fixture(scope="module")
def promoted_model():
    """Problem, levels, model and its quantiles."""
    problem, level = promoted()
    model = panel.fit(problem, PARAMS)
    return problem, level, model, panel.predict(problem, model)


series = st.lists(st.none() | st.integers(0, 5), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(series, st.integers(-3, 14), st.integers(-3, 14))
def test_windows_agree_with_counting_by_hand(history, begin, end):
    """Mean, share of sales, size and deviation of any window, against the plain definition."""
    values = np.array([[np.nan if value is None else float(value) for value in history]])
    windows, row = Windows(values), np.array([0])
    low, high = np.clip([begin, end], 0, len(history))
    known = [value for value in history[low:high] if value is not None] if low < high else []
    at = row, np.array([begin]), np.array([max(begin, end)])
    if begin > end:
        known = []
    sold = [value for value in known if value > 0]
    for found, wanted in (
            (windows.mean(*at), np.mean(known) if known else np.nan),
            (windows.sale_share(*at), len(sold) / len(known) if known else np.nan),
            (windows.size(*at), np.mean(sold) if sold else np.nan),
            (windows.deviation(*at), np.std(known) if known else np.nan)):
        np.testing.assert_allclose(found[0], wanted, atol=1e-6)


@pytest.mark.parametrize("bucket", ["day", "week", "month"])
def test_features_never_look_past_the_origin(bucket):
    """Whatever happens from the origin on, the row stays the same; what is known in advance may differ."""
    rng = np.random.default_rng(0)
    length, origin, horizon = 900, 850, 5
    demand = rng.poisson(5.0, (4, length)).astype(float)
    known = rng.normal(size=(4, length + horizon, 2))
    changed = demand.copy()
    changed[:, origin:] = 999.0
    rows = Rows(np.repeat(np.arange(4), horizon), np.full(4 * horizon, origin), np.tile(np.arange(1, horizon + 1), 4))

    def build(history):
        problem = core.Problem(
            demand=history, bucket=bucket, start="2020-01-06", horizon=horizon, groups=np.array([[0], [0], [1], [1]]),
            known=known, known_names=("price", "promotion"))
        return FeatureTable(problem).build(rows)

    before, after = build(demand), build(changed)
    assert before[1] == after[1]
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[0], build(np.roll(demand, 1, axis=1))[0], equal_nan=True)


def feasts(days=620, horizon=7, seed=3):
    """Daily sales of eight products that double on the eve of a feast and halve on the day; a feast lies ahead."""
    rng = np.random.default_rng(seed)
    on = np.zeros(days + horizon)
    on[100:days:61] = on[days + 3] = 1
    expected = rng.uniform(40, 90, (8, 1)) * (1 - 0.5 * on + np.append(on[1:], 0))
    problem = core.Problem(
        demand=rng.poisson(expected[:, :days]), bucket="day", start="2021-01-04", horizon=horizon,
        groups=(np.arange(8) % 2)[:, None], known=on[None, :, None], known_names=("feast",))
    return problem, expected[:, days:]


def test_days_around_an_event_are_measured():
    """The eve's effect and the day's own are found, the days beside them have none, and the future is not seen."""
    problem, _ = feasts()
    totals = problem.demand.mean(axis=0)[None]
    eve, length = problem.length + 2, problem.length
    at = np.zeros(4, int), np.full(4, length), np.array([eve, eve + 1, eve + 2, eve - 1])
    columns = EventDays(problem.known, totals, totals).columns(*at)
    together = columns["event_together"]
    np.testing.assert_allclose(together[:2], [np.log(2), np.log(0.5)], atol=0.12)
    np.testing.assert_allclose(together[2:], 0, atol=0.05)
    assert columns["event_in_1"][0] == together[0] and columns["event_in_0"][0] == 0
    changed = totals.copy()
    changed[:, 500:] = 1e6
    at = np.zeros(1, int), np.array([500]), np.array([eve])
    np.testing.assert_array_equal(EventDays(problem.known, changed, changed).columns(*at)["event_together"],
                                  EventDays(problem.known, totals, totals).columns(*at)["event_together"])


def test_inputs_that_are_no_events_have_no_neighbouring_days():
    """A price, an input that is on every third day and one that differs between series are left alone."""
    known = np.zeros((2, 60, 3), np.float32)
    known[:, :, 0] = 9.5
    known[:, ::3, 1] = 1
    known[0, 10, 2] = 1
    totals = np.ones((1, 50))
    columns = EventDays(known, totals, totals).columns(np.zeros(3, int), np.full(3, 50), np.array([50, 51, 52]))
    assert not any(values.any() for values in columns.values())


def test_the_eve_of_an_event_is_forecast(monkeypatch):
    """Daily demand ahead of a feast that lies in the horizon: the eve doubles, the day halves."""
    monkeypatch.setattr(panel, "MAX_ROWS", 12_000)
    problem, expected = feasts()
    mean = panel.forecast(problem, panel.fit(problem, PARAMS))[1].sum(axis=0) / expected[:, 0].sum()
    assert mean[2] == pytest.approx(2.0, abs=0.25)
    assert mean[3] == pytest.approx(0.5, abs=0.2)
    assert mean[[0, 5, 6]] == pytest.approx(1.0, abs=0.1)


def test_a_promotion_known_in_advance_lifts_the_forecast(promoted_model):
    """Promoted series get about three times their usual sales, the others their usual sales."""
    _, level, _, quantiles = promoted_model
    ratio = quantiles[:, :, MIDDLE].mean(axis=1) / level[:, 0]
    assert 2.5 < np.median(ratio[1::2]) < 3.5
    assert 0.8 < np.median(ratio[::2]) < 1.2


def test_quantiles_rise_and_are_never_negative(promoted_model):
    """The contract of every member."""
    quantiles = promoted_model[3]
    assert (np.diff(quantiles, axis=2) >= 0).all()
    assert (quantiles >= 0).all()


def test_a_shard_gets_the_forecast_of_the_whole(promoted_model):
    """Group features come with the model, so that any cut gives the same numbers."""
    problem, _, model, quantiles = promoted_model
    rows = np.array([41, 3, 8])
    np.testing.assert_allclose(panel.predict(problem.take(rows), model), quantiles[rows], rtol=1e-6)


def test_a_model_serves_a_history_that_has_grown(promoted_model):
    """One more week than in training: columns are matched by date, and a group not seen before is allowed."""
    problem, _, model, _ = promoted_model
    rng = np.random.default_rng(5)
    groups = problem.groups.copy()
    groups[0] = 77
    later = core.Problem(
        demand=np.concatenate([problem.demand[:, 1:], rng.poisson(40, (problem.size, 1))], axis=1), bucket="week",
        start=problem.start + 7, horizon=problem.horizon, groups=groups,
        known=np.concatenate([problem.known[:, 1:], problem.known[:, -1:]], axis=1), known_names=problem.known_names)
    assert np.isfinite(panel.predict(later, model)).all()


def test_group_sums_follow_a_history_that_has_grown():
    """What has happened since training reaches the groups, by all of their series or by those at hand."""
    rng = np.random.default_rng(9)
    demand = rng.poisson(50 * 1.01 ** np.arange(70), (8, 70)).astype(float)
    groups = (np.arange(8) % 2)[:, None]

    def table(length, pools=None, rows=slice(None)):
        return FeatureTable(core.Problem(demand=demand[rows, :length], bucket="week", start="2023-01-02", horizon=4,
                                         groups=groups[rows]), pools)

    whole, old = table(70), table(60).pools()
    for grown, fresh in zip(table(70, old).totals, whole.totals, strict=True):
        np.testing.assert_allclose(grown.values, fresh.values, rtol=1e-6)
    few = table(70, old, slice(0, 4))
    np.testing.assert_allclose(few.totals[1].values[:2, 60:], whole.totals[1].values[:2, 60:], rtol=0.3)
    assert few.totals[1].values[:2, 60:].mean() == pytest.approx(whole.totals[1].values[:2, 60:].mean(), rel=0.05)


def test_other_inputs_than_in_training_are_not_guessed(promoted_model):
    """A model that learnt a promotion says nothing about a problem without one."""
    problem, _, model, _ = promoted_model
    bare = core.Problem(demand=problem.demand, bucket="week", start=problem.start, horizon=3, groups=problem.groups)
    assert np.isnan(panel.predict(bare, model)).all()


def test_the_same_seed_gives_the_same_model():
    """Deterministic down to the bytes."""
    problem, _ = sparse(60)
    assert panel.fit(problem, PARAMS, seed=4) == panel.fit(problem, PARAMS, seed=4)


def test_sparse_demand_gets_a_distribution_that_covers():
    """Counts read off the class probabilities: upper quantiles cover what they promise, within two points above."""
    problem, test = sparse()
    quantiles = panel.predict(problem, panel.fit(problem, PARAMS))
    covered = (test[:, :, None] <= quantiles + 1e-9).mean(axis=(0, 1))
    for level in (0.8, 0.9, 0.95):
        assert covered[PARAMS.quantiles.index(level)] >= level - 0.03
    known_mean = problem.demand.mean(axis=1)
    busy, quiet = known_mean > 1.0, known_mean < 0.1
    top = quantiles[:, :, PARAMS.quantiles.index(0.9)].mean(axis=1)
    assert top[busy].mean() > top[quiet].mean() + 1.5


@pytest.fixture(scope="module")
def sparse_model():
    """A model of sparse parts."""
    return panel.fit(sparse(60)[0], PARAMS)


@pytest.mark.parametrize("history", [
    np.full((1, 40), np.nan), np.zeros((1, 40)), np.concatenate([np.full(39, np.nan), [5.0]])[None],
    np.full((1, 40), 1e9), np.concatenate([np.zeros(39), [3.0]])[None],
])
def test_odd_histories_neither_fail_nor_explode(history, sparse_model):
    """Unknown only, zeros only, one sale, one bucket, huge: finite or honestly unknown."""
    odd = core.Problem(demand=history, bucket="month", start="2020-01-01", horizon=12)
    quantiles = panel.predict(odd, sparse_model)
    assert np.isnan(quantiles).all() or (np.isfinite(quantiles).all() and (quantiles >= 0).all())
    if np.isnan(history).all():
        assert np.isnan(quantiles).all()
    if history.max() == 0:
        assert (quantiles[:, :, MIDDLE] == 0).all()


def test_too_little_history_gives_no_model():
    """Three series of ten months teach nothing; all-unknown histories teach nothing either."""
    few = core.Problem(demand=np.ones((3, 10)), bucket="month", start="2024-01-01", horizon=3)
    assert panel.fit(few, PARAMS) == b""
    blank = core.Problem(demand=np.full((500, 30), np.nan), bucket="month", start="2024-01-01", horizon=3)
    assert panel.fit(blank, PARAMS) == b""


def test_stop_ends_the_training():
    """A cancelled training returns no model."""
    problem, _ = sparse(60)
    assert panel.fit(problem, PARAMS, stop=lambda: True) == b""


def test_missing_library_is_named(monkeypatch):
    """Without LightGBM the tier says so before any work."""
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(ImportError, match="lightgbm"):
        panel.fit(sparse(10)[0], PARAMS)


def test_daily_demand_has_a_mean_of_its_own():
    """Skewed days: the sum over products is met by the mean, and missed by the sum of the medians."""
    rng = np.random.default_rng(6)
    expected = rng.uniform(20, 60, (12, 1)) * np.where(np.arange(770) % 7 == 5, 2.0, 1.0)
    problem = core.Problem(demand=rng.gamma(1.5, expected[:, :763] / 1.5), bucket="day", start="2022-01-03", horizon=7)
    quantiles, mean = panel.forecast(problem, panel.fit(problem, PARAMS))
    expected = expected[:, 763:].sum()
    assert mean.sum() == pytest.approx(expected, rel=0.1)
    assert quantiles[:, :, MIDDLE].sum() < 0.88 * mean.sum()


def test_other_buckets_take_the_mean_from_the_quantiles(promoted_model):
    """Weekly demand has no model for its mean."""
    problem, _, model, quantiles = promoted_model
    again, mean = panel.forecast(problem, model)
    np.testing.assert_array_equal(again, quantiles)
    assert np.isnan(mean).all()


def test_closed_buckets_are_not_learnt_from_and_get_no_demand():
    """Nobody works in the shutdown: zero there, and its zeros are no zeros of demand."""
    problem, _ = promoted()
    closed = np.zeros(problem.length + problem.horizon, bool)
    closed[20:24] = closed[-2] = True
    demand = problem.demand.copy()
    demand[:, 20:24] = 0.0
    shut = core.Problem(demand=demand, bucket="week", start=problem.start, horizon=problem.horizon, closed=closed)
    table = FeatureTable(shut)
    assert np.isnan(table.own.values[:, 20:24]).all()
    quantiles = panel.predict(shut, panel.fit(shut, PARAMS))
    assert (quantiles[:, -2] == 0).all()
    assert (quantiles[:, -1, MIDDLE] > 0).all()


def test_neighbours_prices_are_seen_once():
    """A price is set against the mean of its group; inputs shared by all, and a second call, add nothing."""
    known = np.zeros((4, 5, 2))
    known[:, :, 0] = np.array([1.0, 3.0, 5.0, 9.0])[:, None]
    problem = core.Problem(demand=np.ones((4, 4)), bucket="week", start="2024-01-01", horizon=1,
                           groups=np.array([[0], [0], [1], [1]]), known=known, known_names=("price", "fair"))
    wider = beside_neighbours(problem)
    assert wider.known_names == ("price", "fair", "price 0 against group")
    assert wider.known[:, 0, 2].tolist() == [-1.0, 1.0, -2.0, 2.0]
    assert beside_neighbours(wider) is wider
