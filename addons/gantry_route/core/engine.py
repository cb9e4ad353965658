"""The front door: one walk past all stops, exact where the floor is a block of aisles, searched elsewhere."""

from __future__ import annotations

import numpy as np

from .graph import distances
from .policies import policy_walk, rect_distance
from .rect import rect_walk
from .tour import solve_tour, tour_length
from .types import Block, Params, Plan, Policy, Problem

__all__ = ["solve"]


def solve(problem: Problem, params: Params | None = None, *, seed: int = 0, stop=None) -> Plan:
    """Plan one walk past all stops.

    Parameters
    ----------
    problem : Problem
    params : Params, optional
    seed : int
        For the search where no exact method applies.
    stop : callable, optional
        Ends the search when it returns true; what was found so far is the plan.

    Returns
    -------
    Plan

    Examples
    --------
    >>> from .types import Block
    >>> floor = Block(xs=[0, 5], crossings=[0, 10])
    >>> plan = solve(Problem(floor=floor, place=[0, 1, 0], along=[9, 8, 8], start=(0, 0)))
    >>> plan.order.tolist(), plan.length_m, plan.given_m
    ([2, 0, 1], 30.0, 34.0)
    """
    params = params or Params()
    if isinstance(problem.floor, Block):
        return _solve_block(problem, params, seed, stop)
    return _solve_walkways(problem, params, seed, stop)


def _merge(problem):
    """One row per place (and rank): the first row there, and for each row the number of its place."""
    rank = np.zeros(problem.size, np.intp) if problem.rank is None else problem.rank
    key = np.rec.fromarrays([problem.place, problem.along, rank])
    _values, first, member = np.unique(key, return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first))  # places in the order of their first row
    return np.sort(first), number[member.ravel()]


def _spread(order, member):
    """Rows in walking order, from places in walking order; rows of one place keep the order of the input."""
    position = np.empty(len(order), np.intp)
    position[order] = np.arange(len(order))
    return np.argsort(position[member], kind="stable")


def _solve_block(problem, params, seed, stop):
    floor = problem.floor
    ends = (problem.start, problem.end)
    walks = {
        name: policy_walk(name, floor.xs, floor.crossings, problem.place, problem.along, *ends)
        for name in ("given", "serpentine")}
    method = params.policy.value
    ranked = problem.rank is not None and len(set(problem.rank.tolist())) > 1
    if params.policy is Policy.SHORTEST and not ranked and len(floor.crossings) <= 6:
        walk = rect_walk(floor.xs, floor.crossings, problem.place, problem.along, *ends)
        order, length, path, method = walk.order, walk.length_m, walk.path, "exact"
    elif params.policy is Policy.SHORTEST or ranked:
        order, method = _search_block(problem, params, seed, stop), "search"
        walk = policy_walk("given", floor.xs, floor.crossings, problem.place[order], problem.along[order], *ends)
        length, path = walk.length_m, walk.path
    else:
        walk = policy_walk(method, floor.xs, floor.crossings, problem.place, problem.along, *ends)
        order, length, path = walk.order, walk.length_m, walk.path
    points = _points(problem, order)
    leg = [
        rect_distance(floor.xs, floor.crossings, one, other) for one, other in zip(points, points[1:], strict=False)]
    return _plan(
        problem, params, order, np.zeros(0, np.intp), length, walks["given"].length_m, walks["serpentine"].length_m,
        np.array(leg), path, method)


def _points(problem, rows):
    """Start, stops and end."""
    stops = zip(problem.place[rows].tolist(), problem.along[rows].tolist(), strict=True)
    return [problem.start, *stops, problem.end]


def _search_block(problem, params, seed, stop):
    first, member = _merge(problem)
    floor = problem.floor
    points = _points(problem, first)
    matrix = np.array([[rect_distance(floor.xs, floor.crossings, one, other) for other in points] for one in points])
    rank = None if problem.rank is None else [0, *problem.rank[first].tolist(), 0]
    order = solve_tour(
        matrix, range(1, len(first) + 1), 0, len(first) + 1, rank=rank, kicks=params.kicks, seed=seed, stop=stop)
    return _spread(np.array(order, np.intp) - 1, member)


def _solve_walkways(problem, params, seed, stop):
    first, member = _merge(problem)
    n = len(first)
    found = distances(
        problem.floor, [problem.start[0], *problem.place[first], problem.end[0]],
        [problem.start[1], *problem.along[first], problem.end[1]])
    matrix = found.matrix
    reachable = np.isfinite(matrix[0, 1:n + 1]) & np.isfinite(matrix[1:n + 1, n + 1])
    stops = np.flatnonzero(reachable) + 1
    large = 1e6 + 10 * matrix[np.isfinite(matrix)].sum()
    safe = np.where(np.isfinite(matrix), matrix, large)
    rank = None if problem.rank is None else np.array([0, *problem.rank[first], 0])
    serpentine = stops[np.lexsort((problem.along[first][stops - 1], problem.place[first][stops - 1]))].tolist()
    method = params.policy.value
    if params.policy is Policy.GIVEN:
        order = stops.tolist()
    elif params.policy is Policy.SERPENTINE:
        order = serpentine
    else:
        order, method = solve_tour(safe, stops, 0, n + 1, rank=rank, kicks=params.kicks, seed=seed, stop=stop), "search"
    route = [0, *order, n + 1]
    legs = safe[route[:-1], route[1:]]
    path = np.concatenate([found.path(one, other) for one, other in zip(route, route[1:], strict=False)])
    places = np.array(order, np.intp) - 1
    rows = np.flatnonzero(reachable[member])
    number = np.full(n, -1)
    number[places] = np.arange(len(places))
    rows = rows[np.argsort(number[member[rows]], kind="stable")]
    leg_of = np.zeros(len(rows) + 1)
    leg_of[-1] = legs[-1]
    at = number[member[rows]]
    opens = np.r_[True, at[1:] != at[:-1]] if len(at) else np.zeros(0, bool)
    leg_of[:-1][opens] = legs[:-1]
    given = tour_length(safe, _in_order(member, reachable), 0, n + 1)
    return _plan(
        problem, params, rows, np.flatnonzero(~reachable[member]), float(legs.sum()), given,
        tour_length(safe, serpentine, 0, n + 1), leg_of, path, method)


def _in_order(member, reachable):
    """The places as the rows name them, a place that is named again later visited again."""
    rows = member[reachable[member]]
    keep = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.zeros(0, bool)
    return (rows[keep] + 1).tolist()


def _plan(problem, params, order, unassigned, length, given, serpentine, leg, path, method):
    handling = 0.0 if problem.seconds is None else float(problem.seconds[order].sum())
    reasons = {"length": {"metres": length, "given": given, "serpentine": serpentine, "method": method}}
    if len(unassigned):
        reasons["unreachable"] = {"stops": int(len(unassigned))}
    return Plan(
        order=order, unassigned=unassigned, length_m=length, given_m=given, serpentine_m=serpentine, leg_m=leg,
        path=path, duration_min=(length / params.speed_m_per_s + handling) / 60, method=method, reasons=reasons)
