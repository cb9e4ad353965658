"""Proposals for the lots of products in warehouses: sell first, mark down, send back, scrap."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np


class Action(enum.IntEnum):
    """What is proposed for a lot."""

    NONE = 0
    SELL_FIRST = 1
    MARKDOWN = 2
    RETURN = 3
    SCRAP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How markdowns grow.

    Parameters
    ----------
    markdown_min, markdown_max
        Price reduction in per cent on the day of the alert and on the last day of sale.
    step
        Reductions are rounded to a multiple of it.
    """

    markdown_min: float = 20.0
    markdown_max: float = 50.0
    step: float = 5.0

    def __post_init__(self):
        if not 0 <= self.markdown_min <= self.markdown_max <= 100:
            raise ValueError("Markdowns run from 0 to 100 per cent, the smaller one first.")
        if self.step <= 0:
            raise ValueError("The step of markdowns must be more than 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Lots, one per row; rows of the same group (product and warehouse) share its demand.

    Parameters
    ----------
    group
        Number of the group of each lot, shape (n,).
    quantity
        On hand, in the unit of the product, shape (n,).
    days_of_sale
        Days until the lot may no longer be sold (removal date), negative when that is over, shape (n,).
    alert_days
        Days from the alert to the last day of sale, shape (n,).
    days_left
        Days until the lot expires, shape (n,).
    returnable_days
        The vendor takes goods back that expire in so many days or later; NaN when not at all, shape (n,).
    demand_per_day
        Expected demand of each group in units a day, shape (groups,).
    """

    group: np.ndarray
    quantity: np.ndarray
    days_of_sale: np.ndarray
    alert_days: np.ndarray
    days_left: np.ndarray
    returnable_days: np.ndarray
    demand_per_day: np.ndarray

    def __post_init__(self):
        n = len(self.group)
        for name in ("quantity", "days_of_sale", "alert_days", "days_left", "returnable_days"):
            if getattr(self, name).shape != (n,):
                raise ValueError(f"{name} needs one value for each of the {n} lots.")
        if n and (self.group.min() < 0 or self.group.max() >= len(self.demand_per_day)):
            raise ValueError("Every group needs its demand.")
        if np.any(self.quantity < 0) or np.any(self.demand_per_day < 0):
            raise ValueError("Quantities and demand cannot be negative.")
        if np.isnan(self.quantity).any() or np.isnan(self.days_of_sale).any() or np.isnan(self.demand_per_day).any():
            raise ValueError("Quantities, days and demand must be numbers.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Answer per lot, in the order of the problem.

    ``action`` codes of Action, ``surplus`` quantity that will not be sold in time when the earlier lots go first,
    ``percent`` markdown in per cent, 0 for other actions.
    """

    action: np.ndarray
    surplus: np.ndarray
    percent: np.ndarray


def sellable(problem: Problem) -> np.ndarray:
    """Quantity of each lot that demand takes before its last day of sale, first-expired-first-out.

    Lots in order of their last day: of lot i demand can take what it takes until that day, less what the lots before
    it used of it.
    """
    sold = np.zeros(len(problem.group))
    used = np.zeros(len(problem.demand_per_day))
    # stable: ties keep the order of the caller
    for i in np.argsort(problem.days_of_sale, kind="stable"):
        group = problem.group[i]
        reach = problem.demand_per_day[group] * max(problem.days_of_sale[i], 0.0)
        sold[i] = min(problem.quantity[i], max(reach - used[group], 0.0))
        used[group] += sold[i]
    return sold


def solve(problem: Problem, params: Params | None = None) -> Plan:
    """Propose what to do with each lot.

    A lot past its last day goes back to the vendor when he takes it, else it is scrapped. A lot that demand takes in
    time is sold first. The surplus of other lots goes back when the vendor takes it; else the lot is marked down, the
    more the nearer its end.

    Examples
    --------
    One product, 2 units a day: the first lot of 10 sells in its 5 days, then 10 of the 40 until day 10.

    >>> one = Problem(
    ...     group=np.array([0, 0]), quantity=np.array([10.0, 40.0]), days_of_sale=np.array([5.0, 10.0]),
    ...     alert_days=np.array([20.0, 20.0]), days_left=np.array([8.0, 13.0]),
    ...     returnable_days=np.array([np.nan, np.nan]), demand_per_day=np.array([2.0]))
    >>> plan = solve(one)
    >>> [Action(code).name for code in plan.action], plan.surplus.tolist(), plan.percent.tolist()
    (['SELL_FIRST', 'MARKDOWN'], [0.0, 30.0], [0.0, 35.0])
    """
    params = params or Params()
    over = problem.days_of_sale <= 0
    surplus = np.where(over, problem.quantity, problem.quantity - sellable(problem))
    surplus[surplus < 1e-9] = 0.0
    with np.errstate(invalid="ignore"):
        returnable = problem.days_left >= problem.returnable_days  # NaN compares false
    action = np.full(len(over), Action.MARKDOWN, dtype=np.int64)
    action[~over & (surplus == 0)] = Action.SELL_FIRST
    action[over] = Action.SCRAP
    action[returnable & (surplus > 0)] = Action.RETURN
    action[problem.quantity == 0] = Action.NONE
    window = np.maximum(problem.alert_days, 1.0)
    nearness = 1.0 - np.clip(problem.days_of_sale / window, 0.0, 1.0)
    percent = params.markdown_min + (params.markdown_max - params.markdown_min) * nearness
    percent = np.clip(np.round(percent / params.step) * params.step, 0.0, 100.0)
    percent[action != Action.MARKDOWN] = 0.0
    return Plan(action=action, surplus=surplus, percent=percent)
