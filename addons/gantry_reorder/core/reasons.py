"""Why these levels: codes and numbers, per rule. The addon turns them into sentences."""

from __future__ import annotations

import numpy as np

from .types import Binding, Plan

__all__ = ["CODES", "VIOLATIONS", "explain"]

# code -> the numbers that come with it
CODES = {
    "demand": ("rate", "per_week"),
    "lead": ("low", "mean", "high", "review", "protect_days"),
    "protect": ("mean", "deviation"),
    "safety": ("target", "safety", "fill", "cycle"),
    "order": ("quantity", "multiple", "economic"),
    "price": ("price",),
    "committed": ("quantity",),
    "binding": ("binding", "cap", "floor"),
    "result": ("stock", "value", "fill", "cycle_stock"),
}

# code -> plain sentence, and whether the rule is blocked
VIOLATIONS = {
    "no_lead_time": ("There is no lead time: neither a vendor's delay nor a receipt is known.", True),
    "no_forecast": ("There is no forecast for this product in this warehouse.", True),
    "bad_target": ("The service target must lie between 0 and 100 %, both excluded.", True),
    "bad_cost": ("A cost is negative or unknown.", True),
    "no_cost": ("Weighing holding against shortage needs unit cost, holding rate and shortage cost.", True),
    "bad_quantity": ("A multiple, minimum, cap or number of days is negative or unknown.", True),
    "bad_review": ("The review period must be longer than zero days.", True),
    "bad_stock": ("The stock on hand is unknown.", True),
    "bad_error": ("The factor on the forecast error must be above zero.", True),
    "no_order_day": ("The order calendar has no day on which an order can be placed.", True),
    "multiple_over_cap": ("Orders come in multiples of {multiple:g}, but there is space for {cap:g} only.", True),
    "minimum_over_cap": ("The least order is {minimum:g}, but there is space for {cap:g} only.", True),
    "min_over_max_days": ("The least days of stock ({min_days:g}) exceed the most ({max_days:g}).", True),
    "min_over_max": ("The rule in force has a minimum of {minimum:g} above its maximum of {maximum:g}.", False),
    "negative_stock": ("The stock on hand is negative ({on_hand:g}).", False),
    "cap_below_committed": ("Customers have ordered {committed:g}, but the cap allows {cap:g} only.", False),
    "cap_below_target": ("The cap of {cap:g} allows a fill rate of {fill:.1%}, the target is {target:.1%}.", False),
    "order_over_shelf_life": ("The least order of {order:g} sells too slowly for its shelf life (at most {cap:g}).",
                              False),
}


def explain(plan: Plan, row: int) -> list[dict]:
    """Reasons of one rule in the order in which a planner asks: `[{'code': ..., 'numbers': {...}}]`.

    Numbers are plain Python values, quantities in the rule's unit, shares between 0 and 1. Violations follow.
    """
    wrong = [_say(found.code, **found.numbers) for found in plan.violations if found.row == row]
    if plan.blocked[row]:
        return wrong
    get = {name: float(getattr(plan, name)[row]) for name in _PLAN}
    why = {name: float(values[row]) for name, values in plan.reasons.items()}
    found = [
        _say("demand", rate=why["rate"], per_week=7 * why["rate"]),
        _say("lead", low=why["lead_low"], mean=get["lead_mean"], high=get["lead_p90"], review=why["review"],
             protect_days=get["protect_days"]),
        _say("protect", mean=get["protect_mean"], deviation=get["protect_sd"]),
        _say("safety", target=get["target"], safety=get["safety"], fill=get["expected_fill"],
             cycle=get["expected_cycle"]),
        _say("order", quantity=get["order_qty"], multiple=get["multiple"], economic=why["economic"]),
    ]
    if get["committed_qty"] > 0:
        found.append(_say("committed", quantity=get["committed_qty"]))
    if plan.binding[row] != Binding.NONE:
        found.append(_say("binding", binding=int(plan.binding[row]), cap=why["cap"], floor=why["floor"]))
    found.append(_say("result", stock=get["avg_stock"], value=get["avg_value"], fill=get["expected_fill"],
                      cycle_stock=get["cycle_stock"]))
    return found + wrong


_PLAN = ("lead_mean", "lead_p90", "protect_days", "protect_mean", "protect_sd", "target", "safety", "expected_fill",
         "expected_cycle", "order_qty", "multiple", "committed_qty", "avg_stock", "avg_value", "cycle_stock")


def _say(code: str, **numbers) -> dict:
    return {"code": code, "numbers": {
        name: value.item() if isinstance(value, np.generic) else value for name, value in numbers.items()}}
