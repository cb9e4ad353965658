{
    "name": "Gantry Hold: Manufacturing",
    "summary": "Put what a manufacturing order made, or what it consumed, on hold",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_hold", "mrp"],
    "data": ["views/mrp_views.xml"],
    "auto_install": True,
}
