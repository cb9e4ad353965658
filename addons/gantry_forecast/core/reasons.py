"""Why this forecast: codes and numbers, per series. The addon turns them into sentences."""

from __future__ import annotations

import numpy as np

from .types import DemandClass, Plan

__all__ = ["CODES", "explain"]

# code -> the numbers that come with it
CODES = {
    "class": ("demand_class", "adi", "cv2"),
    "model": ("model",),
    "dead": ("silent", "level"),
    "new": ("known", "own_weight"),
    "lookalike": ("row",),
    "level": ("level",),
    "trend": ("trend", "percent_per_bucket"),
    "season": ("peak", "index", "low", "low_index", "strength"),
    "season_group": ("own_weight",),
    "known": ("regressor", "factor"),
    "stockout": ("buckets",),
    "outlier": ("count", "column", "quantity", "excluded"),
    "accuracy": ("wape", "naive_wape"),
    "group_scale": ("factor",),
}


def explain(plan: Plan, row: int) -> list[dict]:
    """Reasons of one series in the order in which a planner asks: `[{'code': ..., 'numbers': {...}}]`.

    Numbers are plain Python values. `peak` and `low` are positions in the season (0 = January, ISO week 1, Monday),
    `column` is a column of the history.
    """
    facts = {name: values[row] for name, values in plan.reasons.items() if name not in _SHARED}
    kind = int(plan.demand_class[row])
    found = [_say("class", demand_class=kind, adi=facts["adi"], cv2=facts["cv2"]),
             _say("model", model=plan.model_names[int(plan.model[row])])]
    if kind == DemandClass.DEAD:
        found.append(_say("dead", silent=facts["silent"], level=plan.level[row]))
    elif kind == DemandClass.NEW:
        found.append(_say("new", known=facts["known"], own_weight=facts["own_weight"]))
    if facts["lookalike"] >= 0:
        found.append(_say("lookalike", row=facts["lookalike"]))
    if kind != DemandClass.DEAD:
        found += _movement(plan, row, facts)
    if facts["stockout"]:
        found.append(_say("stockout", buckets=facts["stockout"]))
    if facts["outlier_count"]:
        found.append(_say("outlier", count=facts["outlier_count"], column=facts["outlier_column"],
                          quantity=facts["outlier_quantity"], excluded=bool(facts["outlier_excluded"])))
    if abs(facts["group_scale"] - 1) > 0.005:
        found.append(_say("group_scale", factor=facts["group_scale"]))
    if not np.isnan(plan.wape[row]):
        found.append(_say("accuracy", wape=plan.wape[row], naive_wape=plan.naive_wape[row]))
    return found


_SHARED = ("known_factor",)


def _movement(plan: Plan, row: int, facts: dict) -> list[dict]:
    level, trend = float(plan.level[row]), float(plan.trend[row])
    found = [_say("level", level=level)]
    if level > 0 and abs(trend) > 0.002 * level:
        found.append(_say("trend", trend=trend, percent_per_bucket=100 * trend / level))
    if plan.season is not None and plan.season_strength[row] > 0.1:
        season = plan.season[row]
        peak, low = int(season.argmax()), int(season.argmin())
        found.append(_say("season", peak=peak, index=season[peak], low=low, low_index=season[low],
                          strength=plan.season_strength[row]))
        if facts["season_own"] < 0.5:
            found.append(_say("season_group", own_weight=facts["season_own"]))
    factors = plan.reasons.get("known_factor")
    if factors is not None:
        found += [_say("known", regressor=which, factor=value)
                  for which, value in enumerate(factors[row]) if abs(value - 1) > 0.02]
    return found


def _say(code: str, **numbers) -> dict:
    return {"code": code, "numbers": {
        name: value.item() if isinstance(value, np.generic) else value for name, value in numbers.items()}}
