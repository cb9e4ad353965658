"""Options of a replenishment calculation: policies, targets, settings, and how bad input is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["Binding", "Params", "Policy", "ProblemError", "Target", "require"]


class ProblemError(ValueError):
    """Input that cannot be calculated; the message is one plain sentence for the user."""


class Policy(IntEnum):
    """How an order is triggered and how large it is.

    MIN_MAX (s, S): below the reorder point, order up to the order-up-to level.
    MIN_QTY (s, Q): below the reorder point, order whole multiples of Q.
    PERIODIC (R, S): at every review, order up to the level; the reorder point is the level itself.
    """

    MIN_MAX = 0
    MIN_QTY = 1
    PERIODIC = 2


class Target(IntEnum):
    """What the level is to reach.

    CYCLE: probability of no stock-out in a replenishment cycle. FILL: share of the demand served from stock.
    COST: the cheapest of holding against shortage cost.
    """

    CYCLE = 0
    FILL = 1
    COST = 2


class Binding(IntEnum):
    """The limit that decided the levels; NONE when the target alone did."""

    NONE = 0
    BIN_SPACE = 1
    SHELF_LIFE = 2
    MAX_DAYS = 3
    MIN_DAYS = 4
    COMMITTED = 5
    BUDGET = 6
    MINIMUM_QTY = 7
    SERVICE_GROUP = 8


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ProblemError(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Settings of a run; every default was fixed on training data or generated demand.

    Parameters
    ----------
    correlation : float
        Correlation of the forecast errors of two buckets (the level itself is uncertain); 0 adds variances, 1 adds
        deviations. `Problem.correlation` overrides it per rule.
    grid : int
        Points of the grid that carries each distribution.
    leads : int
        Most points kept of a lead-time distribution.
    chunk : int
        Rules per block; bounds memory.
    lost_sales : bool
        Unserved demand is lost, not back-ordered.
    service_floor : float
        Rules that share a target (`Problem.service_group`) never get a target below this share of it.
    fairness : float
        How much a rule that is already served well yields to one that is not, among rules that share a target: 0 counts
        units only (dear and erratic rules are starved first), 1 levels the fill rates.
    committed_quantile : float
        Committed demand counts up to this quantile of the lead time.
    year_days : float
        Days of a year for holding and order costs.
    """

    correlation: float = 0.15
    grid: int = 224
    leads: int = 6
    chunk: int = 2000
    lost_sales: bool = False
    service_floor: float = 0.3
    fairness: float = 0.05
    committed_quantile: float = 0.9
    year_days: float = 365.0

    def __post_init__(self) -> None:
        require(0 <= self.correlation <= 1, "The correlation of forecast errors must lie between 0 and 1.")
        require(self.grid >= 32, "The grid must hold at least 32 points.")
        require(self.leads >= 1 and self.chunk >= 1, "At least one lead time and one rule per block are needed.")
        require(0 <= self.service_floor <= 1, "The service floor must lie between 0 and 1.")
        require(0 <= self.fairness <= 1, "The fairness must lie between 0 and 1.")
        require(0 < self.committed_quantile <= 1, "The quantile for committed demand must lie between 0 and 1.")
        require(self.year_days > 0, "A year must have days.")
