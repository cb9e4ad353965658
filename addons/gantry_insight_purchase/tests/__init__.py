from . import test_insight_purchase
