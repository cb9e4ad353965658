from . import test_reorder_run
