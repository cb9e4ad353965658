"""The online retailer's last four weeks: Gantry beside the window averages of Odoo's wizard and simple methods."""

from __future__ import annotations

import csv
import datetime
import gzip

import numpy as np
from harness import clock, data, load_core, main

HORIZON = 4
TIERS = (("numpy",), ("numpy", "statistical"), ("numpy", "statistical", "panel"))


def weekly_sales(path) -> tuple[np.ndarray, np.datetime64]:
    """Units per product and complete week, returns netted, NaN before the first sale; products by code."""
    days, codes, amounts = [], [], []
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            code = row["StockCode"].strip().upper()
            if code[:5].isdigit():
                codes.append(code)
                days.append(datetime.date.fromisoformat(row["InvoiceDate"][:10]).toordinal())
                amounts.append(float(row["Quantity"]))
    names, rows = np.unique(codes, return_inverse=True)
    days, amounts = np.array(days), np.array(amounts)
    first = days.min() - (days.min() - 1) % 7
    weeks = (days - first) // 7
    complete = (days.max() - first + 1) // 7
    table = np.zeros((len(names), complete))
    inside = weeks < complete
    np.add.at(table, (rows[inside], weeks[inside]), amounts[inside])
    table = np.maximum(table, 0)
    start = np.argmax(table > 0, axis=1)
    table[np.arange(complete)[None] < start[:, None]] = np.nan
    table = table[(np.nan_to_num(table[:, :-HORIZON]) > 0).any(1)]
    return table, np.datetime64(datetime.date.fromordinal(int(first)))


def run(report, args):
    """WAPE, bias and quantile loss on four weeks that nothing has seen."""
    core = load_core("gantry_forecast")
    table, start = weekly_sales(data("orders", "online_retail.csv.gz"))
    truth, history = np.nan_to_num(table[:, -HORIZON:]), table[:, :-HORIZON]
    problem = core.Problem(demand=history, bucket="week", start=start, horizon=HORIZON)
    from gantry_forecast_core.window import window_forecasts

    total = truth.sum()
    rows, best = [], np.inf
    for name, flat in window_forecasts(problem).items():
        score = np.abs(flat - truth).sum() / total
        best = min(best, score)
        rows.append([f"Odoo wizard: {name}", score, (flat - truth).sum() / total, None, None, None, None])
    last = np.nan_to_num(history[:, -1:])
    miss = last - truth
    rows.append(["naive", np.abs(miss).sum() / total, miss.sum() / total, None, None, None, None])
    for tiers in TIERS:
        with clock() as spent:
            plan = core.solve(problem, core.Params(tiers=tiers))
        levels = np.array(plan.levels)
        median = plan.quantiles[..., plan.levels.index(0.5)]
        use = [k for k, level in enumerate(levels) if abs(level * 10 - round(level * 10)) < 1e-9]
        gap = truth[..., None] - plan.quantiles[..., use]
        loss = 2 * np.where(gap >= 0, levels[use] * gap, (levels[use] - 1) * gap).sum() / (len(use) * total)
        inside = (truth >= plan.quantiles[..., plan.levels.index(0.05)]) & (
            truth <= plan.quantiles[..., plan.levels.index(0.95)])
        score = np.abs(median - truth).sum() / total
        mean = np.abs(plan.mean - truth).sum() / total
        rows.append([f"Gantry {'+'.join(tiers)}: median", score, (median - truth).sum() / total, loss,
                     inside.mean(), 1 - score / best, spent()])
        rows.append([f"Gantry {'+'.join(tiers)}: mean", mean, (plan.mean - truth).sum() / total, None, None,
                     1 - mean / best, None])
    report.table(f"{len(table):,} products, {history.shape[1]} weeks known, {HORIZON} weeks ahead",
                 ["forecast", "WAPE", "bias", "WQL", "90 % band covers", "below best window", "seconds"], rows)


if __name__ == "__main__":
    raise SystemExit(main(run, "forecast_online_retail"))
