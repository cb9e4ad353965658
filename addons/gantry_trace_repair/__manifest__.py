{
    "name": "Gantry Trace: Repair",
    "summary": "Repair orders in the genealogy of lots",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_trace", "repair"],
    "data": [],
    "post_init_hook": "_build",
    "auto_install": True,
}
