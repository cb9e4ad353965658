from . import gantry_reorder_leadtime, gantry_reorder_rule
