from . import (
    gantry_reorder_change,
    gantry_reorder_issue,
    gantry_reorder_leadtime,
    gantry_reorder_policy,
    gantry_reorder_rule,
    gantry_reorder_screen,
    res_company,
    res_config_settings,
    stock_orderpoint,
)
