"""Classes, outliers, wizard windows, calibration, hierarchy, metrics and combination."""

import datetime

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from gantry_forecast_core import Bucket, DemandClass, Params, Problem, combine, conformal, hierarchy, metrics, window
from gantry_forecast_core import classify as classes
from gantry_forecast_core.backtest import learn_origins, plan_origins

RNG = np.random.default_rng(3)


def test_classes_follow_interval_and_variation():
    """One row on each side of both limits."""
    steady, wild = np.array([4.0, 5, 6] * 8), np.array([1.0, 1, 30] * 8)
    gaps = np.tile([1.0, 0, 0, 0], 6)
    rows = np.stack([steady, wild, steady * gaps, np.tile([2.0, 0, 0, 0, 50, 0, 0, 0], 3)])
    found = classes.classify(rows, Bucket.MONTH, Params()).demand_class
    assert found.tolist() == [DemandClass.SMOOTH, DemandClass.ERRATIC, DemandClass.INTERMITTENT, DemandClass.LUMPY]


def test_unknown_buckets_do_not_count_as_zero_demand():
    """Out of stock half of the time is not intermittent demand, and its silence is not death."""
    row = np.full((1, 24), 7.0)
    row[0, 1::2] = np.nan
    row[0, 12:] = np.nan
    found = classes.classify(row, Bucket.MONTH, Params())
    assert found.demand_class[0] == DemandClass.SMOOTH and found.adi[0] == 1 and found.silent[0] == 0


def test_yearly_peak_is_no_outlier():
    """The same spike in the same month of two years is season, a single one is not."""
    row = np.full(36, 10.0)
    row[[10, 22]] = 200
    single = np.full(36, 10.0)
    single[15] = 200
    found = classes.outliers(np.stack([row, single]), 12, 6.0)
    assert np.argwhere(found).tolist() == [[1, 15]]


def test_explained_spike_is_no_outlier():
    """A promotion that explains the bucket takes the flag away."""
    row = np.full((1, 36), 10.0)
    row[0, 15] = 200
    expected = np.zeros((1, 36), bool)
    expected[0, 15] = True
    assert not classes.outliers(row, 12, 6.0, expected).any()


@pytest.mark.parametrize("today", ["2024-03-31", "2024-07-15", "2025-01-01", "2024-02-29"])
def test_wizard_windows_equal_a_sum_over_days(today):
    """With daily buckets each window is the plain mean of the days that Odoo's wizard would read."""
    end = datetime.date.fromisoformat(today)
    sold = RNG.integers(0, 9, 800).astype(float)
    first = end - datetime.timedelta(days=800)
    problem = Problem(demand=sold[None], bucket="day", start=np.datetime64(first), horizon=1)
    days = [first + datetime.timedelta(days=k) for k in range(800)]

    def mean(begin, stop):
        inside = [value for value, day in zip(sold, days, strict=True) if begin <= day < stop]
        return sum(inside) / (stop - begin).days

    month = end.replace(day=1) - relativedelta(years=1)
    expected = {
        "last_7_days": mean(end - relativedelta(weeks=1), end),
        "last_30_days": mean(end - relativedelta(months=1), end),
        "last_3_months": mean(end - relativedelta(months=3), end),
        "last_12_months": mean(end - relativedelta(years=1), end),
        "same_month_last_year": mean(month, month + relativedelta(months=1)),
        "next_month_last_year": mean(month + relativedelta(months=1), month + relativedelta(months=2)),
        "after_next_month_last_year": mean(month + relativedelta(months=2), month + relativedelta(months=3)),
        "quarter_last_year": mean(month, month + relativedelta(months=3)),
    }
    found = {name: values[0, 0] for name, values in window.window_forecasts(problem).items()}
    assert set(found) == set(expected)
    assert all(found[name] == pytest.approx(expected[name]) for name in expected)


def test_calibration_repairs_bands_that_are_too_narrow():
    """Bands half as wide as they should be cover what they promise after correction, on new data."""
    levels = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    z = conformal.normal_quantiles(levels)
    scale = RNG.gamma(3, 1, (500, 1, 1))
    quantiles = 100 + scale * 0.5 * z * np.ones((1, 6, 1))
    draw = lambda: 100 + scale[:, :, 0] * RNG.normal(0, 1, (500, 6))  # noqa: E731
    factors = conformal.calibrate(draw(), quantiles, levels)
    fixed = conformal.correct(quantiles, factors, levels)
    new = draw()
    for k, level in enumerate(levels):
        assert abs((new <= fixed[..., k]).mean() - level) < 0.03
    assert ((new >= quantiles[..., 0]) & (new <= quantiles[..., -1])).mean() < 0.7


