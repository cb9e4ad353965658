from . import (
    test_access,
    test_api,
    test_api_http,
    test_browser,
    test_explain,
    test_groups,
    test_job,
    test_job_runner,
    test_request,
    test_settings,
)
