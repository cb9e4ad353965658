from . import gantry_reorder_option
