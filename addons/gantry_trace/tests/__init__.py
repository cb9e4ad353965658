from . import test_api, test_api_http, test_check, test_flows, test_random
