from . import test_insight_reorder
