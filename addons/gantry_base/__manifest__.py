{
    "name": "Gantry",
    "summary": "Common ground of the Gantry warehouse suite: roles, background jobs, explanations, settings",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["stock"],
    "data": [
        "security/gantry_groups.xml",
        "security/ir.model.access.csv",
        "security/gantry_rules.xml",
        "data/ir_cron_data.xml",
        "views/gantry_job_views.xml",
        "views/gantry_request_views.xml",
        "views/gantry_menus.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "gantry_base/static/src/**/*",
        ],
        "web.assets_tests": [
            "gantry_base/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "gantry_base/static/tests/**/*.test.js",
        ],
    },
    "application": True,
}
