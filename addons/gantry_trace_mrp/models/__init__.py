from . import gantry_trace_edge, mrp_production, mrp_unbuild, stock_move, stock_move_line
