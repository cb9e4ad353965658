"""`setup/gantry doctor`: what is missing on this machine, and the command that mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from . import debian, host, source
from .paths import PROJECT, Paths
from .ui import GantryError, Ui

SPACE_GB = 3.0


def check(paths: Paths, ui: Ui) -> int:
    """Print one line a finding; returns how many need mending before `run` works."""
    faults = 0
    for title, probe, required in (
        ("Python", lambda: python_version(), True),
        ("Odoo 19", lambda: odoo_origin(paths), True),
        ("Space in the cache folder", lambda: free_space(paths), True),
        *((need.name, lambda need=need: program(need), True) for need in (host.POSTGRES, host.VENV)),
        *((need.name, lambda need=need: program(need), False) for need in
          (host.LIBGOMP, host.CHROMIUM, host.WKHTMLTOPDF, host.GIT)),
        ("Forecast tiers", lambda: tiers(paths), False),
    ):  # fmt: skip
        try:
            ui.say(f"  ✓ {title:<28} {probe()}")
        except GantryError as error:
            faults += required
            ui.say(f"  {'✗' if required else '!'} {title:<28} {error}")
    ui.say()
    ui.say("  Everything that `setup/gantry run` needs is here." if not faults else
           f"  {faults} thing(s) to mend before `setup/gantry run` works.")  # fmt: skip
    return faults


def python_version() -> str:
    return f"{sys.version.split()[0]} ({sys.executable})"


def odoo_origin(paths: Paths) -> str:
    named = os.environ.get("ODOO_HOME")
    if named:
        return f"checkout {source.from_checkout(named).path} (ODOO_HOME)"
    found = source.installed()
    if found:
        return f"installed in {found.path}"
    if (paths.odoo / ".complete").exists():
        return f"Debian's package, unpacked in {paths.odoo}"
    debian.host_archive()
    return "will be fetched from Debian's archive (135 MB)"


def free_space(paths: Paths) -> str:
    folder = paths.cache
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < SPACE_GB:
        raise GantryError(
            f"{free:.1f} GB free below {folder}, {SPACE_GB:.0f} GB needed; set GANTRY_CACHE to another disk."
        )
    return f"{free:.0f} GB free for {paths.cache}"


def program(need: host.Need) -> str:
    if host.missing((need,)):
        raise GantryError(f"missing ({need.why}). Install with: {host.install_command([need.package])}")
    return need.where() or "found"


def tiers(paths: Paths) -> str:
    """Whether the optional forecast libraries can be loaded where Odoo runs."""
    if not paths.python.exists():
        raise GantryError("not installed yet; `setup/gantry run` does it")
    done = subprocess.run([paths.python, "-c", "import lightgbm, statsforecast"], capture_output=True, text=True,
                          cwd=PROJECT)  # fmt: skip
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        raise GantryError(f"numpy only ({reason}). Mend with: setup/gantry clean --packages, then run again")
    return "numpy, statsforecast, lightgbm"
