from . import (
    gantry_recall,
    gantry_recall_balance,
    gantry_recall_close,
    gantry_recall_lot,
    gantry_recall_notice,
    gantry_recall_notice_line,
    gantry_recall_snapshot,
    gantry_recall_step,
    gantry_recall_tell,
    gantry_recall_trace,
    gantry_recall_visit,
)
