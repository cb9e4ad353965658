"""The smallest example of every public function is true."""

import doctest
import importlib

import gantry_reorder_core
import numpy as np
import pytest

NAMES = ("params", "types", "demand", "orders", "tables", "limits", "allocate", "calibrate", "checks", "engine",
         "projection", "replay", "peers", "frontier", "leadtime", "classify", "reasons", "steady", "steering")


@pytest.mark.parametrize("name", NAMES)
def test_examples_in_docstrings(name):
    """Doctests of the core modules pass."""
    module = importlib.import_module(f"{gantry_reorder_core.__name__}.{name}")
    names = {name: getattr(gantry_reorder_core, name) for name in gantry_reorder_core.__all__}
    found = doctest.testmod(module, extraglobs={"np": np, **names, **vars(module)})
    assert found.failed == 0
