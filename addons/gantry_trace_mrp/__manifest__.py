{
    "name": "Gantry Trace: Manufacturing",
    "summary": "Manufacturing and unbuild orders in the genealogy of lots",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_trace", "mrp"],
    "data": ["views/stock_move_line_views.xml"],
    "post_init_hook": "_build",
    "auto_install": True,
}
