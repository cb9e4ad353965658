{
    "name": "Gantry Route",
    "summary": "The shortest walk for transfers and batches: stops in order, metres, minutes, walking reports",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_layout"],
    "external_dependencies": {"python": ["numpy"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_route_rules.xml",
        "views/wizard_views.xml",
        "views/gantry_route_views.xml",
        "views/gantry_route_report_views.xml",
        "views/stock_picking_views.xml",
        "views/stock_views.xml",
        "views/product_views.xml",
        "views/menus.xml",
        "report/report_stockpicking_operations.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "gantry_route/static/tests/tours/**/*",
        ],
    },
    "installable": True,
}
