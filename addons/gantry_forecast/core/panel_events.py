"""What the days around an event do to demand: the eve of a holiday often moves more than the holiday itself.

The effect of an event on each of its neighbouring days is measured on the sums of groups, against the same weekday in
the weeks around it. Events come once a year, so a group leans on all products together, and those on no effect.
"""

from __future__ import annotations

import warnings

import numpy as np

__all__ = ["EventDays"]

BEHIND, AHEAD = 3, 5       # days after and before an event that it may reach
AROUND = (-14, -7, 7, 14)  # days that a day is compared with
RARE = 0.1                 # an input that is on more often is no event
PULL = 1.0                 # occurrences that the mean of all products counts for in a group
DOUBT = 0.5                # occurrences without any effect that every event is thought to have had


class EventDays:
    """Effects of events that all series share on the days around them, as known at any origin.

    Parameters
    ----------
    known : float32 (n or 1, t + h, f)
        Inputs known in advance; those that are 0 or 1, the same for all series and seldom on are events.
    everything, groups : (1, t) and (g, t)
        Mean demand per day of all products together, and of the groups that events may touch differently.
    """

    def __init__(self, known: np.ndarray, everything: np.ndarray, groups: np.ndarray):
        width = known.shape[1]
        common, own = _ratio(everything), _ratio(groups)
        self.shifts = range(-BEHIND, AHEAD + 1)
        self.effects = {shift: [] for shift in self.shifts}
        for plane in _events(known):
            for shift in self.shifts:
                on = np.zeros(width, bool)
                place = np.arange(width) + shift
                inside = (place >= 0) & (place < width)
                on[inside] = plane[place[inside]]
                self.effects[shift].append(_Neighbour(on, common, own))

    def columns(self, group, origin, target) -> dict[str, np.ndarray]:
        """Log effect on each row's target, per distance to the event and of all events together, (r,) each."""
        end = np.maximum(origin - max(AROUND), 0)
        out = {}
        for shift in self.shifts:
            found = np.zeros(len(target))
            for neighbour in self.effects[shift]:
                hit = np.flatnonzero(neighbour.on[target])
                if hit.size:
                    found[hit] += neighbour.at(group[hit], end[hit])
            out[f"event_in_{shift}"] = found
        out["event_together"] = sum(out.values())
        return out


class _Neighbour:
    """Running means over the occurrences of one day near one event."""

    def __init__(self, on, common, own):
        self.on = on
        self.days = np.flatnonzero(on[:common.shape[1]])
        self.common, self.own = _sums(common[:, self.days]), _sums(own[:, self.days])

    def at(self, group, end):
        """Effect by what had happened before column `end`."""
        seen = np.searchsorted(self.days, end)
        total, count = self.common
        common = total[0, seen] / (count[0, seen] + DOUBT)
        total, count = self.own
        return (total[group, seen] + PULL * common) / (count[group, seen] + PULL)


def _sums(ratio):
    """Running sums and numbers of known values, (g, k + 1) each."""
    ok = ~np.isnan(ratio)
    sums = [np.zeros((len(ratio), ratio.shape[1] + 1)) for _ in range(2)]
    for total, part in zip(sums, (np.where(ok, ratio, 0.0), ok), strict=True):
        np.cumsum(part, axis=1, out=total[:, 1:])
    return sums


def _events(known):
    for index in range(known.shape[2]):
        plane = known[0, :, index]
        if np.isin(plane, (0, 1)).all() and 0 < plane.mean() <= RARE and (known[:, :, index] == plane).all():
            yield plane > 0


def _ratio(values):
    """Log of each day over the median of the same weekday in the weeks around it, NaN where unknown.

    >>> week = [5.0, 8.0, 8.0, 8.0, 8.0, 8.0, 2.0]
    >>> days = np.array([week * 5])
    >>> days[0, 17] = 16
    >>> _ratio(days)[0, 16:18].round(2).tolist()
    [0.0, 0.67]
    """
    length = values.shape[1]
    around = np.full((len(AROUND), *values.shape), np.nan)
    for index, shift in enumerate(AROUND):
        begin, end = max(0, -shift), min(length, length - shift)
        if end > begin:
            around[index, :, begin:end] = values[:, begin + shift:end + shift]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        base = np.nanmedian(around, axis=0)
    base = np.where(base > 0, base, np.nan)
    return np.clip(np.log((values / base + 0.05) / 1.05), -3.0, 3.0)
