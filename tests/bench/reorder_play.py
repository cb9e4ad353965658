"""The rolling simulation of the inventory benchmark: forecasts without look-ahead, levels, stock day by day.

Every method sees the same demand, the same lead times and the same review; only its levels differ. Levels of a period
are set from what was known before it began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from harness import load_core

forecast_core = load_core("gantry_forecast")
reorder_core = load_core("gantry_reorder")

from gantry_reorder_core import calibrate, engine  # noqa: E402

TARGETS = (0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 0.99, 0.995)
FACTORS = (0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.3, 2.6, 3, 3.5, 4, 5, 6, 8, 10, 14, 20, 30)
SIGMAS = (-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 11)
LEARN_SERIES = 1000  # sample on which the forecast fixes its choices, to keep the run short
PLAYED_BEFORE = {"week": 12, "month": 6}  # origins before the first one played, for proof
PRICES = 48
OTHER = (forecast_core.DemandClass.DEAD, forecast_core.DemandClass.NEW)


@dataclass
class Origin:
    """What is known before a period: forecast, classes."""

    mean: np.ndarray
    quantiles: np.ndarray
    classes: np.ndarray


def forecasts(stocked, tiers=("numpy",)) -> dict[int, Origin]:
    """Forecast at every origin, learnt anew every few buckets, applied at each."""
    params = forecast_core.Params(tiers=tiers, backtest_origins=0, learn_series=LEARN_SERIES)
    begin = max(stocked.first - PLAYED_BEFORE[stocked.bucket], 6)
    found, recipe = {}, None
    for origin in range(begin, stocked.demand.shape[1]):
        problem = history_until(stocked, origin, stocked.horizon)
        if recipe is None or (origin - stocked.first) % stocked.relearn == 0:
            recipe = forecast_core.learn(problem, params)
        plan = forecast_core.apply(problem, recipe)
        found[origin] = Origin(plan.mean, plan.quantiles, plan.demand_class.astype(int))
    return found


def history_until(stocked, origin: int, horizon: int):
    """The forecast's problem as it stood before bucket `origin`; promotions ahead are planned and known."""
    known = stocked.known
    if known is not None:
        known = known[:, : origin + horizon]
        missing = origin + horizon - known.shape[1]
        known = np.concatenate([known, np.zeros((len(known), missing, known.shape[2]))], axis=1)
    return forecast_core.Problem(
        demand=stocked.demand[:, :origin], bucket=stocked.bucket, start=stocked.start, horizon=horizon,
        groups=stocked.groups, known=known, known_names=stocked.known_names)


def problem_at(stocked, origin: Origin, **columns):
    """The replenishment problem before a period: order up to a level at every review."""
    n, days = len(stocked.demand), stocked.days
    lead = np.array(stocked.lead)
    return reorder_core.Problem(
        bucket_days=np.full(origin.mean.shape[1], days), mean=origin.mean, quantiles=origin.quantiles,
        levels=forecast_core.QUANTILES, lead_days=np.tile(lead[:, 0] * days, (n, 1)),
        lead_prob=np.tile(lead[:, 1], (n, 1)), review_days=days, policy=reorder_core.Policy.PERIODIC,
        unit_cost=stocked.price, **columns)


def played(stocked, seed: int = 1):
    """The part of the history that is played, with one draw of lead times for all methods."""
    n, periods = len(stocked.demand), stocked.demand.shape[1] - stocked.first
    lead = np.array(stocked.lead)
    drawn = reorder_core.draw_leads(np.tile(lead[:, 0], (n, 1)), np.tile(lead[:, 1], (n, 1)), periods, seed=seed)
    return reorder_core.History(demand=stocked.demand[:, stocked.first:], lead=drawn, unit_cost=stocked.price,
                                warmup=int(lead[:, 0].max()) + 1)


def item_levels(stocked, origins, targets=TARGETS) -> dict[float, np.ndarray]:
    """Every product at the target by itself, from the forecast's distribution alone, {target: (n, t)}."""
    found = {target: [] for target in targets}
    params = reorder_core.Params()
    for origin in range(stocked.first, stocked.demand.shape[1]):
        problem = problem_at(stocked, origins[origin])
        blocks = [engine.prepare(problem.take(np.arange(start, min(start + params.chunk, problem.size))), params)
                  for start in range(0, problem.size, params.chunk)]
        for target in targets:
            found[target].append(np.concatenate([
                engine.choose(block, np.full(block.problem.size, target))[0] for block in blocks]))
    return {target: np.stack(levels, axis=1) for target, levels in found.items()}


