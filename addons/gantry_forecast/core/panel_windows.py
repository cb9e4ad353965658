"""Running sums for the panel tier: windows over histories, and what known inputs did to demand so far.

Every look-up is a difference of two cumulative sums, so it costs the same however long the history is.
"""

import warnings

import numpy as np

__all__ = ["Effect", "Windows", "effects"]


class Windows:
    """Sums over any window of many series in constant time; unknown buckets count for nothing.

    >>> w = Windows(np.array([[1.0, np.nan, 3.0, 5.0]]))
    >>> w.mean(np.array([0]), np.array([1]), np.array([4]))
    array([4.])
    """

    def __init__(self, values):
        values = np.asarray(values, dtype=np.float64)
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


class Effect:
    """What one known input did to demand so far: slope of log demand (against its surroundings) on the input.

    A series' own slope is pulled towards the slope of all series together, the more the fewer contrasts it has
    seen; both are counted up to any origin in constant time.
    """

    PULL = 8.0

    def __init__(self, plane, ratio, delay):
        plane = np.broadcast_to(plane[:, :ratio.shape[1]], ratio.shape).astype(np.float64)
        seen = ~np.isnan(ratio)
        x, r = np.where(seen, plane, 0.0), np.where(seen, ratio, 0.0)
        self.delay = delay
        self.count = Windows._cumulate(seen.astype(np.float64))
        self.x, self.xx = Windows._cumulate(x), Windows._cumulate(x * x)
        self.r, self.rx = Windows._cumulate(r), Windows._cumulate(r * x)
        cross, spread = self._moments(slice(None), slice(None))
        self.all_cross, self.all_spread = cross.sum(axis=0), spread.sum(axis=0)
        self.all_count = self.count.sum(axis=0)

    def _moments(self, series, end):
        count = np.maximum(self.count[series, end], 1.0)
        cross = self.rx[series, end] - self.r[series, end] * self.x[series, end] / count
        spread = self.xx[series, end] - self.x[series, end] ** 2 / count
        return cross, np.maximum(spread, 0.0)

    def at(self, rows, value):
        """(effect on log demand, deviation of the input from its mean) of each row's target."""
        end = np.maximum(rows.origin - self.delay, 0)
        cross, spread = self._moments(rows.series, end)
        common = self.all_cross[end] / np.maximum(self.all_spread[end], 1e-9)
        unit = self.all_spread[end] / np.maximum(self.all_count[end], 1.0)
        slope = (cross + self.PULL * unit * common) / np.maximum(spread + self.PULL * unit, 1e-9)
        count = self.count[rows.series, end]
        mean = self.x[rows.series, end] / np.maximum(count, 1.0)
        deviation = np.where(count > 0, value - mean, np.nan)
        return np.clip(slope * deviation, -3.0, 3.0), deviation


def effects(own, known, bucket):
    """One `Effect` per known input."""
    reach = {"day": (7, 14), "week": (1, 2, 3, 4), "month": (1, 2)}[bucket]
    values, length = own.values, own.length
    around = []
    for shift in (*reach, *[-step for step in reach]):
        moved = np.full_like(values, np.nan)
        if abs(shift) < length:
            begin, end = max(0, shift), min(length, length + shift)
            moved[:, begin:end] = values[:, begin - shift:end - shift]
        around.append(moved)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        base = np.nanmean(np.stack(around), axis=0)
        base = np.where(base > 0, base, np.nan)
        ratio = np.clip(np.log((values / base + 0.05) / 1.05), -3.0, 3.0)
    return [Effect(known[:, :, index], ratio, max(reach)) for index in range(known.shape[2])]
