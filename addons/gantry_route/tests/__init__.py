from . import test_closest, test_route, test_route_change, test_walking
