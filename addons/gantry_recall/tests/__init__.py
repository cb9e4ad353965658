from . import test_recall_case
