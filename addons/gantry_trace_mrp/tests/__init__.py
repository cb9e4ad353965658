from . import test_flow_subcontract, test_flows_mrp
