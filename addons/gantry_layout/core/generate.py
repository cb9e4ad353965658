"""What the bin generator would do: new bins, bins that change, bins that hold stock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .pattern import Pattern
from .shape import Shape, ShapeError

__all__ = ["GEOMETRY", "BinPlan", "BinProblem", "plan_bins"]

GEOMETRY = (
    "aisle", "bay", "level", "side", "position", "x", "y", "z", "width", "depth", "height", "access_x", "access_y")
NEAR = 5e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinProblem:
    """Bins that are wanted, and those that are there.

    Parameters
    ----------
    shape : Shape
    pattern : Pattern
    first_aisle : int
        Number of the first aisle.
    names : list of str (k,)
        Bins below the same parent.
    geometry : float (k, 13)
        What they have of `GEOMETRY` (nan for nothing), the aisle as its number, the side as 0 or 1.
    stocked : bool (k,)
        They hold stock.
    ours : bool (k,)
        They belong to the rectangle that is generated anew.
    touch_stocked : bool
        Also change bins that hold stock.
    """

    shape: Shape
    pattern: Pattern
    first_aisle: int = 1
    names: list[str] = field(default_factory=list)
    geometry: np.ndarray = field(default_factory=lambda: np.zeros((0, len(GEOMETRY))))
    stocked: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    ours: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    touch_stocked: bool = False

    def __post_init__(self) -> None:
        if self.first_aisle < 1:
            raise ShapeError("The number of the first aisle must be at least 1.")
        self.pattern.check(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BinPlan:
    """What to do.

    Attributes
    ----------
    names : list of str (n,)
        Wanted bins, in walking order of the numbers.
    geometry : float (n, 13)
        Columns as in `GEOMETRY`.
    row : int (n,)
        Row of the bin that is there, -1 for a new one.
    create, change, spared : int
        Rows to create, to change, and those that stay as they are because they hold stock.
    stocked_change : int
        Rows that hold stock and would change (or do, when that was allowed).
    left_over : int
        Rows of the problem: bins of the rectangle that are no longer wanted.
    """

    names: list[str]
    geometry: np.ndarray
    row: np.ndarray
    create: np.ndarray
    change: np.ndarray
    spared: np.ndarray
    stocked_change: np.ndarray
    left_over: np.ndarray


def plan_bins(problem: BinProblem) -> BinPlan:
    """Compare what is wanted with what is there.

    Examples
    --------
    >>> shape = Shape(aisle_count=1, bay_count=2)
    >>> plan = plan_bins(BinProblem(shape=shape, pattern=Pattern.read("A-01")))
    >>> plan.names, plan.create.tolist(), plan.geometry[:, GEOMETRY.index("x")].tolist()
    (['A-01', 'A-02'], [0, 1], [0.5, 3.5])
    """
    names, geometry = wanted_bins(problem)
    known = {name: row for row, name in enumerate(problem.names)}
    row = np.array([known.get(name, -1) for name in names], np.intp)
    there = row >= 0
    differs = np.zeros(len(names), bool)
    if there.any():
        now = problem.geometry[row[there]]
        same = np.isclose(now, geometry[there], rtol=0, atol=NEAR)
        differs[there] = ~same.all(1) | ~problem.ours[row[there]]
    stocked = np.zeros(len(names), bool)
    stocked[there] = problem.stocked[row[there]]
    spared = differs & stocked & (not problem.touch_stocked)
    gone = problem.ours.copy()
    gone[row[there]] = False
    return BinPlan(
        names=names, geometry=geometry, row=row, create=np.flatnonzero(~there),
        change=np.flatnonzero(differs & ~spared), spared=np.flatnonzero(spared),
        stocked_change=np.flatnonzero(differs & stocked), left_over=np.flatnonzero(gone))


def wanted_bins(problem: BinProblem) -> tuple[list[str], np.ndarray]:
    """Names and `GEOMETRY` of every bin of the rectangle."""
    shape, bins = problem.shape, problem.shape.bins()
    numbers = problem.pattern.numbers(shape, bins, problem.first_aisle)
    names = problem.pattern.names(numbers)
    if len(set(names)) < len(names):
        raise ShapeError("The naming pattern gives several bins the same name.")
    count = np.ones(len(names))
    columns = {
        **numbers, **bins, "aisle": numbers["aisle"], "bay": numbers["bay"], "level": numbers["level"],
        "position": numbers["position"], "width": count * shape.bay_width_m / shape.position_count,
        "depth": count * shape.depth_m, "height": count * shape.level_height_m, "access_x": shape.xs[bins["aisle"]],
        "access_y": bins["y"]}
    return names, np.column_stack([columns[name] for name in GEOMETRY]).astype(np.float64)
