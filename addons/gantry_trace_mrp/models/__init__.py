from . import gantry_trace_edge
from . import mrp_production
from . import mrp_unbuild
from . import stock_move
