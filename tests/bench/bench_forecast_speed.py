"""Speed of the core: 100,000 series of 36 months through the numpy tier, a sample through all tiers."""

from __future__ import annotations

import resource
import time

import numpy as np
from harness import clock, load_core, main


def generated(count: int, length: int = 36, seed: int = 1) -> np.ndarray:
    """A mixed assortment: fast and slow sellers, half of the fast ones seasonal, some out of stock."""
    rng = np.random.default_rng(seed)
    rate = np.exp(rng.normal(0.8, 1.8, count))[:, None]
    phase = rng.integers(0, 12, count)[:, None]
    season = 1 + 0.5 * np.sin(2 * np.pi * (np.arange(length) + phase) / 12) * (rng.random((count, 1)) < 0.5)
    shape = np.where(rng.random((count, 1)) < 0.3, 30.0, 1.5)
    demand = rng.negative_binomial(shape, shape / (shape + rate * season)).astype(float)
    demand[rng.random(demand.shape) < 0.03] = np.nan
    return demand


def run(report, args):
    """Wall seconds on one core, with the backtest of every series, and the largest memory."""
    core = load_core("gantry_forecast")
    count = 10_000 if args.quick else 100_000
    problem = core.Problem(demand=generated(count), bucket="month", start="2022-01-01", horizon=12,
                           groups=np.arange(count) % 50)
    rows = []
    for name, params in (
        ("numpy tier with backtest", core.Params(tiers=("numpy",))),
        ("numpy tier without backtest", core.Params(tiers=("numpy",), backtest_origins=0)),
    ):
        with clock() as learning:
            recipe = core.learn(problem, params)
        cpu = time.process_time()
        with clock() as applying:
            plan = core.apply(problem, recipe)
        cpu = time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append([name, plan.mean.shape[0], learning(), applying(), cpu, count / applying(), peak])
    few = problem.take(np.arange(0, count, count // (100 if args.quick else 500)))
    with clock() as learning:
        recipe = core.learn(few, core.Params(backtest_origins=0))
    cpu = time.process_time()
    with clock() as applying:
        plan = core.apply(few, recipe)
    cpu = time.process_time() - cpu
    rows.append(["all tiers, one process", few.size, learning(), applying(), cpu, few.size / applying(), None])
    report.table("36 months, 12 ahead, 12 quantiles",
                 ["what", "series", "learn s", "apply s", "apply CPU s", "series per s", "peak MB"], rows)


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_speed"))
