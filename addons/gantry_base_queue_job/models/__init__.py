from . import gantry_job
