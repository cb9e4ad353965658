from . import test_route
