{
    "name": "Gantry Insight: Purchase",
    "summary": "Purchase orders and the punctuality of the vendor in alerts about late goods",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_insight", "purchase_stock"],
    "data": ["views/gantry_alert_views.xml"],
    "auto_install": True,
}
