"""Odoo databases: configuration, installing, updating, cloning from a template."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from . import addons
from .paths import ADDONS, Paths, digest
from .postgres import Server
from .shell import follow
from .source import OdooSource
from .ui import GantryError, Ui

FAILED_LINES = 25
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")


@dataclass(frozen=True)
class Odoo:
    """An Odoo that is ready to start: environment, addons and database server."""

    paths: Paths
    ui: Ui
    source: OdooSource
    server: Server

    def config(self) -> Path:
        """Write and return the configuration file; it may hold a password, so only its owner reads it."""
        path = self.paths.cache / "odoo.conf"
        folders = [*self.source.addons, ADDONS]
        values = {
            "addons_path": ",".join(str(folder) for folder in folders),
            "data_dir": self.paths.data,
            "db_host": self.server.host,
            "db_port": self.server.port,
            "db_user": self.server.user,
            "http_interface": "127.0.0.1",
            "list_db": False,
            "limit_time_real_cron": 600,
        }
        if self.server.password:
            values["db_password"] = self.server.password
        text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")  # two databases are tested at once
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(text)
        temporary.replace(path)
        return path

    def command(self, database: str, *arguments, subcommand: str = "") -> list[str]:
        start = [str(self.paths.python), str(self.paths.launcher), *subcommand.split()]
        return [*start, "-c", str(self.config()), "-d", database, *(str(part) for part in arguments)]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONWARNINGS": "ignore"}

    def install(self, database: str, names, *, update=(), log: str, demo: bool = False, step=None) -> None:
        """Install `names` and update `update` in one start of Odoo; an ERROR in its log is a failure."""
        arguments = ["--stop-after-init", "--no-http", "--log-level=warn", f"--without-demo={not demo}"]
        arguments.append("--log-handler=odoo.modules.loading:INFO")
        if names:
            arguments += ["-i", ",".join(names)]
        if update:
            arguments += ["-u", ",".join(update)]
        path = self.paths.logs / log
        text = follow(
            self.command(database, *arguments),
            lambda line: self._installing(line, step),
            log=path,
            what="Odoo",
            env=self.environment(),
            cwd="/",
        )
        faults = [line for line in text.splitlines() if f" ERROR {database} " in line or " CRITICAL " in line]
        if faults:
            tail = "\n".join(faults[:FAILED_LINES])
            raise GantryError(f"Odoo reported errors while installing into {database}; see {path}:\n{tail}")

    @staticmethod
    def _installing(line: str, step) -> None:
        found = LOADING.search(line) if step else None
        if found:
            step.progress(int(found[2]), int(found[3]), found[1])

    def exists(self, database: str) -> bool:
        return database in self.server.databases()

    def drop(self, database: str) -> None:
        self.server.query(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        shutil.rmtree(self.paths.data / "filestore" / database, ignore_errors=True)
        for kind in ("database", "content"):
            self.paths.forget_state(f"{kind}-{database}")

    def clone(self, template: str, database: str) -> None:
        """A copy with its filestore; files are shared by hard links."""
        self.drop(database)
        self.server.query(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        source = self.paths.data / "filestore" / template
        if source.exists():
            shutil.copytree(source, self.paths.data / "filestore" / database, copy_function=os.link)

    def template(self, label: str, modules) -> str:
        """A database with Odoo's own `modules`, made once for this Odoo and these packages."""
        mark = digest(str(self.source.path), " ".join(sorted(modules)), self.version())
        name = f"gantry_template_{label}_{mark[:8]}"
        with self.paths.locked(name):
            known = self.paths.read_state("templates")
            if name in known and self.exists(name):
                return name
            with self.ui.step(f"Template database: {label}") as step:
                self.drop(name)
                self.install(name, modules, log=f"{name}.log", step=step)
            self.paths.write_state("templates", {**self.paths.read_state("templates"), name: mark})
        return name

    def version(self) -> str:
        marker = self.paths.odoo / ".complete"
        release = self.source.path / "odoo" / "release.py"
        return digest(marker if self.source.kind == "debian" and marker.exists() else release)

    def sync(self, database: str, wanted) -> list[str]:
        """Bring `database` to the present state of the addons; returns what was installed or updated."""
        key = f"database-{database}"
        fresh = not self.exists(database)
        if fresh:
            self.drop(database)  # what an earlier database of that name left behind
        known = self.paths.read_state(key)
        now = {addon: addons.content_hash(addon) for addon in wanted}
        install = [addon for addon in wanted if addon not in known]
        update = [addon for addon in wanted if addon in known and known[addon] != now[addon]]
        if not install and not update:
            return []
        title = "Odoo database created" if fresh else "Database brought up to date"
        with self.ui.step(title) as step:
            try:
                self.install(database, install, update=update, log=f"{database}.log", step=step)
            except BaseException:
                if fresh:
                    self.drop(database)  # half a database would look like a whole one next time
                raise
            self.paths.write_state(key, {**known, **now})
        return install + update

    def shell(self, database: str, script: str, *, title: str, log: str) -> str:
        """Run a Python script in an Odoo shell. Lines `@progress done total text` move the step's progress."""
        command = self.command(database, "--no-http", "--log-level=warn", "--workers=0", subcommand="shell")
        printed: list[str] = []
        with self.ui.step(title) as step:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                errors="replace", env=self.environment(), cwd="/", start_new_session=True,
            )  # fmt: skip
            try:
                process.stdin.write(script)
                process.stdin.close()
                for line in process.stdout:
                    self._progress(step, line) or printed.append(line)
                code = process.wait()
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
            text = "".join(printed)
            path = self.paths.logs / log
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            if code or "Traceback (most recent call last)" in text:
                tail = "\n".join(text.strip().splitlines()[-FAILED_LINES:])
                raise GantryError(f"{title}: failed; see {path}.\n{tail}")
        return text

    @staticmethod
    def _progress(step, line: str) -> bool:
        if line.startswith("@note "):
            step.note = line.removeprefix("@note ").strip()
            return True
        if not line.startswith("@progress "):
            return False
        _mark, done, total, *rest = line.split(None, 3)
        step.progress(float(done), float(total), rest[0].strip() if rest else "")
        return True
