from . import (
    gantry_api,
    gantry_base_api,
    gantry_explain,
    gantry_job,
    gantry_job_log,
    gantry_job_run,
    gantry_request,
    res_config_settings,
)
