from . import gantry_route_add, gantry_route_short
