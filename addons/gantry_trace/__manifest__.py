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
        "report/report_trace.xml",
        "views/stock_lot_views.xml",
        "views/gantry_trace_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "post_init_hook": "_build",
    "assets": {
        "web.assets_backend": ["gantry_trace/static/src/**/*"],
        "web.assets_unit_tests": [
            "gantry_trace/static/tests/**/*",
            ("remove", "gantry_trace/static/tests/tours/**/*"),
        ],
        "web.assets_tests": ["gantry_trace/static/tests/tours/**/*"],
    },
    "installable": True,
}
