"""How good a drill was against the limits of its profile."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a certifier or a customer demands."""

    max_minutes: float
    min_accounted: float
    max_over: float
    min_reached: float

    def __post_init__(self):
        if self.max_minutes <= 0:
            raise ValueError("The time limit must be more than zero minutes.")
        for name in ("min_accounted", "max_over", "min_reached"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError("Shares are between 0 and 100 percent.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Points from 0 to 100, whether every limit was kept, and which were not."""

    points: float
    passed: bool
    failed: tuple[str, ...] = field(default=())


def score(limits: Limits, *, minutes: float, accounted: float, over: float, reached: float) -> Result:
    """A quarter of the points each for time, goods accounted for, goods too many, and contacts reached.

    Time scores in full within the limit and nothing at twice the limit.

    Examples
    --------
    >>> limits = Limits(max_minutes=240, min_accounted=1, max_over=0.05, min_reached=0.9)
    >>> score(limits, minutes=60, accounted=1, over=0, reached=1)
    Result(points=100.0, passed=True, failed=())
    >>> score(limits, minutes=360, accounted=0.5, over=0, reached=1).failed
    ('time', 'accounted')
    """
    parts = {
        "time": max(0.0, min(1.0, 2 - minutes / limits.max_minutes)),
        "accounted": _towards(accounted, limits.min_accounted),
        "over": 1.0 if over <= limits.max_over else max(0.0, 1 - (over - limits.max_over)),
        "reached": _towards(reached, limits.min_reached),
    }
    kept = {
        "time": minutes <= limits.max_minutes,
        # what is shown as 100 % is 100 %
        "accounted": round(accounted, 6) >= limits.min_accounted,
        "over": round(over, 6) <= limits.max_over,
        "reached": round(reached, 6) >= limits.min_reached,
    }
    failed = tuple(name for name, good in kept.items() if not good)
    return Result(points=round(25 * sum(parts.values()), 1), passed=not failed, failed=failed)


def _towards(value, wanted):
    return 1.0 if value >= wanted else max(0.0, value / wanted)
