"""What to do with stock that expires: pure numpy, knows nothing of Odoo."""

from .proposal import Action, Params, Plan, Problem, solve

__all__ = ["Action", "Params", "Plan", "Problem", "solve"]
