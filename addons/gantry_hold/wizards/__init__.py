from . import gantry_hold_decision, gantry_hold_wizard
