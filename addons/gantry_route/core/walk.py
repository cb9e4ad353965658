"""One walk: open lines and a floor become stops in order, with metres and reasons. Nothing of Odoo in here."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np

from .engine import solve
from .graph import Walkways
from .reach import metres_between, reach
from .tour import cheapest_insertion
from .types import Block, Params, Policy, Problem, ProblemError

__all__ = ["SKIPPED", "Floor", "Line", "Rules", "Stop", "Walk", "plan_walk", "slip_in", "stops_of"]

MOST_NAMES = 5
SKIPPED = 100  # added to the rank of stops that the picker skipped


@dataclass(slots=True, kw_only=True)
class Line:
    """An open line: what has to be fetched (or put) where."""

    id: int
    location_id: int
    name: str
    sequence: int = 0
    rank: int = 0


@dataclass(slots=True, kw_only=True)
class Rules:
    """How an operation type walks."""

    policy: str = "shortest"
    speed_m_per_s: float = 1.2
    stop_seconds: float = 10.0
    start_id: int = 0
    end_id: int = 0


@dataclass(slots=True, kw_only=True)
class Stop:
    """A bin on the walk, with all lines that are due there."""

    location_id: int
    name: str
    rank: int
    line_ids: list[int]
    sequence: int = 0
    leg_m: float | None = None
    total_m: float | None = None


@dataclass(slots=True, kw_only=True)
class Walk:
    """What is to be walked, and after `plan_walk` how."""

    lines: list[Line]
    rules: Rules
    done: list[int] = field(default_factory=list)  # bins visited already, in that order
    done_names: dict[int, str] = field(default_factory=dict)
    stops: list[Stop] = field(default_factory=list)
    done_legs: list[float] = field(default_factory=list)
    length_m: float = 0.0
    name_order_m: float = 0.0
    serpentine_m: float = 0.0
    duration_min: float = 0.0
    method: str = "name"
    path: list = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    reasons: list = field(default_factory=list)
    floor_key: str = ""

    def tell(self, code, **numbers):
        """Add a reason."""
        self.reasons.append({"code": f"route.{code}", "numbers": numbers})


class Floor:
    """Bins and points of a geometry as places on a floor that the core can walk."""

    def __init__(self, geometry) -> None:
        self.geometry = geometry
        self.is_block = bool(geometry.is_block and 2 <= len(geometry.crossings) <= 8)
        if self.is_block:
            self.floor = Block(xs=geometry.xs, crossings=geometry.crossings)
            self._place, self._along = geometry.column, geometry.along
            self._points = (geometry.point_column, geometry.point_along)
        else:
            self.floor = Walkways(
                x=geometry.node_x, y=geometry.node_y, start=geometry.edge_start, end=geometry.edge_end,
                length_m=geometry.edge_length, one_way=geometry.edge_one_way)
            self._place, self._along = geometry.edge, geometry.offset
            self._points = (geometry.point_edge, geometry.point_offset)

    def places(self, location_ids):
        """Place and metres along it of each bin; the place is -1 where nobody can walk to, -2 without position."""
        rows = self.geometry.index_of(location_ids)
        if not len(self.geometry.location_ids):
            return np.full(len(rows), -2, np.intp), np.zeros(len(rows))
        at = np.maximum(rows, 0)
        known = (rows >= 0) & np.isfinite(self.geometry.access_x[at] + self.geometry.access_y[at])
        place = np.where(known, self._place[at], -2).astype(np.intp)
        along = np.where(place >= 0, np.nan_to_num(self._along[at]), 0.0)
        return place, self._inside(place, along)

    def _inside(self, place, along):
        if self.is_block:
            return np.clip(along, *self.floor.crossings[[0, -1]])
        if not len(self.floor.length_m):
            return along
        return np.clip(along, 0.0, self.floor.length_m[np.maximum(place, 0)])

    def point(self, point_id):
        """Where a depot, bench or dock lies, None when it is unknown or on no walkway."""
        row = int(self.geometry.point_index_of([point_id])[0]) if point_id else -1
        if row < 0 or self._points[0][row] < 0:
            return None
        place = np.array([self._points[0][row]])
        return int(place[0]), float(self._inside(place, np.array([self._points[1][row]]))[0])

    def ends(self, rules):
        """Start and end of a walk, and whether a point is known for the start."""
        start = self.point(rules.start_id)
        if start is None:
            kinds = self.geometry.point_kinds
            for kind in ("depot", "pack", "dock", "staging"):
                if kind in kinds:
                    start = self.point(self.geometry.point_ids[kinds.index(kind)])
                    break
        known = start is not None
        start = start or self._corner()
        return start, self.point(rules.end_id) or start, known

    def _corner(self):
        if self.is_block:
            return 0, float(self.floor.crossings[0])
        if not len(self.floor.start):
            return None
        first = (self.floor.x + self.floor.y)[self.floor.start]
        return int(first.argmin()), 0.0

    def metres_from(self, start, location_ids):
        """Metres from a place to each bin, infinite for those without position or way."""
        place, along = self.places(location_ids)
        found = np.full(len(place), np.inf)
        good = place >= 0
        if start is not None and good.any():
            found[good] = reach(self.floor, start, place[good], along[good])
        return found

    def key(self, rules, location_ids):
        """Fingerprint of everything about the floor that a walk to these bins depends on."""
        start, end, _known = self.ends(rules)
        parts = [*self.places(sorted(location_ids)), np.array([start or (-1, 0.0), end or (-1, 0.0)])]
        if self.is_block:
            parts += [self.floor.xs, self.floor.crossings]
        else:
            floor = self.floor
            parts += [floor.x, floor.y, floor.start, floor.end, floor.length_m, floor.one_way]
        code = 0
        for part in parts:
            code = zlib.crc32(np.ascontiguousarray(part).tobytes(), code)
        return f"{code:08x}"


def stops_of(lines):
    """One stop per bin and rank, by name of the bin: what Odoo prints."""
    found = {}
    for line in sorted(lines, key=lambda line: (line.name, line.location_id, line.rank)):
        key = (line.location_id, line.rank)
        if key not in found:
            found[key] = Stop(location_id=line.location_id, name=line.name, rank=line.rank, line_ids=[])
        found[key].line_ids.append(line.id)
    return list(found.values())


def plan_walk(walk: Walk, floor: Floor | None, order: list[Stop] | None = None) -> Walk:
    """Fill in the stops and figures of a walk; without a floor the stops go by bin sequence or by name.

    With an order the stops keep it, and only the figures are found.
    """
    stops = stops_of(walk.lines) if order is None else order
    sequence = {line.location_id: line.sequence for line in walk.lines}
    place, along = floor.places([stop.location_id for stop in stops]) if floor else (np.full(len(stops), -2), None)
    ends = floor.ends(walk.rules) if floor else (None, None, False)
    placed = [row for row in range(len(stops)) if place[row] >= 0] if ends[0] is not None else []
    if placed or (floor and walk.done and not stops):
        try:
            chosen = [stops[row] for row in placed]
            ordered, left = _solve(walk, floor, chosen, place[placed], along[placed], ends, order is not None)
        except ProblemError as error:
            walk.tell("refused", sentence=str(error))
            placed, ordered, left = [], [], []
    else:
        ordered, left = [], []
    if not placed and stops:
        _without_floor(walk, stops, sequence, floor)
    else:
        lost = [stop for row, stop in enumerate(stops) if row not in set(placed)]
        _append_rest(walk, ordered, lost, left, floor)
    walk.stops = [*ordered, *walk.stops]
    for number, stop in enumerate(walk.stops, len(walk.done) + 1):
        stop.sequence = number
    _tell_shared(walk)
    walk.duration_min += (len(walk.stops) + len(walk.done)) * walk.rules.stop_seconds / 60
    walk.floor_key = floor.key(walk.rules, {*walk.done, *(stop.location_id for stop in stops)}) if floor else ""
    return walk


def _solve(walk, floor, stops, place, along, ends, fixed):
    """Stops in walking order, and those to which no walkway leads."""
    rules = walk.rules
    start, end, known = ends
    here, walked = _walked(walk, floor, start)
    rank = np.array([stop.rank for stop in stops], np.intp)
    ranked = len(set(rank.tolist())) > 1 and not fixed
    problem = Problem(
        floor=floor.floor, place=place, along=along, start=here, end=end, rank=rank if ranked else None)
    params = Params(policy=Policy("given" if fixed else rules.policy), speed_m_per_s=rules.speed_m_per_s)
    plan = solve(problem, params)
    walk.length_m, walk.method, walk.path = walked + plan.length_m, plan.method, np.round(plan.path, 2).tolist()
    walk.duration_min = walk.length_m / rules.speed_m_per_s / 60
    walk.name_order_m, walk.serpentine_m = plan.given_m, plan.serpentine_m
    if walk.done or fixed:
        _compare_whole(walk, floor, stops, start, end)
    total, ordered = walked, []
    for leg, row in zip(plan.leg_m.tolist(), plan.order.tolist(), strict=False):
        total += leg
        stops[row].leg_m, stops[row].total_m = leg, total
        ordered.append(stops[row])
    if not fixed:
        _tell_plan(walk, problem, plan, ranked)
    if not known:
        walk.tell("no_start")
    return ordered, [stops[row] for row in plan.unassigned.tolist()]


def _walked(walk, floor, start):
    """Where the picker stands, and the metres that led there."""
    place, along = floor.places(walk.done)
    here, walked = start, 0.0
    for one, offset in zip(place.tolist(), along.tolist(), strict=True):
        leg = 0.0
        if one >= 0:
            leg = float(reach(floor.floor, here, [one], [offset])[0])
            leg = leg if np.isfinite(leg) else 0.0
            here = (one, offset)
        walked += leg
        walk.done_legs.append(leg)
    return here, walked


def _compare_whole(walk, floor, stops, start, end):
    """Name order and serpentine of the whole walk, also of what is done already."""
    names = {stop.location_id: stop.name for stop in stops} | walk.done_names
    ids = sorted(names, key=lambda location_id: (names[location_id], location_id))
    place, along = floor.places(ids)
    good = place >= 0
    plan = solve(
        Problem(floor=floor.floor, place=place[good], along=along[good], start=start, end=end), Params(policy="given"))
    walk.name_order_m, walk.serpentine_m = plan.given_m, plan.serpentine_m


def _tell_plan(walk, problem, plan, ranked):
    walk.tell("length", metres=walk.length_m, given=walk.name_order_m, serpentine=walk.serpentine_m)
    if ranked:
        _tell_ranks(walk, problem, plan)
    elif walk.rules.policy != "shortest" and plan.method == walk.rules.policy:
        walk.tell("policy", policy=walk.rules.policy, shortest=solve(problem).length_m, metres=plan.length_m)
    elif plan.method == "exact":
        walk.tell("exact")
    else:
        if walk.rules.policy != "shortest":
            walk.tell("no_policy", policy=walk.rules.policy)
        walk.tell("search")


def _tell_ranks(walk, problem, plan):
    skipped = int((problem.rank >= SKIPPED).sum())
    if len(set((problem.rank % SKIPPED).tolist())) > 1:
        free = solve(Problem(
            floor=problem.floor, place=problem.place, along=problem.along, start=problem.start, end=problem.end))
        walk.tell("rank", extra=max(plan.length_m - free.length_m, 0.0))
    if skipped:
        walk.tell("skipped", count=skipped)


def _without_floor(walk, stops, sequence, floor):
    """Serpentine by the sequence of the bins where they have one, else by name."""
    walk.missing = [stop.location_id for stop in stops]
    known = [stop for stop in stops if sequence.get(stop.location_id)]
    walk.method = "sequence" if known else "name"
    walk.stops = sorted(stops, key=lambda stop: (
        stop.rank, not sequence.get(stop.location_id), sequence.get(stop.location_id) or 0, stop.name))
    code = "no_layout" if floor is None else "no_positions"
    walk.tell(code, order=walk.method, count=len(stops))


def _append_rest(walk, ordered, lost, left, floor):
    """Bins that the route cannot place come last, in name order, and it says which."""
    place = floor.places([stop.location_id for stop in lost])[0] if lost else np.zeros(0)
    no_way = [*left, *(stop for stop, at in zip(lost, place, strict=True) if at == -1)]
    unknown = [stop for stop, at in zip(lost, place, strict=True) if at != -1]
    for code, stops in (("no_position", unknown), ("no_way", no_way)):
        if stops:
            names = sorted({stop.name for stop in stops})
            shown = ", ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
            walk.tell(code, count=len(names), names=shown)
    rest = sorted([*unknown, *no_way], key=lambda stop: (stop.rank, stop.name))
    walk.missing = [stop.location_id for stop in rest]
    walk.stops = rest


def _tell_shared(walk):
    lines = sum(len(stop.line_ids) for stop in walk.stops)
    if lines > len(walk.stops):
        walk.tell("shared", lines=lines, stops=len(walk.stops))


def slip_in(order, new, floor: Floor, rules: Rules, here=None):
    """Put new stops into a walk that goes on, each where it costs least.

    :param order: stops that are left, in walking order
    :param new: stops to be slipped in
    :param here: bin where the picker stands, none at the start
    :return: the stops in order and the extra metres; None when a bin has no position or no open way leads there
    """
    start, end, _known = floor.ends(rules)
    stops = [*order, *new]
    place, along = floor.places([stop.location_id for stop in stops])
    if here:
        at, offset = floor.places([here])
        start = (int(at[0]), float(offset[0])) if at[0] >= 0 else start
    if start is None or (place < 0).any():
        return None
    matrix = metres_between(
        floor.floor, np.array([start[0], *place, end[0]]), np.array([start[1], *along, end[1]]))
    last, rows, extra = len(stops) + 1, list(range(1, len(order) + 1)), 0.0
    for row in range(len(order) + 1, last):
        position, more = cheapest_insertion(matrix, rows, row, 0, last)
        rows.insert(position, row)
        extra += more
    return ([stops[row - 1] for row in rows], extra) if np.isfinite(extra) else None
