{
    "name": "Gantry Forecast: Manufacturing",
    "summary": "Forecasts of finished goods exploded through bills of materials into demand for components",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_forecast", "mrp"],
    "data": [
        "views/gantry_forecast_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
