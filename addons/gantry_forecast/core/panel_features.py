"""Feature rows for the panel tier: what was known at an origin about one bucket that lies ahead of it.

A row is a triple (series, origin, step). ``origin`` counts the known buckets, so the last one a row may look at
is ``origin - 1``, and its target is bucket ``origin + step - 1``. Every window is two look-ups in a cumulative
sum, so any sample of rows costs the same per row, however long the history is.
"""

import dataclasses
import warnings
from dataclasses import dataclass

import numpy as np

from .panel_events import EventDays
from .panel_windows import Windows, effects

YEAR = {"day": 364, "week": 52, "month": 12}
WINDOWS = {
    "day": (3, 7, 14, 28, 56, 112, 364),
    "week": (2, 4, 8, 13, 26, 52),
    "month": (2, 3, 6, 12, 24),
}
LAGS = {"day": 14, "week": 8, "month": 12}
LEVEL = {"day": 28, "week": 13, "month": 12}
# An age beyond this says nothing about the product any more, only what date it is, and trees would learn the date.
OLD = {"day": 364, "week": 52, "month": 36}
MAX_GROUP_COLUMNS = 4
MAX_CATEGORIES = 400
FEW_INPUTS = 12
BESIDE = " against group"


@dataclass(frozen=True, slots=True)
class Rows:
    """Index of feature rows: series row, origin (number of known buckets), step ahead (1 is the next one)."""

    series: np.ndarray
    origin: np.ndarray
    step: np.ndarray

    @property
    def target(self):
        return self.origin + self.step - 1

    def take(self, which):
        return Rows(self.series[which], self.origin[which], self.step[which])


class FeatureTable:
    """Turns rows of one problem into a float32 matrix; columns depend on bucket, groups and known names only.

    Parameters
    ----------
    problem : Problem
        Only the part before a row's origin is looked at, besides what is known in advance.
    pools : dict, optional
        Demand of the groups as stored by `pools()` when the model was trained. With it, a series gets the same
        features in whatever shard it comes.
    """

    def __init__(self, problem, pools=None):
        self.bucket = problem.bucket.value
        demand = np.where(problem.closed[:problem.length], np.nan, problem.demand) \
            if problem.closed is not None else problem.demand
        self.own = Windows(demand)
        self.known, self.known_names = problem.known, problem.known_names
        self.weight, self.closed = problem.weight, problem.closed
        self.start = problem.start
        self.calendar = _calendar(problem.start, self.bucket, problem.length + problem.horizon)
        self._pools = _measure_pools(problem, demand) if pools is None else pools
        self.codes, self.totals, self.shares = self._place_pools(problem, demand)
        self.effects = [] if self.known is None else effects(self.own, self.known, self.bucket)
        self.events = None
        if self.known is not None and self.bucket == "day":
            self.events = EventDays(self.known, self.totals[0].values, self.totals[-1].values)

    def pools(self) -> dict[str, np.ndarray]:
        """Mean demand per group and bucket, to be stored with the model."""
        return self._pools

    def _place_pools(self, problem, demand):
        """Bring stored pools onto this problem's groups and columns; an unknown group has unknown demand.

        What has happened since they were stored is known from the series at hand, which stand for their group.
        """
        codes, totals = [], []
        offset = _buckets_between(np.datetime64(str(self._pools["start"])), problem.start, self.bucket)
        for index in range(int(self._pools["columns"])):
            ids, mean = self._pools[f"ids_{index}"], self._pools[f"mean_{index}"]
            wanted = np.zeros(problem.size, np.int64) if index == 0 else problem.groups[:, index - 1]
            place = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
            codes.append(np.where(ids[place] == wanted, place, len(ids)))
            moved = np.full((len(ids) + 1, problem.length), np.nan)
            begin, end = max(0, -offset), min(problem.length, mean.shape[1] - offset)
            if end > begin:
                moved[:-1, begin:end] = mean[:, begin + offset:end + offset]
                if end < problem.length:
                    _grow(moved, demand, codes[-1], end, LEVEL[self.bucket])
            totals.append(Windows(moved))
        return codes, totals, [int(len(self._pools[f"ids_{index}"])) for index in range(len(codes))]

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
        out = {"level": level, "step": rows.step, "age": np.minimum(origin - own.first[series], OLD[self.bucket])}
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
        for index, (codes, total) in enumerate(zip(self.codes, self.totals, strict=True)):
            series, origin = codes[rows.series], rows.origin
            base = np.maximum(total.mean(series, origin - LEVEL[self.bucket], origin), 1e-6)
            for window in WINDOWS[self.bucket][:4:2]:
                out[f"group{index}_mean_{window}"] = total.mean(series, origin - window, origin) / base
            out[f"group{index}_share"] = self.level(rows) / base
            out.update(_season_columns(total, series, rows, self.bucket, base, f"group{index}"))
            if index and self.shares[index] <= MAX_CATEGORIES:
                out[f"group{index}_code"] = series
        return out

    def _from_known(self, rows):
        if self.known is None:
            return {}
        out, together = {}, 0.0
        last = self.known.shape[1] - 1
        series = rows.series if self.known.shape[0] > 1 else np.zeros_like(rows.series)
        for index, effect in enumerate(self.effects):
            name, plane = self.known_names[index], self.known[:, :, index]
            out[name] = plane[series, rows.target]
            out[f"{name}_effect"], deviation = effect.at(rows, out[name])
            together = together + np.nan_to_num(out[f"{name}_effect"])
            if len(self.effects) <= FEW_INPUTS:
                out[f"{name}_before"] = plane[series, np.maximum(rows.target - 1, 0)]
                out[f"{name}_after"] = plane[series, np.minimum(rows.target + 1, last)]
                out[f"{name}_deviation"] = deviation
        out["known_effect"] = together
        if self.events is not None:
            out |= self.events.columns(self.codes[-1][rows.series], rows.origin, rows.target)
        return out


