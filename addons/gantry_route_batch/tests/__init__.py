from . import test_route_batch
