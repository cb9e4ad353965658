from . import gantry_api, gantry_job, gantry_job_log, gantry_job_run, res_config_settings
