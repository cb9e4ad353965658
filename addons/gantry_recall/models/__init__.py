from . import gantry_recall, gantry_recall_lot, gantry_recall_snapshot, gantry_recall_step, gantry_recall_trace
