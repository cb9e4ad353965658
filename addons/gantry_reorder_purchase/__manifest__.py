{
    "name": "Gantry Reorder: Purchase",
    "summary": "Lead times measured on purchase orders, requests for quotation netted, least orders of vendors",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["gantry_reorder", "purchase_stock"],
    "data": ["views/res_partner_views.xml", "views/gantry_reorder_rule_views.xml"],
    "auto_install": True,
}
