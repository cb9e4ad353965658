{
    "name": "Gantry Reorder: Manufacturing",
    "summary": "Lead times measured on manufacturing orders, draft orders netted, dependent demand of components",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_reorder", "gantry_forecast_mrp"],
    "auto_install": True,
}
