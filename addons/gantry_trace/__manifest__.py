{
    "name": "Gantry Trace",
    "summary": "Trace any lot both ways at once: where it came from, what it went into, who got it, what is left",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base", "stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_trace_rules.xml",
        "data/ir_cron.xml",
    ],
    "post_init_hook": "_build",
    "installable": True,
}
