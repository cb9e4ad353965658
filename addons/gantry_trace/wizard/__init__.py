from . import gantry_trace_relabel
