"""`setup/gantry wheels`: every addon as a wheel that pip installs beside Odoo."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import addons
from .paths import ADDONS, Paths
from .shell import run
from .ui import Ui


def build(paths: Paths, ui: Ui, target: Path) -> list[Path]:
    """Build into `target`; from copies, so that the checkout stays clean."""
    target.mkdir(parents=True, exist_ok=True)
    copies = paths.cache / "wheels"
    shutil.rmtree(copies, ignore_errors=True)
    for addon in addons.every():
        with ui.step(f"Wheel of {addon}"):
            skip = shutil.ignore_patterns("__pycache__", "*.pyc", "build", "*.egg-info")
            shutil.copytree(ADDONS / addon, copies / addon, ignore=skip)
            run(
                [paths.python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
                 "--disable-pip-version-check", "--wheel-dir", target, copies / addon],
                log=paths.logs / f"wheel-{addon}.log", what=f"Building {addon}", cwd=copies,
            )  # fmt: skip
    return sorted(target.glob("odoo_addon_gantry*.whl"))
