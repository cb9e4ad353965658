"""Feature rows for the panel tier: what was known at an origin about one bucket that lies ahead of it.

A row is a triple (series, origin, step). ``origin`` counts the known buckets, so the last one a row may look at
is ``origin - 1``, and its target is bucket ``origin + step - 1``. Every window is two look-ups in a cumulative
sum, so any sample of rows costs the same per row, however long the history is.
"""

import warnings
from dataclasses import dataclass

import numpy as np

YEAR = {"day": 364, "week": 52, "month": 12}
WINDOWS = {
    "day": (3, 7, 14, 28, 56, 112, 364),
    "week": (2, 4, 8, 13, 26, 52),
    "month": (2, 3, 6, 12, 24),
}
LAGS = {"day": 14, "week": 8, "month": 12}
LEVEL = {"day": 56, "week": 26, "month": 12}
MAX_GROUP_COLUMNS = 4
MAX_CATEGORIES = 400


class Windows:
    """Sums over any window of many series in constant time; unknown buckets count for nothing.

    >>> w = Windows(np.array([[1.0, np.nan, 3.0, 5.0]]))
    >>> w.mean(np.array([0]), np.array([1]), np.array([4]))
    array([4.])
    """

    def __init__(self, values):
        known = ~np.isnan(values)
        filled = np.where(known, values, 0.0)
        self.values = values
        self.length = values.shape[1]
        self._sum = self._cumulate(filled)
        self._square = self._cumulate(filled**2)
        self._count = self._cumulate(known.astype(np.float64))
        self._sales = self._cumulate((filled > 0).astype(np.float64))
        self._last_sale = self._last(filled > 0)
        first = np.where(known.any(axis=1), known.argmax(axis=1), self.length)
        self.first = first.astype(np.int64)

    @staticmethod
    def _cumulate(values):
        out = np.zeros((values.shape[0], values.shape[1] + 1))
        np.cumsum(values, axis=1, out=out[:, 1:])
        return out

    @staticmethod
    def _last(sold):
        index = np.where(sold, np.arange(sold.shape[1]), -1)
        out = np.full((sold.shape[0], sold.shape[1] + 1), -1, dtype=np.int32)
        np.maximum.accumulate(index, axis=1, out=out[:, 1:])
        return out

    def _between(self, table, series, begin, end):
        return table[series, np.clip(end, 0, self.length)] - table[series, np.clip(begin, 0, self.length)]

    def mean(self, series, begin, end):
        """Mean of the known buckets in [begin, end), NaN when there is none."""
        count = self._between(self._count, series, begin, end)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(count > 0, self._between(self._sum, series, begin, end) / count, np.nan)

    def deviation(self, series, begin, end):
        """Standard deviation of the known buckets in [begin, end)."""
        count = self._between(self._count, series, begin, end)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self._between(self._sum, series, begin, end) / count
            square = self._between(self._square, series, begin, end) / count
            return np.sqrt(np.maximum(square - mean**2, 0.0))

    def sale_share(self, series, begin, end):
        """Share of known buckets in [begin, end) with a sale."""
        count = self._between(self._count, series, begin, end)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._between(self._sales, series, begin, end) / count

    def size(self, series, begin, end):
        """Mean of the buckets in [begin, end) that had a sale."""
        count = self._between(self._sales, series, begin, end)
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._between(self._sum, series, begin, end) / count

    def since_sale(self, series, origin):
        """Buckets since the last sale, counted from the origin; -1 without a sale."""
        last = self._last_sale[series, origin]
        return np.where(last >= 0, origin - last, -1)

    def at(self, series, bucket):
        """One bucket's value, NaN outside the history."""
        inside = (bucket >= 0) & (bucket < self.length)
        return np.where(inside, self.values[series, np.clip(bucket, 0, self.length - 1)], np.nan)


@dataclass(frozen=True, slots=True)
class Rows:
    """Index of feature rows: series row, origin (number of known buckets), step ahead (1 is the next one)."""

    series: np.ndarray
    origin: np.ndarray
    step: np.ndarray

    @property
    def target(self):
        return self.origin + self.step - 1


