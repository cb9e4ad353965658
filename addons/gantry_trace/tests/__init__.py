from . import (
    test_api,
    test_api_http,
    test_browser,
    test_check,
    test_epcis,
    test_faults,
    test_flows,
    test_random,
    test_random_kinds,
    test_relabel,
)
