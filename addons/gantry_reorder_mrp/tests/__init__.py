from . import test_reorder_mrp
