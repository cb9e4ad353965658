from . import test_insight_expiry
