"""What a planner should look at: forecasts that fail beyond chance, products that fade, products of a season.

Everything here is judged against its own noise: of 100,000 products some look bad by luck, and a list that is long by
luck is read by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .types import Bucket, Plan

__all__ = ["Failure", "failure", "fading", "seasonal"]

LEAST_SALES = 4  # buckets with a sale below which nothing is said
LEAST_JUDGED = 4  # backtest buckets below which nothing is said
BIAS_DEVIATIONS, ERROR_DEVIATIONS = 2.0, 1.7
ORIGIN_CORRELATION = 0.3  # errors of one origin share the error of its level
MATERIAL = 0.1  # of the demand judged; a smaller failure changes no decision
SPREAD_POWER = 0.7  # errors grow a little slower than the level
FADING_RATIO, FADING_DEVIATIONS = 0.4, 2.0
SEASON_DEVIATIONS = 2.33  # one in a hundred by chance
SEASON_AMPLITUDE = 0.15  # deviation of the seasonal means over the mean
SEASON_CYCLE = {Bucket.DAY: (13, 28), Bucket.WEEK: (13, 4), Bucket.MONTH: (12, 1)}  # parts of a year, buckets of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Outcome of `failure`, a row per series.

    Attributes
    ----------
    units : float (n,)
        Units of error in the backtest that chance does not explain; 0 where all is well.
    biased : bool (n,)
        The forecast was constantly too high or too low.
    """

    units: np.ndarray
    biased: np.ndarray


def failure(plan: Plan, demand: np.ndarray) -> Failure:
    """How far the backtest of each series fails beyond chance.

    Two tests: the sum of the errors against the spread the forecast itself announces (a tracking signal in units), and
    the absolute error against that of naive, bucket by bucket (paired, after Diebold and Mariano 1995).

    Parameters
    ----------
    plan : Plan
    demand : (n, t)
        NaN where unknown, as in the problem of the plan.

    Returns
    -------
    Failure
    """
    actual = plan.bt_actual.astype(np.float64)
    n, judged = len(actual), actual.shape[2] if actual.size else 0
    if not judged:
        return Failure(units=np.zeros(n), biased=np.zeros(n, bool))
    known = np.isfinite(actual) & np.isfinite(plan.bt_forecast) & np.isfinite(plan.bt_median)
    known &= np.isfinite(plan.bt_naive)
    count = known.sum((1, 2))
    seen = np.where(known, actual, 0.0)
    error = np.where(known, actual - plan.bt_forecast, 0.0).sum((1, 2))
    spread = _spread(plan, demand, known, judged)
    noise = spread * np.sqrt(count * (1 + ORIGIN_CORRELATION * (judged - 1)))
    excess_bias = np.abs(error) - BIAS_DEVIATIONS * noise
    worse = np.where(known, np.abs(seen - plan.bt_median) - np.abs(seen - plan.bt_naive), 0.0)
    total = worse.sum((1, 2))
    mean = total / np.maximum(count, 1)
    variance = np.where(known, (worse - mean[:, None, None]) ** 2, 0.0).sum((1, 2)) / np.maximum(count - 1, 1)
    excess_error = total - ERROR_DEVIATIONS * np.sqrt(count * variance)
    tried = ((demand > 0).sum(1) >= LEAST_SALES) & (count >= LEAST_JUDGED)
    limit = MATERIAL * seen.sum((1, 2))
    units = np.maximum(excess_bias, excess_error)
    units = np.where(tried & (units > limit) & (units > 0), units, 0.0)
    return Failure(units=units, biased=(units > 0) & (excess_bias > limit))


