from . import stock_replenishment_info
