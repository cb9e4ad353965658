"""How long stock lasts, what is missing, what is too much and what will expire unsold: arrays in, arrays out."""

from .cover import solve
from .season import extend
from .types import FOREVER, NEVER, Params, Plan, Problem

__all__ = ["FOREVER", "NEVER", "Params", "Plan", "Problem", "extend", "solve"]
