from . import gantry_alert, gantry_insight, gantry_reorder_rule
