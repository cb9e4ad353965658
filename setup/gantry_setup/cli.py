"""The command line of Gantry."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import addons, bench, doctor, postgres, regression, selection, serve, testing, translations, wheels, workplace
from .paths import PROJECT, Paths
from .results import summary
from .ui import GantryError, Ui

DESCRIPTION = """\
Gantry makes Odoo 19 Community a complete inventory and warehouse management system.
This command prepares everything it needs in a private cache folder, then runs it or tests it.

  setup/gantry run                     see it: Odoo with Gantry and a demo company, in your browser
  setup/gantry run --orders FILE.csv   the same with your own order history
  setup/gantry test                    run every test
  setup/gantry doctor                  what is missing on this machine
"""
EPILOG = """\
Odoo 19 is taken from --odoo PATH or ODOO_HOME (a checkout), else from an Odoo 19 that Python can import, else from
Debian's odoo-19 package, which is unpacked into the cache folder and never installed. The cache folder is
~/.cache/gantry (GANTRY_CACHE names another); `setup/gantry clean` removes it.
"""


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--odoo", metavar="PATH", help="a checkout of Odoo 19 to use")
    common.add_argument("--pg-url", metavar="URL", help="an own server, postgresql://USER:PASSWORD@HOST:PORT")
    form = argparse.RawDescriptionHelpFormatter
    root = argparse.ArgumentParser("setup/gantry", description=DESCRIPTION, epilog=EPILOG, formatter_class=form)
    verbs = root.add_subparsers(dest="verb", metavar="COMMAND", required=True)

    def verb(name: str, text: str, *, parents=(common,)):
        return verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", parents=list(parents))

    run = verb("run", "serve Odoo with all addons and the demo story on this machine")
    run.add_argument(
        "--orders",
        metavar="FILE",
        help="load this order history (CSV, CSV.gz or XLSX) instead of the demo story, into a database of its own",
    )
    run.add_argument("--port", type=int, help="port of the web client (default: 8069, or the next free one)")
    run.add_argument("--db", metavar="NAME", help="database (default: gantry, or gantry_<order file>)")
    run.add_argument("--no-demo", action="store_true", help="start with an empty company")
    run.add_argument("--fresh", action="store_true", help="throw away the database that an earlier run made")
    run.add_argument(
        "--workers",
        type=int,
        default=0,
        metavar="N",
        help="worker processes (default 0: one process with threads, live updates work without a proxy)",
    )
    test = verb("test", "run linters, core tests, Odoo tests, browser tours, JS tests and journeys")
    test.add_argument("names", nargs="*", metavar="addon|path", help="only these addons or test paths")
    test.add_argument(
        "--changed", action="store_true", help="only what changed since the last commit, on a kept database"
    )
    test.add_argument("--regression", action="store_true", help="Odoo's own suites with all addons installed")
    measure = verb("bench", "measure, beside the peers that each benchmark names")
    measure.add_argument("names", nargs="*", metavar="name", help="benchmarks (default: all)")
    measure.add_argument("--json", metavar="FILE", help="also write all figures to FILE")
    measure.add_argument("--list", action="store_true", help="list the benchmarks")
    for name, text in (("shell", "open an Odoo shell"), ("psql", "open psql"), ("update", "update all addons")):
        verb(name, f"{text} on a database").add_argument("--db", default="gantry", metavar="NAME")
    build = verb("wheels", "build every addon as a wheel for pip", parents=())
    build.add_argument("--into", default="dist", metavar="FOLDER", help="where to put them (default: dist)")
    words = verb("translations", "write the translation templates (.pot) of the addons anew")
    words.add_argument("names", nargs="*", metavar="addon", help="only these addons")
    clean = verb("clean", "remove the cache folder with its databases", parents=())
    clean.add_argument("--databases", action="store_true", help="only the databases")
    clean.add_argument("--packages", action="store_true", help="only the Python packages")
    clean.add_argument("--downloads", action="store_true", help="only Odoo and its downloads")
    verb("doctor", "say what is missing and the command that mends it", parents=())
    return root


def main(arguments=None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    ui, paths = Ui(), Paths.default()
    leave_environment(paths)
    try:
        return globals()[f"do_{options.verb}"](options, paths, ui) or 0
    except GantryError as error:
        ui.say(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        ui.say("\nStopped.")
        return 130


def leave_environment(paths: Paths) -> None:
    """Start again with the machine's own Python when called with that of the environment we manage."""
    if Path(sys.prefix).resolve() == paths.venv.resolve() and sys._base_executable != sys.executable:
        os.execv(sys._base_executable, [sys._base_executable, *sys.argv])


