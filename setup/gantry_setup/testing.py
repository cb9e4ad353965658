"""`setup/gantry test`: linters, cores, Odoo tests with tours and JS, journeys; or Odoo's own suites."""

from __future__ import annotations

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from . import addons, lint, results, scripts, test_classes
from .databases import Odoo
from .paths import PROJECT, Paths
from .results import Result
from .selection import Selection
from .serve import free_port
from .ui import Ui

TEST_LIMIT_S = 3000
DATABASES = ("gantry_test", "gantry_test_2")
TIMES = "test-times"
THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


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
    stem = f"pytest-{name}".replace(", ", "-").replace(" ", "-")
    log, report = paths.logs / f"{stem}.log", paths.logs / f"{stem}.xml"
    log.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [paths.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *targets]
    values = {**os.environ, **THREADS, "GANTRY_CACHE": str(paths.cache), **(environment or {})}
    with open(log, "w") as handle:
        subprocess.run([str(part) for part in command], cwd=PROJECT, stdout=handle, stderr=handle, env=values,
                       timeout=TEST_LIMIT_S)  # fmt: skip
    result = results.of_junit(name, report, log)
    paths.write_state(TIMES, {**paths.read_state(TIMES), **results.seconds_by_file(report)})
    result.seconds = time.monotonic() - started
    return result.refuse_empty()


def run_odoo(odoo: Odoo, selection: Selection) -> list[Result]:
    """The addons' tests, tours and JS tests: shared out over two databases that hold all addons."""
    started = time.monotonic()
    tags = test_classes.shards(selection.classes, selection.without, odoo.paths.read_state(TIMES))
    used = DATABASES[: len(tags)]
    updates = prepare_databases(odoo, used, keep=selection.keep)
    prepared_s = time.monotonic() - started
    with ThreadPoolExecutor(len(tags)) as pool:
        found = list(pool.map(lambda job: run_shard(odoo, *job), zip(used, tags, updates, strict=True)))
    now = {addon: addons.content_hash(addon) for addon in addons.every()}
    times: dict[str, float] = {}
    for database, result in zip(used, found, strict=True):
        log = result.log.read_text(errors="replace")
        times.update(test_classes.measured_in(log))
        if results.ODOO_RESULT.search(log):  # the update went well, whatever the tests said: they are rolled back
            odoo.paths.write_state(f"database-{database}", now)
    odoo.paths.write_state(TIMES, {**odoo.paths.read_state(TIMES), **times})
    found[0].note = f"databases prepared in {prepared_s:.0f} s"
    return found


def prepare_databases(odoo: Odoo, used, *, keep: bool) -> list[list[str]]:
    """Have the databases with every addon in them; return the addons that each kept one has to update."""
    now = {addon: addons.content_hash(addon) for addon in addons.every()}
    known = [odoo.paths.read_state(f"database-{name}") if keep and odoo.exists(name) else {} for name in used]
    for name in used:
        odoo.paths.write_state(f"database-{name}", {})
    if all(set(state) == set(now) for state in known):
        return [sorted(addon for addon in now if state[addon] != now[addon]) for state in known]
    first, *others = DATABASES if keep else used
    odoo.clone(odoo.template("full", addons.foreign()), first)
    odoo.install(first, list(now), log="test-install.log")
    odoo.shell(first, scripts.TEST_WORLD, title="Companies and users for tests", log="test-world.log")
    for name in others:
        odoo.clone(first, name)
        odoo.paths.write_state(f"database-{name}", now)
    return [[] for _name in used]


def run_shard(odoo: Odoo, database: str, tags: str, update) -> Result:
    started = time.monotonic()
    number = DATABASES.index(database)
    arguments = [
        "--stop-after-init",
        "--log-level=info",
        "--log-handler=odoo.tests.stats:DEBUG",
        "--without-demo=True",
        f"--http-port={free_port(8369 + 50 * number, strict=False)}",
        f"--test-tags={tags}",
        f"--screenshots={odoo.paths.logs / 'screenshots'}",
        *(["-u", ",".join(update)] if update else []),
    ]
    log = odoo.paths.logs / f"test-odoo-{number + 1}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as handle:
        done = subprocess.run(odoo.command(database, *arguments), stdout=handle, stderr=handle, cwd="/",
                              env={**odoo.environment(), **THREADS}, timeout=TEST_LIMIT_S)  # fmt: skip
    result = results.of_odoo(f"Odoo tests, part {number + 1}", log.read_text(errors="replace"), log)
    if done.returncode and not result.failed:
        result.failed = 1
        result.details.append("Odoo ended with an error; the last lines of the log say why.")
    result.seconds = time.monotonic() - started
    return result.refuse_empty()


def run(odoo: Odoo, ui: Ui, selection: Selection) -> list[Result]:
    """Odoo tests in two databases, linters and pure tests beside them; then the journeys."""
    ui.say(f"  Testing {', '.join(selection.addons + selection.pytest) or 'nothing'}")
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        if selection.classes:
            waiting.append(pool.submit(run_odoo, odoo, selection))
        waiting.append(pool.submit(run_pure, odoo.paths, selection))
        found: list[Result] = []
        for future in waiting:
            for result in future.result():
                show(ui, result)
                found.append(result)
    if selection.journeys and (PROJECT / "tests" / "e2e").exists():
        journeys = run_pytest(odoo.paths, "journeys", ["tests/e2e"], environment=command_environment(odoo))
        show(ui, journeys)
        found.append(journeys)
    return found


def run_pure(paths: Paths, selection: Selection) -> list[Result]:
    found = [run_lint(paths, selection.addons)] if selection.lint else []
    if selection.pytest and selection.classes:
        found.append(run_pytest(paths, "cores", selection.pytest))
    elif selection.pytest:
        found += run_pytest_alone(paths, selection.pytest)
    return found


def run_pytest_alone(paths: Paths, targets) -> list[Result]:
    """In two processes, when nothing else wants the second core."""
    files = [file for target in targets for file in sorted((PROJECT / target).rglob("test_*.py")) or [PROJECT / target]]
    measured = paths.read_state(TIMES)
    groups = [group for group in test_classes.balance(files, lambda file: measured.get(file.stem, 1.0), 2) if group]
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda pair: run_pytest(paths, f"cores, part {pair[0]}", pair[1]), enumerate(groups, 1)))


def command_environment(odoo: Odoo) -> dict[str, str]:
    """So that the journeys start the same Odoo and the same PostgreSQL."""
    home = {"ODOO_HOME": str(odoo.source.path)} if odoo.source.kind == "checkout" else {}
    return {**home, "GANTRY_PYTHON": str(odoo.paths.python)}


def show(ui: Ui, result: Result) -> None:
    mark = "✓" if result.ok else "✗"
    counts = f"{result.passed} passed, {result.failed} failed" + (
        f", {result.skipped} skipped" if result.skipped else ""
    )
    note = f"  ({result.note})" if result.note else ""
    ui.say(f"  {mark} {result.name:<44} {result.seconds:6.1f} s  {counts}{note}")
    for line in result.details[:40]:
        ui.say(f"      {line}")
    if not result.ok and result.log:
        ui.say(f"      log: {result.log}")
