"""`setup/gantry test`: linters, cores, Odoo tests with tours and JS, journeys; or Odoo's own suites."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, lint, results, scripts
from .databases import Odoo
from .paths import PROJECT, Paths
from .results import Result
from .serve import free_port
from .ui import GantryError, Ui

TEST_LIMIT_S = 3000
# Odoo skips these itself on any database without demo data, and one that only measures speed.
CORE_MAY_SKIP = (
    "TestProcRuleLoad.test_orderpoint_1", "TestStockQuant.test_increase_available_quantity_3",
    "TestStockQuant.test_decrease_available_quantity_3",
)  # fmt: skip
BASE_MODULES = (*addons.LEAN, "mrp", "queue_job")
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass
class Selection:
    """What to test. Everything, unless paths, addons or changes narrow it."""

    addons: list[str]
    pytest: list[str] = field(default_factory=list)
    lint: bool = True
    journeys: bool = True
    keep: bool = False


def select(names, *, changed: bool) -> Selection:
    """From the words of the command line, or from what git says has changed."""
    if changed:
        return select_changed()
    if not names:
        folders = [str(path.relative_to(PROJECT)) for path in (PROJECT / "tests" / "core", PROJECT / "tests" / "setup")]
        return Selection(addons.every(), [folder for folder in folders if (PROJECT / folder).exists()])
    known, chosen, paths = addons.every(), [], []
    for name in names:
        clean = name.rstrip("/")
        if clean in known or addons.of_file(f"{clean}/x"):
            addon = clean if clean in known else addons.of_file(f"{clean}/x")
            chosen.append(addon)
            paths += [f"tests/core/{addon}"] if (PROJECT / "tests" / "core" / addon).exists() else []
        elif (PROJECT / clean).exists():
            paths.append(clean)
        else:
            raise GantryError(f"There is no addon or path {name}. Addons: {', '.join(known)}.")
    return Selection(chosen, paths, lint=False, journeys=False)


def select_changed() -> Selection:
    """Addons and core tests touched since the last commit, or by it when nothing is uncommitted."""

    def git(*words) -> list[str]:
        return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True).stdout.splitlines()

    files = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    files = files or git("diff", "--name-only", "HEAD~1", "HEAD")
    touched = {addon for addon in map(addons.of_file, files) if addon}
    paths = {f"tests/core/{addon}" for addon in touched}
    paths |= {"/".join(Path(name).parts[:3]) for name in files if name.startswith("tests/core/")}
    paths |= {"tests/setup"} if any(name.startswith(("setup/", "tests/setup")) for name in files) else set()
    existing = sorted(path for path in paths if (PROJECT / path).is_dir())
    return Selection([a for a in addons.every() if a in touched], existing, journeys=False, keep=True)


def run_lint(paths: Paths, names) -> Result:
    started = time.monotonic()
    findings = lint.run(paths, names)
    result = Result("linters", log=paths.logs / "lint.log")
    for finding in findings:
        result.failed += bool(finding.lines)
        result.passed += not finding.lines
        result.details += [f"{finding.name}: {line}" for line in finding.lines]
    result.log.parent.mkdir(parents=True, exist_ok=True)
    result.log.write_text("\n".join(result.details))
    result.seconds = time.monotonic() - started
    return result


def run_pytest(paths: Paths, name: str, targets, *, environment=None) -> Result:
    started = time.monotonic()
    log, report = paths.logs / f"pytest-{name}.log", paths.logs / f"pytest-{name}.xml"
    log.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [paths.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *targets]
    values = {**os.environ, **THREADS, "GANTRY_CACHE": str(paths.cache), **(environment or {})}
    with open(log, "w") as handle:
        subprocess.run([str(part) for part in command], cwd=PROJECT, stdout=handle, stderr=handle, env=values,
                       timeout=TEST_LIMIT_S)  # fmt: skip
    result = results.of_junit(name, report, log)
    result.seconds = time.monotonic() - started
    return result.refuse_empty()


def run_odoo(odoo: Odoo, names, *, keep: bool) -> Result:
    """Install the addons into a copy of the template and run their tests, tours and JS tests in one go."""
    started = time.monotonic()
    template = odoo.template("full", BASE_MODULES)
    database, key = "gantry_test", "database-gantry_test"
    now = {addon: addons.content_hash(addon) for addon in addons.every()}
    known = odoo.paths.read_state(key) if keep and odoo.exists(database) else {}
    if set(known) != set(now):
        odoo.clone(template, database)
        known = {}
    install = list(now) if not known else []
    update = sorted({*names, *(addon for addon in known if known[addon] != now[addon])}) if known else []
    tags = ",".join(f"/{name}" for name in names)
    arguments = [
        "--stop-after-init",
        "--log-level=info",
        "--without-demo=True",
        f"--http-port={free_port(8369, strict=False)}",
        f"--test-tags={tags}",
        f"--screenshots={odoo.paths.logs / 'screenshots'}",
    ]
    arguments += ["-i", ",".join(install)] if install else ["-u", ",".join(update)]
    log = odoo.paths.logs / "test-odoo.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    odoo.paths.write_state(key, {})
    with open(log, "w") as handle:
        done = subprocess.run(odoo.command(database, *arguments), stdout=handle, stderr=handle, cwd="/",
                              env={**odoo.environment(), **THREADS}, timeout=TEST_LIMIT_S)  # fmt: skip
    text = log.read_text(errors="replace")
    result = results.of_odoo("Odoo tests", text, log)
    if done.returncode and not result.failed:
        result.failed = 1
        result.details.append("Odoo ended with an error; the last lines of the log say why.")
    elif not done.returncode:
        odoo.paths.write_state(key, now)
    result.seconds = time.monotonic() - started
    return result.refuse_empty()


def run(odoo: Odoo, ui: Ui, selection: Selection) -> list[Result]:
    """Odoo tests on one core, linters and pure tests on the other; then the journeys."""
    ui.say(f"  Testing {', '.join(selection.addons + selection.pytest) or 'nothing'}")
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        if selection.addons:
            waiting.append(pool.submit(run_odoo, odoo, selection.addons, keep=selection.keep))
        waiting.append(pool.submit(run_pure, odoo.paths, selection))
        found: list[Result] = []
        for future in waiting:
            value = future.result()
            for result in value if isinstance(value, list) else [value]:
                show(ui, result)
                found.append(result)
    if selection.journeys and (PROJECT / "tests" / "e2e").exists():
        journeys = run_pytest(odoo.paths, "journeys", ["tests/e2e"], environment=command_environment(odoo))
        show(ui, journeys)
        found.append(journeys)
    return found


def run_pure(paths: Paths, selection: Selection) -> list[Result]:
    found = [run_lint(paths, selection.addons)] if selection.lint else []
    if selection.pytest:
        found.append(run_pytest(paths, "cores", selection.pytest))
    return found


def command_environment(odoo: Odoo) -> dict[str, str]:
    """So that the journeys start the same Odoo and the same PostgreSQL."""
    home = {"ODOO_HOME": str(odoo.source.path)} if odoo.source.kind == "checkout" else {}
    return {**home, "GANTRY_PYTHON": str(odoo.paths.python)}


def show(ui: Ui, result: Result) -> None:
    mark = "✓" if result.ok else "✗"
    counts = f"{result.passed} passed, {result.failed} failed" + (
        f", {result.skipped} skipped" if result.skipped else ""
    )
    ui.say(f"  {mark} {result.name:<44} {result.seconds:6.1f} s  {counts}")
    for line in result.details[:40]:
        ui.say(f"      {line}")
    if not result.ok and result.log:
        ui.say(f"      log: {result.log}")


def regression(odoo: Odoo, ui: Ui) -> list[Result]:
    """Odoo's own suites on the full registry with our addons installed.

    Two databases, since Odoo's stock suite itself expects that batches are not installed: Odoo adds a batch to
    a new transfer by default, and a test that counts them fails with or without us.
    """
    halves = (
        ("stock and barcodes", ("stock", "barcodes", "barcodes_gs1_nomenclature"), ()),
        ("batches, fleet and expiry", ("stock_picking_batch", "stock_fleet", "product_expiry"), ("stock",)),
    )
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(regression_half, odoo, *half) for half in halves]
        found = []
        for future in futures:
            result = future.result()
            show(ui, result)
            found.append(result)
    return found


def regression_half(odoo: Odoo, label: str, suites, below) -> Result:
    started = time.monotonic()
    template = odoo.template(suites[0], (*suites, *below))
    database = f"gantry_regression_{suites[0]}"
    odoo.clone(template, database)
    available = {*suites, *below, "base", "web", "mail", "portal", "stock", "barcodes", "barcodes_gs1_nomenclature"}
    ours = [addon for addon in addons.every() if addons.foreign_dependencies(addon) <= available]
    odoo.install(database, ours, log=f"{database}-install.log")
    tags = ",".join(f"/{suite}" for suite in suites)
    log = odoo.paths.logs / f"{database}.log"
    port = free_port(8469 + 50 * len(below), strict=False)
    command = odoo.command(database, "--workers=0", f"--http-port={port}", "--log-level=warn",
                           "--log-handler=odoo.tests:INFO", subcommand="shell")  # fmt: skip
    with open(log, "w") as handle:
        subprocess.run(
            command,
            input=scripts.core_suites(tags, suites),
            text=True,
            stdout=handle,
            stderr=handle,
            cwd="/",
            env={**odoo.environment(), **THREADS},
            timeout=TEST_LIMIT_S,
        )
    result = results.of_regression(f"Odoo's own: {label}", log.read_text(errors="replace"), log, may_skip=CORE_MAY_SKIP)
    result.seconds = time.monotonic() - started
    return result.refuse_empty()
