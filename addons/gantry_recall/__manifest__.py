{
    "name": "Gantry Recall",
    "summary": "Run a recall from the trace to the closing: hold, notices, answers, balance, drill, evidence",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_trace", "gantry_hold", "mail", "portal"],
    "data": [
        "security/gantry_recall_groups.xml",
        "security/ir.model.access.csv",
        "security/gantry_recall_rules.xml",
        "data/ir_sequence_data.xml",
        "views/gantry_recall_lot_views.xml",
        "views/gantry_recall_views.xml",
        "views/menus.xml",
    ],
    "installable": True,
}
