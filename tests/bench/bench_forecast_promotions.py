"""Dominick's orange juice: weekly demand of store x brand with price, deal and feature known in advance."""

from __future__ import annotations

import csv
import gzip

import numpy as np
from harness import clock, data, load_core, main
from panel_peers import auto_ets, plain_lightgbm

HORIZON = 8
TIERS = (("numpy",), ("numpy", "statistical"), ("numpy", "statistical", "panel"))


def load(core):
    """Return (problem, test (n, 8)): series with data in each of the last eight weeks and most of the weeks before."""
    with gzip.open(data("forecast", "dominicks_oj", "yx.csv.gz"), "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    weeks = sorted({int(row["week"]) for row in rows})
    first, span = weeks[0], weeks[-1] - weeks[0] + 1
    keys = sorted({(int(row["store"]), int(row["brand"])) for row in rows})
    place = {key: index for index, key in enumerate(keys)}
    demand = np.full((len(keys), span), np.nan)
    known = np.full((len(keys), span, 3), np.nan, dtype=np.float32)
    for row in rows:
        index, week = place[int(row["store"]), int(row["brand"])], int(row["week"]) - first
        # logmove is the natural logarithm of the ounces sold; a unit is a carton of 64 ounces
        demand[index, week] = np.exp(float(row["logmove"])) / 64
        known[index, week] = float(row[f"price{row['brand']}"]), float(row["deal"]), float(row["feat"])
    test = demand[:, -HORIZON:]
    keep = ~np.isnan(test).any(axis=1) & ((~np.isnan(demand[:, :-HORIZON])).sum(axis=1) >= 60)
    known = _fill(known[keep])
    groups = np.array(keys, dtype=np.int32)[keep]
    problem = core.Problem(
        demand=demand[keep, :-HORIZON], bucket=core.Bucket.WEEK, start=np.datetime64("1990-06-14"),
        horizon=HORIZON, groups=groups, known=known, known_names=("price", "deal", "feature"))
    return problem, test[keep]


def _fill(known):
    """A price missing with the week's sale is the last one seen; no deal, no feature."""
    known[:, :, 1:] = np.nan_to_num(known[:, :, 1:])
    price = known[:, :, 0]
    for week in range(1, price.shape[1]):
        price[:, week] = np.where(np.isnan(price[:, week]), price[:, week - 1], price[:, week])
    for week in range(price.shape[1] - 2, -1, -1):
        price[:, week] = np.where(np.isnan(price[:, week]), price[:, week + 1], price[:, week])
    return known


def run(report, args):
    """WAPE on the last eight weeks; price, deal and feature are known for them, sales are not."""
    core = load_core("gantry_forecast")
    from gantry_forecast_core.panel_features import beside_neighbours

    problem, test = load(core)
    problem = beside_neighbours(problem)
    blind = core.Problem(demand=problem.demand, bucket=problem.bucket, start=problem.start, horizon=HORIZON,
                         groups=problem.groups)
    rows = []

    def score(name, forecast, seconds=None, cover=None, used=""):
        error = forecast - test
        rows.append([name, float(np.abs(error).sum() / test.sum()), float(error.sum() / test.sum()), cover, seconds,
                     used])

    score("mean of 8 weeks", np.nanmean(problem.demand[:, -8:], axis=1)[:, None] + np.zeros(HORIZON))
    trials = [("without inputs", blind, TIERS[-1])] if not args.quick else []
    trials += [("", problem, tiers) for tiers in (TIERS[-1:] if args.quick else TIERS)]
    for label, given, tiers in trials:
        with clock() as spent:
            recipe = core.learn(given, core.Params(tiers=tiers, backtest_origins=0))
            plan = core.apply(given, recipe)
        low, middle, high = (plan.quantiles[..., plan.levels.index(level)] for level in (0.05, 0.5, 0.95))
        used = " ".join(core.DemandClass(r.demand_class).name.lower() for r in recipe.tiers
                        if r.on and r.tier == tiers[-1] and r.score == r.score)
        score(f"Gantry {'+'.join(tiers)} {label}".strip(), middle, spent(),
              float(((test >= low) & (test <= high)).mean()), used)
    for name, peer in (("AutoETS", lambda: auto_ets(problem, 260)),
                       ("plain LightGBM without inputs", lambda: plain_lightgbm(problem, with_known=False)),
                       ("plain LightGBM", lambda: plain_lightgbm(problem))):
        try:
            with clock() as spent:
                forecast = peer()
            score(name, forecast, spent())
        except ImportError as missing:
            report.note(f"{name} skipped: {missing.name} is not installed")
    report.table(
        f"Dominick's orange juice, {problem.size} store-brands, {HORIZON} weeks",
        ["forecast", "WAPE", "bias", "90 % band covers", "seconds", "tier on for"], rows)


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_promotions"))
