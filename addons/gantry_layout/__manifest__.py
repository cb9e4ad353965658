{
    "name": "Gantry Layout",
    "summary": "The warehouse as geometry: zones, aisles, bins in metres, walkways, a bin generator, layout health",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_base", "stock"],
    "external_dependencies": {"python": ["numpy"]},
    "data": [
        "security/ir.model.access.csv",
        "security/gantry_layout_rules.xml",
        "views/wizard_views.xml",
        "views/gantry_layout_views.xml",
        "views/gantry_layout_part_views.xml",
        "views/stock_views.xml",
        "views/menus.xml",
        "views/gantry_layout_map_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["gantry_layout/static/src/**/*"],
        "web.assets_unit_tests": [
            "gantry_layout/static/tests/**/*",
            ("remove", "gantry_layout/static/tests/tours/**/*"),
        ],
        "web.assets_tests": ["gantry_layout/static/tests/tours/**/*"],
    },
    "installable": True,
}
