"""Replenishment without Odoo: `solve` sets levels, `project` says what to order today, `replay` proves it."""

from . import calibrate, checks, classify
from .echelon import Placement, echelon
from .engine import solve
from .frontier import Frontier, frontier
from .leadtime import LeadTimes, lead_times
from .peers import mean_sigma, window_levels
from .projection import project
from .reasons import VIOLATIONS, explain
from .replay import History, Levels, Player, Replay, draw_leads, replay
from .steady import steady
from .steering import Track, aimed
from .types import (
    Binding,
    Events,
    Params,
    Plan,
    Policy,
    Problem,
    ProblemError,
    Projection,
    Target,
    Violation,
)

__all__ = [
    "VIOLATIONS", "Binding", "Events", "Frontier", "History", "LeadTimes", "Levels", "Params", "Placement",
    "Plan", "Player", "Policy", "Problem", "ProblemError", "Projection", "Replay", "Target", "Track",
    "Violation", "aimed", "calibrate", "checks", "classify", "draw_leads", "echelon", "explain", "frontier",
    "lead_times", "mean_sigma", "project", "replay", "solve", "steady", "window_levels",
]
