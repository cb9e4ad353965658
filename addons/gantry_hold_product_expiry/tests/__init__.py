from . import test_hold_expiry
