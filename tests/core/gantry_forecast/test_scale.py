"""Shards: the same figures in one process, in child processes and on a Dask cluster."""

import dataclasses
import doctest
import importlib
import os
import signal
import sys

import gantry_forecast_core as core
import numpy as np
import pytest
from gantry_forecast_core.child import Cancelled, ChildError
from gantry_forecast_core.scale import (
    DaskExecutor,
    InProcessExecutor,
    LocalExecutor,
    iterate_shards,
    join_plans,
    map_shards,
    shard_rows,
)

PARAMS = core.Params(tiers=("numpy",))


def make_problem(n=60, seed=3):
    """Seasonal and sparse series of three years, some of them new with a look-alike."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.5 * np.sin(2 * np.pi * np.arange(36) / 12)
    demand = rng.poisson(rng.gamma(1.0, 12.0, (n, 1)) * season).astype(float)
    lookalike = np.full(n, -1)
    demand[::9, :34] = np.nan
    lookalike[::9] = n - 1
    return core.Problem(demand=demand, bucket="month", start="2021-01-01", horizon=4,
                        groups=(np.arange(n) % 4)[:, None], lookalike=lookalike)


@pytest.fixture(scope="module")
def case():
    """Problem, recipe and the plan without any shards."""
    problem = make_problem()
    recipe = core.learn(problem, PARAMS)
    return problem, recipe, core.apply(problem, recipe)


@pytest.fixture(scope="module")
def cluster():
    """A real Dask cluster with two worker processes on this machine."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found.scheduler_address


def assert_same_plan(one, other):
    """Every array and every name of two plans."""
    for field in dataclasses.fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if field.name in ("bt_windows", "window_name", "bt_window"):
            continue  # chosen over all series together, so they are an average in a joined plan
        if isinstance(left, np.ndarray):
            np.testing.assert_array_equal(left, right, err_msg=field.name)
        elif isinstance(left, dict):
            assert left.keys() == right.keys()
            for key in left:
                np.testing.assert_array_equal(left[key], right[key], err_msg=key)
        else:
            assert left == right, field.name


@pytest.mark.parametrize("shard_size", [7, 60, 1000])
def test_the_number_of_shards_changes_no_figure(case, shard_size):
    """A series' forecast depends on its own rows, its look-alike and the recipe."""
    problem, recipe, whole = case
    plan = map_shards(problem, recipe, InProcessExecutor(), shard_size=shard_size)
    np.testing.assert_allclose(plan.quantiles, whole.quantiles, rtol=1e-5)
    np.testing.assert_allclose(plan.mean, whole.mean, rtol=1e-5)
    assert np.array_equal(plan.demand_class, whole.demand_class)
    assert [plan.model_names[k] for k in plan.model] == [whole.model_names[k] for k in whole.model]


def test_all_executors_give_identical_plans(case, cluster):
    """In this process, in two child processes and on the cluster: bit for bit."""
    problem, recipe, _ = case
    plans = [map_shards(problem, recipe, executor, shard_size=16)
             for executor in (InProcessExecutor(), LocalExecutor(2), DaskExecutor(cluster))]
    assert_same_plan(plans[0], plans[1])
    assert_same_plan(plans[0], plans[2])


def test_the_order_of_the_series_changes_no_figure(case):
    """Shuffled rows give shuffled forecasts."""
    problem, recipe, whole = case
    order = np.random.default_rng(0).permutation(problem.size)
    plan = map_shards(problem.take(order), recipe, InProcessExecutor(), shard_size=13)
    np.testing.assert_allclose(plan.quantiles, whole.quantiles[order], rtol=1e-5)


def test_shards_are_handed_out_as_they_end(case):
    """Rows and plan of every shard fit together and cover everything once; progress counts up to the end."""
    problem, recipe, whole = case
    seen, steps = [], []
    for rows, plan in iterate_shards(problem, recipe, LocalExecutor(2), shard_size=25):
        np.testing.assert_allclose(plan.mean, whole.mean[rows], rtol=1e-5)
        seen.extend(rows)
    assert sorted(seen) == list(range(problem.size))
    map_shards(problem, recipe, InProcessExecutor(), shard_size=25, progress=lambda *step: steps.append(step))
    assert steps == [(25, 60), (50, 60), (60, 60)]


@pytest.mark.parametrize("executor", [InProcessExecutor(), LocalExecutor(2)])
def test_cancel_stops_between_shards(case, executor):
    """What has been handed out stays, the rest is not begun."""
    problem, recipe, _ = case
    seen = []
    with pytest.raises(Cancelled, match="cancelled"):
        for rows, _plan in iterate_shards(
                problem, recipe, executor, shard_size=5, stop=lambda: len(seen) >= 2):
            seen.append(rows)
    assert len(seen) == 2


def test_cancel_reaches_the_cluster(case, cluster):
    """A cancelled run leaves the cluster at once."""
    problem, recipe, _ = case
    with pytest.raises(Cancelled):
        map_shards(problem, recipe, DaskExecutor(cluster), shard_size=5, stop=lambda: True)


