"""100,000 products of 36 months through all tiers, in two child processes: wall time and memory of everything."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
from harness import clock, load_core, main

GOAL_S, GOAL_MB = 600.0, 2048.0
ETS_SAMPLE = 200


def assortment(count: int, months: int = 36, seed: int = 11) -> np.ndarray:
    """A distributor's mix: four in ten sell every month, most of these with a season; the rest are parts."""
    rng = np.random.default_rng(seed)
    dense = rng.random(count) < 0.4
    rate = np.where(dense, np.exp(rng.normal(3.2, 1.0, count)) + 6.0, rng.gamma(0.7, 0.5, count))[:, None]
    phase, t = rng.integers(0, 12, (count, 1)), np.arange(months)
    strength = np.where(rng.random((count, 1)) < 0.6, rng.uniform(0.1, 0.6, (count, 1)), 0.0)
    season = 1 + strength * np.sin(2 * np.pi * (t + phase) / 12)
    trend = 1 + rng.normal(0, 0.006, (count, 1)) * (t - months / 2)
    shape = np.where(dense, 12.0, 1.0)[:, None]
    expected = np.maximum(rate * season * trend, 1e-3)
    demand = rng.negative_binomial(shape, shape / (shape + expected)).astype(float)
    begin = np.where(rng.random(count) < 0.15, rng.integers(1, 30, count), 0)
    demand[t[None] < begin[:, None]] = np.nan
    demand[rng.random(demand.shape) < 0.02] = np.nan
    return demand


class MemoryWatch:
    """Highest sum of resident memory of this process and all its descendants, sampled five times a second."""

    def __init__(self):
        self.peak_mb = self.children_mb = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(0.2):
            own = _resident(os.getpid())
            children = sum(_resident(pid) for pid in _descendants(os.getpid()))
            self.peak_mb = max(self.peak_mb, own + children)
            self.children_mb = max(self.children_mb, children)


def _resident(pid: int) -> float:
    """Memory in MB that belongs to one process; shared library pages count once per process, so this is high."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0


def _descendants(root: int) -> list[int]:
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError, IndexError):
                continue
    found, border = [], [root]
    while border:
        border = [pid for pid, parent in parents.items() if parent in border]
        found += border
    return found


def run(report, args):
    """Learn once, then forecast every shard with every tier that proved itself."""
    core = load_core("gantry_forecast")
    from gantry_forecast_core.child import Limits, call
    from gantry_forecast_core.scale import LocalExecutor, iterate_shards, shard_rows
    from gantry_forecast_core.statistical import affordable

    count = 5000 if args.quick else args.series
    demand = assortment(count)
    problem = core.Problem(demand=demand, bucket="month", start="2023-01-01", horizon=12,
                           groups=np.arange(count) % 40)
    executor = LocalExecutor(args.workers)
    done, kinds, models = 0, np.zeros(count, np.int8), {}
    with MemoryWatch() as memory, clock() as total:
        with clock() as learning:
            recipe = call(core.learn, problem, core.Params(), limits=Limits(threads=1))
        begin = time.perf_counter()
        for rows, plan in iterate_shards(problem, recipe, executor, shard_size=args.shard):
            done += len(plan.mean)
            assert np.isfinite(plan.quantiles).all()
            kinds[rows] = plan.demand_class
            for model, number in zip(*np.unique(plan.model, return_counts=True), strict=True):
                name = plan.model_names[model]
                models[name] = models.get(name, 0) + int(number)
        applying = time.perf_counter() - begin
        missing, extra = 0.0, ""
        on = {r.demand_class for r in recipe.tiers if r.on and r.tier == "statistical"}
        dense = {int(core.DemandClass.SMOOTH), int(core.DemandClass.ERRATIC)}
        left = np.flatnonzero(np.isin(kinds, sorted(dense - on)))
        if len(left):
            # The tier lost its backtest on this mix and was rightly left out. Its time is measured all the same, so
            # that the total holds for an assortment on which it wins.
            names, extra = affordable(problem), f" ({', '.join(affordable(problem))}, {len(left):,} series)"
            begin = time.perf_counter()
            tasks = ((problem.take(left[part]), core.Params(), None, names)
                     for part in shard_rows(len(left), args.shard))
            for _ in executor.map("statistical:members", tasks):
                pass
            missing = time.perf_counter() - begin
    assert done == count
    report.table(
        f"{count:,} series of 36 months, 12 ahead, 12 quantiles, {args.workers} processes",
        ["what", "seconds", "peak MB, children included", "children alone MB"],
        [["learn once (all tiers tried on a sample)", learning(), None, None],
         ["forecast every series with the tiers that are on", applying, None, None],
         [f"statistical members for dense series where the tier is off{extra}", missing, None, None],
         ["full refresh, all tiers", total(), memory.peak_mb, memory.children_mb],
         ["goal for 100,000", GOAL_S, GOAL_MB, None]])
    report.table("What produced the numbers", ["model", "series"], sorted(models.items(), key=lambda item: -item[1]))
    report.table("Tiers in the backtest", ["class", "tier", "loss", "loss of the tier below", "on", "why"], [
        [core.DemandClass(r.demand_class).name.lower(), r.tier, r.score, r.score_below, "yes" if r.on else "no",
         r.reason]
        for r in recipe.tiers if r.score == r.score])
    _peer(report, demand, count, args.workers)


def _peer(report, demand, count, workers):
    """AutoETS on a sample of the series that sell every month, one process, and what all would take."""
    try:
        from statsforecast.models import AutoETS
    except ImportError as missing:
        report.note(f"AutoETS skipped: {missing.name} is not installed")
        return
    whole = np.flatnonzero((np.nan_to_num(demand) > 0).all(axis=1))[:ETS_SAMPLE]
    with clock() as spent:
        for history in demand[whole]:
            AutoETS(season_length=12).forecast(history, 12, level=[90])
    each = spent() / max(len(whole), 1)
    report.table("statsforecast AutoETS on its own", ["what", "seconds"], [
        [f"measured: {len(whole)} dense series, one process", spent()],
        [f"extrapolated, not run: {count:,} series, {workers} processes", each * count / workers]])


def _arguments(parser):
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shard", type=int, default=2500)


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_scale", _arguments))
