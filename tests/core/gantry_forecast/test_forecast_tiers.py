"""Upper tiers prove themselves or stay off; a missing library is a reason and never an error."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from gantry_forecast_core import (
    DemandClass,
    Params,
    Problem,
    Recipe,
    apply,
    batch,
    boost,
    explain,
    learn,
    mean_share,
    panel,
    proving,
    statistical,
)
from gantry_forecast_core import tiers as tier_module
from gantry_forecast_core.combine import spread_around
from gantry_forecast_core.proof import numpy_quantiles

T, H = 60, 6


def _demand(n=80, seed=1):
    """Series whose future is a secret pattern that no numpy member can see."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(50, 150, (n, 1))
    return level * (1 + 0.3 * np.sign(np.sin(np.arange(T + H) ** 1.7))) * rng.normal(1, 0.03, (n, T + H))


def _problem(whole):
    return Problem(demand=whole[:, :T], bucket="month", start="2020-01-01", horizon=H)


@pytest.fixture
def no_panel(monkeypatch):
    """The panel tier is out of the way."""
    monkeypatch.setattr(boost, "available", lambda: False)


@pytest.fixture
def oracle(monkeypatch):
    """A statistical member that knows the truth plus an error of the given size."""
    whole = _demand()
    state = SimpleNamespace(whole=whole, error=0.0, calls=0)

    def members(problem, params, recipe=None, *, names=None, stop=None):
        state.calls += 1
        length = problem.length
        rows = np.argmin(np.abs(problem.demand[:, None, 0] - whole[None, :, 0]), axis=1)
        truth = whole[rows, length : length + problem.horizon]
        rng = np.random.default_rng(length)
        point = truth * (1 + state.error * rng.normal(0, 1, truth.shape))
        table = np.linspace(-2, 2, len(params.quantiles))[None] * np.ones((problem.horizon, 1))
        return {"seer": spread_around(point, np.full(point.shape, 3.0), table).astype(np.float32)}

    monkeypatch.setattr(statistical, "available", lambda: True)
    monkeypatch.setattr(statistical, "affordable", lambda *_args, **_more: ("seer",))
    monkeypatch.setattr(statistical, "members", members)
    return state


def _report(recipe, kind, tier):
    return next(r for r in recipe.tiers if r.demand_class == int(kind) and r.tier == tier)


def test_a_better_member_switches_the_tier_on_and_signs_the_forecast(oracle, no_panel):
    """What is better in the rolling backtest is used, and the model name says so."""
    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0))
    report = _report(recipe, DemandClass.SMOOTH, "statistical")
    assert report.on and report.reason == "better" and report.score < report.score_below
    plan = apply(_problem(oracle.whole), recipe)
    assert np.abs(plan.mean / oracle.whole[:, T:] - 1).mean() < 0.12
    assert "seer" in plan.model_names[plan.model[0]]
    assert "seer" in explain(plan, 0)[1]["numbers"]["model"]


def test_a_bad_member_leaves_the_tier_off(oracle, no_panel):
    """A member far worse than naive changes nothing."""
    oracle.error = 3.0
    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0))
    assert not _report(recipe, DemandClass.SMOOTH, "statistical").on
    base = learn(_problem(oracle.whole), Params(tiers=("numpy",), backtest_origins=0))
    with_tier, without = apply(_problem(oracle.whole), recipe), apply(_problem(oracle.whole), base)
    assert np.array_equal(with_tier.quantiles, without.quantiles)


def test_missing_libraries_are_a_reason_and_not_an_error(monkeypatch):
    """Without the optional packages the numpy tier carries on and the report says why."""
    monkeypatch.setattr(statistical, "available", lambda: False)
    monkeypatch.setattr(boost, "available", lambda: False)
    recipe = learn(_problem(_demand()), Params(backtest_origins=0))
    reasons = {(r.tier, r.reason) for r in recipe.tiers if r.demand_class == DemandClass.SMOOTH}
    assert ("statistical", "not_installed") in reasons and ("panel", "not_installed") in reasons
    assert not any(r.on for r in recipe.tiers if r.tier != "numpy")


def test_library_lost_after_learning_falls_back_to_numpy(oracle, no_panel, monkeypatch):
    """A recipe learnt with a library still forecasts where it is not installed, and signs as numpy."""
    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0))

    def broken(*_args, **_more):
        raise ImportError("statsforecast")

    monkeypatch.setattr(statistical, "members", broken)
    plan = apply(_problem(oracle.whole), recipe)
    assert (plan.model < len(DemandClass)).all() and np.isfinite(plan.mean).all()


