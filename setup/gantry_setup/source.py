"""Which Odoo 19 to use: one that is named, one that is installed, or Debian's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .paths import Paths
from .ui import GantryError, Ui

SERIES = "19.0"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo 19: where its package lies, where its addons lie, and whose Python it needs."""

    kind: str  # checkout, installed or debian
    path: Path  # folder that holds the `odoo` package
    addons: tuple[Path, ...]

    @property
    def uses_host_python(self) -> bool:
        return self.kind == "installed"


def release_series(package: Path) -> str:
    """The series that `odoo/release.py` names, read without importing it."""
    scope: dict = {}
    try:
        exec(compile((package / "odoo" / "release.py").read_text(), "release.py", "exec"), scope)
    except (OSError, SyntaxError):
        return ""
    return ".".join(str(part) for part in scope.get("version_info", ())[:2])


def from_checkout(path: str) -> OdooSource:
    root = Path(path).expanduser().absolute()
    series = release_series(root)
    if series != SERIES:
        what = f"Odoo {series}" if series else "no Odoo"
        raise GantryError(f"{root} holds {what}; Gantry needs a checkout of Odoo {SERIES}.")
    addons = [folder for folder in (root / "addons", root / "odoo" / "addons") if folder.is_dir()]
    return OdooSource("checkout", root, tuple(addons))


def installed() -> OdooSource | None:
    """The Odoo 19 that this Python can import already, if there is one."""
    code = (
        "import importlib.util as u; s = u.find_spec('odoo'); print(*(s.submodule_search_locations or [])) if s else 0"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd="/")
    if done.returncode or not done.stdout.strip():
        return None
    for location in done.stdout.split():
        root = Path(location).parent
        if release_series(root) == SERIES:
            return OdooSource("installed", root, (root / "odoo" / "addons",))
    return None


def locate(paths: Paths, ui: Ui, named: str | None) -> OdooSource:
    """Find or fetch Odoo, in the order of the help text."""
    named = named or os.environ.get("ODOO_HOME")
    if named:
        return from_checkout(named)
    found = installed()
    if found:
        return found
    site = debian.unpack(paths, ui)
    return OdooSource("debian", site, (site / "odoo" / "addons",))
