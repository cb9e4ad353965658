"""Options of a forecast: buckets, demand classes, settings, and how bad input is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np

__all__ = ["QUANTILES", "TIERS", "Bucket", "DemandClass", "Params", "ProblemError", "require"]

QUANTILES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
TIERS = ("numpy", "statistical", "panel")


class ProblemError(ValueError):
    """Input that cannot be forecast; the message is one plain sentence for the user."""


class Bucket(str, Enum):
    """Length of one column of the demand matrix.

    >>> Bucket.MONTH.season_length, Bucket('week').days
    (12, 7.0)
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    @property
    def season_length(self) -> int:
        """Buckets in the season that the batch tier looks for (7 days, 52 weeks, 12 months)."""
        return {"day": 7, "week": 52, "month": 12}[self.value]

    @property
    def days(self) -> float:
        """Mean number of days in one bucket."""
        return {"day": 1.0, "week": 7.0, "month": 30.4375}[self.value]


class DemandClass(IntEnum):
    """Demand pattern (Syntetos, Boylan, Croston 2005), plus the two ends of a product's life."""

    DEAD = 0
    NEW = 1
    SMOOTH = 2
    ERRATIC = 3
    INTERMITTENT = 4
    LUMPY = 5


def require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ProblemError(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Settings of a forecast run; every default was fixed on training data.

    Parameters
    ----------
    quantiles : tuple of float
        Rising probabilities of the predictive distribution.
    tiers : tuple of str
        Tiers that may be used, of 'numpy' (always on), 'statistical', 'panel'.
    learn_series : int
        Largest stratified sample on which `learn` fixes its choices.
    tier_series : int
        Series per class and origin on which the statistical tier has to prove itself.
    origins : int
        Rolling origins in `learn`.
    backtest_origins : int
        Rolling origins kept in the plan for the accuracy page (0 switches it off).
    full_backtest_series : int
        Up to this many series the plan's backtest runs every tier; above, the numpy tier only.
    adi_limit, cv2_limit : float
        Syntetos-Boylan limits between the demand classes.
    dead_days : float
        Days without a sale, out-of-stock days not counted, before a product may be called dead.
    new_days : float
        Days of known history below which a product is new.
    exclude_outliers : bool
        Leave flagged one-off spikes out of the history.
    outlier_limit : float
        Robust deviations above the usual sale from which a bucket is a one-off spike.
    drop_factor : float
        A member worse than this multiple of seasonal naive is dropped.
    reconcile : bool
        Scale product forecasts towards the forecast of their group's sum where rolling origins prove a gain.
    threads : int
        Threads for the tiers that can use them.
    """

    quantiles: tuple[float, ...] = QUANTILES
    tiers: tuple[str, ...] = TIERS
    learn_series: int = 3000
    tier_series: int = 600
    origins: int = 3
    backtest_origins: int = 3
    full_backtest_series: int = 500
    adi_limit: float = 1.32
    cv2_limit: float = 0.49
    dead_days: float = 180.0
    new_days: float = 90.0
    exclude_outliers: bool = False
    outlier_limit: float = 6.0
    drop_factor: float = 1.5
    reconcile: bool = True
    threads: int = 1

    def __post_init__(self) -> None:
        levels = np.asarray(self.quantiles, dtype=float)
        require(levels.ndim == 1 and levels.size > 0, "At least one quantile is needed.")
        require(bool(((levels > 0) & (levels < 1)).all()), "Quantiles must lie between 0 and 1.")
        require(bool((np.diff(levels) > 0).all()), "Quantiles must rise.")
        object.__setattr__(self, "quantiles", tuple(float(level) for level in levels))
        require(set(self.tiers) <= set(TIERS) and "numpy" in self.tiers,
                 "The tiers must include numpy and may add statistical and panel.")
        object.__setattr__(self, "tiers", tuple(self.tiers))
        require(self.learn_series >= 1 and self.tier_series >= 1, "The learning sample must hold at least one series.")
        require(self.origins >= 1 and self.backtest_origins >= 0, "The number of origins is negative.")
        require(self.adi_limit >= 1 and self.cv2_limit > 0, "The class limits are out of range.")
        require(self.dead_days > 0 and self.new_days >= 0, "The life limits must not be negative.")
        require(self.outlier_limit > 0 and self.drop_factor > 0, "Limits must be above zero.")
        require(self.threads >= 1, "At least one thread is needed.")
