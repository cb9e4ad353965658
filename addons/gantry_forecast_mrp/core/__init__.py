"""Explosion of demand through bills of materials, without Odoo."""

from .explode import Explosion, Structure, explode, reachable

__all__ = ["Explosion", "Structure", "explode", "reachable"]
