"""The warehouse as geometry, without Odoo."""

from .geometry import Geometry, Tables, build
from .shape import Shape, ShapeError
from .walkways import snap

__all__ = ["Geometry", "Shape", "ShapeError", "Tables", "build", "snap"]
