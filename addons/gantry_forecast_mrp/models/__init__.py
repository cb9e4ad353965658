from . import (
    gantry_demand,
    gantry_forecast,
    gantry_forecast_api,
    gantry_forecast_line,
    gantry_forecast_shown,
    mrp_structure,
    res_company,
)
