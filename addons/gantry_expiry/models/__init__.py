from . import (
    gantry_expiry_api,
    gantry_expiry_decision,
    gantry_expiry_line,
    res_config_settings,
    shelf_life,
    stock_lot,
    stock_move_line,
)
