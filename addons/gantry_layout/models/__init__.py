from . import gantry_layout_part

# isort: split
from . import (
    gantry_layout,
    gantry_layout_aisle,
    gantry_layout_api,
    gantry_layout_block,
    gantry_layout_export,
    gantry_layout_generate,
    gantry_layout_geometry,
    gantry_layout_graph,
    gantry_layout_import,
    gantry_layout_issue,
    gantry_layout_map,
    gantry_layout_point,
    gantry_layout_zone,
    stock_location,
    stock_location_map,
    stock_warehouse,
)
