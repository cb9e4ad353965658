"""Shortest pick routes: published sets, bins chosen with the way, generated houses, walkway graphs beside OR-tools."""

from __future__ import annotations

import time
from contextlib import contextmanager

import numpy as np
import route_sets
from harness import MissingData, load_core, main

core = load_core("gantry_route")
GOAL_MS = {"published": 1.0, "one middle cross-aisle": 5.0, "five cross-aisles": 60.0}
SIZES = (10, 30, 60, 100, 200)
PEER_S = 1.0


@contextmanager
def clock():
    """Processor seconds of this process: other work on the machine does not count."""
    start = time.process_time()
    yield lambda: time.process_time() - start


def run(report, args):
    """Optima of published sets, gaps and times on generated houses, OR-tools and name order beside."""
    _published(report, args)
    _scattered(report, args)
    _generated(report, args, "one middle cross-aisle", [0.0, 41.0, 82.0])
    _generated(report, args, "five cross-aisles", [0.0, 21.0, 42.0, 63.0, 84.0])
    _walkways(report, args)


def _published(report, args):
    rows = []
    for blocks in (1, 2):
        try:
            cases = route_sets.plain(blocks)[::10 if args.quick else 1]
        except MissingData as missing:
            report.note(str(missing))
            return
        reached, spent = 0, []
        core.rect_length(cases[0].xs, cases[0].crossings, cases[0].columns, cases[0].ys, cases[0].start)
        for case in cases:
            with clock() as took:
                length = core.rect_length(case.xs, case.crossings, case.columns, case.ys, case.start)
            spent.append(1000 * took())
            reached += abs(length - case.best) < 1e-6
        rows.append([f"{blocks} block", len(cases), reached, float(np.mean(spent)), max(spent), GOAL_MS["published"]])
    report.table(
        "Published instances (Hessler and Irnich 2024), every article in one bin",
        ["", "instances", "optimal", "mean cpu ms", "max cpu ms", "goal mean ms"], rows)


def _scattered(report, args):
    rows, beyond = [], []
    for blocks in (1, 2):
        try:
            cases = route_sets.scattered(blocks)[::10 if args.quick else 1]
        except MissingData as missing:
            report.note(str(missing))
            return
        for kind in ("unit", "varying"):
            gaps, spent, proven, out_of_reach = [], [], 0, 0
            for case in cases:
                if not case.name.startswith(kind):
                    continue
                with clock() as took:
                    plan = core.solve_scattered(
                        case.xs, case.crossings, case.columns, case.ys, case.item, case.quantity, case.demand,
                        case.start)
                spent.append(took())
                proven += plan.proven
                if plan.bound_m > case.best + 1e-6:
                    out_of_reach += 1
                    beyond.append([case.name, blocks, case.best, plan.bound_m, plan.walk.length_m])
                else:
                    gaps.append(plan.walk.length_m / case.best - 1)
            rows.append([
                f"{blocks} block, {kind}", len(spent), out_of_reach, sum(gap < 1e-9 for gap in gaps), len(gaps), proven,
                100 * float(np.mean(gaps)), 100 * max(gaps), float(np.mean(spent)), max(spent)])
    report.table(
        "Published instances, bins chosen with the way; values below a proven bound cannot be reached",
        ["", "instances", "value below bound", "at published", "of", "proven", "mean gap %", "max gap %", "mean cpu s",
         "max cpu s"],
        rows)
    if beyond:
        report.table(
            "Published values that lie below a proven lower bound",
            ["instance", "blocks", "published", "bound", "found"], beyond)


def _house(rng, crossings, stops):
    """Stops of a 20-aisle house in the order of their names: aisle, bay, side."""
    ys = np.setdiff1d(np.arange(1.0, crossings[-1]), crossings)
    columns, bays = rng.integers(0, 20, stops), rng.integers(0, len(ys), stops)
    order = np.lexsort((bays, columns))
    return core.Problem(
        floor=core.Block(xs=4.0 * np.arange(20), crossings=crossings), place=columns[order], along=ys[bays[order]],
        start=(0, 0.0))


def _generated(report, args, title, crossings):
    rows = []
    lists = 3 if args.quick else 10
    floor_m = np.array(crossings)
    for stops in SIZES:
        rng = np.random.default_rng(stops)
        spent, name, serpentine, searched = [], [], [], []
        for _list in range(lists):
            problem = _house(rng, floor_m, stops)
            with clock() as took:
                walk = core.rect_walk(
                    problem.floor.xs, problem.floor.crossings, problem.place, problem.along, problem.start)
            spent.append(1000 * took())
            plan = core.solve(problem)
            assert abs(plan.length_m - walk.length_m) < 1e-6
            name.append(100 * (plan.given_m / walk.length_m - 1))
            serpentine.append(100 * (plan.serpentine_m / walk.length_m - 1))
            searched.append(100 * (_searched(problem) / walk.length_m - 1))
        rows.append([
            stops, 0.0, float(np.mean(spent)), max(spent), GOAL_MS[title], float(np.mean(searched)),
            float(np.mean(name)), float(np.mean(serpentine))])
    report.table(
        f"Generated house of 20 aisles, {title}: the programme is exact; metres over it in %",
        ["stops", "exact %", "mean cpu ms", "max cpu ms", "goal ms", "tour search %", "name order %",
         "serpentine %"], rows)


