from . import gantry_alert, gantry_explain, gantry_insight, res_company, res_config_settings
