"""A rectangle of parallel aisles: where its aisles, cross-aisles and bins lie.

The lower left corner of the racks is the origin, aisles run along y, everything is in metres. Each aisle is cut into
sections by its cross-aisles::

    y  =====cross-aisle 3=====
       |b| |b||b| |b|
       |b|A|b||b|B|b|          section 2
       |b| |b||b| |b|
       =====cross-aisle 2=====
       |b| |b||b| |b|
       |b|A|b||b|B|b|          section 1
       |b| |b||b| |b|
       =====cross-aisle 1=====  x
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Shape", "ShapeError"]

MAX_BINS = 200_000


class ShapeError(ValueError):
    """Measures that make no warehouse, in one plain sentence."""


def _require(condition, sentence):
    if not condition:
        raise ShapeError(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Measures of a rectangle of aisles.

    Parameters
    ----------
    aisle_count, section_count, bay_count, level_count, position_count : int
        ``bay_count`` is the number of bays of one aisle in one section, both sides together, so the number of bins
        is the product of the five.
    side_count : {1, 2}
        Racks on the right of an aisle only, or on both sides.
    aisle_pitch_m : float
        From the middle of one aisle to the middle of the next.
    depth_m : float
        Depth of a rack.

    Examples
    --------
    >>> shape = Shape(aisle_count=20, section_count=2, bay_count=40, level_count=4)
    >>> shape.bin_count
    6400
    >>> shape.xs[:3].tolist(), shape.crossings.tolist()
    ([2.0, 6.0, 10.0], [1.5, 28.5, 55.5])
    """

    aisle_count: int
    section_count: int = 1
    bay_count: int
    level_count: int = 1
    position_count: int = 1
    side_count: int = 2
    origin_x_m: float = 0.0
    origin_y_m: float = 0.0
    aisle_pitch_m: float = 4.0
    bay_width_m: float = 1.2
    level_height_m: float = 1.5
    depth_m: float = 1.0
    cross_aisle_width_m: float = 3.0

    def __post_init__(self) -> None:
        for name, most in (
                ("aisle_count", 500), ("section_count", 7), ("bay_count", 1000), ("level_count", 50),
                ("position_count", 50)):
            value = getattr(self, name)
            words = name.replace("_count", "s")
            _require(1 <= value <= most, f"The number of {words} must lie between 1 and {most}.")
        _require(self.side_count in (1, 2), "An aisle has racks on one side or on two.")
        for name in ("aisle_pitch_m", "bay_width_m", "level_height_m", "depth_m", "cross_aisle_width_m"):
            _require(getattr(self, name) > 0, f"{name[:-2].replace('_', ' ').capitalize()} must be above zero.")
        _require(
            self.aisle_width_m > 0,
            "The aisles are wider apart than the racks are deep, or nobody could walk: enlarge the distance of aisles.")
        _require(self.bin_count <= MAX_BINS, f"More than {MAX_BINS:,} bins at once are too many.")

    @property
    def bin_count(self) -> int:
        """Number of bins."""
        return self.aisle_count * self.section_count * self.bay_count * self.level_count * self.position_count

    @property
    def aisle_width_m(self) -> float:
        """What is left to walk between the racks."""
        return self.aisle_pitch_m - self.side_count * self.depth_m

    @property
    def column_count(self) -> int:
        """Bays of one side in one section."""
        return -(-self.bay_count // self.side_count)

    @property
    def section_m(self) -> float:
        """Length of a section, without cross-aisles."""
        return self.column_count * self.bay_width_m

    @property
    def xs(self) -> np.ndarray:
        """Middle of each aisle."""
        left = self.depth_m if self.side_count == 2 else 0.0
        return self.origin_x_m + left + self.aisle_width_m / 2 + self.aisle_pitch_m * np.arange(self.aisle_count)

    @property
    def crossings(self) -> np.ndarray:
        """Middle of each cross-aisle."""
        step = self.section_m + self.cross_aisle_width_m
        return self.origin_y_m + self.cross_aisle_width_m / 2 + step * np.arange(self.section_count + 1)

    @property
    def width_m(self) -> float:
        """Extent along x."""
        return self.aisle_count * self.aisle_pitch_m

    @property
    def length_m(self) -> float:
        """Extent along y."""
        return self.section_count * self.section_m + (self.section_count + 1) * self.cross_aisle_width_m

    def bins(self) -> dict[str, np.ndarray]:
        """Every bin: numbers from zero, and the middle of its front-to-back, left-to-right, floor-of-level in metres.

        Returns
        -------
        dict
            ``aisle, section, bay, level, position, side`` (0 left, 1 right), ``column`` (bay counted on its side),
            ``x, y, z``, all (n,); one aisle after the other, then by section, bay, level, position.
        """
        sizes = (self.aisle_count, self.section_count, self.bay_count, self.level_count, self.position_count)
        aisle, section, bay, level, position = (index.ravel() for index in np.indices(sizes))
        two = self.side_count == 2
        side = bay % 2 if two else np.ones_like(bay)
        column = bay // 2 if two else bay
        width = self.bay_width_m / self.position_count
        away = (self.aisle_width_m + self.depth_m) / 2
        first = self.origin_y_m + self.cross_aisle_width_m
        start = first + section * (self.section_m + self.cross_aisle_width_m) + column * self.bay_width_m
        return {
            "aisle": aisle, "section": section, "bay": bay, "level": level, "position": position, "side": side,
            "column": column, "x": self.xs[aisle] + np.where(side == 1, away, -away),
            "y": start + (position + 0.5) * width, "z": level * self.level_height_m,
        }
