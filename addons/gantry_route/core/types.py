"""Problem, parameters and plan of a pick route."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from .graph import Walkways

__all__ = ["Block", "Params", "Plan", "Policy", "Problem", "ProblemError"]


class ProblemError(ValueError):
    """A route that cannot be planned, in one plain sentence."""


class Policy(str, Enum):
    """How the picker walks: the shortest way, or by a rule."""

    SHORTEST = "shortest"
    S_SHAPE = "s_shape"
    RETURN = "return"
    MIDPOINT = "midpoint"
    LARGEST_GAP = "largest_gap"
    COMBINED = "combined"
    SERPENTINE = "serpentine"
    GIVEN = "given"


def _require(condition, sentence):
    if not condition:
        raise ProblemError(sentence)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Parallel aisles between cross-aisles.

    Parameters
    ----------
    xs : float (m,)
        Where each aisle lies, in metres, rising.
    crossings : float (h,)
        Where each cross-aisle lies along the aisles, in metres, rising; two to eight.
    """

    xs: np.ndarray
    crossings: np.ndarray

    def __post_init__(self) -> None:
        for name, sentence in (
                ("xs", "The aisles must lie at rising distances."),
                ("crossings", "The cross-aisles must lie at rising distances.")):
            values = np.asarray(getattr(self, name), np.float64)
            _require(values.ndim == 1 and len(values) and np.isfinite(values).all(), sentence)
            _require(bool((np.diff(values) > 0).all()), sentence)
            object.__setattr__(self, name, values)
        _require(2 <= len(self.crossings) <= 8, "A block needs two to eight cross-aisles.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """Places to be visited on one walk.

    Parameters
    ----------
    floor : Block or Walkways
        Where one can walk.
    place : int (n,)
        Aisle of each stop (block), or edge (walkways).
    along : float (n,)
        Metres along the aisle (block), or from the first node of the edge (walkways).
    start, end : (int, float)
        Where the picker stands, and where the goods go; no end means back to the start.
    rank : int (n,), optional
        Stops of a lower rank come first (heavy before fragile).
    seconds : float (n,), optional
        Handling time of each stop.

    The order of the rows is the order in which the stops would be visited without a plan (by name).
    """

    floor: Block | Walkways
    place: np.ndarray
    along: np.ndarray
    start: tuple[int, float]
    end: tuple[int, float] | None = None
    rank: np.ndarray | None = None
    seconds: np.ndarray | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "place", np.asarray(self.place, np.intp))
        put(self, "along", np.asarray(self.along, np.float64))
        n = len(self.place)
        _require(self.place.shape == self.along.shape == (n,), "Every stop needs an aisle and a place along it.")
        _require(bool(np.isfinite(self.along).all()), "A stop lies at an unknown place.")
        for name in ("rank", "seconds"):
            values = getattr(self, name)
            if values is not None:
                values = np.asarray(values, np.intp if name == "rank" else np.float64)
                _require(values.shape == (n,), "Ranks and handling times need an entry for each stop.")
                put(self, name, values)
        put(self, "start", (int(self.start[0]), float(self.start[1])))
        put(self, "end", self.start if self.end is None else (int(self.end[0]), float(self.end[1])))
        self._check_places()

    def _check_places(self) -> None:
        places = np.append(self.place, [self.start[0], self.end[0]])
        along = np.append(self.along, [self.start[1], self.end[1]])
        if isinstance(self.floor, Block):
            _require(
                places.min() >= 0 and places.max() < len(self.floor.xs), "A stop lies in an aisle that is not there.")
            low, high = self.floor.crossings[[0, -1]]
            _require(low <= along.min() and along.max() <= high, "A stop lies outside the aisles.")
        else:
            count = len(self.floor.length_m)
            _require(places.min() >= 0 and places.max() < count, "A stop lies on a walkway that is not there.")
            limit = self.floor.length_m[places] + 1e-6
            _require(bool((along >= -1e-6).all() and (along <= limit).all()), "A stop lies outside its walkway.")

    @property
    def size(self) -> int:
        """Number of stops."""
        return len(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How to plan.

    Parameters
    ----------
    policy : Policy
        The shortest way, or a rule. On walkways only the shortest way, the serpentine and the given order exist.
    speed_m_per_s : float
        Walking speed, for the estimated time.
    kicks : int, optional
        Effort of the search where no exact method applies; see `tour.solve_tour`.
    """

    policy: Policy = Policy.SHORTEST
    speed_m_per_s: float = 1.2
    kicks: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "policy", Policy(self.policy))
        _require(self.speed_m_per_s > 0, "The walking speed must be above zero.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """A route.

    Attributes
    ----------
    order : int (k,)
        Reachable stops in walking order.
    unassigned : int (n - k,)
        Stops to which no walkway leads.
    length_m : float
        Metres walked, from start to end.
    given_m, serpentine_m : float
        Metres in the given order, and up one aisle and down the next.
    leg_m : float (k + 1,)
        Metres to each stop, and from the last one to the end.
    path : float (p, 2)
        Corners of the walk.
    duration_min : float
        Walking and handling.
    method : str
        'exact', 'search', or the name of the policy.
    reasons : dict
        Numbers behind the route, by code.
    """

    order: np.ndarray
    unassigned: np.ndarray
    length_m: float
    given_m: float
    serpentine_m: float
    leg_m: np.ndarray
    path: np.ndarray
    duration_min: float
    method: str
    reasons: dict[str, dict] = field(default_factory=dict)
