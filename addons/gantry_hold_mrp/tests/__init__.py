from . import test_hold_mrp