def prepared(options, paths: Paths, ui: Ui, *, tests: bool = False):
    return workplace.ready(paths, ui, odoo=options.odoo, pg_url=options.pg_url, tests=tests)


def do_run(options, paths: Paths, ui: Ui) -> None:
    with prepared(options, paths, ui) as odoo:
        serve.serve(odoo, ui, options)


def do_test(options, paths: Paths, ui: Ui) -> int:
    with prepared(options, paths, ui, tests=True) as odoo:
        if options.regression:
            found, left_out = regression.run(odoo, ui), ()
        else:
            chosen = selection.select(options.names, changed=options.changed)
            found, left_out = testing.run(odoo, ui, chosen), chosen.left_out
    ui.say(summary(found, left_out))
    return int(any(not result.ok for result in found))


def do_bench(options, paths: Paths, ui: Ui) -> int:
    if options.list:
        ui.say("\n".join(bench.known()))
        return 0
    target = str(Path(options.json).absolute()) if options.json else None
    if any(bench.needs_odoo(path) for path in bench.chosen(options.names).values()):
        with prepared(options, paths, ui, tests=True) as odoo:
            workplace.prepare_peers(paths, ui)
            return int(bool(bench.run(paths, ui, odoo, options.names, target)))
    workplace.prepare_python(paths, ui, tests=True)
    workplace.prepare_peers(paths, ui)
    return int(bool(bench.run(paths, ui, None, options.names, target)))


def do_shell(options, paths: Paths, ui: Ui) -> int:
    with prepared(options, paths, ui) as odoo:
        return subprocess.run(
            odoo.command(options.db, "--no-http", subcommand="shell"), env=odoo.environment()
        ).returncode


def do_psql(options, paths: Paths, ui: Ui) -> int:
    with prepared(options, paths, ui) as odoo:
        return subprocess.run([odoo.server.program("psql"), options.db], env=odoo.server.environment()).returncode


def do_update(options, paths: Paths, ui: Ui) -> None:
    with prepared(options, paths, ui) as odoo, odoo.paths.locked(f"database-{options.db}"):
        key = f"database-{options.db}"
        known = paths.read_state(key)
        if not known or not odoo.exists(options.db):
            raise GantryError(f"There is no database {options.db} of Gantry yet; `setup/gantry run` makes it.")
        paths.write_state(key, {addon: "" for addon in known})
        changed = odoo.sync(options.db, [addon for addon in addons.every() if addon in known])
        ui.say(f"  Updated {', '.join(changed)}.")


def do_wheels(options, paths: Paths, ui: Ui) -> None:
    workplace.prepare_python(paths, ui, tests=True)
    target = Path(options.into)
    built = wheels.build(paths, ui, target if target.is_absolute() else PROJECT / target)
    ui.say(f"  {len(built)} wheels in {options.into}")


def do_translations(options, paths: Paths, ui: Ui) -> None:
    with prepared(options, paths, ui, tests=True) as odoo:
        changed = translations.export(odoo, ui, options.names)
    ui.say(f"  Translation templates written: {', '.join(changed) or 'none, the words are the same'}.")


def do_clean(options, paths: Paths, ui: Ui) -> None:
    everything = not (options.databases or options.packages or options.downloads)
    parts: list[Path] = []
    with paths.locked("python"):
        if everything or options.databases:
            postgres.remove(paths, ui)
            parts += [paths.data, paths.cache / "state"] if everything else [paths.data, *database_states(paths)]
        if everything or options.packages:
            parts += [paths.venv, paths.cache / "state" / "python.json"]
        if everything or options.downloads:
            parts += [paths.apt, paths.debs, paths.odoo]
        parts += [paths.cache] if everything else []
        for part in parts:
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            else:
                part.unlink(missing_ok=True)
    ui.say(f"  Removed from {paths.cache}: {'everything' if everything else ', '.join(part.name for part in parts)}.")


def database_states(paths: Paths) -> list[Path]:
    folder = paths.cache / "state"
    return [*folder.glob("database-*.json"), *folder.glob("content-*.json"), *folder.glob("templates.json")]


def do_doctor(options, paths: Paths, ui: Ui) -> int:
    return int(bool(doctor.check(paths, ui)))


if __name__ == "__main__":
    os.chdir(PROJECT)
    sys.exit(main())