def test_unknown_member_values_are_filled_by_the_numpy_member(oracle, no_panel, monkeypatch):
    """A member that could not be fitted to a series is left out there."""
    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0))
    seer = statistical.members

    def partly(problem, params, recipe=None, *, names=None, stop=None):
        found = seer(problem, params, names=names)
        found["seer"][0] = np.nan
        return found

    monkeypatch.setattr(statistical, "members", partly)
    plan = apply(_problem(oracle.whole), recipe)
    assert np.isfinite(plan.quantiles).all()


def test_executor_runs_the_upper_tiers(oracle, no_panel):
    """With an executor, statistical members run through its `map`."""
    seen = []

    class Executor:
        def map(self, function, tasks, *, stop=None):
            for number, args in enumerate(tasks):
                seen.append(function.__name__)
                yield number, function(*args)

    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0), executor=Executor())
    apply(_problem(oracle.whole), recipe, executor=Executor())
    assert set(seen) == {"statistical_members"} and len(seen) >= 3


def test_recipe_with_upper_tiers_survives_packing(oracle, no_panel):
    """Bytes and back forecast the same."""
    recipe = learn(_problem(oracle.whole), Params(backtest_origins=0))
    again = Recipe.from_bytes(recipe.to_bytes())
    problem = _problem(oracle.whole)
    assert np.array_equal(apply(problem, recipe).quantiles, apply(problem, again).quantiles)


def test_panel_that_sees_the_pattern_is_switched_on(monkeypatch):
    """Panel quantiles that are better at both origins get a share."""
    whole = _demand(120)
    monkeypatch.setattr(statistical, "available", lambda: False)
    monkeypatch.setattr(boost, "available", lambda: True)
    monkeypatch.setattr("gantry_forecast_core.proving._try_boost", lambda *_args: (None, None, 0.0))
    monkeypatch.setattr(panel, "fit", lambda problem, params, origins=None, **_more: b"seer")

    def predict(problem, booster):
        rows = np.argmin(np.abs(problem.demand[:, None, 0] - whole[None, :, 0]), axis=1)
        truth = whole[rows, problem.length : problem.length + problem.horizon]
        quantiles = (truth[:, :, None] * np.linspace(0.97, 1.03, 12)).astype(np.float32)
        return quantiles, np.full(truth.shape, np.nan, np.float32)

    monkeypatch.setattr(panel, "forecast", predict)
    recipe = learn(_problem(whole), Params(backtest_origins=0))
    assert _report(recipe, DemandClass.SMOOTH, "panel").on and recipe.boosters["panel"] == b"seer"
    assert recipe.constants["SMOOTH"]["panel_share"] == 1.0
    plan = apply(_problem(whole), recipe)
    middle = tier_module.mean_of_quantiles(plan.quantiles, recipe.quantiles)
    assert np.allclose(plan.mean, middle, rtol=0.02)
    assert plan.model_names[plan.model[0]].endswith("panel")
    numpy_only = learn(_problem(whole), Params(tiers=("numpy",), backtest_origins=0))
    error = np.abs(plan.mean - whole[:, T:]).mean()
    assert error < 0.7 * np.abs(apply(_problem(whole), numpy_only).mean - whole[:, T:]).mean()


@pytest.mark.parametrize("horizon", [H, 3])
def test_backtest_of_the_plan_uses_no_model_that_saw_its_buckets(monkeypatch, horizon):
    """Every panel model is asked only about buckets after those it was trained on, in the backtest too."""
    whole, asked = _demand(60), []
    monkeypatch.setattr(statistical, "available", lambda: False)
    monkeypatch.setattr(boost, "available", lambda: True)
    monkeypatch.setattr("gantry_forecast_core.proving._try_boost", lambda *_args: (None, None, 0.0))
    monkeypatch.setattr(panel, "fit", lambda problem, *_args, **_more: str(problem.length).encode())

    def forecast(problem, booster):
        asked.append((int(booster), problem.length))
        rows = np.argmin(np.abs(problem.demand[:, None, 0] - whole[None, :, 0]), axis=1)
        truth = whole[rows, problem.length : problem.length + problem.horizon]
        return np.repeat(truth[:, :, None], 12, 2).astype(np.float32), np.full(truth.shape, np.nan, np.float32)

    monkeypatch.setattr(panel, "forecast", forecast)
    problem = Problem(demand=whole[:, :T], bucket="month", start="2020-01-01", horizon=horizon)
    recipe = learn(problem, Params())
    learnt = len(asked)
    plan = apply(problem, Recipe.from_bytes(recipe.to_bytes()))
    assert all(trained <= length for trained, length in asked)
    assert {length for _, length in asked[learnt:]} == {T, *plan.bt_end.tolist()}
    assert np.nanmean(plan.wape) < 0.05