def _matrix(problem):
    points = [problem.start, *zip(problem.place.tolist(), problem.along.tolist(), strict=True)]
    points = list(dict.fromkeys(points))
    floor = problem.floor
    return np.array([[core.rect_distance(floor.xs, floor.crossings, one, other) for other in points] for one in points])


def _searched(problem):
    matrix = _matrix(problem)
    return core.tour_length(matrix, core.solve_tour(matrix, range(1, len(matrix))))


def _building(rng, one_way):
    """A building that is no rectangle: a grid of 12 by 10 crossings with a fifth of the walkways missing."""
    x, y = np.meshgrid(np.arange(12) * 8.0, np.arange(10) * 6.0, indexing="ij")
    x, y = x.ravel() + rng.uniform(-2, 2, 120), y.ravel() + rng.uniform(-1, 1, 120)
    edges = [(n, n + 1) for n in range(120) if n % 10 < 9] + [(n, n + 10) for n in range(110)]
    keep = np.array(edges)[rng.random(len(edges)) > 0.2]
    return core.Walkways(
        x=x, y=y, start=keep[:, 0], end=keep[:, 1],
        one_way=rng.random(len(keep)) < 0.1 if one_way else None)


def _walkways(report, args):
    rows = []
    for stops, one_way in ((30, False), (60, False), (100, False), (100, True)):
        figures = {name: [] for name in ("ours", "peer", "name", "ms")}
        for number in range(2 if args.quick else 6):
            matrix = _graph_case(np.random.default_rng([stops, int(one_way), number]), stops, one_way)
            every = range(1, len(matrix))
            with clock() as took:
                order = core.solve_tour(matrix, every)
            figures["ms"].append(1000 * took())
            ours = core.tour_length(matrix, order)
            peer = _ortools(matrix)
            best = min(
                ours, peer or ours,
                *(core.tour_length(matrix, core.solve_tour(matrix, every, seed=seed, kicks=5 * 12 * stops))
                  for seed in (1, 2)))
            figures["ours"].append(100 * (ours / best - 1))
            figures["name"].append(100 * (core.tour_length(matrix, every) / best - 1))
            if peer:
                figures["peer"].append(100 * (peer / best - 1))
        rows.append([
            f"{stops} stops{', one-way aisles' if one_way else ''}", float(np.mean(figures["ours"])),
            float(np.mean(figures["ms"])), float(np.mean(figures["peer"])) if figures["peer"] else None,
            float(np.mean(figures["name"]))])
    report.table(
        f"Walkway graph: % over the best known; ours goal 0.1 % in 100 ms, OR-tools {PEER_S:g} s, name order",
        ["", "ours %", "ours cpu ms", "OR-tools %", "name order %"], rows)


def _graph_case(rng, stops, one_way):
    """Metres between stops that can be reached from the first one and from which it can be reached."""
    floor = _building(rng, one_way)
    edge = np.sort(rng.integers(0, len(floor.length_m), 2 * stops))
    matrix = core.distances(floor, edge, rng.random(len(edge)) * floor.length_m[edge]).matrix
    both = np.isfinite(matrix) & np.isfinite(matrix.T)
    fine = np.flatnonzero(both[int(both.sum(axis=1).argmax())])
    fine = np.sort(rng.permutation(fine)[:stops + 1])
    return matrix[np.ix_(fine, fine)]


def _ortools(matrix):
    """Guided local search of OR-tools for a second, on centimetres; None where it is not installed."""
    try:
        from ortools.constraint_solver import pywrapcp, routing_enums_pb2
    except ImportError:
        return None
    centimetres = np.round(matrix * 100).astype(int).tolist()
    manager = pywrapcp.RoutingIndexManager(len(matrix), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    leg = routing.RegisterTransitCallback(
        lambda one, other: centimetres[manager.IndexToNode(one)][manager.IndexToNode(other)])
    routing.SetArcCostEvaluatorOfAllVehicles(leg)
    settings = pywrapcp.DefaultRoutingSearchParameters()
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromMilliseconds(int(1000 * PEER_S))
    found = routing.SolveWithParameters(settings)
    order, place = [], found.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(place):
        order.append(manager.IndexToNode(place))
        place = found.Value(routing.NextVar(place))
    return core.tour_length(matrix, order)


if __name__ == "__main__":
    raise SystemExit(main(run, "route_core"))
