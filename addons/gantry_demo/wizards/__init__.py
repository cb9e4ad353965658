from . import gantry_demo_load