@pytest.mark.parametrize(("noise", "shock", "share"), [
    (0.0, 0.0, 1.0), (1.0, 0.0, 0.5), (9.0, 0.0, 0.0), (1.0, 0.2, 1.0)])
def test_share_of_the_panels_own_mean_leaves_the_smallest_error_of_sums(noise, shock, share):
    """A perfect mean is taken whole, an equally good one by half, a hopeless one not at all.

    Where the tier below is wrong by the same little for every product, the panel's mean is taken whole: product by
    product it is no better, but its sums are.
    """
    rng = np.random.default_rng(3)
    params, shape, actual = Params(quantiles=(0.5,)), (2000, H), np.full((2000, H), 100.0)
    cases, means = [], {}
    for start in (60, 54):
        frame = SimpleNamespace(problem=SimpleNamespace(length=start))
        below = (actual + shock + rng.normal(0, 1, shape))[..., None]
        cases.append(proving.Case(frame, np.arange(shape[0]), actual, np.ones((shape[0], 1)), below))
        means[start] = actual + rng.normal(0, noise, shape)
    constants = {}
    sample = SimpleNamespace(length=66, groups=np.arange(shape[0])[:, None] % 4)
    proof = proving.Proof(sample, params, None, None, None, {}, {}, None, means)
    mean_share.add(proof, None, constants, cases, 0.995)
    assert constants["mean_share"] == share
    proof.means = {start: np.full(shape, np.nan) for start in means}
    constants.clear()
    mean_share.add(proof, None, constants, cases, 0.995)
    assert constants == {}


def test_many_origins_decide_on_the_mean_where_the_history_is_long(monkeypatch):
    """One model, trained before all of them, is asked at origins side by side; two lucky weeks do not decide."""
    rng = np.random.default_rng(5)
    whole, trained, asked = rng.poisson(80, (40, 406)).astype(float), [], []
    lucky = 386

    def forecast(problem, booster):
        asked.append((int(booster), problem.length))
        good = problem.length < lucky
        noise = rng.normal(0, 1 if good else 7, (40, 7))
        return None, whole[:, problem.length:problem.length + 7] + noise

    def fit(problem, *_args, **_more):
        trained.append(problem.length)
        return str(problem.length).encode()

    monkeypatch.setattr(panel, "fit", fit)
    monkeypatch.setattr(panel, "forecast", forecast)
    problem = Problem(demand=whole[:, :399], bucket="day", start="2023-01-02", horizon=7)
    params = Params(backtest_origins=0)
    recipe = learn(problem, Params(tiers=("numpy",), backtest_origins=0, origins=1))
    proof = proving.Proof(problem, params, recipe, None, None, {}, {}, lambda: False, {})
    kind = DemandClass.SMOOTH
    cases = [case for case, _ in _judged(proof, kind, (392, 388))]
    for case in cases:
        proof.means[case.start] = forecast(problem.until(case.start, 7), b"0")[1]
    asked.clear()
    constants = {}
    mean_share.add(proof, kind, constants, cases, 0.995)
    assert trained == [357]
    assert asked == [(357, 392 - 7 * k) for k in range(6)]
    assert constants["mean_share"] >= 0.75


def _judged(proof, kind, starts):
    """Cases of a class at some origins, as the proof makes them."""
    for start in starts:
        frame = batch.prepare(proof.sample.until(start, 7), proof.params, proof.recipe)
        rows = np.flatnonzero(frame.profile.demand_class == kind)
        truth = proof.sample.demand[rows, start:start + 7]
        below = numpy_quantiles(frame, rows, kind.name, proof.params, proof.recipe)
        yield proving.Case(frame, rows, truth, np.ones((len(rows), 1)), below), start


