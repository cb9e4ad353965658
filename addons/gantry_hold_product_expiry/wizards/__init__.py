from . import gantry_hold_wizard
