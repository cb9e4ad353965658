"""The contract refuses bad input in one sentence and survives packing."""

import numpy as np
import pytest
from gantry_forecast_core import Bucket, Params, Problem, ProblemError, Recipe, TierReport

GOOD = {"demand": np.ones((3, 12)), "bucket": "month", "start": "2024-01-01", "horizon": 2}


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"demand": np.ones(3)}, "table with a row per series"),
    ({"demand": np.empty((2, 0))}, "no complete bucket"),
    ({"demand": np.array([[np.inf, 1.0]])}, "infinite"),
    ({"demand": np.array([[-1.0, 1.0]])}, "negative"),
    ({"start": "yesterday"}, "not a date"),
    ({"start": "NaT"}, "not a date"),
    ({"horizon": 0}, "at least one bucket"),
    ({"groups": np.zeros((2, 1))}, "groups need a row"),
    ({"lookalike": [0, 1]}, "look-alikes need an entry"),
    ({"lookalike": [0, 9, -1]}, "not there"),
    ({"weight": [1.0, -1.0, 1.0]}, "negative or unknown"),
    ({"weight": [1.0]}, "weights need an entry"),
    ({"known": np.zeros((3, 12, 1)), "known_names": ("promo",)}, "history and the horizon"),
    ({"known": np.full((3, 14, 1), np.nan), "known_names": ("promo",)}, "unknown or infinite"),
    ({"known": np.zeros((3, 14, 1))}, "needs a name"),
    ({"closed": np.zeros(3, bool)}, "closed buckets"),
])
def test_bad_problem_is_refused_in_one_sentence(changes, sentence):
    """Every refusal names what is wrong and is a single sentence."""
    with pytest.raises(ProblemError, match=sentence) as caught:
        Problem(**{**GOOD, **changes})
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("changes", [
    {"quantiles": ()}, {"quantiles": (0.5, 0.1)}, {"quantiles": (0.0, 0.5)}, {"tiers": ("panel",)},
    {"tiers": ("numpy", "magic")}, {"learn_series": 0}, {"adi_limit": 0.5}, {"dead_days": 0}, {"threads": 0},
    {"origins": 0},
])
def test_bad_params_are_refused(changes):
    """Settings out of range never reach the engine."""
    with pytest.raises(ProblemError):
        Params(**changes)


def test_calendar_of_buckets():
    """Months, ISO weeks and weekdays know their day and their place in the season."""
    month = Problem(**GOOD)
    assert month.day(13) == np.datetime64("2025-02-01") and month.phase(13) == 1
    week = Problem(demand=np.ones((1, 60)), bucket="week", start="2020-12-28", horizon=1)
    assert week.phase(0) == 51, "ISO week 53 shares the place of week 52"
    assert week.phase(1) == 0 and week.end == np.datetime64("2022-02-21")
    day = Problem(demand=np.ones((1, 9)), bucket=Bucket.DAY, start="2024-01-01", horizon=1)
    assert [day.phase(k) for k in range(8)] == [0, 1, 2, 3, 4, 5, 6, 0]


def test_take_keeps_lookalikes_that_are_taken():
    """References are renumbered; those that point outside become none."""
    problem = Problem(**GOOD, lookalike=[2, -1, 1], weight=[1.0, 2.0, 3.0])
    assert problem.take([0, 2]).lookalike.tolist() == [1, -1]
    assert problem.take([0, 2]).weight.tolist() == [1.0, 3.0]


def test_until_shows_nothing_of_the_future():
    """A problem as of an earlier bucket holds no later demand and the regressors of its own horizon only."""
    known = np.arange(14, dtype=np.float32).reshape(1, 14, 1)
    problem = Problem(**GOOD, known=known, known_names=("price",))
    past = problem.until(8, 3)
    assert past.length == 8 and past.horizon == 3 and past.known.shape[1] == 11
    with pytest.raises(ProblemError):
        problem.until(13, 3)


def test_recipe_survives_packing():
    """Bytes and back give the same recipe, without pickle."""
    report = TierReport(demand_class=2, tier="numpy", score=0.5, score_below=float("nan"), on=True, n=7)
    recipe = Recipe(
        bucket=Bucket.WEEK, horizon=4, quantiles=(0.1, 0.5), constants={"SMOOTH": {"alpha": 0.2}},
        members={"SMOOTH": ("theta", "holt")}, tiers=[report], arrays={"errors_SMOOTH": np.eye(2)},
        boosters={"panel": b"tree"}, params=Params(quantiles=(0.1, 0.5)))
    found = Recipe.from_bytes(recipe.to_bytes())
    assert found.bucket is Bucket.WEEK and found.params == recipe.params and found.members == recipe.members
    assert found.boosters == {"panel": b"tree"} and np.array_equal(found.arrays["errors_SMOOTH"], np.eye(2))
    assert found.tiers[0].tier == "numpy" and found.tiers[0].n == 7


@pytest.mark.parametrize("blob", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_damaged_recipe_is_refused(blob):
    """A damaged recipe asks to be learnt again."""
    with pytest.raises(ProblemError, match="learn it again"):
        Recipe.from_bytes(blob)
