"""Stock for the same service: Gantry beside Odoo's replenishment wizard and the OCA way, in a rolling simulation."""

from __future__ import annotations

import numpy as np
import reorder_play as play
import reorder_sets
from harness import clock, main

GOALS = (0.8, 0.9, 0.95, 0.98)
TOLERANCE = 0.01
LEAST_PRODUCTS = 30  # a class with fewer says nothing
NAMES = {0: "new or dead", 2: "smooth", 3: "erratic", 4: "intermittent", 5: "lumpy"}


def run(report, args):
    """Inventory value at equal fill rate, lost sales and back-orders, and fill rate reached per class."""
    chosen = getattr(args, "sets", None) or list(reorder_sets.every_set())
    reached, margins = [], []
    for name in chosen:
        stocked = reorder_sets.every_set()[name]()
        if args.quick:
            stocked = stocked.some(300)
        with clock() as spent:
            origins = play.forecasts(stocked)
        forecast_s = spent()
        with clock() as spent:
            ours = play.steered(stocked, origins)
        alone = play.item_levels(stocked, origins, GOALS)
        history = play.played(stocked)
        peers = play.peer_levels(stocked)
        report.note(f"\n{stocked.name}: {len(stocked.demand):,} products, {stocked.bucket}s {stocked.first + 1} to "
                    f"{stocked.demand.shape[1]}, lead time {stocked.lead_mean:.1f} {stocked.bucket}s, forecasts "
                    f"{forecast_s:.0f} s, levels and play {spent():.0f} s")
        for lost in (False, True):
            margins += _stock(report, stocked, history, ours, alone, peers, lost)
            reached += _classes(report, stocked, origins, ours, lost)
    _summary(report, margins, reached)


def _stock(report, stocked, history, ours, alone, peers, lost: bool) -> list:
    """Table of stock value at equal fill rate; returns the savings."""
    def points(levels):
        return [play.outcome(play.reorder_core.replay(history, level, lost_sales=lost), stocked) for level in levels]

    curves = {name: points(levels) for name, levels in peers.items()}
    odoo = {name: curve for name, curve in curves.items() if name.startswith("Odoo")}
    usual = {name: curve for name, curve in odoo.items() if name.endswith("min and max")}
    oca = next(curve for name, curve in curves.items() if name.startswith("OCA"))
    mine = {
        "Gantry, target shared by all": [play.outcome(ours[t, False, lost], stocked) for t in play.TARGETS],
        "Gantry, target per class": [play.outcome(ours[t, True, lost], stocked) for t in play.TARGETS],
        "Gantry, target per product": points([play.reorder_core.Levels(
            name="alone", reorder_point=level, order_up_to=level, start=np.arange(level.shape[1]))
            for level in alone.values()]),
    }
    rows, saved = [], []
    for goal in GOALS:
        best_usual, best_any = _best(usual, goal), _best(odoo, goal)
        base = play.stock_at(oca, goal)
        rows.append([f"{goal:.0%} fill: {best_usual[1]}", best_usual[0], None, None, None])
        rows.append([f"{goal:.0%} fill: {best_any[1]}", best_any[0], None, None, None])
        rows.append([f"{goal:.0%} fill: OCA mean + z sigma, 90 days", base, None, None, None])
        for name, curve in mine.items():
            stock = play.stock_at(curve, goal)
            against = [stock / best - 1 for best in (best_usual[0], best_any[0], base)]
            rows.append([f"{goal:.0%} fill: {name}", stock, *against])
            if name.endswith("by all"):
                saved.append((stocked.name, lost, goal, *against))
    kind = "lost sales" if lost else "back-orders"
    report.table(f"{stocked.name}, {kind}: stock value at equal fill rate (units)",
                 ["method", "stock", "to Odoo min/max", "to Odoo any", "to OCA"], rows)
    report.table(f"{stocked.name}, {kind}: what each target reached",
                 ["method", "fill", "by value", "by product", "stock"],
                 [[f"{name}, {target:.1%}", point["fill"], point["value_fill"], point["item_fill"], point["stock"]]
                  for name, curve in mine.items()
                  for target, point in zip(play.TARGETS if len(curve) == len(play.TARGETS) else GOALS, curve,
                                           strict=True)])
    return saved


def _best(curves: dict, goal: float) -> tuple[float, str]:
    """Least stock among methods that reach the goal, in hindsight."""
    found = [(play.stock_at(curve, goal), name) for name, curve in curves.items()]
    found = [entry for entry in found if np.isfinite(entry[0])]
    return min(found) if found else (float("nan"), "Odoo, none reaches it")


def _classes(report, stocked, origins, ours, lost: bool) -> list:
    """Table of the fill rate reached per demand class; returns the misses."""
    group, rows, found = play.demand_classes(stocked, origins), [], []
    for code in np.unique(group):
        mine = group == code
        if mine.sum() < LEAST_PRODUCTS:
            continue
        fills = [ours[goal, True, lost].fill(mine) for goal in GOALS]
        rows.append([NAMES[int(code)], int(mine.sum()), *fills])
        found += [(stocked.name, NAMES[int(code)], lost, goal, fill - goal)
                  for goal, fill in zip(GOALS, fills, strict=True)]
    report.table(f"{stocked.name}, {'lost sales' if lost else 'back-orders'}: fill rate reached per class",
                 ["class", "products", *(f"target {goal:.0%}" for goal in GOALS)], rows)
    return found


def _summary(report, margins, reached) -> None:
    def share(values):
        known = [value for value in values if np.isfinite(value)]
        return (np.mean([value <= -0.15 for value in known]) if known else float("nan"),
                np.median(known) if known else float("nan"), max(known, default=float("nan")), len(known))

    rows = [[label, *share([row[column] for row in margins])] for label, column in
            (("Odoo, min and max, best window", 3), ("Odoo, any use of its windows", 4), ("OCA", 5))]
    report.table("Stock against the peers at equal fill rate, target shared by all",
                 ["peer", "share of cases 15 % below", "median", "worst", "cases"], rows)
    rows = []
    for label, goals in (*((f"{goal:.0%}", (goal,)) for goal in GOALS), ("all", GOALS)):
        misses = np.abs([row[4] for row in reached if row[3] in goals])
        if misses.size:
            rows.append([label, np.mean(misses <= TOLERANCE + 1e-9), np.mean(misses), misses.max(), misses.size])
    report.table("Fill rate reached against target, per class",
                 ["target", "share within 1 point", "mean miss", "worst miss", "classes"], rows)


def _arguments(parser):
    parser.add_argument("--sets", nargs="*", choices=list(reorder_sets.every_set()), help="only these sets")


if __name__ == "__main__":
    raise SystemExit(main(run, "reorder_stock", _arguments))
