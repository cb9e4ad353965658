from . import (
    test_access,
    test_generator,
    test_geometry,
    test_health,
    test_import,
    test_map,
    test_map_browser,
)
