"""Calendar of buckets: days, weeks from Monday, months."""

from __future__ import annotations

import numpy as np

PER_YEAR = {"day": 365.25, "week": 365.25 / 7, "month": 12.0}
YEAR = {"day": 364, "week": 52, "month": 12}  # columns back to the same place of last year
QUARTER = {"day": 91, "week": 13, "month": 3}


def floor(day, bucket: str) -> np.datetime64:
    """First day of the bucket that holds a day.

    >>> str(floor("2024-05-16", "week")), str(floor("2024-05-16", "month"))
    ('2024-05-13', '2024-05-01')
    """
    day = np.datetime64(day, "D")
    if bucket == "month":
        return day.astype("datetime64[M]").astype("datetime64[D]")
    if bucket == "week":
        return day - np.timedelta64(int((day.astype(int) + 3) % 7), "D")
    return day


def edges(start, count: int, bucket: str) -> np.ndarray:
    """First days of `count` buckets from `start` on, and the first day after them.

    >>> edges("2024-01-01", 2, "month")
    array(['2024-01-01', '2024-02-01', '2024-03-01'], dtype='datetime64[D]')
    """
    start = np.datetime64(start, "D")
    if bucket == "month":
        return (start.astype("datetime64[M]") + np.arange(count + 1)).astype("datetime64[D]")
    return start + np.arange(count + 1) * (7 if bucket == "week" else 1)


def back(end, count: int, bucket: str) -> np.datetime64:
    """First day of the bucket `count` buckets before one.

    >>> str(back("2024-03-01", 2, "month"))
    '2024-01-01'
    """
    end = np.datetime64(end, "D")
    if bucket == "month":
        return (end.astype("datetime64[M]") - count).astype("datetime64[D]")
    return end - count * (7 if bucket == "week" else 1)


def count(start, end, bucket: str) -> int:
    """Buckets between two first days.

    >>> count("2024-01-01", "2024-03-01", "month"), count("2024-01-01", "2024-01-15", "week")
    (2, 2)
    """
    start, end = np.datetime64(start, "D"), np.datetime64(end, "D")
    if bucket == "month":
        return int((end.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(int))
    days = int((end - start).astype(int))
    return days // 7 if bucket == "week" else days


def column(days: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Bucket of each day: -1 before the first, len(limits) - 1 from the end on.

    >>> column(np.array(["2024-01-31", "2024-02-01"], "M8[D]"), edges("2024-01-01", 2, "month"))
    array([0, 1])
    """
    return np.searchsorted(limits, days, side="right") - 1


def overlap_days(first, last, limits: np.ndarray) -> np.ndarray:
    """Days that the span `first`..`last` (both included) shares with each bucket.

    >>> overlap_days("2024-01-30", "2024-02-02", edges("2024-01-01", 2, "month"))
    array([2, 2])
    """
    begin = np.maximum(limits[:-1], np.datetime64(first, "D"))
    end = np.minimum(limits[1:], np.datetime64(last, "D") + 1)
    return np.maximum((end - begin).astype(int), 0)


def spread_spans(rows, first, last, limits: np.ndarray, size: int) -> np.ndarray:
    """Days per (row, bucket) covered by many spans at once; spans of a row must not overlap.

    Parameters
    ----------
    rows : int (k,)
        Row of each span.
    first, last : datetime64[D] (k,)
        Both included.
    limits : datetime64[D] (t + 1,)
    size : int
        Number of rows.

    Returns
    -------
    int (size, t)
    """
    width = len(limits) - 1
    days = np.zeros(size * width, dtype=np.int64)
    first = np.maximum(first, limits[0])
    last = np.minimum(last, limits[-1] - 1)
    keep = first <= last
    rows, first, last = np.asarray(rows)[keep], first[keep], last[keep]
    begin, end = column(first, limits), column(last, limits)
    spans = end - begin + 1
    which = np.repeat(np.arange(len(rows)), spans)
    buckets = np.arange(len(which)) - np.repeat(np.cumsum(spans) - spans, spans) + begin[which]
    length = (np.minimum(limits[buckets + 1], last[which] + 1) - np.maximum(limits[buckets], first[which])).astype(int)
    np.add.at(days, rows[which] * width + buckets, length)
    return days.reshape(size, width)
