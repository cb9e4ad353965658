"""Demand over a stretch of days, from the forecast of its buckets: mean, variance, and the whole distribution.

Errors of neighbouring buckets go together because the level itself is uncertain, so the variance of a sum is
(1 - rho) x sum of variances + rho x (sum of deviations) squared. Random lead times mix the distributions of their days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .types import Params, Problem

__all__ = ["Distribution", "Stream", "distribution", "moments", "short_leads", "stream"]

HALF_LOG_TAU = 0.5 * np.log(2 * np.pi)
TAIL_FROM = 0.9  # the tail beyond the last quantile falls as it does from here on


def moments(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of every bucket, (n, h) each.

    The quantile function is taken as straight between its points, with an exponential tail above the last and down to
    zero below the first.
    """
    mean = problem.mean.astype(np.float64)
    levels, q = problem.levels, np.maximum.accumulate(np.maximum(problem.quantiles, 0), axis=2)
    near = int(np.argmin(np.abs(levels - TAIL_FROM)))
    near = min(near, levels.size - 2)
    fall = np.log((1 - levels[near]) / (1 - levels[-1]))
    first, last = q[:, :, 0], q[:, :, -1]
    theta = (last - q[:, :, near]) / fall
    slope = (q[:, :, 1] - first) / (levels[1] - levels[0])
    low = np.maximum(first - slope * levels[0], 0)
    total = levels[0] * (low + first) / 2
    square = levels[0] * (low * low + low * first + first * first) / 3
    for k, width in enumerate(np.diff(levels)):
        a, b = q[:, :, k], q[:, :, k + 1]
        total += width * (a + b) / 2
        square += width * (a * a + a * b + b * b) / 3
    rest = 1 - levels[-1]
    total += rest * (last + theta)
    square += rest * (last * last + 2 * last * theta + 2 * theta * theta)
    variance = np.maximum(square.astype(np.float64) - total.astype(np.float64) ** 2, 0)
    # products that sell too rarely for quantiles to see it: single sales that come by chance
    floor = mean * np.maximum(np.nan_to_num(problem.dispersion), problem.rounding)[:, None]
    variance = np.where(q[:, :, near] <= 0, np.maximum(variance, floor), variance)
    return mean, np.sqrt(variance) * problem.spread[:, None]


@dataclass(slots=True)
class Stream:
    """Demand from today on, as functions of time: sums up to each bucket edge, (n, h + 1)."""

    edges: np.ndarray
    days: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    deviation: np.ndarray
    correlation: np.ndarray
    rounding: np.ndarray

    def at(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance of the demand from today until `day` (n, m), (n, m) each.

        Beyond the forecast, demand goes on as it was on average. A part of a bucket gets its share of the bucket, and
        at least the chance of which of its sales fall into the part.
        """
        place, inside, beyond = self._place(day)
        return self._moments(place, inside, beyond, lambda sums: np.take_along_axis(sums, place, 1),
                             lambda sums: np.take_along_axis(sums, place + 1, 1))

    def through(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`at` for the same days of all rules, (m,): faster."""
        place, inside, beyond = self._place(day)
        return self._moments(place, inside, beyond, lambda sums: sums[:, place], lambda sums: sums[:, place + 1])

    def _place(self, day):
        place = np.clip(np.searchsorted(self.edges, day, side="right") - 1, 0, self.days.size - 1)
        end = self.edges[-1]
        return place, np.minimum((day - self.edges[place]) / self.days[place], 1), np.maximum(day - end, 0) / end

    def _moments(self, place, inside, beyond, left, right):
        def value(sums, start):
            return start + inside * (right(sums) - start) + beyond * sums[:, -1:]

        start, before = left(self.mean), left(self.variance)
        mean = value(self.mean, start)
        chance = inside * (1 - inside) * (right(self.mean) - start) * self.rounding[:, None]
        alone = before + np.maximum(inside * (right(self.variance) - before), chance) + beyond * self.variance[:, -1:]
        rho = self.correlation[:, None]
        return mean, (1 - rho) * alone + rho * value(self.deviation, left(self.deviation)) ** 2

    def day_of(self, quantity: np.ndarray) -> np.ndarray:
        """Days until the mean demand reaches `quantity` (n,), capped at ten horizons, (n,)."""
        total, end = self.mean[:, -1], self.edges[-1]
        place = np.clip((self.mean <= quantity[:, None]).sum(1) - 1, 0, self.days.size - 1)
        rows = np.arange(len(quantity))
        step = self.mean[rows, place + 1] - self.mean[rows, place]
        inside = (quantity - self.mean[rows, place]) / np.where(step > 0, step, np.inf)
        day = self.edges[place] + inside.clip(0, 1) * self.days[place]
        past = end * quantity / np.where(total > 0, total, np.nan)
        day = np.where(quantity >= total, np.where(total > 0, past, 10 * end), day)
        return np.minimum(day, 10 * end)


def stream(problem: Problem, params: Params) -> Stream:
    """Demand of every rule as a function of time."""
    mean, deviation = moments(problem)

    def sums(values):
        return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)

    rho = np.where(np.isnan(problem.correlation), params.correlation, problem.correlation).clip(0, 1)
    return Stream(
        edges=np.concatenate([[0.0], np.cumsum(problem.bucket_days)]), days=problem.bucket_days, mean=sums(mean),
        variance=sums(deviation**2), deviation=sums(deviation), correlation=rho, rounding=problem.rounding)


