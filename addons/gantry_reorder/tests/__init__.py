from . import (
    test_reorder_api,
    test_reorder_backtest,
    test_reorder_hand,
    test_reorder_health,
    test_reorder_leads,
    test_reorder_pickface,
    test_reorder_points,
    test_reorder_policy,
    test_reorder_proof,
    test_reorder_run,
    test_reorder_tours,
    test_reorder_transfer,
)
