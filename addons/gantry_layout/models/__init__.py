from . import (
    gantry_layout_part,
    gantry_layout,
    gantry_layout_geometry,
    gantry_layout_zone,
    gantry_layout_block,
    gantry_layout_aisle,
    gantry_layout_graph,
    gantry_layout_point,
    stock_location,
    stock_warehouse,
)