def test_products_that_fell_silent_are_tried_in_the_panel_tier(monkeypatch):
    """A panel that knows which silent parts come back forecasts them, and signs for it."""
    rng = np.random.default_rng(8)
    n, whole = 90, np.zeros((90, T + H))
    whole[:, :40] = rng.poisson(0.7, (n, 40))
    whole[:, 0] = np.arange(n) + 1.0
    whole[::2, 55:60:3] = 3.0
    problem = Problem(demand=whole[:, :T], bucket="month", start="2020-01-01", horizon=H)
    monkeypatch.setattr(statistical, "available", lambda: False)
    monkeypatch.setattr(boost, "available", lambda: True)
    monkeypatch.setattr(panel, "fit", lambda problem, params, origins=None, **_more: b"seer")

    def forecast(problem, booster):
        rows = np.argmin(np.abs(problem.demand[:, None, 0] - whole[None, :, 0]), axis=1)
        truth = whole[rows, problem.length : problem.length + problem.horizon]
        return np.repeat(truth[:, :, None], 12, 2).astype(np.float32), np.full(truth.shape, np.nan, np.float32)

    monkeypatch.setattr(panel, "forecast", forecast)
    recipe = learn(problem, Params(backtest_origins=0))
    report = _report(recipe, DemandClass.DEAD, "panel")
    assert report.on and report.score < report.score_below
    plan = apply(problem, recipe)
    dead = plan.demand_class == DemandClass.DEAD
    assert dead.sum() == n // 2
    assert all(plan.model_names[model].endswith("panel") for model in plan.model[dead])


@pytest.mark.parametrize(("kind", "errors", "share"), [
    (DemandClass.SMOOTH, (0.76, 0.76), 0.5),    # three quarters are better, by one percent only
    (DemandClass.SMOOTH, (0.55, 0.55), 0.75),   # decisive at both origins, all of it is not
    (DemandClass.SMOOTH, (0.55, 1.0), 0.5),     # decisive at one origin only
    (DemandClass.SMOOTH, (0.1, 0.1), 1.0),
    (DemandClass.SMOOTH, (3.0, 3.0), 0.0),
    (DemandClass.LUMPY, (0.7, 0.7), 0.75),      # sparse demand takes the lowest loss
])
def test_more_than_an_equal_share_takes_decisive_evidence(kind, errors, share):
    """Base errors of size one beside independent panel errors of a given size."""
    rng = np.random.default_rng(5)
    params, shape = Params(quantiles=(0.5,)), (4000, H)
    cases, base, seen = [], [], {}
    for start, error in zip((60, 54), errors, strict=True):
        rows, actual = np.arange(shape[0]), np.full(shape, 100.0)
        frame = SimpleNamespace(problem=SimpleNamespace(length=start))
        cases.append(proving.Case(frame, rows, actual, np.ones((shape[0], 1)), None))
        base.append((actual + rng.normal(0, 1, shape))[..., None])
        seen[start] = (actual + rng.normal(0, error, shape))[..., None]
    proof = proving.Proof(None, params, None, None, None, {}, seen, None)
    guesses, found = proving._best_share(proof, kind, cases, base)
    assert found == share
    assert np.allclose(guesses[0], base[0] + share * (seen[60] - base[0]), atol=1e-4)


def test_correction_learns_an_error_that_all_series_share():
    """A bias that hangs on a feature is found, on new rows too; the model is plain text."""
    pytest.importorskip("lightgbm")
    rng = np.random.default_rng(2)
    table = rng.normal(0, 1, (4000, 5)).astype(np.float32)
    target = np.where(table[:, 2] > 0, 1.0, -0.5) + rng.normal(0, 0.2, 4000)
    target[::50] = np.nan
    model = boost.fit(table[:3000], target[:3000], np.ones(3000))
    assert model.startswith(b"tree")
    left = np.nanmean(np.abs(target[3000:] - boost.predict(table[3000:], model)))
    assert left < 0.35


def test_stop_leaves_a_recipe_that_works(oracle):
    """A learning that was stopped still forecasts with the defaults."""
    recipe = learn(_problem(oracle.whole), Params(), stop=lambda: True)
    assert np.isfinite(apply(_problem(oracle.whole), recipe).mean).all()


def test_heavy_libraries_are_not_imported_by_the_core():
    """Importing the core and running the numpy tier loads neither scipy nor the optional packages."""
    import subprocess
    from pathlib import Path

    folder = Path(__file__).resolve().parents[1]
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import conftest, numpy as np\n"
        "core = sys.modules['gantry_forecast_core']\n"
        "problem = core.Problem(demand=np.ones((3, 30)), bucket='month', start='2024-01-01', horizon=2)\n"
        "core.solve(problem, core.Params(tiers=('numpy',)))\n"
        "heavy = {'scipy', 'pandas', 'statsforecast', 'lightgbm', 'odoo'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)")
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_quantile_mean_of_a_symmetric_distribution_is_its_median():
    """Steps between levels give the middle back."""
    levels = (0.1, 0.3, 0.5, 0.7, 0.9)
    assert tier_module.mean_of_quantiles(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), levels) == pytest.approx(3.0)
