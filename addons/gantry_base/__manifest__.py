{
    "name": "Gantry",
    "summary": "Common ground of the Gantry warehouse suite: roles, background jobs, explanations, settings",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Inventory",
    "author": "Gantry",
    "license": "LGPL-3",
    "depends": ["stock"],
    "data": [
        "security/gantry_groups.xml",
        "security/ir.model.access.csv",
        "security/gantry_rules.xml",
        "data/ir_cron_data.xml",
        "views/gantry_job_views.xml",
        "views/gantry_menus.xml",
        "views/res_config_settings_views.xml",
    ],
    "application": True,
}
