"""What every benchmark shares: the report, the data folder, peers' results side by side.

A benchmark is `bench_<name>.py` with `run(report, args)`; run it as a script or through `setup/gantry bench`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class MissingData(Exception):
    """The data folder does not hold what the benchmark needs."""


class Report:
    """Tables on the terminal, the same figures as JSON."""

    def __init__(self, name: str):
        self.name = name
        self.tables: list[dict] = []
        self.started = time.perf_counter()

    def table(self, title: str, columns: list[str], rows: list[list]) -> None:
        """Print a table and keep it for the JSON file."""
        self.tables.append({"title": title, "columns": list(columns), "rows": [list(row) for row in rows]})
        cells = [[str(column) for column in columns]] + [[_cell(value) for value in row] for row in rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
        print(f"\n{title}")
        for row in cells:
            first, *others = (cell.ljust(w) if i == 0 else cell.rjust(w)
                              for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
            print("  " + "  ".join([first, *others]).rstrip())
        sys.stdout.flush()

    def note(self, sentence: str) -> None:
        """Print a sentence and keep it for the JSON file."""
        self.tables.append({"note": sentence})
        print(sentence, flush=True)

    def write(self, path: str) -> None:
        """Write everything shown so far as JSON."""
        seconds = round(time.perf_counter() - self.started, 2)
        Path(path).write_text(json.dumps(
            {"name": self.name, "seconds": seconds, "tables": self.tables}, indent=1, default=float))


def _cell(value) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return "" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    value = float(value)
    return "-" if value != value else f"{value:.4f}" if abs(value) < 10 else f"{value:,.1f}"


@contextmanager
def clock():
    """Measure wall seconds: `with clock() as spent: ...; spent()`."""
    start = time.perf_counter()
    end: list[float] = []
    yield lambda: (end[0] if end else time.perf_counter()) - start
    end.append(time.perf_counter())


def data(*parts: str) -> Path:
    """Path of a data file under `$GANTRY_DATA`, else `shared/data` beside the checkout."""
    base = Path(os.environ.get("GANTRY_DATA") or ROOT.parent / "shared" / "data")
    path = base.joinpath(*parts)
    if not path.exists():
        raise MissingData(f"skipped: data not present ({'/'.join(parts)})")
    return path


def load_core(addon: str):
    """Import `addons/<addon>/core` as `<addon>_core`, without Odoo."""
    spec = importlib.util.spec_from_file_location("core_conftest", ROOT / "tests" / "core" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load_core(addon)


def main(run, name: str, add_arguments=None) -> int:
    """Entry point of a benchmark script."""
    parser = argparse.ArgumentParser(prog=f"bench_{name}", description=run.__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="a smaller sample, for the quick loop")
    if add_arguments:
        add_arguments(parser)
    args = parser.parse_args()
    report = Report(name)
    try:
        run(report, args)
    except MissingData as missing:
        report.note(str(missing))
    if args.json:
        report.write(args.json)
    return 0


def main_in_odoo(bench, env, path: str) -> None:
    """Entry point of a benchmark that needs a database: module, Odoo environment, file for the figures.

    What the benchmark writes is its own business to roll back; a failure is the caller's to see.
    """
    report = Report(bench.__name__.removeprefix("bench_"))
    try:
        bench.run(report, argparse.Namespace(quick=False), env)
    except MissingData as missing:
        report.note(str(missing))
    report.write(path)
