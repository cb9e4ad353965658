from . import gantry_expiry_decide
