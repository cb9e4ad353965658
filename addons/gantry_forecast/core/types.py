"""Problem, parameters, recipe and plan of the demand forecast.

Arrays in, arrays out: a row per series (a product in a warehouse), in the caller's order. Nothing here
knows record ids, reads a clock or touches a disk.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field, fields

import numpy as np

from .params import QUANTILES, TIERS, Bucket, DemandClass, Params, ProblemError, require

__all__ = [
    "QUANTILES", "TIERS", "Bucket", "DemandClass", "Params", "Plan", "Problem", "ProblemError", "Recipe",
    "TierReport",
]

@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Demand histories to be forecast.

    Parameters
    ----------
    demand : float64 (n, t)
        Units sold per bucket, right-aligned: the last column is the last complete bucket. NaN means
        unknown (before the first sale, out of stock, excluded by the planner), zero means no demand.
    bucket : Bucket
        Length of a column.
    start : datetime64[D]
        First day of the first column.
    horizon : int
        Buckets to forecast.
    groups : int32 (n, k), optional
        Hierarchy columns from coarse to fine (company, warehouse, category ...), ids chosen by the caller
        and stable between calls. The last column is the pool for seasonal shapes and priors.
    lookalike : int32 (n,), optional
        Row of the series that a new product resembles; -1 for none.
    weight : float64 (n,), optional
        Value of one unit (price), for samples and value-weighted scores.
    known : float32 (n or 1, t + horizon, f), optional
        Promotions, price, events: anything known in advance for the horizon too.
    known_names : tuple of str
        A name per regressor.
    closed : bool (t + horizon,), optional
        Buckets in which nobody works: their demand is unknown in the past and zero in the future.

    Raises
    ------
    ProblemError
        In one plain sentence, when shapes or values do not fit.
    """

    demand: np.ndarray
    bucket: Bucket
    start: np.datetime64
    horizon: int
    groups: np.ndarray | None = None
    lookalike: np.ndarray | None = None
    weight: np.ndarray | None = None
    known: np.ndarray | None = None
    known_names: tuple[str, ...] = ()
    closed: np.ndarray | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        demand = np.asarray(self.demand, dtype=np.float64)
        require(demand.ndim == 2, "The demand history must be a table with a row per series.")
        require(demand.shape[1] >= 1, "The demand history holds no complete bucket.")
        require(not np.isinf(demand).any(), "The demand history holds an infinite quantity.")
        require(not (demand < 0).any(), "The demand history holds a negative quantity.")
        put(self, "demand", demand)
        put(self, "bucket", Bucket(self.bucket))
        try:
            put(self, "start", np.datetime64(self.start, "D"))
        except ValueError as error:
            raise ProblemError("The first day of the history is not a date.") from error
        require(not np.isnat(self.start), "The first day of the history is not a date.")
        require(int(self.horizon) >= 1, "The horizon must be at least one bucket.")
        put(self, "horizon", int(self.horizon))
        self._check_optional(put)

    def _check_optional(self, put) -> None:
        n, width = self.demand.shape[0], self.demand.shape[1] + self.horizon
        if self.groups is not None:
            groups = np.asarray(self.groups, dtype=np.int32)
            groups = groups[:, None] if groups.ndim == 1 else groups
            require(groups.shape[0] == n, "The groups need a row per series.")
            put(self, "groups", groups)
        if self.lookalike is not None:
            rows = np.asarray(self.lookalike, dtype=np.int32)
            require(rows.shape == (n,), "The look-alikes need an entry per series.")
            require(not ((rows < -1) | (rows >= n)).any(),
                     "A look-alike points to a series that is not there.")
            put(self, "lookalike", rows)
        if self.weight is not None:
            weight = np.asarray(self.weight, dtype=np.float64)
            require(weight.shape == (n,), "The weights need an entry per series.")
            require(bool((weight >= 0).all()), "A weight is negative or unknown.")
            put(self, "weight", weight)
        if self.known is not None:
            known = np.asarray(self.known, dtype=np.float32)
            require(known.ndim == 3 and known.shape[0] in (1, n) and known.shape[1] == width,
                     "The known regressors must cover every series, the history and the horizon.")
            require(bool(np.isfinite(known).all()), "A known regressor holds an unknown or infinite value.")
            require(len(self.known_names) == known.shape[2], "Every known regressor needs a name.")
            put(self, "known", known)
            put(self, "known_names", tuple(self.known_names))
        if self.closed is not None:
            closed = np.asarray(self.closed, dtype=bool)
            require(closed.shape == (width,), "The closed buckets must cover the history and the horizon.")
            put(self, "closed", closed)

    @property
    def size(self) -> int:
        """Number of series."""
        return self.demand.shape[0]

    @property
    def length(self) -> int:
        """Number of buckets of history."""
        return self.demand.shape[1]

    @property
    def end(self) -> np.datetime64:
        """First day of the first bucket to be forecast."""
        return self.day(self.length)

    def day(self, index: int) -> np.datetime64:
        """First day of the bucket at column `index` (columns past the history are the horizon)."""
        if self.bucket is Bucket.MONTH:
            first = self.start.astype("datetime64[M]")
            return (first + np.timedelta64(index, "M")).astype("datetime64[D]")
        return self.start + np.timedelta64(int(index * self.bucket.days), "D")

    def phase(self, index: int) -> int:
        """Position of column `index` in the season: month - 1, ISO week - 1 (at most 51), weekday."""
        day = self.day(index)
        if self.bucket is Bucket.MONTH:
            return int(day.astype("datetime64[M]").astype(int) % 12)
        if self.bucket is Bucket.DAY:
            return int((day.astype(int) + 3) % 7)
        return min(day.astype(object).isocalendar()[1] - 1, 51)

    def take(self, rows: np.ndarray) -> Problem:
        """The same problem for some of the series; look-alikes left outside become none."""
        rows = np.asarray(rows)
        lookalike = None
        if self.lookalike is not None:
            place = np.full(self.size + 1, -1, dtype=np.int32)
            place[rows] = np.arange(len(rows))
            lookalike = place[self.lookalike[rows]]
        known = self.known
        return Problem(
            demand=self.demand[rows], bucket=self.bucket, start=self.start, horizon=self.horizon,
            groups=None if self.groups is None else self.groups[rows], lookalike=lookalike,
            weight=None if self.weight is None else self.weight[rows],
            known=known if known is None or known.shape[0] == 1 else known[rows],
            known_names=self.known_names, closed=self.closed,
        )

    def until(self, length: int, horizon: int | None = None) -> Problem:
        """The problem as it stood after `length` buckets: what a rolling-origin evaluation may see."""
        horizon = self.horizon if horizon is None else horizon
        width = length + horizon
        require(length >= 1 and width <= self.length + self.horizon, "This origin lies outside the history.")
        return Problem(
            demand=self.demand[:, :length], bucket=self.bucket, start=self.start, horizon=horizon,
            groups=self.groups, lookalike=self.lookalike, weight=self.weight,
            known=None if self.known is None else self.known[:, :width], known_names=self.known_names,
            closed=None if self.closed is None else self.closed[:width],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TierReport:
    """How a tier did against the tier below it in the rolling backtest of `learn`, for one class.

    `score` and `score_below` are weighted quantile losses on the same series and origins (lower is better,
    NaN when the tier did not run); `reason` is a code: 'base', 'better', 'not_better', 'not_installed',
    'not_asked', 'not_suited', 'too_few', 'too_slow'.
    """

    demand_class: int
    tier: str
    score: float
    score_below: float
    on: bool
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recipe:
    """Everything that `learn` fixed on training data; `apply` adds nothing to it.

    Attributes
    ----------
    bucket, horizon, quantiles
        The setting the recipe was learnt for; `apply` refuses another bucket or other quantiles.
    constants : dict
        Class name -> pooled smoothing constants and shares.
    members : dict
        Class name -> names of the combined members.
    tiers : list of TierReport
    arrays : dict of str to ndarray
        Pooled tables: standardised error quantiles per class and horizon, group profiles and priors.
    boosters : dict of str to bytes
        Trained models of the panel tier.
    params : Params
        The settings it was learnt with.
    """

    bucket: Bucket
    horizon: int
    quantiles: tuple[float, ...]
    constants: dict[str, dict[str, float]] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tiers: list[TierReport] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    boosters: dict[str, bytes] = field(default_factory=dict)
    params: Params = field(default_factory=Params)

    def to_bytes(self) -> bytes:
        """Pack into one byte string (zip of plain arrays, no pickle)."""
        head = {
            "params": {f.name: getattr(self.params, f.name) for f in fields(self.params)},
            "bucket": self.bucket.value, "horizon": self.horizon, "quantiles": list(self.quantiles),
            "constants": self.constants, "members": {key: list(names) for key, names in self.members.items()},
            "tiers": [{f.name: getattr(report, f.name) for f in fields(report)} for report in self.tiers],
        }
        packed = {f"a:{name}": array for name, array in self.arrays.items()}
        packed |= {f"b:{name}": np.frombuffer(blob, np.uint8) for name, blob in self.boosters.items()}
        packed["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
        out = io.BytesIO()
        np.savez_compressed(out, **packed)
        return out.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> Recipe:
        """Unpack what `to_bytes` packed.

        Raises
        ------
        ProblemError
            When the bytes are not a recipe.
        """
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as packed:
                head = json.loads(packed["head"].tobytes())
                arrays = {name[2:]: packed[name] for name in packed.files if name.startswith("a:")}
                boosters = {
                    name[2:]: packed[name].tobytes() for name in packed.files if name.startswith("b:")}
        except Exception as error:
            raise ProblemError("The stored recipe cannot be read; learn it again.") from error
        return cls(
            bucket=Bucket(head["bucket"]), horizon=head["horizon"], quantiles=tuple(head["quantiles"]),
            constants=head["constants"], members={key: tuple(v) for key, v in head["members"].items()},
            tiers=[TierReport(**report) for report in head["tiers"]], arrays=arrays, boosters=boosters,
            params=Params(**head["params"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """The forecast of every series, with its backtest and its reasons.

    n series, h buckets of horizon, q quantiles, m season length, k backtest origins, g backtest horizon,
    t buckets of history. Quantities are units per bucket.

    Attributes
    ----------
    mean : float32 (n, h)
        Expected demand; the figure that adds up over products, warehouses and time.
    quantiles : float32 (n, h, q)
        Rising along q, never negative; `levels` are the probabilities.
    demand_class : int8 (n,)
        DemandClass.
    model : int16 (n,)
        Index into `model_names`: what really produced the number.
    level, trend : float32 (n,)
        Demand per bucket now, without season, and its change per bucket.
    season : float32 (n, m) or None
        Multiplicative index by position in the season (`Problem.phase`); ones when not seasonal.
    season_strength : float32 (n,)
        0 (none) to 1 (all of the movement is season).
    naive : float32 (n, h)
        Seasonal naive, or the last value when not seasonal.
    bt_actual, bt_forecast, bt_median, bt_naive, bt_window : float32 (n, k, g)
        Rolling-origin backtest, oldest origin first, NaN where the actual or the forecast is unknown.
        `bt_window` is the best window average of Odoo's replenishment wizard (best over all series by WAPE).
    bt_end : int (k,)
        Column in which each origin's forecast starts.
    bt_windows : dict of str to float
        WAPE of every window average of Odoo's wizard on the same backtest.
    window_name : str
        The window behind `bt_window`.
    wape, bias, mase, tracking_signal, naive_wape : float32 (n,)
        WAPE and MASE of the median, bias (sum of forecast - actual over sum of actual) and tracking signal
        (sum of errors over mean absolute error) of the mean; NaN when the backtest says nothing.
    outlier : bool (n, t)
        Flagged one-off spikes; excluded from the fit only when the parameters said so.
    reasons : dict of str to ndarray
        Numbers behind the forecast, a row per series; `reasons.explain(plan, row)` lists them by code.
    """

    levels: tuple[float, ...]
    mean: np.ndarray
    quantiles: np.ndarray
    demand_class: np.ndarray
    model: np.ndarray
    model_names: tuple[str, ...]
    level: np.ndarray
    trend: np.ndarray
    season: np.ndarray | None
    season_strength: np.ndarray
    naive: np.ndarray
    bt_actual: np.ndarray
    bt_forecast: np.ndarray
    bt_median: np.ndarray
    bt_naive: np.ndarray
    bt_window: np.ndarray
    bt_end: np.ndarray
    bt_windows: dict[str, float]
    window_name: str
    wape: np.ndarray
    bias: np.ndarray
    mase: np.ndarray
    tracking_signal: np.ndarray
    naive_wape: np.ndarray
    outlier: np.ndarray
    reasons: dict[str, np.ndarray]
