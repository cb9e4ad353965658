{
    "name": "Gantry Insight: Reorder",
    "summary": "Order-by dates, service targets and owners of reorder policies in insight and alerts",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_insight", "gantry_reorder"],
    "data": ["views/gantry_insight_views.xml"],
    "auto_install": True,
}
