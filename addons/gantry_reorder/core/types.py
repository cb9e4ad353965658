"""Problem, plan and projection of replenishment.

Arrays in, arrays out: a row per rule (a product in a warehouse), in the caller's order. Day 0 is today; nothing here
knows record ids, reads a clock or touches a disk. What is wrong with one rule blocks that rule (`Plan.violations`),
what is wrong with the table is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .params import Binding, Params, Policy, ProblemError, Target, require

__all__ = [
    "Binding", "Events", "Params", "Plan", "Policy", "Problem", "ProblemError", "Projection", "Target", "Violation",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Events:
    """Dated quantities of some rules: `row` (m,), `day` (m,) from today on, `qty` (m,) in the rule's unit.

    Days before today are overdue and count as today.
    """

    row: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    day: np.ndarray = field(default_factory=lambda: np.empty(0))
    qty: np.ndarray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "row", np.asarray(self.row, np.int64))
        put(self, "day", np.maximum(np.asarray(self.day, np.float64), 0))
        put(self, "qty", np.asarray(self.qty, np.float64))
        require(self.row.ndim == 1 and self.row.shape == self.day.shape == self.qty.shape,
                "Dated quantities need a rule, a day and a quantity each.")
        require(bool(np.isfinite(self.day).all() and np.isfinite(self.qty).all()),
                "A dated quantity has an unknown day or amount.")
        require(bool((self.qty >= 0).all()), "A dated quantity is negative.")

    def take(self, rows: np.ndarray, size: int) -> Events:
        """The events of some rules, renumbered."""
        place = np.full(size, -1, np.int64)
        place[rows] = np.arange(len(rows))
        keep = place[self.row] >= 0
        return Events(row=place[self.row[keep]], day=self.day[keep], qty=self.qty[keep])

    def until(self, day: np.ndarray, size: int) -> np.ndarray:
        """Sum per rule of what falls before `day` (size,), (size,).

        >>> Events(row=[0, 0, 1], day=[2, 9, 0], qty=[5, 7, 1]).until(np.array([7.0, 7.0]), 2).tolist()
        [5.0, 1.0]
        """
        inside = self.day < day[self.row]
        return np.bincount(self.row[inside], self.qty[inside], minlength=size)[:size].astype(float)


# name: default of the per-rule columns that may be left out
COLUMNS = {
    "review_days": 1.0, "target": 0.95, "unit_cost": 0.0, "holding_rate": 0.2, "order_cost": 0.0,
    "shortage_cost": 0.0, "multiple": 0.0, "minimum_qty": 0.0, "cap_qty": np.inf, "cap_days": np.inf,
    "min_days": 0.0, "max_days": np.inf, "on_hand": 0.0, "rounding": 1.0, "correlation": np.nan, "spread": 1.0,
    "dispersion": np.nan, "current_min": np.nan, "current_max": np.nan, "shadow_price": np.nan,
    "point_days": np.inf, "surplus": np.nan,
}
CODES = {"policy": int(Policy.MIN_MAX), "target_kind": int(Target.FILL), "supplier": -1, "budget_group": -1,
         "service_group": -1}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Rules to be calculated. Quantities are in the rule's own unit; columns accept a scalar for all rules.

    Parameters
    ----------
    bucket_days : (h,)
        Days of each forecast bucket from today on; the first may be the rest of a bucket.
    mean : (n, h)
        Expected demand of each bucket, overrides included; NaN blocks the rule (no forecast).
    quantiles : (n, h, q)
        Predictive quantiles of each bucket, scaled like `mean`.
    levels : (q,)
        Rising probabilities of the quantiles.
    lead_days, lead_prob : (n, k)
        Lead-time distribution in days: support and probabilities; a row that is NaN or sums to zero blocks the rule
        (no lead time).
    review_days : (n,)
        Days between two order chances (1: the nightly scheduler).
    policy, target_kind : (n,)
        Policy and Target codes.
    target : (n,)
        Share between 0 and 1; unused with Target.COST.
    unit_cost, holding_rate, order_cost, shortage_cost : (n,)
        Money per unit, share of it a year, money per order, money per unit short.
    multiple, minimum_qty : (n,)
        Orders are whole multiples (0: any) and at least the minimum.
    price_breaks : (n, b, 2), optional
        Quantity and unit price from it on; NaN pads.
    cap_qty : (n,)
        Bin space: the position after an order never exceeds it.
    cap_days : (n,)
        Shelf life: what arrives is expected to sell within so many days.
    min_days, max_days : (n,)
        Least and most days of cover on hand.
    on_hand : (n,)
        Usable stock today.
    committed, incoming, expiring : Events
        Demand already ordered by customers (part of the forecast, not on top of it), open supply, and stock on hand
        that expires.
    order_days : bool (n, 7), optional
        Weekdays (Monday first) on which orders can be placed; `weekday` is today's.
    budget_group, budget_limit : (n,), (g,)
        Rules of a group may not exceed the limit in expected stock value; -1 is no group.
    service_group : (n,)
        Rules of a group reach the fill target together, most where it costs least; -1 on its own.
    shadow_price : (n,)
        Stock value worth holding to avoid one unit short a day, NaN: found from the group's target. A price that past
        origins proved (`calibrate`) reaches the target over time, and not in every single review period.
    current_min, current_max : (n,)
        The rule in force, NaN without one.
    point_days, surplus : (n,)
        Days of customers' orders that Odoo's orderpoint takes off before it compares (infinite: all inside the
        protection time); and the part of them that the forecast does not hold, where the orderpoint is to carry a
        standing level that stays right when they have left (NaN: what they are today is taken off).
    supplier : (n,)
        Row of the rule of the supplying warehouse, -1 for outside suppliers; see `echelon`.
    rounding : (n,)
        Smallest quantity sold.
    correlation, spread, dispersion : (n,)
        Correlation of forecast errors (NaN: as in Params), factor on the deviation (see `calibrate`), variance over
        mean of a bucket as history showed it (NaN unknown; for products that sell too rarely for quantiles).

    Raises
    ------
    ProblemError
        In one plain sentence, when shapes or values do not fit.
    """

    bucket_days: np.ndarray
    mean: np.ndarray
    quantiles: np.ndarray
    levels: np.ndarray
    lead_days: np.ndarray
    lead_prob: np.ndarray
    review_days: np.ndarray | float = 1.0
    policy: np.ndarray | int = int(Policy.MIN_MAX)
    target_kind: np.ndarray | int = int(Target.FILL)
    target: np.ndarray | float = 0.95
    unit_cost: np.ndarray | float = 0.0
    holding_rate: np.ndarray | float = 0.2
    order_cost: np.ndarray | float = 0.0
    shortage_cost: np.ndarray | float = 0.0
    multiple: np.ndarray | float = 0.0
    minimum_qty: np.ndarray | float = 0.0
    price_breaks: np.ndarray | None = None
    cap_qty: np.ndarray | float = np.inf
    cap_days: np.ndarray | float = np.inf
    min_days: np.ndarray | float = 0.0
    max_days: np.ndarray | float = np.inf
    on_hand: np.ndarray | float = 0.0
    committed: Events = field(default_factory=Events)
    incoming: Events = field(default_factory=Events)
    expiring: Events = field(default_factory=Events)
    order_days: np.ndarray | None = None
    weekday: int = 0
    budget_group: np.ndarray | int = -1
    budget_limit: np.ndarray = field(default_factory=lambda: np.empty(0))
    service_group: np.ndarray | int = -1
    shadow_price: np.ndarray | float = np.nan
    current_min: np.ndarray | float = np.nan
    current_max: np.ndarray | float = np.nan
    point_days: np.ndarray | float = np.inf
    surplus: np.ndarray | float = np.nan
    supplier: np.ndarray | int = -1
    rounding: np.ndarray | float = 1.0
    correlation: np.ndarray | float = np.nan
    spread: np.ndarray | float = 1.0
    dispersion: np.ndarray | float = np.nan

    def __post_init__(self) -> None:
        put = object.__setattr__
        self._check_forecast(put)
        self._check_lead(put)
        n = self.size
        for name, kind in [*((name, np.float64) for name in COLUMNS), *((name, np.int64) for name in CODES)]:
            value = np.asarray(getattr(self, name), kind)
            require(value.shape in ((), (n,)), f"The column {name} needs a value per rule.")
            put(self, name, np.ascontiguousarray(np.broadcast_to(value, (n,))))
        require(bool(np.isin(self.policy, list(Policy)).all()), "A rule has an unknown policy.")
        require(bool(np.isin(self.target_kind, list(Target)).all()), "A rule has an unknown kind of target.")
        require(bool((self.rounding > 0).all()), "The rounding of a unit must be above zero.")
        require(0 <= int(self.weekday) <= 6, "The weekday must lie between 0 (Monday) and 6.")
        require(not ((self.supplier < -1) | (self.supplier >= n)).any(),
                "A supplier points to a rule that is not there.")
        self._check_optional(put)

    def _check_forecast(self, put) -> None:
        days, levels = np.asarray(self.bucket_days, np.float64), np.asarray(self.levels, np.float64)
        mean, quantiles = np.asarray(self.mean, np.float32), np.asarray(self.quantiles, np.float32)
        require(days.ndim == 1 and days.size >= 1, "The forecast needs at least one bucket.")
        require(bool(np.isfinite(days).all() and (days > 0).all()), "A forecast bucket has no days.")
        require(mean.ndim == 2 and mean.shape[1] == days.size, "The forecast needs a column per bucket.")
        require(levels.ndim == 1 and levels.size >= 2 and bool((np.diff(levels) > 0).all())
                and levels[0] > 0 and levels[-1] < 1, "The levels must rise and lie between 0 and 1.")
        require(quantiles.shape == (*mean.shape, levels.size),
                "The quantiles need a value per rule, bucket and level.")
        require(not np.isinf(mean).any() and not np.isinf(quantiles).any(), "The forecast holds an infinite quantity.")
        require(not (mean < 0).any(), "The forecast holds a negative quantity.")
        for name, value in (("bucket_days", days), ("levels", levels), ("mean", mean), ("quantiles", quantiles)):
            put(self, name, value)

    def _check_lead(self, put) -> None:
        days, prob = np.asarray(self.lead_days, np.float64), np.asarray(self.lead_prob, np.float64)
        require(days.ndim == 2 and days.shape == prob.shape and days.shape[0] == self.size and days.shape[1] >= 1,
                "The lead times need a row of days and probabilities per rule.")
        require(not (days < 0).any() and not np.isinf(days).any(), "A lead time is negative or infinite.")
        require(not (prob < 0).any(), "A lead time has a negative probability.")
        put(self, "lead_days", days)
        put(self, "lead_prob", prob)

    def _check_optional(self, put) -> None:
        n = self.size
        for name in ("committed", "incoming", "expiring"):
            rows = getattr(self, name).row
            require(not ((rows < 0) | (rows >= n)).any(), "A dated quantity points to a rule that is not there.")
        if self.order_days is not None:
            put(self, "order_days", np.asarray(self.order_days, bool))
            require(self.order_days.shape == (n, 7), "The order calendar needs seven weekdays per rule.")
        if self.price_breaks is not None:
            put(self, "price_breaks", np.asarray(self.price_breaks, np.float64))
            require(self.price_breaks.ndim == 3 and self.price_breaks.shape[0] == n and self.price_breaks.shape[2] == 2,
                    "The price breaks need pairs of quantity and price per rule.")
        put(self, "budget_limit", np.asarray(self.budget_limit, np.float64))
        require(not (self.budget_group >= self.budget_limit.size).any(), "A budget group has no limit.")
        require(bool((self.budget_limit >= 0).all()), "A budget is negative or unknown.")

    @property
    def size(self) -> int:
        """Number of rules."""
        return self.mean.shape[0]

    @property
    def horizon_days(self) -> float:
        """Days covered by the forecast."""
        return float(self.bucket_days.sum())

    def take(self, rows: np.ndarray, **changes) -> Problem:
        """The same problem for some of the rules, with other values where `changes` says so.

        Suppliers left outside become none.
        """
        rows = np.arange(self.size)[rows]
        place = np.full(self.size + 1, -1, np.int64)
        place[rows] = np.arange(len(rows))
        values = {name: getattr(self, name)[rows] for name in
                  ("mean", "quantiles", "lead_days", "lead_prob", *COLUMNS, *CODES)}
        values["supplier"] = place[self.supplier[rows]]
        for name in ("order_days", "price_breaks"):
            values[name] = None if getattr(self, name) is None else getattr(self, name)[rows]
        for name in ("committed", "incoming", "expiring"):
            values[name] = getattr(self, name).take(rows, self.size)
        values |= {"bucket_days": self.bucket_days, "levels": self.levels, "weekday": self.weekday,
                   "budget_limit": self.budget_limit}
        return Problem(**{**values, **changes})

    def but(self, **changes) -> Problem:
        """The same problem with other values."""
        return self.take(np.arange(self.size), **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something wrong with one rule: `code` (see `reasons.VIOLATIONS`), plain numbers, and whether it blocks."""

    row: int
    code: str
    numbers: dict[str, float] = field(default_factory=dict)
    blocking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Levels of every rule with what they promise; n rules, NaN where blocked. Quantities in the rule's unit.

    The position that triggers an order is what is on hand plus what is on the way. `reorder_point` and `order_up_to`
    are levels of that gross position. Odoo's orderpoint subtracts customers' open orders before it compares, and the
    levels already hold `committed_qty` of them; `min_qty` and `max_qty` are what an orderpoint should carry.

    Attributes
    ----------
    reorder_point, order_up_to : (n,)
        An order is due when the position is below `reorder_point`.
    order_qty, multiple : (n,)
        Usual size of an order, and the multiple orders are rounded up to (0: none).
    min_qty, max_qty : (n,)
        The levels less what the orderpoint takes off by itself (`Problem.point_days`, `surplus`), never below zero; the
        maximum of fixed quantities is a quantity above the minimum, so that an order takes about one.
    committed_qty : (n,)
        Open customers' orders inside the protection time.
    safety : (n,)
        Reorder point less expected demand over the protection time.
    expected_fill, expected_cycle : (n,)
        Share of demand served from stock, probability of no stock-out in a cycle.
    avg_stock, cycle_stock : (n,)
        Expected stock on hand, and the part of it that order sizes cause.
    avg_value : (n,)
        `avg_stock` in money.
    short_year : (n,)
        Units short in a year.
    cost_year : (n,)
        Holding, ordering and shortage cost a year.
    lead_mean, lead_p90, protect_days : (n,)
        Lead time in days; mean lead time plus review.
    protect_mean, protect_sd : (n,)
        Mean and standard deviation of demand over lead time and review.
    target : (n,)
        The target that was really used (shared targets differ from the problem's).
    blocked : bool (n,)
    binding : int8 (n,)
        Binding.
    reasons : dict of str to (n,)
        Numbers behind the levels; `reasons.explain(plan, row)` lists them by code.
    violations : list of Violation
    """

    reorder_point: np.ndarray
    order_up_to: np.ndarray
    order_qty: np.ndarray
    multiple: np.ndarray
    min_qty: np.ndarray
    max_qty: np.ndarray
    committed_qty: np.ndarray
    safety: np.ndarray
    expected_fill: np.ndarray
    expected_cycle: np.ndarray
    avg_stock: np.ndarray
    cycle_stock: np.ndarray
    avg_value: np.ndarray
    short_year: np.ndarray
    cost_year: np.ndarray
    lead_mean: np.ndarray
    lead_p90: np.ndarray
    protect_days: np.ndarray
    protect_mean: np.ndarray
    protect_sd: np.ndarray
    target: np.ndarray
    blocked: np.ndarray
    binding: np.ndarray
    reasons: dict[str, np.ndarray] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Number of rules."""
        return len(self.reorder_point)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Stock day by day; column d is the end of day d, today is column 0.

    Attributes
    ----------
    mean, low, high : float32 (n, d)
        Projected stock with what is on the way and nothing more: mean, 5 % and 95 % band.
    planned : float32 (n, d)
        Mean projected stock when `propose_qty` is ordered today and orders follow the plan.
    incoming, committed : float32 (n, d)
        Dated quantities per day.
    stockout_day : int32 (n,)
        First day on which the mean falls below zero, -1 when not within the horizon.
    risk_day : int32 (n,)
        First day on which the 5 % band falls below zero, -1 when not within the horizon.
    order_by_day : int32 (n,)
        Last day on which an order still keeps the target; 0 is today, -1 not within the horizon.
    propose_qty : (n,)
        Quantity to order today; 0 for everything that can wait.
    next_qty : (n,)
        Quantity that will be due on `order_by_day`.
    waste_qty : (n,)
        Stock on hand that will expire before it sells.
    short_qty, short_value : (n,)
        Expected units short, and their value, until an order placed after today's would arrive, if nothing is ordered
        today: the money at risk.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    planned: np.ndarray
    incoming: np.ndarray
    committed: np.ndarray
    stockout_day: np.ndarray
    risk_day: np.ndarray
    order_by_day: np.ndarray
    propose_qty: np.ndarray
    next_qty: np.ndarray
    waste_qty: np.ndarray
    short_qty: np.ndarray
    short_value: np.ndarray
