"""The statistical and the panel tier: proven on rolling origins, switched off where they do not help."""

from __future__ import annotations

from .batch import member_names
from .types import TIERS, DemandClass, Recipe

__all__ = ["any_on", "calibrations", "finish", "improve", "model_names", "prove"]

SUFFIX = {"numpy": "", "statistical": "_statistical", "panel": "_panel"}


def calibrations(kind: DemandClass) -> list[tuple[int, str]]:
    """Model number and table suffix of a class in every tier."""
    return [(int(kind) + len(DemandClass) * k, SUFFIX[tier]) for k, tier in enumerate(TIERS)]


def model_names(recipe: Recipe) -> tuple[str, ...]:
    """What each model number stands for: members joined by '+', classes within tiers."""
    names = []
    for tier in TIERS:
        for kind in DemandClass:
            if tier != "numpy":
                names.append("+".join(recipe.members.get(kind.name + SUFFIX[tier], ())))
            elif kind == DemandClass.DEAD:
                names.append("zero")
            elif kind == DemandClass.NEW:
                names.append("prior")
            else:
                names.append("+".join(member_names(recipe, kind.name)))
    return tuple(names)


def any_on(recipe: Recipe) -> bool:
    """Whether a tier above numpy is switched on for any class."""
    return any(report.on for report in recipe.tiers if report.tier != "numpy")


def improve(found, model, recipe, *, executor=None, seed=0) -> None:
    """Placeholder until the tiers are there."""


def prove(sample, trials, params, recipe, starts, judged, *, stop, step, executor=None) -> None:
    """Placeholder until the tiers are there."""


def finish(problem, rows, params, recipe, *, executor=None, stop=None) -> None:
    """Placeholder until the tiers are there."""
