from . import (
    test_hold,
    test_hold_access,
    test_hold_api,
    test_hold_browser,
    test_hold_doors,
    test_hold_inspection,
    test_hold_wizard,
)
