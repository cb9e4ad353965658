{
    "name": "Gantry Hold",
    "summary": "Lots on hold at every door, release by a second person, quality release of receipts, quarantine",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base", "stock"],
    "data": [
        "security/gantry_hold_groups.xml",
        "security/ir.model.access.csv",
        "security/gantry_hold_rules.xml",
        "data/ir_sequence_data.xml",
        "data/ir_cron_data.xml",
        "views/wizard_views.xml",
        "views/gantry_hold_views.xml",
        "views/gantry_hold_lot_views.xml",
        "views/stock_views.xml",
        "views/product_views.xml",
        "views/menus.xml",
    ],
    "assets": {
        "web.assets_tests": [
            "gantry_hold/static/tests/tours/**/*",
        ],
    },
    "installable": True,
}
