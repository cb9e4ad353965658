"""Pick routes: the shortest walk through a warehouse, without Odoo."""

from .choice import Choice, choose_bins
from .engine import solve
from .graph import Distances, Walkways, distances, snap
from .policies import POLICIES, policy_walk, rect_distance
from .reach import metres_between, reach
from .rect import RectWalk, rect_length, rect_walk
from .scattered import ScatteredPlan, solve_scattered
from .tour import cheapest_insertion, solve_tour, tour_length
from .types import Block, Params, Plan, Policy, Problem, ProblemError

__all__ = [
    "POLICIES", "Block", "Choice", "Distances", "Params", "Plan", "Policy", "Problem", "ProblemError", "RectWalk",
    "ScatteredPlan", "Walkways", "cheapest_insertion", "choose_bins", "distances", "metres_between", "policy_walk",
    "reach", "rect_distance", "rect_length", "rect_walk", "snap", "solve", "solve_scattered", "solve_tour",
    "tour_length",
]
