{
    "name": "Gantry Hold: Point of Sale",
    "summary": "Lots on hold cannot be sold at a point of sale",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_hold", "point_of_sale"],
    "data": [],
    "auto_install": True,
}
