{
    "name": "Gantry Hold",
    "summary": "Lots on hold at every door, release by a second person, quality release of receipts, quarantine",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base", "stock"],
    "data": [
        "security/gantry_hold_groups.xml",
        "security/ir.model.access.csv",
        "security/gantry_hold_rules.xml",
        "data/ir_sequence_data.xml",
    ],
    "installable": True,
}