def beside_neighbours(problem):
    """Add each known input's difference to its mean over the series' groups: a deal next door costs sales here.

    Call it on the whole problem, before `learn` and before it is cut into shards; a second call changes nothing, and
    so does a call on inputs that are the same for all series.
    """
    known = problem.known
    if known is None or known.shape[0] == 1 or problem.groups is None or known.shape[0] < 2:
        return problem
    if any(name.endswith(BESIDE) for name in problem.known_names):
        return problem
    extra, names = [], []
    for column in range(min(problem.groups.shape[1], MAX_GROUP_COLUMNS)):
        codes = np.unique(problem.groups[:, column], return_inverse=True)[1].reshape(-1)
        if codes.max() == 0 or codes.max() + 1 == problem.size:
            continue
        mean = _group_mean(known, codes)
        differs = np.abs(known - mean[codes]).max(axis=(0, 1)) > 1e-6
        extra.append((known - mean[codes])[:, :, differs].astype(np.float32))
        names += [f"{name} {column}{BESIDE}" for name, keep in zip(problem.known_names, differs, strict=True) if keep]
    if not names:
        return problem
    return dataclasses.replace(
        problem, known=np.concatenate([known, *extra], axis=2), known_names=(*problem.known_names, *names))


def _measure_pools(problem, demand):
    columns = [np.zeros(problem.size, np.int64)]
    if problem.groups is not None:
        columns += list(problem.groups.T[:MAX_GROUP_COLUMNS])
    pools = {"columns": np.array(len(columns)), "start": np.array(str(problem.start))}
    for index, wanted in enumerate(columns):
        ids, codes = np.unique(wanted, return_inverse=True)
        pools[f"ids_{index}"] = ids.astype(np.int64)
        pools[f"mean_{index}"] = _group_mean(demand, codes.reshape(-1)).astype(np.float32)
    return pools


def _grow(pools, demand, codes, end, window):
    """Continue group means from column `end` on by the demand of the series at hand, brought to the group's size."""
    known = np.unique(codes[codes < len(pools) - 1])
    mine = np.isin(codes, known)
    if not mine.any():
        return
    own = _group_mean(demand[mine], np.searchsorted(known, codes[mine]))
    recent = slice(max(0, end - window), end)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", RuntimeWarning)
        size = np.nanmean(pools[known, recent], axis=1) / np.nanmean(own[:, recent], axis=1)
    pools[known, end:] = own[:, end:] * np.where(np.isfinite(size), size, 1.0)[:, None]


def _buckets_between(first, second, bucket):
    """Buckets from `first` to `second`, both the first days of buckets."""
    if bucket == "month":
        return int((second.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int))
    return int((second - first).astype(int)) // (7 if bucket == "week" else 1)


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
