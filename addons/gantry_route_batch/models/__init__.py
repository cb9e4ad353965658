from . import gantry_route, gantry_route_api, stock_picking, stock_picking_batch
