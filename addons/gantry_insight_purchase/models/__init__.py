from . import gantry_alert, gantry_explain
