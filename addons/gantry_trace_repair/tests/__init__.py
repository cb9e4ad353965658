from . import test_flows_repair
