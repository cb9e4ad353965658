"""The smallest example of every public function is true."""

import doctest
import importlib

import gantry_forecast_core
import numpy as np
import pytest

NAMES = (
    "params", "types", "classify", "intermittent", "smooth", "season", "combine", "conformal", "backtest", "hierarchy",
    "metrics", "window", "engine", "reasons", "batch", "pools", "learning", "tiers", "proving", "boost", "regressors",
    "alerts",
)


@pytest.mark.parametrize("name", NAMES)
def test_examples_in_docstrings(name):
    """Doctests of the core modules pass."""
    module = importlib.import_module(f"{gantry_forecast_core.__name__}.{name}")
    names = {name: getattr(gantry_forecast_core, name) for name in gantry_forecast_core.__all__}
    names = {"np": np, **names, **vars(module)}
    found = doctest.testmod(module, extraglobs=names)
    assert found.failed == 0
