from . import test_forecast_mrp
