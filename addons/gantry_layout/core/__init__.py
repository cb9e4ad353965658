"""The warehouse as geometry, without Odoo."""

from .generate import GEOMETRY, BinPlan, BinProblem, plan_bins
from .geometry import Geometry, Tables, build
from .health import find_overlaps, find_unreachable
from .pattern import Pattern
from .picture import floor_plan
from .serpentine import serpentine
from .shape import Shape, ShapeError
from .walkways import project, snap

__all__ = [
    "GEOMETRY", "BinPlan", "BinProblem", "Geometry", "Pattern", "Shape", "ShapeError", "Tables", "build",
    "find_overlaps", "find_unreachable", "floor_plan", "plan_bins", "project", "serpentine", "snap",
]