def lose_workers(address, keep):
    """End all but `keep` worker processes of the cluster, without a word, as a power cut does."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    for pid in pids[keep:]:
        os.kill(pid, signal.SIGKILL)


def begin_on(own, problem, recipe, **options):
    """Shards that come from a cluster of their own; the first one is there already."""
    running = iterate_shards(problem, recipe, DaskExecutor(own.scheduler_address, **options), shard_size=2)
    return running, next(running)


@pytest.fixture
def own_cluster():
    """A cluster that a test may damage."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as found:
        yield found


def test_a_lost_machine_does_not_lose_the_run(case, own_cluster):
    """What lay on it is sent again; every series comes once, with the figures of a run without an accident."""
    problem, recipe, whole = case
    running, first = begin_on(own_cluster, problem, recipe, retries=5)
    lose_workers(own_cluster.scheduler_address, 1)
    seen = []
    for rows, plan in [first, *running]:
        np.testing.assert_allclose(plan.quantiles, whole.quantiles[rows], rtol=1e-5)
        seen.extend(rows)
    assert sorted(seen) == list(range(problem.size))


def test_all_machines_lost_is_a_whole_run_or_a_sentence(case, own_cluster, monkeypatch):
    """Whether Dask starts new machines in time or not: nothing wrong, nothing half, never an error of Dask's own."""
    problem, recipe, whole = case
    monkeypatch.setattr(sys.modules[DaskExecutor.__module__], "REPLACEMENT_S", 20)
    running, first = begin_on(own_cluster, problem, recipe, retries=5)
    lose_workers(own_cluster.scheduler_address, 0)
    seen, sentence = [], None
    try:
        for rows, plan in [first, *running]:
            np.testing.assert_allclose(plan.quantiles, whole.quantiles[rows], rtol=1e-5)
            seen.extend(rows)
    except ChildError as error:
        sentence = str(error)
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == problem.size or "A machine of the Dask cluster was lost" in sentence


def test_a_machine_that_is_lost_too_often_is_a_sentence(case, own_cluster):
    """Without a second try the run ends, and says why."""
    running, _first = begin_on(own_cluster, *case[:2], retries=0)
    lose_workers(own_cluster.scheduler_address, 0)
    with pytest.raises(ChildError, match="A machine of the Dask cluster was lost"):
        list(running)


def test_an_error_on_the_cluster_is_a_sentence(case, cluster):
    """The same sentences as in a child process, not a remote traceback."""
    problem, recipe, _ = case
    weekly = core.Problem(demand=problem.demand, bucket="week", start="2021-01-04", horizon=2)
    with pytest.raises(core.ProblemError, match="The recipe was learnt for month buckets, not week"):
        map_shards(weekly, recipe, DaskExecutor(cluster))
    with pytest.raises(ChildError, match="The forecast failed on the cluster"):
        list(DaskExecutor(cluster).map("scale:shard_rows", [("a", None)]))


def test_missing_dask_is_named(case, monkeypatch):
    """Nobody needs Dask until it is chosen."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ChildError, match=r"^The Python package distributed \(Dask\) is not installed.$"):
        map_shards(case[0], case[1], DaskExecutor("tcp://127.0.0.1:9"))


def test_an_unreachable_cluster_is_named(case):
    """One sentence within the waiting time."""
    with pytest.raises(ChildError, match="The Dask cluster at tcp://127.0.0.1:9 cannot be reached."):
        map_shards(case[0], case[1], DaskExecutor("tcp://127.0.0.1:9", timeout_s=0.5))


def test_joined_plans_keep_the_name_of_the_model_that_was_used(case):
    """Model numbers of shards with other lists of names are translated."""
    _, _, whole = case
    other = dataclasses.replace(whole, model_names=("invented", *whole.model_names), model=whole.model + 1)
    joined = join_plans([whole, other])
    names = [joined.model_names[number] for number in joined.model]
    expected = [whole.model_names[number] for number in whole.model]
    assert names == expected + expected


def test_joined_wizard_windows_are_weighted_by_demand(case):
    """A shard that sells more counts more."""
    _, _, whole = case
    small = dataclasses.replace(whole, bt_windows={"a": 1.0, "b": 0.4}, bt_actual=whole.bt_actual / 3)
    large = dataclasses.replace(whole, bt_windows={"a": 0.2, "b": 0.6})
    joined = join_plans([small, large])
    assert joined.bt_windows["a"] == pytest.approx(0.4, rel=1e-5)
    assert joined.bt_windows["b"] == pytest.approx(0.55, rel=1e-5)
    assert joined.window_name == "a"


def test_shards_cover_every_row_once():
    """No row is lost at the seams, also for an empty problem."""
    assert [len(rows) for rows in shard_rows(10, 4)] == [4, 4, 2]
    assert shard_rows(0, 4) == []
    with pytest.raises(core.ProblemError, match="at least one series"):
        shard_rows(3, 0)


def test_no_series_give_an_empty_plan(case):
    """A company without products has a forecast too."""
    problem, recipe, _ = case
    plan = map_shards(problem.take(np.zeros(0, dtype=int)), recipe, InProcessExecutor())
    assert plan.mean.shape == (0, 4)


@pytest.mark.parametrize("name", ["child", "codec", "panel", "panel_features", "scale", "statistical"])
def test_examples_in_docstrings(name):
    """The smallest examples are true."""
    module = importlib.import_module(f"{core.__name__}.{name}")
    assert doctest.testmod(module).failed == 0
