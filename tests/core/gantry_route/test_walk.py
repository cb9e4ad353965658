"""Open lines become stops in walking order, without a floor too."""

from gantry_route_core.walk import Line, Rules, Walk, plan_walk


def test_without_a_floor_the_stops_follow_the_names_and_one_bin_is_one_stop():
    bins = [(1, 8, "B-2"), (2, 7, "A-1"), (3, 8, "B-2")]
    lines = [Line(id=number, location_id=place, name=name) for number, place, name in bins]
    walk = Walk(lines=lines, rules=Rules())
    plan_walk(walk, None)
    assert [(stop.location_id, sorted(stop.line_ids)) for stop in walk.stops] == [(7, [2]), (8, [1, 3])]
    assert walk.method == "name" and walk.reasons
