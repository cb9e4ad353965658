from . import (
    test_recall_api,
    test_recall_case,
    test_recall_close,
    test_recall_epcis,
    test_recall_faults,
    test_recall_fsma,
    test_recall_notice,
    test_recall_tour,
)