class Steered:
    """Our method: shadow prices proved by playing them through the past.

    With `classes`, every demand class keeps the target by itself, and makes up what it was short so far; without, all
    products share the target at one price, learnt before the first period and held.
    """

    def __init__(self, stocked, target: float, group, *, classes: bool, lost_sales: bool):
        self.target, self.group, self.classes, self.lost_sales = target, group, classes, lost_sales
        self.history, self.player = played(stocked), None
        self.lead = max(stocked.lead_mean, 1.0)
        self.asked = {code: 0.0 for code in np.unique(group)}
        self.missed, self.held = dict(self.asked), None

    def places(self, proof, levels) -> np.ndarray:
        """Place of the price of each product in the grid."""
        if not self.classes:
            if self.held is None:
                self.held = proof.place_of(self.target)
            return np.full(self.group.size, self.held)
        found = np.zeros(self.group.size, int)
        for code, asked in self.asked.items():
            mine, pace = self.group == code, proof.pace(code)
            level = float(levels[proof.place_of(self.target, code), mine].sum())
            ahead = calibrate.make_up(self.target, asked, self.missed[code], self.lead * pace, level)
            found[mine] = proof.place_of(calibrate.steer(self.target, asked, self.missed[code], ahead), code)
        return found

    def play(self, now: int, levels: np.ndarray, proof) -> None:
        """Set the levels before period `now` from what is known, and play it."""
        level = levels[self.places(proof, levels), np.arange(self.group.size)].astype(float)
        if self.player is None:
            self.player = reorder_core.Player(self.history, level, lost_sales=self.lost_sales)
        short = self.player.step(now, level, level)
        if now >= self.history.warmup:
            for code in self.asked:
                mine = self.group == code
                self.asked[code] += self.history.demand[mine, now].sum()
                self.missed[code] += short[mine].sum()


def demand_classes(stocked, origins) -> np.ndarray:
    """Demand class of each product when the play begins; the new and the dead are one."""
    found = origins[stocked.first].classes
    return np.where(np.isin(found, OTHER), int(OTHER[0]), found)


def steered(stocked, origins, *, targets=TARGETS, params=None) -> dict:
    """Replays of our method, {(target, classes, lost_sales): Replay}; one look at each origin serves them all."""
    group, price = demand_classes(stocked, origins), calibrate.price_grid(stocked.price, PRICES)
    runs = {(target, classes, lost): Steered(stocked, target, group, classes=classes, lost_sales=lost)
            for target in targets for classes in (False, True) for lost in (False, True)}
    proofs = {lost: calibrate.Proof(proof_history(stocked, min(origins)), group, PRICES, lost_sales=lost)
              for lost in (False, True)}
    for at in sorted(origins):
        levels = calibrate.levels(problem_at(stocked, origins[at], target=0.95), price, params)
        if at >= stocked.first:
            for (_target, _classes, lost), run in runs.items():
                run.play(at - stocked.first, levels, proofs[lost])
        for proof in proofs.values():
            proof.step(levels)
    return {key: run.player.result("Gantry") for key, run in runs.items()}


def proof_history(stocked, begin: int, seed: int = 5):
    """What proves prices: demand from the first origin on, lead times drawn, and as they were once it is played."""
    lead, known = np.array(stocked.lead), played(stocked)
    before = stocked.first - begin
    drawn = reorder_core.draw_leads(np.tile(lead[:, 0], (len(stocked.demand), 1)),
                                    np.tile(lead[:, 1], (len(stocked.demand), 1)), max(before, 1), seed=seed)
    return reorder_core.History(
        demand=stocked.demand[:, begin:], lead=np.concatenate([drawn[:, :before], known.lead], axis=1),
        warmup=known.warmup)


def peer_levels(stocked) -> dict[str, list]:
    """Levels of the peers at every setting: {method: [Levels, ...]}, set afresh before every period."""
    from gantry_forecast_core.window import window_forecasts

    first, end, days = stocked.first, stocked.demand.shape[1], stocked.days
    windows: dict[str, list] = {}
    for origin in range(first, end):
        problem = history_until(stocked, origin, 1)
        length = float((problem.day(origin + 1) - problem.day(origin)).astype(int))
        for name, value in window_forecasts(problem).items():
            windows.setdefault(name, []).append(value[:, 0] / length)
    found = {}
    for name, values in windows.items():
        if len(values) < end - first:
            continue
        rate = np.stack(values, axis=1)
        for periodic, label in ((False, "min and max"), (True, "max only")):
            found[f"Odoo {name}, {label}"] = [
                reorder_core.window_levels(name, rate, stocked.lead_mean * days, days, factor=factor, periodic=periodic)
                for factor in FACTORS]
    width = max(round(90 / days), 2)
    past = [np.nan_to_num(stocked.demand[:, max(origin - width, 0) : origin]) for origin in range(first, end)]
    mean, sigma = np.stack([p.mean(1) for p in past], 1), np.stack([p.std(1, ddof=1) for p in past], 1)
    found["OCA mean + z sigma, 90 days"] = [
        reorder_core.mean_sigma("OCA", mean, sigma, stocked.lead_mean, 1, z=z) for z in SIGMAS]
    return found


def outcome(run, stocked) -> dict[str, float]:
    """Fill rate by units, by value and averaged over products, and stock value."""
    some = run.demand > 0
    return {"fill": run.fill(), "value_fill": run.fill(weight=stocked.price),
            "item_fill": float(np.mean(1 - run.short[some] / run.demand[some])), "stock": float(run.avg_value.sum())}


def stock_at(points: list[dict], fill: float, measure: str = "fill") -> float:
    """Stock value of a method at a fill rate, between its settings; NaN where none reaches it."""
    ranked = sorted((point[measure], point["stock"]) for point in points)
    reached, stock = np.array(ranked).T
    if fill < reached[0] or fill > reached[-1]:
        return float("nan")
    # dearer settings that reach less are nobody's choice
    stock = np.minimum.accumulate(stock[::-1])[::-1]
    return float(np.interp(fill, reached, stock))
