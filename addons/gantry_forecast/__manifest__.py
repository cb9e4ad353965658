{
    "name": "Gantry Forecast",
    "summary": "Demand forecasts per product and warehouse: history, distribution, overrides, accuracy",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base"],
    "external_dependencies": {"python": ["numpy"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_forecast_security.xml",
        "data/ir_cron.xml",
        "views/gantry_demand_views.xml",
        "views/gantry_demand_event_views.xml",
        "views/gantry_forecast_override_views.xml",
        "views/gantry_forecast_accuracy_views.xml",
        "views/gantry_forecast_recipe_views.xml",
        "views/gantry_forecast_line_views.xml",
        "views/gantry_forecast_views.xml",
        "views/product_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "gantry_forecast/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "gantry_forecast/static/tests/**/*",
            ("remove", "gantry_forecast/static/tests/tours/**/*"),
        ],
        "web.assets_tests": [
            "gantry_forecast/static/tests/tours/**/*",
        ],
    },
    "installable": True,
}
