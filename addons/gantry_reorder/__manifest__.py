{
    "name": "Gantry Reorder",
    "summary": "Reorder rules that set themselves from the forecast, explain themselves and prove themselves",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_forecast"],
    "external_dependencies": {"python": ["numpy", "scipy"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_reorder_security.xml",
        "data/ir_cron.xml",
        "views/gantry_reorder_policy_views.xml",
        "views/gantry_reorder_rule_views.xml",
        "views/gantry_reorder_leadtime_views.xml",
        "views/gantry_reorder_option_views.xml",
        "views/gantry_reorder_change_views.xml",
        "views/gantry_reorder_issue_views.xml",
        "views/gantry_reorder_whatif_views.xml",
        "views/gantry_reorder_backtest_views.xml",
        "views/res_config_settings_views.xml",
        "views/gantry_reorder_links_views.xml",
        "views/menus.xml",
        "views/gantry_reorder_pickface_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "gantry_reorder/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "gantry_reorder/static/tests/*.test.js",
        ],
        "web.assets_tests": [
            "gantry_reorder/static/tests/tours/**/*",
        ],
    },
    "installable": True,
}
