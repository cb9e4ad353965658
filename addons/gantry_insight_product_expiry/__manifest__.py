{
    "name": "Gantry Insight: Expiry",
    "summary": "Stock that will expire before it is sold, in units and money, with alerts",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_insight", "product_expiry"],
    "data": [
        "views/gantry_insight_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
