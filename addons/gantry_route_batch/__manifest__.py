{
    "name": "Gantry Route: Batch Transfers",
    "summary": "One walk past all transfers of a batch or wave, and its printed list in walking order",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_route", "stock_picking_batch"],
    "data": [
        "views/stock_picking_batch_views.xml",
        "report/report_picking_batch.xml",
    ],
    "auto_install": True,
}