def _spread(plan: Plan, demand: np.ndarray, known: np.ndarray, judged: int) -> np.ndarray:
    """Standard deviation of one bucket at the level of the backtest, (n,)."""
    levels = np.asarray(plan.levels)
    low, high = int(np.abs(levels - 0.1).argmin()), int(np.abs(levels - 0.9).argmin())
    width = (plan.quantiles[:, :judged, high] - plan.quantiles[:, :judged, low]).mean(1) / 2.563
    now = plan.mean[:, :judged].mean(1)
    then = np.where(known, plan.bt_forecast, 0.0).sum((1, 2)) / np.maximum(known.sum((1, 2)), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = width * np.where(now > 0, (then / now).clip(0.1, 10), 1.0) ** SPREAD_POWER
    # between rare sales both quantiles are zero: sales of one size that come by chance vary at least so much
    sales = (demand > 0).sum(1)
    size = np.where(demand > 0, demand, 0.0).sum(1) / np.maximum(sales, 1)
    rate = sales / np.maximum((~np.isnan(demand)).sum(1), 1)
    return np.maximum(width, size * np.sqrt(rate * (1 - rate)))


def fading(demand: np.ndarray, quarter: int, year: int) -> np.ndarray:
    """Products whose sales have fallen, in a way that neither season nor chance explains, bool (n,).

    The last quarter is compared with the year before it and, where that is known, with the same quarter a year ago.

    Parameters
    ----------
    demand : (n, t)
        NaN where unknown (out of stock, excluded).
    quarter, year : int
        Buckets of a quarter and of a year.

    >>> rows = np.array([[9.0] * 30 + [1] * 3, [9.0] * 33, [9.0] * 30 + [np.nan] * 3])
    >>> fading(rows, 3, 12).tolist()
    [True, False, False]
    """
    recent, recent_known = _mean(demand[:, -quarter:])
    before = demand[:, max(demand.shape[1] - quarter - year, 0):-quarter]
    if before.shape[1] < quarter:
        return np.zeros(len(demand), bool)
    earlier, earlier_known = _mean(before)
    last_year, last_year_known = _mean(before[:, :quarter] if before.shape[1] >= year else before[:, :0])
    gap = np.where(np.isnan(before), earlier[:, None], before) - earlier[:, None]
    deviation = np.sqrt((gap**2).sum(1) / np.maximum(earlier_known - 1, 1))
    chance = FADING_DEVIATIONS * deviation / np.sqrt(np.maximum(recent_known, 1))
    fallen = (recent < FADING_RATIO * earlier) & (recent < earlier - chance)
    fallen &= (2 * recent_known >= quarter) & (earlier_known >= quarter)
    compared = 2 * last_year_known >= quarter
    return fallen & (~compared | (recent < FADING_RATIO * last_year))


def seasonal(demand: np.ndarray, bucket: Bucket) -> np.ndarray:
    """Series whose years resemble each other more than chance allows, bool (n,); False with less than two years.

    Analysis of variance of the parts of the year (months, or thirteenths) over the years, trend and level of each year
    taken out (a two-way layout; F by Paulson's approximation, 1942).

    >>> year = np.array([1, 1, 1, 2, 4, 6, 6, 4, 2, 1, 1, 1.0])
    >>> rows = np.stack([np.tile(year, 3), np.arange(36) % 5])
    >>> seasonal(rows + np.arange(36) % 7 / 50, Bucket.MONTH).tolist()
    [True, False]
    """
    parts, width = SEASON_CYCLE[Bucket(bucket)]
    n, length = demand.shape
    known = ~np.isnan(demand)
    begin = np.where(known.any(1), known.argmax(1), length)
    years = (length - begin) // (parts * width)
    found = np.zeros(n, bool)
    for count in np.unique(years[years >= 2]):
        rows = np.flatnonzero(years == count)
        found[rows] = _seasonal_years(demand[rows, length - count * parts * width:], int(count), parts)
    return found


def _seasonal_years(demand: np.ndarray, years: int, parts: int) -> np.ndarray:
    n = len(demand)
    values, number = _mean(demand.reshape(n * years * parts, demand.shape[1] // (years * parts)))
    values = np.where(number > 0, values, np.nan).reshape(n, years * parts)
    mean, _count = _mean(values)
    values = np.where(np.isnan(values), mean[:, None], values)
    line = np.arange(years * parts) - (years * parts - 1) / 2
    values = values - mean[:, None] - (values @ line / (line @ line))[:, None] * line
    table = values.reshape(n, years, parts)
    table = table - table.mean(2, keepdims=True)
    shape = table.mean(1)
    rest = ((table - shape[:, None]) ** 2).sum((1, 2))
    free, free_rest = parts - 1, (parts - 1) * (years - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (years * (shape**2).sum(1) / free) / np.where(rest > 0, rest / free_rest, 1e-12)
        amplitude = shape.std(1) / np.where(mean > 0, mean, np.inf)
    root = np.cbrt(ratio)
    a, b = 2 / (9 * free), 2 / (9 * free_rest)
    deviate = ((1 - b) * root - (1 - a)) / np.sqrt(b * root**2 + a)
    return (deviate > SEASON_DEVIATIONS) & (amplitude > SEASON_AMPLITUDE)


def _mean(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the known values of each row (0 where there is none), and their number."""
    known = ~np.isnan(values)
    count = known.sum(1)
    return np.where(known, values, 0.0).sum(1) / np.maximum(count, 1), count
