from . import (  # the models themselves, before what extends them
    gantry_reorder_change,
    gantry_reorder_issue,
    gantry_reorder_leadtime,
    gantry_reorder_policy,
    gantry_reorder_rule,
)

# isort: split
from . import (
    gantry_reorder_apply,
    gantry_reorder_backtest,
    gantry_reorder_backtest_data,
    gantry_reorder_backtest_run,
    gantry_reorder_backtest_words,
    gantry_reorder_explain,
    gantry_reorder_health,
    gantry_reorder_leadtime_build,
    gantry_reorder_points,
    gantry_reorder_policy_match,
    gantry_reorder_problem,
    gantry_reorder_read,
    gantry_reorder_read_lead,
    gantry_reorder_rows,
    gantry_reorder_run,
    gantry_reorder_screen,
    gantry_reorder_source,
    gantry_reorder_whatif,
    res_company,
    res_config_settings,
    stock_orderpoint,
)
