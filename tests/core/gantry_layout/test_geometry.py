"""Walkways from aisles and drawn edges, and where bins are reached."""

import gantry_layout_core as core
import numpy as np
import pytest
from gantry_layout_core import Shape, Tables, build
from gantry_layout_core.walkways import components

SHAPE = Shape(aisle_count=3, section_count=2, bay_count=8, origin_x_m=10, origin_y_m=5)


def hall(shape=SHAPE, others=(), **changes):
    """Tables of rectangles with all their bins, one zone, a depot at the front left."""
    shapes = [shape, *others]
    aisle = {name: [] for name in ("aisle_block", "aisle_x", "aisle_from", "aisle_to")}
    places = []
    for row, one in enumerate(shapes):
        bins, first = one.bins(), len(aisle["aisle_x"])
        aisle["aisle_block"] += [row] * one.aisle_count
        aisle["aisle_x"] += one.xs.tolist()
        aisle["aisle_from"] += [one.crossings[0]] * one.aisle_count
        aisle["aisle_to"] += [one.crossings[-1]] * one.aisle_count
        places.append(np.column_stack([
            bins["aisle"] + first, bins["x"], bins["y"], bins["z"], one.xs[bins["aisle"]], bins["y"],
            bins["level"] + 1]))
    table, count = np.concatenate(places), len(aisle["aisle_x"])
    tables = {
        "crossings": [one.crossings for one in shapes], "aisle_id": np.arange(count) + 100, **aisle,
        "aisle_one_way": np.zeros(count), "aisle_open": np.ones(count, bool), "bin_id": np.arange(len(table)) + 1000,
        "bin_zone": np.zeros(len(table)), "bin_aisle": table[:, 0].astype(int), "bin_edge": np.full(len(table), -1),
        "bin_x": table[:, 1], "bin_y": table[:, 2], "bin_z": table[:, 3], "bin_access_x": table[:, 4],
        "bin_access_y": table[:, 5], "bin_level": table[:, 6], "bin_sequence": np.arange(len(table)),
        "point_id": [9], "point_name": ["Depot"], "point_kind": ["depot"], "point_x": [float(shape.xs[0])],
        "point_y": [float(shape.crossings[0])]}
    return Tables(**{**tables, **changes})


def spots(geometry):
    """Coordinates of the bins' access points, found again from edge and offset."""
    start, end = geometry.edge_start[geometry.edge], geometry.edge_end[geometry.edge]
    share = geometry.offset / geometry.edge_length[geometry.edge]
    x = geometry.node_x[start] + share * (geometry.node_x[end] - geometry.node_x[start])
    y = geometry.node_y[start] + share * (geometry.node_y[end] - geometry.node_y[start])
    return x, y


def test_a_rectangle_is_told_as_one():
    """Aisles, cross-aisles, column and metres of every bin, and the same places on the graph."""
    geometry = build(hall())
    assert geometry.is_block
    assert geometry.xs.tolist() == SHAPE.xs.tolist() and geometry.crossings.tolist() == SHAPE.crossings.tolist()
    assert np.array_equal(geometry.xs[geometry.column], geometry.access_x)
    assert np.array_equal(geometry.along, geometry.access_y)
    x, y = spots(geometry)
    assert x == pytest.approx(geometry.access_x) and y == pytest.approx(geometry.access_y)
    assert geometry.away.max() < 1e-9
    assert len(geometry.node_x) == 9 and len(geometry.edge_start) == 12
    assert (geometry.point_column[0], geometry.point_along[0]) == (0, SHAPE.crossings[0])


def test_bins_are_found_by_id():
    """Rows of known ids, -1 for the others."""
    geometry = build(hall())
    assert geometry.index_of([1003, 7, 1000]).tolist() == [3, -1, 0]
    assert geometry.index_of([]).tolist() == [] and geometry.point_index_of([9, 8]).tolist() == [0, -1]
    assert build(Tables()).index_of([5]).tolist() == [-1]


def test_an_extension_beside_is_the_same_rectangle():
    """A second area with the same cross-aisles lies in the same rectangle."""
    beside = Shape(aisle_count=2, section_count=2, bay_count=8, origin_x_m=22, origin_y_m=5)
    geometry = build(hall(others=[beside]))
    assert geometry.is_block and geometry.xs.tolist() == [*SHAPE.xs.tolist(), *beside.xs.tolist()]


def test_another_area_is_joined_but_is_no_rectangle():
    """An area elsewhere is linked, so that every bin can be reached."""
    away = Shape(aisle_count=2, section_count=1, bay_count=6, origin_x_m=60, origin_y_m=40)
    geometry = build(hall(others=[away]))
    assert not geometry.is_block
    assert len(set(components(len(geometry.node_x), geometry.edge_start, geometry.edge_end))) == 1
    assert not len(core.find_unreachable(geometry))


@pytest.mark.parametrize("way, higher_is_end", [(1, True), (-1, False)])
def test_one_way_aisles_lead_from_start_to_end(way, higher_is_end):
    """The edges of a one-way aisle point in its direction; bins stay where they are."""
    geometry = build(hall(aisle_one_way=[0, way, 0]))
    assert not geometry.is_block and geometry.edge_one_way.sum() == 2
    rise = geometry.node_y[geometry.edge_end] - geometry.node_y[geometry.edge_start]
    assert ((rise[geometry.edge_one_way] > 0) == higher_is_end).all()
    assert spots(geometry)[1] == pytest.approx(geometry.access_y)
    assert not len(core.find_unreachable(geometry))


