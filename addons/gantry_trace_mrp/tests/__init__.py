from . import test_flows_mrp
from . import test_flow_subcontract
