from . import test_hold, test_hold_doors
