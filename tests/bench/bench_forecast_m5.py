"""M5, levels 1 to 9: daily demand of 70 store-departments, official test days, WRMSSE by level."""

from __future__ import annotations

import csv

import numpy as np
from harness import clock, data, load_core, main
from panel_peers import auto_ets, plain_lightgbm

# Published (Scores and Ranks of the M5 accuracy competition): mean of levels 1 to 9.
PUBLISHED = [("M5 winner", 0.385), ("M5 second", 0.383), ("ES bottom-up", 0.573), ("seasonal naive", 0.729)]
TIERS = (("numpy",), ("numpy", "statistical"), ("numpy", "statistical", "panel"))
HORIZON = 28
DAYS = 1941


def load(core):
    """Return (problem, test (70, 28), ids: list of (state, store, category, department))."""
    with open(data("forecast", "m5", "store_dept_L9_all_days.csv"), newline="") as file:
        rows = list(csv.reader(file))
    ids = [(state, f"{state}_{store}", category, f"{category}_{department}")
           for state, store, category, department, *_ in rows[1:]]
    demand = np.array([row[4:4 + DAYS] for row in rows[1:]], dtype=float)
    known, names = _calendar(ids)
    codes = [np.unique([row[k] for row in ids], return_inverse=True)[1] for k in (0, 1, 2, 3)]
    problem = core.Problem(
        demand=demand, bucket=core.Bucket.DAY, start=np.datetime64(rows[0][4]), horizon=HORIZON,
        groups=np.stack(codes, axis=1), known=known, known_names=names)
    return problem, _test(ids), ids


def _calendar(ids):
    with open(data("forecast", "m5", "calendar.csv"), newline="") as file:
        days = list(csv.DictReader(file))[:DAYS + HORIZON]
    events = sorted({day[key] for day in days for key in ("event_name_1", "event_name_2")} - {""})
    columns = [[float(event in (day["event_name_1"], day["event_name_2"])) for day in days] for event in events]
    shared = np.array(columns, dtype=np.float32).T
    snap = np.array([[[float(day[f"snap_{row[0]}"])] for day in days] for row in ids], dtype=np.float32)
    known = np.concatenate([np.broadcast_to(shared, (len(ids), *shared.shape)), snap], axis=2)
    return known, (*[f"event {name}" for name in events], "SNAP")


def _test(ids):
    place = {(row[1], row[3]): index for index, row in enumerate(ids)}
    test = np.zeros((len(ids), HORIZON))
    with open(data("forecast", "m5", "sales_test_evaluation_official.csv"), newline="") as file:
        for row in csv.DictReader(file):
            test[place[row["store_id"], row["dept_id"]]] += [
                float(row[f"d_{day}"]) for day in range(DAYS + 1, DAYS + HORIZON + 1)]
    return test


LEVELS = [(), (0,), (1,), (2,), (3,), (0, 2), (0, 3), (1, 2), (1, 3)]


def wrmsse(demand, test, forecast, ids):
    """Official score of each level 1 to 9: weighted by dollar sales, scaled by the naive error of the history."""
    weights = _weights()
    out = []
    for keys in LEVELS:
        names = [tuple(row[k] for k in keys) for row in ids]
        score = total = 0.0
        for name in sorted(set(names)):
            rows = [index for index, other in enumerate(names) if other == name]
            past, true, guess = (part[rows].sum(axis=0) for part in (demand, test, forecast))
            scale = np.mean(np.diff(past[np.flatnonzero(past)[0]:]) ** 2)
            weight = weights[frozenset(name)]
            score += weight * np.sqrt(np.mean((true - guess) ** 2) / scale)
            total += weight
        out.append(score / total)
    return out


def _weights():
    out = {}
    with open(data("forecast", "m5", "weights_evaluation_official.csv"), newline="") as file:
        for row in csv.DictReader(file):
            if int(row["Level_id"].removeprefix("Level")) <= 9:
                names = frozenset({row["Agg_Level_1"], row["Agg_Level_2"]} - {"X", "Total", ""})
                out[names] = float(row["weight"])
    return out


def run(report, args):
    """WRMSSE of levels 1 to 9 on the official test days; all choices are fixed on the days before."""
    core = load_core("gantry_forecast")
    problem, test, ids = load(core)
    rows = []

    def score(name, forecast, seconds, cover=None, used=""):
        levels = wrmsse(problem.demand, test, forecast, ids)
        rows.append([name, float(np.mean(levels)), levels[0], levels[2], levels[8], cover, seconds, used])

    score("seasonal naive", np.tile(problem.demand[:, -7:], (1, HORIZON // 7)), None)
    for tiers in TIERS[-1:] if args.quick else TIERS:
        with clock() as spent:
            recipe = core.learn(problem, core.Params(tiers=tiers, backtest_origins=0))
            plan = core.apply(problem, recipe)
        low, high = (plan.quantiles[..., plan.levels.index(level)] for level in (0.05, 0.95))
        used = " ".join(core.DemandClass(r.demand_class).name.lower() for r in recipe.tiers
                        if r.on and r.tier == tiers[-1] and r.score == r.score)
        score(f"Gantry {'+'.join(tiers)}", plan.mean, spent(), float(((test >= low) & (test <= high)).mean()), used)
    for name, peer in (("AutoETS", lambda: auto_ets(problem, 400)),
                       ("plain LightGBM", lambda: plain_lightgbm(problem, objective="l2"))):
        try:
            with clock() as spent:
                forecast = peer()
            score(name, forecast, spent())
        except ImportError as missing:
            report.note(f"{name} skipped: {missing.name} is not installed")
    rows += [[f"published: {name}", value, *[None] * 6] for name, value in PUBLISHED]
    report.table(
        "M5, 70 store-departments, 28 days: WRMSSE, lower is better",
        ["forecast", "levels 1-9", "level 1", "level 3", "level 9", "90 % band covers", "seconds", "tier on for"], rows)


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_m5"))
