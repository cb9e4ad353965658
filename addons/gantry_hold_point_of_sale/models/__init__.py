from . import pos_order, stock_move
