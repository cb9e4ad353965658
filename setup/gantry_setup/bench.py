"""`setup/gantry bench`: every `tests/bench/bench_*.py`, or those named, with one JSON file of all figures."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .databases import Odoo
from .paths import PROJECT, Paths
from .ui import GantryError, Ui

FOLDER = PROJECT / "tests" / "bench"
BENCH_MODULES = ("stock",)


def known() -> dict[str, Path]:
    return {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}


def chosen(names) -> dict[str, Path]:
    available = known()
    unknown = [name for name in names if name not in available]
    if unknown:
        raise GantryError(f"There is no benchmark {unknown[0]}. There are: {', '.join(available)}.")
    return {name: available[name] for name in names or available}


def needs_odoo(path: Path) -> bool:
    return any(line.startswith("NEEDS_ODOO = True") for line in path.read_text().splitlines())


def run(paths: Paths, ui: Ui, odoo: Odoo | None, names, target: str | None) -> int:
    """Run one after the other, so that none disturbs the next. Returns how many failed."""
    figures, failed = {}, 0
    for name, path in chosen(names).items():
        ui.say(f"\n== {name}")
        output = paths.cache / "bench" / f"{name}.json"
        output.parent.mkdir(parents=True, exist_ok=True)
        output.unlink(missing_ok=True)
        code = run_in_odoo(odoo, path, output) if needs_odoo(path) else run_alone(paths, path, output)
        if code:
            failed += 1
            ui.say(f"  {name} failed (exit code {code}).")
        if output.exists():
            figures[name] = json.loads(output.read_text())
    if target:
        Path(target).write_text(json.dumps(figures, indent=1))
    return failed


def run_alone(paths: Paths, path: Path, output: Path) -> int:
    return subprocess.run([str(paths.python), str(path), "--json", str(output)], cwd=PROJECT).returncode


def run_in_odoo(odoo: Odoo, path: Path, output: Path) -> int:
    """In an Odoo shell on a fresh database with all addons."""
    from . import addons

    database = "gantry_bench"
    odoo.clone(odoo.template("bench", BENCH_MODULES), database)
    wanted = [addon for addon in addons.every() if addon not in addons.OPTIONAL and addon not in ("gantry_demo",)]
    lean = [addon for addon in wanted if addons.foreign_dependencies(addon) <= {*BENCH_MODULES, "base", "web", "mail"}]
    odoo.install(database, lean, log="bench-install.log")
    script = f"""
import sys
sys.path.insert(0, {str(FOLDER)!r})
import harness, {path.stem} as bench
harness.main_in_odoo(bench, env, {str(output)!r})
"""
    command = odoo.command(database, "--no-http", "--log-level=warn", "--workers=0", subcommand="shell")
    return subprocess.run(command, input=script, text=True, env=odoo.environment(), cwd=PROJECT).returncode
