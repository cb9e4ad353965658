"""Vectorised recursions against plain loops over one series."""

import numpy as np
import pytest
from gantry_forecast_core import intermittent, season, smooth
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

RNG = np.random.default_rng(7)


def _table(t=30, n=6, gaps=0.15):
    y = RNG.gamma(2.0, 3.0, (t, n)) + 0.2 * np.arange(t)[:, None]
    known = RNG.random((t, n)) > gaps
    known[:3, 0] = False
    return np.where(known, y, 0.0), known


def _ses(values, alpha, level):
    loss = 0.0
    for value in values:
        if value is not None:
            error = value - level
            loss += error**2
            level += alpha * error
    return level, loss


@pytest.mark.parametrize("alpha", [0.05, 0.4, 1.0])
def test_smoothing_equals_the_plain_loop(alpha):
    """Level and loss of every column agree with a loop that skips unknown buckets."""
    y, known = _table()
    level, loss = smooth.ewma(y, known, alpha, np.full(6, 5.0))
    for k in range(6):
        values = [y[t, k] if known[t, k] else None for t in range(len(y))]
        expected = _ses(values, alpha, 5.0)
        assert np.allclose((level[k], loss[k]), expected)


def test_line_equals_polyfit_on_known_buckets():
    """Slope and last value come from the known buckets alone."""
    y, known = _table()
    slope, last = smooth.line(y, known)
    ages = np.arange(1 - len(y), 1)
    for k in range(y.shape[1]):
        expected = np.polyfit(ages[known[:, k]], y[known[:, k], k], 1)
        assert np.allclose((slope[k], last[k]), expected)


def test_grid_puts_its_weight_on_the_member_that_made_the_data():
    """Random walks prefer fast smoothing, noise around a level prefers slow smoothing."""
    walk = np.cumsum(RNG.normal(0, 1, (300, 20)), 0) + 100
    noise = RNG.normal(100, 1, (300, 20))
    known = np.ones((300, 20), bool)
    alphas = np.array([alpha for alpha, _, _ in smooth.GRID])
    fast = alphas @ smooth.smooth_grid(walk, known, 1).weights
    slow = alphas @ smooth.smooth_grid(noise, known, 1).weights
    assert fast.mean() > 0.7 and slow.mean() < 0.15


def test_theta_carries_half_of_a_straight_line():
    """On an exact line the drift is half the slope, as in the theta method."""
    y = (10 + 2.0 * np.arange(40))[:, None]
    found = smooth.theta(y, np.ones_like(y, bool), 3)
    assert np.allclose(found.slope, 1.0, atol=1e-6)
    assert np.allclose(np.diff(found.path[0]), 1.0, atol=1e-6)


def test_error_variance_grows_with_the_horizon():
    """No member is surer about the far future than about the next bucket."""
    y, known = _table(60)
    for found in (smooth.smooth_grid(y, known, 8), smooth.theta(y, known, 8)):
        assert (np.diff(found.variance, axis=1) >= -1e-9).all() and (found.variance[:, 0] > 0).all()


def test_moving_season_equals_the_plain_loop():
    """One member of the Holt-Winters grid, bucket by bucket, with gaps."""
    t, m, h, (alpha, beta, gamma, phi) = 40, 4, 5, (0.2, 0.03, 0.35, 0.98)
    phase = np.arange(t + h) % m
    y, known = _table(t)
    y = y / 10
    index = np.repeat(np.array([[0.6, 1.0, 1.4, 1.0]]).T, 6, axis=1)
    found = smooth.winters(y, known, phase, index, h, grid=((alpha, beta, gamma, phi),)).path
    flat = np.where(known, y / index[phase[:t]], 0)
    (_, start), slope = smooth._start(flat, known)
    for k in range(6):
        level, trend, season_ = start[k], slope[k], index[:, k].copy()
        for now in range(np.argmax(known[:, k]), t):
            trend *= phi
            ahead = max(level + trend, 0)
            error = y[now, k] - ahead * season_[phase[now]] if known[now, k] else 0.0
            relative = error / max(season_[phase[now]], 0.4)
            level, trend = ahead + alpha * relative, trend + alpha * beta * relative
            place = phase[now]
            season_[place] = np.clip(season_[place] + gamma * (1 - alpha) * error / max(ahead, 0.1), 0.01, 12)
        damping = np.cumsum(phi ** np.arange(1, h + 1))
        expected = np.maximum((level + damping * trend) * season_[phase[t:]], 0)
        assert np.allclose(found[k], expected)


def test_moving_season_follows_a_season_that_changes():
    """When the peak moves from summer to winter, the recent years decide."""
    t, m, h = 120, 12, 12
    phase = np.arange(t + h) % m
    swing = np.where(np.arange(t + h) < 72, 1.0, -1.0) * 0.5
    whole = np.repeat((1 + swing * np.sin(2 * np.pi * phase / m))[:, None], 4, axis=1)
    whole *= RNG.normal(1, 0.01, whole.shape)
    y, known = whole[:t], np.ones((t, 4), bool)
    index = season.profile(y, known, phase, m).index.T
    moving = smooth.winters(y, known, phase, index, h).path
    fixed = smooth.smooth_grid(y / index[phase[:t]], known, h).path * index[phase[t:]].T
    assert np.abs(moving - whole[t:].T).mean() < 0.7 * np.abs(fixed - whole[t:].T).mean()


