"""`setup/gantry run`: a database with all addons and a story or a real order history in it, served on loopback."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import addons, scripts
from .databases import Odoo
from .ui import GantryError, Ui

START_LIMIT_S = 120
STOP_LIMIT_S = 15


def free_port(wanted: int, *, strict: bool) -> int:
    """`wanted` or, unless `strict`, the next port above it that nobody listens on."""
    for port in range(wanted, wanted + (1 if strict else 100)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise GantryError(f"Port {wanted} of this machine is taken. Choose another one with --port.")


def database_of(orders: Path | None) -> str:
    """The database's name when none is given: each order file gets its own."""
    if not orders:
        return "gantry"
    stem = re.sub(r"[^a-z0-9]+", "_", orders.name.lower().split(".")[0]).strip("_")
    return f"gantry_{stem or 'orders'}"


def fill(odoo: Odoo, database: str, changed: list[str], *, demo: bool, orders: Path | None) -> None:
    """Load what the database is to show, once; a story that got new chapters is told on."""
    key = f"content-{database}"
    content = odoo.paths.read_state(key)
    if orders:
        stat = orders.stat()
        mark = f"{orders.resolve()} {stat.st_size} {int(stat.st_mtime)}"
        if content.get("orders") == mark:
            return
        odoo.shell(database, scripts.orders(orders.resolve()), title="Order history imported", log="orders.log")
        content["orders"] = mark
    elif demo and not content.get("demo"):
        odoo.shell(database, scripts.DEMO, title="Demo story loaded", log="demo.log")
        content["demo"] = True
    else:
        if content.get("demo") and "gantry_demo" in changed:
            odoo.shell(database, scripts.DEMO, title="Demo story told on", log="demo.log")
        return
    odoo.shell(database, scripts.FORECAST, title="Forecasts computed", log="forecast.log")
    odoo.shell(database, scripts.REORDER, title="Reorder rules set", log="reorder.log")
    odoo.shell(database, scripts.SCREENS, title="Screens prepared", log="screens.log")
    odoo.paths.write_state(key, content)


def start_afresh(odoo: Odoo, database: str) -> None:
    """Throw `database` away, unless somebody else made it."""
    if odoo.exists(database) and not odoo.paths.read_state(f"database-{database}"):
        raise GantryError(f"Database {database} was not made by this command. Choose another name with --db.")
    odoo.drop(database)


class Running:
    """A served Odoo; stops cleanly on Ctrl-C or when the block ends."""

    def __init__(self, odoo: Odoo, database: str, port: int, workers: int):
        self.odoo = odoo
        self.url = f"http://127.0.0.1:{port}"
        self.log = odoo.paths.logs / f"server-{database}.log"
        arguments = [f"--http-port={port}", f"--workers={workers}", f"--db-filter=^{re.escape(database)}$"]
        if workers:
            arguments.append(f"--gevent-port={free_port(port + 1, strict=False)}")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "w") as log:
            # A session of its own: Ctrl-C reaches Odoo once, through us, not a second time from the terminal.
            self.process = subprocess.Popen(
                odoo.command(database, *arguments), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=odoo.environment(), cwd="/", start_new_session=True,
            )  # fmt: skip

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise GantryError(f"Odoo ended while starting; see {self.log}.\n{self.tail()}")
            try:
                with urllib.request.urlopen(f"{self.url}/web/login", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                raise GantryError(f"Odoo answers with an error ({error.code}); see {self.log}.") from error
            except OSError:
                time.sleep(0.1)
        raise GantryError(f"Odoo did not answer within {START_LIMIT_S} s; see {self.log}.\n{self.tail()}")

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def serve(odoo: Odoo, ui: Ui, options) -> None:
    """The whole of `run`, from the installed database to Ctrl-C."""
    orders = Path(options.orders).expanduser() if options.orders else None
    if orders and not orders.is_file():
        raise GantryError(f"There is no file {orders}. --orders takes a CSV (also .gz) or XLSX file of order lines.")
    database = options.db or database_of(orders)
    wanted = [addon for addon in addons.every() if addon not in addons.OPTIONAL]
    with odoo.paths.locked(f"database-{database}"):
        if options.fresh:
            start_afresh(odoo, database)
        changed = odoo.sync(database, wanted)
        fill(odoo, database, changed, demo=not options.no_demo, orders=orders)
    port = free_port(options.port or 8069, strict=bool(options.port))
    with ui.step("Odoo started"):
        running = Running(odoo, database, port, options.workers)
        try:
            running.wait_until_ready()
        except BaseException:
            running.stop()
            raise
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts what it runs in the background without SIGINT
        signal.signal(number, signal.default_int_handler)
    try:
        ui.say(f"\n  Gantry is ready after {ui.elapsed_s():.0f} s: {running.url}")
        ui.say(f"  Log in as admin with the password admin. Database {database}, log {running.log}.")
        ui.say("  Ctrl-C stops Odoo and PostgreSQL.")
        code = running.process.wait()
        raise GantryError(f"Odoo ended by itself (exit code {code}); see {running.log}.\n{running.tail()}")
    except KeyboardInterrupt:
        ui.say()
        with ui.step("Odoo stopped"):
            running.stop()
