"""`setup/gantry test --regression`: Odoo's own suites on the full registry with our addons installed."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import addons, results, scripts
from .databases import Odoo
from .results import Result
from .serve import free_port
from .testing import TEST_LIMIT_S, THREADS, show
from .ui import Ui

# Odoo skips these itself on any database without demo data, and one that only measures speed.
CORE_MAY_SKIP = (
    "TestProcRuleLoad.test_orderpoint_1", "TestStockQuant.test_increase_available_quantity_3",
    "TestStockQuant.test_decrease_available_quantity_3",
)  # fmt: skip
ALWAYS_THERE = {"base", "web", "mail", "portal", "stock", "barcodes", "barcodes_gs1_nomenclature"}
EVERYTHING = ("stock", "stock_picking_batch", "stock_fleet", "product_expiry", "barcodes", "barcodes_gs1_nomenclature")


@dataclass(frozen=True)
class Part:
    """Suites of Odoo on a database of their own: with `modules` of Odoo and `ours` of Gantry."""

    key: str
    label: str
    suites: tuple[str, ...]
    modules: tuple[str, ...]
    ours: tuple[str, ...]
    port: int


def lean_part(key: str, label: str, suites, below, port: int) -> Part:
    """With those of our addons that need nothing but these apps."""
    modules = (*suites, *below)
    ours = [addon for addon in addons.every() if addons.foreign_dependencies(addon) <= {*modules, *ALWAYS_THERE}]
    return Part(key, label, tuple(suites), modules, tuple(ours), port)


def parts() -> list[Part]:
    """What is run, the longest first.

    Odoo's suites of stock and barcodes are written for a system without batches: Odoo adds a batch to a new
    transfer by default, and a test that counts them fails with or without us. They and the suites of batches, fleet
    and expiry must pass to the last test. With every app that ours need, some of Odoo's tests fail by themselves; so
    that database is tested twice, with ours and without, and nothing may fail with ours that passes without.
    """
    every = tuple(addons.foreign())
    suites = tuple(name for name in EVERYTHING if name in {*every, *ALWAYS_THERE})
    return [
        Part("with", "every app", suites, every, tuple(addons.every()), 8469),
        Part("without", "every app, without ours", suites, every, (), 8519),
        lean_part("stock", "stock and barcodes", ("stock", "barcodes", "barcodes_gs1_nomenclature"), (), 8569),
        lean_part("batch", "batches, fleet and expiry", ("stock_picking_batch", "stock_fleet", "product_expiry"),
                  ("stock",), 8619),
    ]  # fmt: skip


def run(odoo: Odoo, ui: Ui) -> list[Result]:
    """All parts, two at a time."""
    chosen = parts()
    for part in chosen:
        odoo.template("full" if part.key in ("with", "without") else part.suites[0], part.modules)
    with ThreadPoolExecutor(2) as pool:
        running = {part.key: pool.submit(run_part, odoo, part) for part in chosen}
        found = {key: future.result() for key, future in running.items()}
    ours = beside(found.pop("with"), found.pop("without"))
    answer = [*found.values(), ours]
    for result in answer:
        show(ui, result)
    return answer


def run_part(odoo: Odoo, part: Part) -> Result:
    started = time.monotonic()
    database = f"gantry_regression_{part.key}"
    odoo.clone(odoo.template("full" if part.key in ("with", "without") else part.suites[0], part.modules), database)
    if part.ours:
        odoo.install(database, list(part.ours), log=f"{database}-install.log")
    tags = ",".join(f"/{suite}" for suite in part.suites)
    log = odoo.paths.logs / f"{database}.log"
    command = odoo.command(database, "--workers=0", f"--http-port={free_port(part.port, strict=False)}",
                           "--log-level=warn", "--log-handler=odoo.tests:INFO", subcommand="shell")  # fmt: skip
    with open(log, "w") as handle:
        subprocess.run(
            command,
            input=scripts.core_suites(tags, part.suites),
            text=True,
            stdout=handle,
            stderr=handle,
            cwd="/",
            env={**odoo.environment(), **THREADS},
            timeout=TEST_LIMIT_S,
        )
    result = results.of_regression(
        f"Odoo's own: {part.label}", log.read_text(errors="replace"), log, may_skip=CORE_MAY_SKIP
    )
    result.seconds = time.monotonic() - started
    return result.refuse_empty()


def beside(ours: Result, alone: Result) -> Result:
    """What fails with our addons and not without them; what fails in both is Odoo's, and is counted as skipped."""
    if not alone.passed:
        ours.failed += 1
        ours.details.append("Odoo's suites without ours did not run, so there is nothing to compare with.")
        return ours
    known = set(alone.details)
    shared = sum(line in known for line in ours.details)
    ours.details = [line for line in ours.details if line not in known]
    ours.failed = max(ours.failed - shared, len(ours.details))
    ours.skipped += shared
    if shared:
        ours.note = f"{shared} fail without Gantry too"
    ours.seconds = max(ours.seconds, alone.seconds)
    return ours
