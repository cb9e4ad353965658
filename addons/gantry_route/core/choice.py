"""Front door where goods lie in several bins: which bins to pick from, how much from each, and the way past them.

A block with up to five cross-aisles and a closed walk is the business of `scattered`. Anywhere else bins are put into
the tour where they cost least for what they hold, and articles are taken out and put back until nothing gets shorter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .engine import solve
from .graph import distances
from .matrix_choice import choose_on_matrix
from .policies import rect_distance
from .scattered import MOST_CROSSINGS, check_choice, solve_scattered
from .types import Block, Params, Plan, Problem, ProblemError

__all__ = ["Choice", "choose_bins"]

EPS = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """What to pick where.

    Attributes
    ----------
    chosen : int (c,)
        Rows of the bins to pick from, in walking order.
    take : float (c,)
        Units to pick from each.
    plan : Plan
        The walk; `plan.order` indexes `chosen` (it is 0, 1, 2 ...).
    proven : bool
        No other choice of bins has a shorter walk.
    """

    chosen: np.ndarray
    take: np.ndarray
    plan: Plan
    proven: bool


def choose_bins(
    problem: Problem, item, quantity, demand, params: Params | None = None, *, effort=1.0, seed=0, stop=None,
) -> Choice:
    """Choose the bins for every demand so that the walk past them is short.

    Parameters
    ----------
    problem : Problem
        A stop for every bin that holds something wanted; ranks are kept on the walk, not in the choice.
    item : sequence of int (n,)
        Article of each bin, 0 to k - 1.
    quantity : sequence of float (n,)
        Units in each bin.
    demand : sequence of float (k,)
        Units wanted of each article.
    params : Params, optional
        For the walk past the chosen bins.
    effort, seed, stop
        As in `solve_scattered`.

    Raises
    ------
    ProblemError
        When the bins, or those that can be reached, hold less than is wanted of an article.

    Examples
    --------
    Five units of article 0 from two bins; article 1 lies beside the second of them and far away:

    >>> floor = Block(xs=[0, 5], crossings=[0, 10])
    >>> problem = Problem(floor=floor, place=[0, 0, 1, 0], along=[2, 4, 9, 5], start=(0, 0))
    >>> choice = choose_bins(problem, [0, 0, 1, 1], [3, 4, 9, 9], [5, 2])
    >>> choice.chosen.tolist(), choice.take.tolist(), choice.plan.length_m
    ([0, 1, 3], [1.0, 4.0, 2.0], 10.0)
    """
    quantity, demand = np.asarray(quantity, float), np.asarray(demand, float)
    if len(item) != problem.size or len(quantity) != problem.size:
        raise ProblemError("Every bin needs an article and a quantity.")
    item = check_choice(item, quantity, demand)
    chosen, proven = _chosen(problem, item, quantity, demand, effort, seed, stop)
    take = _take(chosen, item, quantity, demand)
    chosen, take = chosen[take > EPS], take[take > EPS]
    order = np.argsort(chosen)
    chosen, take = chosen[order], take[order]
    plan = solve(_part(problem, chosen), params, seed=seed, stop=stop)
    count = np.arange(len(plan.order))
    return Choice(chosen=chosen[plan.order], take=take[plan.order], plan=replace(plan, order=count), proven=proven)


def _part(problem, rows):
    return replace(
        problem, place=problem.place[rows], along=problem.along[rows],
        rank=None if problem.rank is None else problem.rank[rows],
        seconds=None if problem.seconds is None else problem.seconds[rows])


def _take(chosen, item, quantity, demand):
    """Units from each bin: the fullest bins first, the rest from the last one."""
    left, take = demand.copy(), np.zeros(len(chosen))
    for number in sorted(range(len(chosen)), key=lambda number: (-quantity[chosen[number]], chosen[number])):
        row = chosen[number]
        take[number] = min(left[item[row]], quantity[row])
        left[item[row]] -= take[number]
    return take


def _chosen(problem, item, quantity, demand, effort, seed, stop):
    floor = problem.floor
    if isinstance(floor, Block) and problem.start == problem.end and len(floor.crossings) <= MOST_CROSSINGS:
        found = solve_scattered(
            floor.xs, floor.crossings, problem.place, problem.along, item, quantity, demand, problem.start,
            effort=effort, seed=seed, stop=stop)
        return found.chosen, found.proven
    if isinstance(floor, Block):
        points = [problem.start, *zip(problem.place.tolist(), problem.along.tolist(), strict=True), problem.end]
        matrix = np.array([
            [rect_distance(floor.xs, floor.crossings, one, other) for other in points] for one in points])
    else:
        matrix = distances(
            floor, [problem.start[0], *problem.place, problem.end[0]],
            [problem.start[1], *problem.along, problem.end[1]]).matrix
    reached = np.isfinite(matrix[0, 1:-1]) & np.isfinite(matrix[1:-1, -1])
    check_choice(item, np.where(reached, quantity, 0.0), demand)
    safe = np.where(np.isfinite(matrix), matrix, 1e6 + 10 * matrix[np.isfinite(matrix)].sum())
    rows = choose_on_matrix(
        safe, np.where(reached, quantity, 0.0), item, demand, kicks=int(60 * effort), seed=seed, stop=stop)
    return rows, False
