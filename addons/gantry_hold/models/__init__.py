from . import (
    gantry_hold,
    gantry_hold_hit,
    gantry_hold_lot,
    gantry_hold_place,
    gantry_hold_quarantine,
    gantry_hold_release,
    product_product,
    stock_location,
    stock_lot,
    stock_move,
    stock_move_line,
    stock_quant,
)
