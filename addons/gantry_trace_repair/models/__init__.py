from . import gantry_trace_edge
from . import repair_order
from . import stock_move