def test_a_blocked_aisle_cannot_be_walked():
    """Its bins are on no walkway, the others are reached."""
    geometry = build(hall(aisle_open=[True, False, True]))
    assert not geometry.is_block
    lost = geometry.aisle == 1
    assert (geometry.edge[lost] == -1).all() and (geometry.edge[~lost] >= 0).all()
    assert core.find_unreachable(geometry).tolist() == np.flatnonzero(lost).tolist()


def test_all_aisles_one_way_up_can_be_walked_in_and_never_left():
    """Without an aisle back nobody returns to the depot, so no bin counts as reachable."""
    shape = Shape(aisle_count=3, bay_count=8)
    geometry = build(hall(shape, aisle_one_way=[1, 1, 1]))
    assert len(core.find_unreachable(geometry)) == len(geometry.location_ids)
    back = build(hall(shape, aisle_one_way=[1, -1, 1]))
    assert not len(core.find_unreachable(back))


def test_bins_without_aisle_are_reached_from_the_nearest_walkway():
    """A bin somewhere on the floor gets an edge, and a column in a plain rectangle."""
    tables = hall()
    loose = {
        name: np.append(getattr(tables, name), value) for name, value in (
            ("bin_id", 5000), ("bin_zone", 0), ("bin_aisle", -1), ("bin_edge", -1), ("bin_x", 11.0), ("bin_y", 15.0),
            ("bin_z", 0), ("bin_access_x", np.nan), ("bin_access_y", np.nan), ("bin_level", 1), ("bin_sequence", 0))}
    geometry = build(hall(**loose))
    assert geometry.edge[-1] >= 0 and geometry.away[-1] == pytest.approx(1.0)  # the first aisle lies at 12 m
    assert geometry.column[-1] == 0 and geometry.along[-1] == 15.0


def test_unknown_positions_stay_unknown():
    """A bin without coordinates is on no walkway, whatever its aisle."""
    tables = hall()
    x = tables.bin_x.copy()
    x[0] = np.nan
    access = np.where(np.arange(len(x)) == 0, np.nan, tables.bin_access_x)
    geometry = build(hall(bin_x=x, bin_access_x=access))
    assert geometry.edge[0] == -1 and geometry.column[0] == -1
    assert core.find_unreachable(geometry).tolist() == [0]


def test_drawn_walkways_join_the_aisles_they_touch():
    """A corridor from the middle of an aisle to a packing room is one network with the racks."""
    middle = float(SHAPE.crossings[:2].mean())
    tables = hall(
        node_x=[float(SHAPE.xs[2]) + 0.1, 40.0, 40.0], node_y=[middle, middle, 50.0], edge_start=[0, 1],
        edge_end=[1, 2], edge_length=[np.nan, 80.0], edge_one_way=[False, True], edge_open=[True, True])
    geometry = build(tables)
    assert not geometry.is_block
    assert len(set(components(len(geometry.node_x), geometry.edge_start, geometry.edge_end))) == 1
    assert 80.0 in geometry.edge_length
    assert spots(geometry)[1] == pytest.approx(geometry.access_y)  # the aisle was cut in two, its bins stay


def test_a_drawn_building_needs_no_racks():
    """Nodes and edges alone: bins lie on their edge, a ramp is as long as it says."""
    geometry = build(Tables(
        node_x=[0, 10, 10], node_y=[0, 0, 10], edge_start=[0, 1], edge_end=[1, 2], edge_length=[np.nan, 14.0],
        edge_one_way=[False, False], edge_open=[True, True], bin_id=[1, 2], bin_zone=[0, 0], bin_aisle=[-1, -1],
        bin_edge=[1, -1], bin_x=[12, 3], bin_y=[5, 1], bin_z=[0, 0], bin_access_x=[10, np.nan],
        bin_access_y=[5, np.nan], bin_level=[1, 1], bin_sequence=[1, 2]))
    assert geometry.edge.tolist() == [1, 0] and geometry.offset.tolist() == [7.0, 3.0]
    assert not len(core.find_unreachable(geometry))


def test_an_island_is_found():
    """Walkways that nothing joins to the start point are no way."""
    geometry = build(Tables(
        node_x=[0, 10, 50, 60], node_y=[0, 0, 0, 0], edge_start=[0, 2], edge_end=[1, 3], edge_length=[np.nan, np.nan],
        edge_one_way=[False, False], edge_open=[True, True], bin_id=[1, 2], bin_zone=[0, 0], bin_aisle=[-1, -1],
        bin_edge=[0, 1], bin_x=[5, 55], bin_y=[1, 1], bin_z=[0, 0], bin_access_x=[5, 55], bin_access_y=[0, 0],
        bin_level=[1, 1], bin_sequence=[1, 2], point_id=[1], point_name=["Dock"], point_kind=["dock"], point_x=[0],
        point_y=[0]))
    assert core.find_unreachable(geometry).tolist() == [1]


def test_nothing_at_all_is_an_empty_geometry():
    """A layout without anything is no error."""
    geometry = build(Tables())
    assert not geometry.is_block and not len(geometry.location_ids) and not len(core.find_unreachable(geometry))
