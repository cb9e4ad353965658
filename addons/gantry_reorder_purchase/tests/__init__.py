from . import test_reorder_purchase
