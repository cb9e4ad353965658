from . import test_hold
from . import test_hold_doors