def test_profile_finds_the_season_and_leaves_noise_alone():
    """Strong seasons are kept, pure noise is shrunk to a flat profile."""
    t, m = 72, 12
    phase = np.arange(t) % m
    true = 1 + 0.4 * np.sin(2 * np.pi * np.arange(m) / m)
    strong = 50 * true[phase][:, None] * RNG.normal(1, 0.05, (t, 8))
    noise = RNG.gamma(4, 10, (t, 8))
    known = np.ones((t, 8), bool)
    found = season.profile(strong, known, phase, m)
    assert np.abs(found.index - true / true.mean()).max() < 0.08 and (found.strength > 0.8).all()
    flat = season.profile(noise, known, phase, m)
    raw = np.array([[noise[phase == p, k].mean() for p in range(m)] for k in range(8)]) / noise.mean(0)[:, None]
    assert np.abs(flat.index - 1).mean() < 0.5 * np.abs(raw - 1).mean()


def test_short_history_takes_the_shape_of_its_group():
    """With one noisy year the group's profile dominates, with eight clean years the own one does."""
    m = 12
    group = 1 + 0.5 * np.cos(2 * np.pi * np.arange(m) / m)
    own = 1 + 0.5 * np.sin(2 * np.pi * np.arange(m) / m)
    weights = []
    for years in (2, 8):
        t = years * m
        phase = np.arange(t) % m
        y = 20 * own[phase][:, None] * RNG.normal(1, 0.3, (t, 30))
        y = np.maximum(y, 0)
        found = season.profile(y, np.ones_like(y, bool), phase, m, np.tile(group, (30, 1)))
        weights.append(found.own.mean())
    assert weights[0] < 0.85 * weights[1]


@settings(max_examples=40, deadline=None)
@given(mean=st.floats(0.01, 60), ratio=st.floats(1.0, 12), level=st.floats(0.02, 0.98))
def test_negative_binomial_quantiles_equal_scipy(mean, ratio, level):
    """The recursion gives the same integer as scipy's inverse (or its neighbour at a tie in floating point)."""
    variance = mean * max(ratio, 1.0002)
    found = intermittent.nb_quantiles(np.array([mean]), np.array([variance]), (level,), cap=2000)[0, 0]
    shape = mean**2 / (variance - mean)
    law = stats.nbinom(shape, shape / (shape + mean)) if shape < 9e3 else stats.poisson(mean)
    assert law.cdf(found) >= level - 2e-3 and (found == 0 or law.cdf(found - 1) < level + 2e-3)


def test_weighted_quantiles_equal_repetition():
    """Integer weights are the same as repeating the observations."""
    y = np.array([[1.0], [5.0], [3.0]])
    # weights 1, 2, 4 from oldest to newest
    found = intermittent.ew_quantiles(y, np.ones((3, 1), bool), 0.5, (0.1, 0.3, 0.5, 0.8, 0.95))[0]
    repeated = np.sort([1.0] + [5.0] * 2 + [3.0] * 4)
    expected = [repeated[int(np.ceil(level * 7)) - 1] for level in (0.1, 0.3, 0.5, 0.8, 0.95)]
    assert found.tolist() == expected


def test_moments_equal_numpy_average():
    """Mean and variance agree with weighted averages over known buckets; a prior pulls as many observations."""
    y, known = _table()
    weight = 0.9 ** np.arange(len(y) - 1, -1, -1)
    mean, variance = intermittent.ew_moments(y, known, 0.1)
    pulled, _ = intermittent.ew_moments(y, known, 0.1, prior_mean=50.0, pull=2.0)
    for k in range(y.shape[1]):
        w = weight * known[:, k]
        expected = np.average(y[:, k], weights=w)
        assert np.allclose((mean[k], variance[k]), (expected, np.average((y[:, k] - expected) ** 2, weights=w)))
        assert np.allclose(pulled[k], (w.sum() * expected + 100.0) / (w.sum() + 2))


def test_tsb_equals_the_plain_loop():
    """Chance and size recursions of Teunter, Syntetos and Babai, unknown buckets skipped."""
    y, known = _table()
    y = np.where(RNG.random(y.shape) < 0.6, 0, y)
    found = intermittent.tsb(y, known, 0.2, 0.1)
    for k in range(y.shape[1]):
        values = y[known[:, k], k]
        chance, size = np.mean(values > 0), values[values > 0].mean()
        for value in values:
            chance += 0.2 * ((value > 0) - chance)
            size += 0.1 * (value - size) if value > 0 else 0
        assert np.allclose(found[k], chance * size)


def test_aggregation_of_one_is_simple_smoothing():
    """A product that sells in every bucket gets plain exponential smoothing."""
    y, known = _table(gaps=0.0)
    known[:] = True
    start = y[:15].mean(0)
    expected, _ = smooth.ewma(y, known, 0.15, start)
    assert np.allclose(intermittent.imapa(y, known, np.ones(6)), expected)


def test_stock_out_does_not_pull_the_level_down():
    """The same demand with a gap marked unknown forecasts the same level; marked as zero it does not."""
    y = RNG.gamma(20, 1.0, (40, 50))
    known = np.ones((40, 50), bool)
    known[30:38] = False
    hidden = np.where(known, y, 0)
    honest = smooth.smooth_grid(hidden, known, 1).level
    fooled = smooth.smooth_grid(hidden, np.ones_like(known), 1).level
    assert abs(honest.mean() - 20) < 1 and fooled.mean() < 17
