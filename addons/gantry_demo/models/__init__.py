from . import (
    gantry_demo,
    gantry_demo_catalog,
    gantry_demo_company,
    gantry_demo_forecast,
    gantry_demo_history,
    gantry_demo_layout,
    gantry_demo_open,
    gantry_demo_reorder,
    gantry_demo_trace,
    gantry_forecast,
    res_company,
    res_config_settings,
)
