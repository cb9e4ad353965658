{
    "name": "Gantry Demo Story",
    "summary": "A wholesaler with two warehouses and two years of demand, generated from a seed",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": [
        "gantry_expiry", "gantry_forecast", "gantry_layout", "gantry_recall", "gantry_reorder_purchase",
    ],
    "external_dependencies": {"python": ["numpy"]},
    "data": [
        "security/ir.model.access.csv",
        "wizards/gantry_demo_load_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "gantry_demo/static/tests/tours/**/*",
        ],
    },
}
