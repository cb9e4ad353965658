from . import test_expiry_access, test_expiry_alerts, test_expiry_api, test_expiry_worklist, test_fefo, test_shelf_life
