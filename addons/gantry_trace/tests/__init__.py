from . import test_check
from . import test_flows
from . import test_random
