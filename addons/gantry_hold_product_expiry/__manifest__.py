{
    "name": "Gantry Hold: Expiration Dates",
    "summary": "Put lots on hold by a range of expiration dates",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_hold", "product_expiry"],
    "data": ["views/gantry_hold_views.xml"],
    "auto_install": True,
}
