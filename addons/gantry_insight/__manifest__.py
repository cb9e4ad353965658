{
    "name": "Gantry Insight",
    "summary": "Inventory insight and alerts: value, turns, cover, ageing, service, excess and shortage in money",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_forecast", "mail"],
    "external_dependencies": {"python": ["numpy"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_insight_security.xml",
        "data/mail_activity_type.xml",
        "data/ir_cron.xml",
        "data/alert_digest.xml",
        "views/gantry_insight_history_views.xml",
        "views/gantry_alert_views.xml",
        "views/gantry_insight_views.xml",
        "views/product_views.xml",
        "views/res_config_settings_views.xml",
        "views/res_users_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "gantry_insight/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "gantry_insight/static/tests/**/*",
            ("remove", "gantry_insight/static/tests/tours/**/*"),
        ],
        "web.assets_tests": [
            "gantry_insight/static/tests/tours/**/*",
        ],
    },
}
