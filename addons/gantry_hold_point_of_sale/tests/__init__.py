from . import test_hold_point_of_sale
