from . import gantry_trace_epcis_check, gantry_trace_relabel
