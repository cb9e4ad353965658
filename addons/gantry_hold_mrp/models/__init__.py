from . import gantry_hold, mrp_production