def test_discrete_bands_are_only_ever_widened():
    """Where zeros make bands cover too much, they are not made narrower."""
    levels = (0.5, 0.9)
    quantiles = np.tile([0.0, 3.0], (200, 2, 1)).astype(float)
    actual = np.zeros((200, 2))
    assert (conformal.widen(actual, quantiles, levels) >= 1).all()


def test_normal_quantiles_are_those_of_the_standard_library():
    """Bisection agrees with statistics.NormalDist."""
    from statistics import NormalDist

    levels = (0.02, 0.3, 0.5, 0.9, 0.99)
    assert np.allclose(conformal.normal_quantiles(levels), [NormalDist().inv_cdf(level) for level in levels])


def test_standard_errors_keep_the_point():
    """The table's median is zero and its quantiles rise in every step."""
    levels = np.array([0.1, 0.5, 0.9])
    table = conformal.standard_errors(RNG.normal(1, 2, (300, 4)), np.ones((300, 4)), levels)
    assert (table[:, 1] == 0).all() and (np.diff(table, axis=1) >= 0).all()


def test_group_sums_agree_on_every_level():
    """Products add up to categories, categories to the company."""
    mean = RNG.gamma(2, 5, (30, 3))
    category, company = np.arange(30) % 5, np.zeros(5, int)
    middle = hierarchy.group_totals(mean, category, 5)
    assert np.allclose(hierarchy.group_totals(middle, company, 1)[0], mean.sum(0))


def test_aggregate_lies_between_independent_and_dependent():
    """Bands of a group are narrower than the sum of bands and not narrower than the root of squares."""
    levels = (0.05, 0.5, 0.95)
    mean = np.full((50, 2), 10.0)
    quantiles = np.tile([6.0, 10.0, 14.0], (50, 2, 1))
    total, bands = hierarchy.aggregate(mean, quantiles, levels, np.zeros(50, int), 1, correlation=0.1)
    assert np.allclose(total, 500)
    width = bands[0, 0, 2] - bands[0, 0, 0]
    assert np.sqrt(50) * 8 < width < 50 * 8


def test_scaling_to_groups_reaches_the_target():
    """After scaling, members add up to their group's forecast; a group without one stays."""
    mean = RNG.gamma(2, 5, (20, 3))
    group = np.arange(20) % 2
    target = np.stack([1.3 * hierarchy.group_totals(mean, group, 2)[0], np.full(3, np.nan)])
    scaled = mean * hierarchy.scale_to_groups(mean, group, target)
    totals = hierarchy.group_totals(scaled, group, 2)
    assert np.allclose(totals[0], target[0]) and np.allclose(scaled[group == 1], mean[group == 1])


def test_median_of_members_leaves_out_unknown_ones():
    """NaN members do not count, cell by cell; weights move the median."""
    stack = [np.array([1.0, np.nan]), np.array([3.0, 4.0]), np.array([8.0, 6.0])]
    assert combine.median_of(stack).tolist() == [3.0, 5.0]
    assert combine.median_of(stack[:2]).tolist() == [2.0, 4.0]
    assert combine.median_of(stack, [5.0, 1.0, 1.0])[0] == 1.0


def test_metrics_leave_out_unknown_actuals():
    """NaN actuals change no score; nothing sold gives no percentage."""
    actual, forecast = np.array([[2.0, np.nan, 4.0]]), np.array([[1.0, 99.0, 5.0]])
    assert metrics.wape(actual, forecast, 1)[0] == pytest.approx(2 / 6)
    assert metrics.bias(actual, forecast, 1)[0] == 0
    assert metrics.tracking_signal(actual, forecast)[0] == 0
    assert np.isnan(metrics.wape(np.zeros((1, 3)), forecast, 1)[0])


def test_quantile_loss_of_the_median_is_half_the_absolute_error():
    """The scaled pinball loss of the median is the WAPE."""
    actual, guess = RNG.gamma(2, 3, (5, 4)), RNG.gamma(2, 3, (5, 4))
    found = metrics.wql(actual, guess[..., None], (0.5,))
    assert found == pytest.approx(float(metrics.wape(actual, guess)))


@pytest.mark.parametrize("length", [2, 3, 5, 14, 36, 120])
def test_origins_leave_something_to_learn_and_something_to_judge(length):
    """Every origin has history before it and actuals after it."""
    starts, judged = learn_origins(length, 12, 12, 3)
    assert starts and all(start >= 1 and start + judged <= length for start in starts)
    problem = Problem(demand=np.ones((1, length)), bucket="month", start="2020-01-01", horizon=12)
    places, judged = plan_origins(problem, 3)
    assert all(start + judged <= length for start in places) and places == sorted(places)
