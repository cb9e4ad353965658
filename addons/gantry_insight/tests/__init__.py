from . import (
    test_alert,
    test_alert_tell,
    test_api,
    test_api_http,
    test_insight,
    test_insight_access,
    test_insight_browser,
    test_insight_history,
    test_overview,
    test_settings,
)
