"""Accuracy on public sets, Gantry per tier beside seasonal naive, statsforecast's AutoETS and a plain LightGBM."""

from __future__ import annotations

import numpy as np
from forecast_sets import auto_ets, car_parts, m1, m3, m4_weekly, plain_boosting, scores, seasonal_naive, tourism
from harness import MissingData, clock, load_core, main

# published by their authors on the same splits (autogluon/fev chronos_zeroshot, GIFT-Eval, M4 official sheet)
PUBLISHED = {
    "car parts": [("TFT (GIFT-Eval)", 0.807, None, 0.890), ("Chronos-2", 0.836, None, 0.966)],
    "M3 monthly": [("TiRex", 0.831, None, 0.0899)],
    "tourism monthly": [("TiRex", 1.449, None, 0.0749)],
    "M1 monthly": [("TiRex", 1.060, None, 0.1323)],
}
TIERS = (("numpy",), ("numpy", "statistical"), ("numpy", "statistical", "panel"))
BOARD = ("car parts", "M3 monthly", "tourism monthly", "M1 monthly")


def run(report, args):
    """Score every set; all choices are fixed on the training part."""
    core = load_core("gantry_forecast")
    board: dict[str, dict[str, dict]] = {}
    for load in (car_parts, m3, tourism, m1, m4_weekly):
        if args.only and load.__name__ not in args.only:
            continue
        try:
            series = load()
        except MissingData as missing:
            report.note(str(missing))
            continue
        if args.quick:
            series = series.some(150)
        found = _one_set(core, series, args)
        board[series.name] = found
        columns, rows = _rows(series, found)
        report.table(f"{series.name}: {len(series.train):,} series, horizon {series.horizon}", columns, rows)
    _relative(report, board)


def _one_set(core, series, args) -> dict[str, dict]:
    levels = core.QUANTILES
    found = {"seasonal naive": scores(series, seasonal_naive(series))}
    if series.season == 52:
        found["naive (M4 Naive2)"] = scores(series, seasonal_naive(series, 1))
    for tiers in TIERS:
        if args.tiers and tiers[-1] not in args.tiers:
            continue
        params = core.Params(tiers=tiers, backtest_origins=0, tier_series=1000)
        problem = core.Problem(demand=series.matrix(520 if series.season == 52 else None), bucket=series.bucket,
                               start="2000-01-01", horizon=series.horizon)
        with clock() as spent:
            recipe = core.learn(problem, params)
            plan = core.apply(problem, recipe)
        used = [f"{core.DemandClass(r.demand_class).name.lower()}" for r in recipe.tiers
                if r.on and r.tier == tiers[-1] and r.score == r.score]
        middle = levels.index(0.5)
        found["Gantry " + "+".join(tiers)] = scores(series, plan.quantiles[..., middle], plan.quantiles, levels) | {
            "s": spent(), "on": " ".join(used)}
    if not args.no_peers:
        found |= _peers(series, levels)
    return found


def _peers(series, levels) -> dict[str, dict]:
    found = {}
    for name, peer in (("AutoETS", auto_ets), ("plain LightGBM", plain_boosting)):
        try:
            with clock() as spent:
                point, quantiles = peer(series, levels)
            found[name] = scores(series, point, quantiles, levels) | {"s": spent()}
        except ImportError as missing:
            found[f"{name} (not installed: {missing.name})"] = {}
    return found


def _rows(series, found):
    columns = ["model", "MASE", "sMAPE", "WQL", "90 % band covers", "ties shared", "seconds", "tier on for"]
    weekly = series.season == 52
    rows = []
    for name, row in found.items():
        cells = [name, *(row.get(key, float("nan")) for key in ("MASE", "sMAPE", "WQL", "cover90", "shared90", "s")),
                 row.get("on", "")]
        if weekly:
            naive = found["naive (M4 Naive2)"]
            cells.insert(4, (row["sMAPE"] / naive["sMAPE"] + row["MASE"] / naive["MASE"]) / 2 if row else None)
        rows.append(cells)
    if weekly:
        columns.insert(4, "OWA")
        rows.append(["published: best of M4 (Darin)", None, None, None, 0.739, None, None, None, ""])
    for name, mase, smape, wql in PUBLISHED.get(series.name, ()):
        rows.append([f"published: {name}", mase, smape, wql, None, None, None, ""])
    return columns, rows


def _relative(report, board) -> None:
    """Geometric mean of the ratio to seasonal naive over the sets of the board."""
    sets = [name for name in BOARD if name in board]
    if not sets:
        return
    models = [name for name in board[sets[0]] if all(board[s].get(name) for s in sets) and name != "seasonal naive"]
    rows = []
    for model in models:
        ratio = {key: np.exp(np.mean([np.log(board[s][model][key] / board[s]["seasonal naive"][key]) for s in sets]))
                 for key in ("WQL", "MASE")}
        rows.append([model, ratio["WQL"], ratio["MASE"]])
    report.table(f"Relative to seasonal naive, geometric mean over {', '.join(sets)}",
                 ["model", "relative WQL", "relative MASE"], rows)


def _arguments(parser):
    parser.add_argument("--only", nargs="*", help="car_parts m3 tourism m1 m4_weekly")
    parser.add_argument("--tiers", nargs="*", help="highest tier to show: numpy statistical panel")
    parser.add_argument("--no-peers", action="store_true", help="leave out AutoETS and LightGBM")


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_board", _arguments))
