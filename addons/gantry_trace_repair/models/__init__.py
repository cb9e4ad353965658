from . import gantry_trace_edge, repair_order, stock_move
