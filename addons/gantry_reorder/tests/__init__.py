from . import test_reorder_tours