class FeatureTable:
    """Turns rows of one problem into a float32 matrix; columns depend on bucket, groups and known names only.

    Parameters
    ----------
    problem : Problem
        ``demand`` (n, t) with NaN for unknown buckets. Only the part before a row's origin is looked at.
    """

    def __init__(self, problem):
        self.bucket = str(getattr(problem.bucket, "value", problem.bucket))
        self.year = YEAR[self.bucket]
        demand = np.asarray(problem.demand, dtype=np.float64)
        self.own = Windows(demand)
        self.known = None if problem.known is None else np.asarray(problem.known, dtype=np.float32)
        self.known_names = tuple(problem.known_names or ())
        self.weight = problem.weight
        self.groups, self.totals = self._group_totals(demand, problem.groups)
        self.calendar = _calendar(problem.start, self.bucket, demand.shape[1] + problem.horizon)
        self.closed = None if problem.closed is None else np.asarray(problem.closed, dtype=np.float32)
        self._contrast = self._known_contrast()

    @staticmethod
    def _group_totals(demand, groups):
        columns, totals = [], []
        rows = np.zeros((len(demand), 0), dtype=np.int64) if groups is None else np.asarray(groups)
        every = np.zeros(len(demand), dtype=np.int64)
        for ids in [every, *rows.T[:MAX_GROUP_COLUMNS]]:
            codes = np.unique(ids, return_inverse=True)[1].reshape(-1)
            columns.append(codes)
            totals.append(Windows(_group_mean(demand, codes)))
        return columns, totals

    def _known_contrast(self):
        """Known inputs of the finest group's mean, so a row sees itself against its neighbours."""
        if self.known is None or self.known.shape[0] == 1:
            return None
        codes = self.groups[-1]
        return _group_mean(self.known, codes)

    def level(self, rows):
        """Scale of each row at its origin, in units per bucket, always positive."""
        series, origin = rows.series, rows.origin
        recent = self.own.mean(series, origin - LEVEL[self.bucket], origin)
        ever = self.own.mean(series, np.zeros_like(origin), origin)
        level = np.where(np.isnan(recent), ever, recent)
        floor = np.maximum(0.1 * np.nan_to_num(ever), 1e-6)
        return np.maximum(np.nan_to_num(level), floor)

    def build(self, rows):
        """Return (matrix (r, f) float32, names)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            columns = {
                **self._from_history(rows),
                **self._from_season(rows),
                **self._from_calendar(rows),
                **self._from_groups(rows),
                **self._from_known(rows),
            }
        matrix = np.empty((len(rows.series), len(columns)), dtype=np.float32)
        for index, column in enumerate(columns.values()):
            matrix[:, index] = column
        return matrix, tuple(columns)

    def _from_history(self, rows):
        own, series, origin = self.own, rows.series, rows.origin
        level = self.level(rows)
        out = {"level": level, "step": rows.step, "age": origin - own.first[series]}
        out["since_sale"] = own.since_sale(series, origin)
        for lag in range(1, LAGS[self.bucket] + 1):
            out[f"lag_{lag}"] = own.at(series, origin - lag) / level
        for window in WINDOWS[self.bucket]:
            out[f"mean_{window}"] = own.mean(series, origin - window, origin) / level
        for window in WINDOWS[self.bucket][2::2]:
            begin = origin - window
            out[f"deviation_{window}"] = own.deviation(series, begin, origin) / level
            out[f"sale_share_{window}"] = own.sale_share(series, begin, origin)
        long = WINDOWS[self.bucket][-1]
        out["size"] = own.size(series, origin - long, origin)
        out["mean_ever"] = own.mean(series, np.zeros_like(origin), origin) / level
        if self.weight is not None:
            out["weight"] = np.asarray(self.weight)[series]
        return out

    def _from_season(self, rows):
        return _season_columns(self.own, rows.series, rows, self.bucket, self.level(rows), "own")

    def _from_calendar(self, rows):
        out = {name: values[rows.target] for name, values in self.calendar.items()}
        if self.closed is not None:
            out["closed"] = self.closed[rows.target]
        return out

    def _from_groups(self, rows):
        out = {}
        for index, (codes, total) in enumerate(zip(self.groups, self.totals, strict=True)):
            series, origin = codes[rows.series], rows.origin
            base = np.maximum(total.mean(series, origin - LEVEL[self.bucket], origin), 1e-6)
            for window in WINDOWS[self.bucket][:4:2]:
                out[f"group{index}_mean_{window}"] = total.mean(series, origin - window, origin) / base
            out[f"group{index}_share"] = self.level(rows) / base
            out.update(_season_columns(total, series, rows, self.bucket, base, f"group{index}"))
            if index and codes.max() < MAX_CATEGORIES:
                out[f"group{index}_code"] = series
        return out

    def _from_known(self, rows):
        if self.known is None:
            return {}
        out = {}
        last = self.known.shape[1] - 1
        series = rows.series if self.known.shape[0] > 1 else np.zeros_like(rows.series)
        windows = Windows(self.known.reshape(self.known.shape[0], -1)) if False else None
        del windows
        for index in range(self.known.shape[2]):
            name = self.known_names[index] if index < len(self.known_names) else f"known_{index}"
            plane = self.known[:, :, index]
            now = plane[series, np.minimum(rows.target, last)]
            out[name] = now
            out[f"{name}_before"] = plane[series, np.clip(rows.target - 1, 0, last)]
            out[f"{name}_after"] = plane[series, np.clip(rows.target + 1, 0, last)]
            mean = Windows(plane).mean(series, rows.origin - LEVEL[self.bucket], rows.origin)
            out[f"{name}_against_past"] = now - mean
            if self._contrast is not None:
                beside = self._contrast[self.groups[-1][rows.series], np.minimum(rows.target, last), index]
                out[f"{name}_against_group"] = now - beside
        return out


def _group_mean(values, codes):
    """Mean per group code over the known entries of ``values`` (n, ...)."""
    known = ~np.isnan(values)
    total = np.zeros((codes.max() + 1, *values.shape[1:]))
    count = np.zeros_like(total)
    np.add.at(total, codes, np.where(known, values, 0.0))
    np.add.at(count, codes, known)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def _season_columns(windows, series, rows, bucket, level, name):
    """Same season earlier: last year's bucket, its surroundings, and the step it made from its own origin."""
    year, target, origin = YEAR[bucket], rows.target, rows.origin
    out = {}
    near = {"day": 3, "week": 1, "month": 0}[bucket]
    for cycle in (1, 2):
        out[f"{name}_year_{cycle}"] = windows.at(series, target - cycle * year) / level
    there = windows.mean(series, target - year - near, target - year + near + 1)
    base = windows.mean(series, origin - year - LEVEL[bucket] // 2, origin - year)
    out[f"{name}_year_step"] = there / np.maximum(base, 1e-6)
    if near:
        out[f"{name}_year_near"] = there / level
    if bucket == "day":
        back = -(-rows.step // 7) * 7
        weeks = np.stack([windows.at(series, target - back - 7 * k) for k in range(8)])
        out[f"{name}_weekday_1"] = weeks[0] / level
        out[f"{name}_weekday_4"] = np.nanmean(weeks[:4], axis=0) / level
        out[f"{name}_weekday_8"] = np.nanmean(weeks, axis=0) / level
    return out


def _calendar(start, bucket, length):
    """Calendar columns of every bucket, by the date it starts."""
    first = np.datetime64(start, "D")
    if bucket == "month":
        dates = (first.astype("datetime64[M]") + np.arange(length)).astype("datetime64[D]")
    else:
        dates = first + np.arange(length) * (7 if bucket == "week" else 1)
    months = dates.astype("datetime64[M]")
    out = {"month": months.astype(np.int64) % 12 + 1}
    if bucket == "month":
        return out
    out["year_day"] = (dates - dates.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    out["month_day"] = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    if bucket == "day":
        out["weekday"] = (dates.astype(np.int64) + 3) % 7
        out["month_end"] = ((months + 1).astype("datetime64[D]") - dates).astype(np.int64)
    return out