def short_leads(days: np.ndarray, prob: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The lead-time distribution on at most `most` points, rising; probabilities sum to one.

    >>> short_leads(np.array([[9.0, 2.0, 5.0]]), np.array([[2.0, 1.0, 1.0]]), 2)
    (array([[3.5, 9. ]]), array([[0.5, 0.5]]))
    """
    days, prob = np.nan_to_num(days), np.nan_to_num(prob)
    prob = prob / prob.sum(1, keepdims=True)
    order = np.argsort(np.where(prob > 0, days, np.inf), axis=1, kind="stable")
    days, prob = np.take_along_axis(days, order, 1), np.take_along_axis(prob, order, 1)
    n, k = days.shape
    if k > most:
        middle = np.cumsum(prob, axis=1) - prob / 2
        which = np.minimum((middle * most).astype(int), most - 1) + most * np.arange(n)[:, None]
        mass = np.bincount(which.ravel(), prob.ravel(), minlength=n * most).reshape(n, most)
        total = np.bincount(which.ravel(), (prob * days).ravel(), minlength=n * most).reshape(n, most)
        days, prob = total / np.where(mass > 0, mass, 1), mass
    used = (prob > 0).any(0)
    last = np.where(prob > 0, days, -1).max(1, keepdims=True)
    return np.where(prob > 0, days, last)[:, used], prob[:, used]


@dataclass(slots=True)
class Distribution:
    """Demand over the lead time and over lead time plus review, on a grid, time-major.

    `low` (n,) is the first grid point and `step` (n,) the distance of two; arrays are (g, n). `loss_lead` and
    `loss_protect` are E(D - y)+, `cdf` is P(D <= y) over lead time plus review.
    """

    low: np.ndarray
    step: np.ndarray
    loss_lead: np.ndarray
    loss_protect: np.ndarray
    cdf: np.ndarray
    mean_lead: np.ndarray
    mean_protect: np.ndarray
    sd_protect: np.ndarray

    @property
    def size(self) -> int:
        """Grid points."""
        return self.cdf.shape[0]

    def points(self) -> np.ndarray:
        """Grid points, (g, n)."""
        return self.low + self.step * np.arange(self.size)[:, None]


def distribution(flow: Stream, lead_days, lead_prob, review_days, known_lead, known_protect, grid: int) -> Distribution:
    """Distribution of demand over random lead time, without and with the review period.

    Negative binomial in multiples of the rounding (of a coarser lattice where demand is large); gamma where demand is
    large and regular. Known demand (customers' orders) is a lower bound of demand.

    Parameters
    ----------
    flow : Stream
    lead_days, lead_prob : (n, k)
    review_days : (n,)
    known_lead, known_protect : (n,)
        Demand already ordered inside the lead time, inside lead time plus review.
    grid : int
        Grid points.
    """
    mean_l, var_l = flow.at(lead_days)
    mean_p, var_p = flow.at(lead_days + review_days[:, None])
    var_p = np.maximum(var_p, np.where(mean_p > 2 * flow.rounding[:, None], (0.5 * flow.rounding[:, None]) ** 2, 0))
    sd_p = np.sqrt(var_p)
    cv = (sd_p / np.where(mean_p > 0, mean_p, 1)).clip(0, 2)
    top = np.maximum((mean_p + (6 + 5 * cv) * sd_p).max(1), known_protect)
    unit = flow.rounding
    step = unit * np.maximum(np.ceil(top / unit / (grid - 2)), 1)
    regular = (step > unit * 1.5) & (var_p < 1.02 * mean_p * step[:, None]).any(1)
    low = np.where(regular, np.floor(np.maximum((mean_p - 6 * sd_p).min(1), 0) / unit) * unit, 0)
    regular &= low > 0
    step = np.where(regular, unit * np.maximum(np.ceil((top - low) / unit / (grid - 2)), 1), step)
    tails, losses = [], []
    for mean, var in ((mean_l, var_l), (mean_p, var_p)):
        tail, loss = np.empty((grid, len(unit))), np.empty((grid, len(unit)))
        rows = np.flatnonzero(~regular)
        if rows.size:
            scale = step[rows, None]
            parts = _lattice(mean[rows] / scale, var[rows] / scale**2, lead_prob[rows], grid)
            tail[:, rows], loss[:, rows] = parts[0], parts[1] * step[rows]
        rows = np.flatnonzero(regular)
        if rows.size:
            tail[:, rows] = _gamma_tail(mean[rows], var[rows], lead_prob[rows], low[rows], step[rows], grid)
            loss[:, rows] = _loss_up(tail[:, rows]) * step[rows]
        tails.append(tail)
        losses.append(loss)
    average = (lead_prob * mean_p).sum(1)
    spread = np.sqrt((lead_prob * (var_p + mean_p**2)).sum(1) - average**2)
    found = Distribution(
        low=low, step=step, loss_lead=losses[0], loss_protect=losses[1], cdf=1 - tails[1],
        mean_lead=(lead_prob * mean_l).sum(1), mean_protect=average, sd_protect=spread)
    return _at_least(found, known_lead, known_protect)


def _lattice(mean, variance, prob, grid) -> tuple[np.ndarray, np.ndarray]:
    """P(D > j) and E(D - j)+ of a mixture on the lattice 0, 1, 2 ..., (grid, n); mean and variance (n, k) in steps.

    Negative binomial; gamma at whole numbers for demand more regular than chance (standing orders).
    """
    steady = (variance < 0.98 * mean) & (mean >= 2) & (prob > 0)
    chance = np.where(steady, 0, prob)
    tail = _binomial_tail(mean, variance, chance, grid)
    loss = _loss_down(tail, (chance * mean).sum(1))
    rows = np.flatnonzero(steady.any(1))
    if rows.size:
        zero, one = np.zeros(rows.size), np.ones(rows.size)
        share = mean % 1
        variance = np.maximum(variance, np.maximum(share * (1 - share), 0.2))
        weight = np.where(steady, prob, 0)[rows]
        more = _gamma_tail(mean[rows], variance[rows], weight, zero, one, grid, whole=True)
        tail[:, rows] += more
        loss[:, rows] += _loss_up(more)
    return tail, loss


def _binomial_tail(mean, variance, prob, grid) -> np.ndarray:
    """P(D > j) of a mixture of negative binomials, (grid, n)."""
    variance = np.maximum(variance, mean * (1 + 1e-6))
    ok = mean > 1e-12
    shape = np.where(ok, mean**2 / np.where(ok, variance - mean, 1), 0)
    ratio = np.where(ok, 1 - mean / np.where(ok, variance, 1), 0)
    mass = np.where(ok, np.exp(np.maximum(shape * np.log1p(-ratio), -700)), 1)
    mass = np.ascontiguousarray((mass * prob).T)
    shape, ratio = np.ascontiguousarray((shape * ratio).T), np.ascontiguousarray(ratio.T)
    out = np.empty((grid, mean.shape[0]))
    held = np.empty_like(mass)
    total = np.zeros(mean.shape[0])
    for j in range(grid):
        total += mass.sum(0)
        out[j] = total
        np.multiply(ratio, j / (j + 1.0), out=held)
        held += shape / (j + 1.0)
        mass *= held
    np.subtract(prob.sum(1), out, out=out)
    return np.maximum(out, 0, out=out)


def _gamma_tail(mean, variance, prob, low, step, grid, whole=False) -> np.ndarray:
    """P(D > y) of a mixture of gamma distributions with their mass at the grid points, (grid, n).

    `whole` scales the mass of each to one (the grid starts at zero and may be coarse).
    """
    y = low + step * (np.arange(grid)[:, None] + 1.0)
    log_y = np.log(y)
    out = np.zeros_like(y)
    for k in range(mean.shape[1]):
        ok = (mean[:, k] > 0) & (prob[:, k] > 0)
        m, v = np.where(ok, mean[:, k], 1), np.where(ok, variance[:, k], 1)
        # narrower than the grid can carry: as narrow as it can
        shape = np.maximum(m**2 / np.maximum(v, (0.6 * step) ** 2), 2.0)
        scale = m / shape
        log_gamma = (shape - 0.5) * np.log(shape) - shape + HALF_LOG_TAU + 1 / (12 * shape) - 1 / (360 * shape**3)
        density = (shape - 1) * log_y
        density -= y / scale
        density -= log_gamma + shape * np.log(scale)
        np.exp(density, out=density)
        density *= np.where(ok, prob[:, k], 0) * (1 / np.maximum(density.sum(0), 1e-300) if whole else step)
        out += density
    return np.minimum(np.cumsum(out[::-1], axis=0)[::-1], 1)


def _loss_down(tail, mean) -> np.ndarray:
    """E(D - j)+ from the tail, down from the mean at zero: exact however long the tail beyond the grid is."""
    out = np.empty_like(tail)
    out[0] = mean
    np.cumsum(tail[:-1], axis=0, out=out[1:])
    out[1:] = mean - out[1:]
    return np.maximum(out, 0, out=out)


def _loss_up(tail) -> np.ndarray:
    """E(D - j)+ from a tail that ends inside the grid."""
    return np.cumsum(tail[::-1], axis=0)[::-1]


def _at_least(found: Distribution, known_lead, known_protect) -> Distribution:
    """Demand that is at least what customers have ordered: max(D, known)."""
    rows = np.flatnonzero((known_lead > 0) | (known_protect > 0))
    if not rows.size:
        return found
    y = found.points()[:, rows]
    column = np.arange(rows.size)
    for name, average, known in (("loss_lead", "mean_lead", known_lead[rows]),
                                 ("loss_protect", "mean_protect", known_protect[rows])):
        loss = getattr(found, name)
        place = ((known - found.low[rows]) / found.step[rows]).clip(0, found.size - 1)
        left = np.minimum(place.astype(int), found.size - 2)
        part = loss[:, rows]
        share = place - left
        here = part[left, column] * (1 - share) + part[left + 1, column] * share
        here = np.maximum(here, getattr(found, average)[rows] - known)  # known below the grid
        loss[:, rows] = np.where(y < known, here + known - y, part)
        getattr(found, average)[rows] = here + known
    found.cdf[:, rows] = np.where(y < known_protect[rows] - 1e-9, 0, found.cdf[:, rows])
    return found
