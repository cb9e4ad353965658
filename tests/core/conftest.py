"""Load the core of an addon without Odoo: `addons/<addon>/core` becomes the package `<addon>_core`."""

import importlib.util
import sys
from pathlib import Path

from hypothesis import settings

# a busy machine is slow, not wrong
settings.register_profile("gantry", deadline=None)
settings.load_profile("gantry")

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def load_core(addon: str):
    """Import `addons/<addon>/core` as `<addon>_core` (also by child processes, through `sys.path`)."""
    name = f"{addon}_core"
    if name in sys.modules:
        return sys.modules[name]
    folder = ADDONS / addon / "core"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


for _core in sorted(ADDONS.glob("*/core/__init__.py")):
    load_core(_core.parents[1].name)
