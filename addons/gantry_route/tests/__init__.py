from . import (
    test_closest,
    test_route,
    test_route_access,
    test_route_api,
    test_route_browser,
    test_route_change,
    test_walking,
)
