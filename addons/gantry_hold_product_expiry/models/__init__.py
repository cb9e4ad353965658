from . import gantry_hold
