"""The private Python environment: locked packages, by uv when it can be had, else by pip."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .paths import LOCKS, PROJECT, Paths, digest
from .shell import find_program, run
from .source import OdooSource
from .ui import GantryError, Ui

TEST_LOCKS = ("test.txt", "nodeps.txt")


def install_locked(paths: Paths, lock: Path, *, log: str, deps: bool = True) -> None:
    """Install one lock file; every file's hash is checked."""
    uv = find_program("uv", folders=(paths.venv / "bin",))
    flags = ["--require-hashes", "-r", str(lock)] + ([] if deps else ["--no-deps"])
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", paths.python, *flags]
    else:
        command = [paths.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *flags]
    run(command, log=paths.logs / log, what=f"Installing {lock.name}")


def create(paths: Paths, source: OdooSource | None) -> None:
    """An empty environment, with uv in it when it can be installed."""
    shutil.rmtree(paths.venv, ignore_errors=True)
    host_packages = ["--system-site-packages"] if source and source.uses_host_python else []
    run([sys.executable, "-m", "venv", *host_packages, paths.venv], log=paths.logs / "venv.log",
        what="Creating the Python environment")  # fmt: skip
    if not find_program("uv"):
        try:
            install_locked(paths, LOCKS / "uv.txt", log="uv.log")
        except GantryError:
            return  # pip does the same work, only slower


def ensure(paths: Paths, ui: Ui, *, tests: bool, source: OdooSource | None) -> None:
    """Make the environment hold exactly what the locks name; quick when it already does.

    Parameters
    ----------
    tests
        Also install what tests, linters and benchmarks need.
    source
        None while Odoo itself is still being fetched: its dependencies do not depend on where it lies.
    """
    run_mark = digest(LOCKS / "run.txt", LOCKS / "uv.txt", sys.version, str(bool(source and source.uses_host_python)))
    test_mark = digest(*(LOCKS / name for name in TEST_LOCKS), run_mark)
    state = paths.read_state("python")
    if not paths.python.exists() or state.get("run") != run_mark:
        with ui.step("Python packages installed"):
            create(paths, source)
            lock = LOCKS / "run.txt"
            if source and source.uses_host_python:
                lock = only_gantry(paths)
            install_locked(paths, lock, log="packages.log", deps=lock.parent == LOCKS)
            state = {"run": run_mark}
            paths.write_state("python", state)
    if tests and state.get("test") != test_mark:
        with ui.step("Test tools installed"):
            install_locked(paths, LOCKS / "test.txt", log="test-packages.log")
            install_locked(paths, LOCKS / "nodeps.txt", log="nodeps.log", deps=False)
            paths.write_state("python", {**state, "test": test_mark})


def ensure_peers(paths: Paths, ui: Ui) -> None:
    """Add what only benchmarks need: the libraries that they measure against."""
    state = paths.read_state("python")
    mark = digest(LOCKS / "bench.txt", state.get("test", ""))
    if state.get("bench") != mark:
        with ui.step("Peers of the benchmarks installed"):
            install_locked(paths, LOCKS / "bench.txt", log="bench-packages.log")
            paths.write_state("python", {**state, "bench": mark})


def only_gantry(paths: Paths) -> Path:
    """For an Odoo that is installed already: the locked lines of Gantry's own requirements alone, since
    Odoo's own packages are that installation's business."""
    names = {
        line.split(">")[0].split("=")[0].strip().lower()
        for line in (PROJECT / "requirements.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    }
    kept, keep = [], False
    for line in (LOCKS / "run.txt").read_text().splitlines():
        if not line.startswith(" "):
            keep = line.split("==")[0].strip().lower() in names
        if keep:
            kept.append(line)
    target = paths.cache / "gantry-only.txt"
    target.write_text("\n".join(kept) + "\n")
    return target


def link(paths: Paths, source: OdooSource) -> None:
    """Put Odoo on the environment's path, and write the start script that worker processes re-run."""
    site = next((paths.venv / "lib").glob("python3*/site-packages"))
    if not source.uses_host_python:
        pth = site / "gantry-odoo.pth"
        wanted = f"{source.path}\n"
        if not pth.exists() or pth.read_text() != wanted:
            pth.write_text(wanted)
    launcher = paths.launcher
    launcher.parent.mkdir(parents=True, exist_ok=True)
    text = "import odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n"
    if not launcher.exists() or launcher.read_text() != text:
        launcher.write_text(text)
        os.chmod(launcher, 0o755)
