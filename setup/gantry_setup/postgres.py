"""A private PostgreSQL cluster on a unix socket, or a server that the user names."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import host
from .paths import Paths
from .shell import as_owner, find_program, run
from .ui import GantryError, Ui

USER = "odoo"
# A cluster of test and trial data: a crash of the machine may cost it, so it need not wait for the disk.
SETTINGS = (
    "listen_addresses=''", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=512MB",
    "work_mem=32MB", "maintenance_work_mem=256MB", "max_wal_size=4GB", "max_connections=150", "jit=off",
)  # fmt: skip


@dataclass(frozen=True)
class Server:
    """How to reach PostgreSQL."""

    host: str
    port: int = 5432
    user: str = USER
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> Server:
        parts = urlsplit(url)
        if parts.scheme not in ("postgres", "postgresql") or not parts.username:
            raise GantryError("--pg-url takes the form postgresql://USER:PASSWORD@HOST:PORT.")
        return cls(parts.hostname or "localhost", parts.port or 5432, unquote(parts.username),
                   unquote(parts.password or ""))  # fmt: skip

    def environment(self) -> dict[str, str]:
        values = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        return {**os.environ, **values, **({"PGPASSWORD": self.password} if self.password else {})}

    def program(self, name: str) -> str:
        folder = host.postgres_bin()
        found = find_program(name, folders=(folder,) if folder else ())
        if not found:
            raise GantryError(f"{name} is missing. Install with:\n    {host.install_command(['postgresql-client'])}")
        return found

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Rows of one statement, columns separated by `|`."""
        command = [self.program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
        return run(command, env=self.environment(), what="PostgreSQL").splitlines()

    def databases(self) -> list[str]:
        return self.query("SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")


class Cluster:
    """The private cluster: made once, started when the first command needs it, stopped after the last."""

    def __init__(self, paths: Paths, ui: Ui):
        self.paths = paths
        self.ui = ui
        self.folder = paths.cluster
        self.data = self.folder / "data"
        self.owner = "postgres" if os.geteuid() == 0 else None

    def control(self, *arguments, **options) -> str:
        folder = host.postgres_bin()
        if not folder:
            raise GantryError(f"PostgreSQL is missing. Install with:\n    {host.install_command(['postgresql'])}")
        command = as_owner([folder / arguments[0], *arguments[1:]], self.owner)
        # The server's user may not be able to read the present folder.
        return run(command, cwd="/", what="PostgreSQL", **options)

    def create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        with self.ui.step("PostgreSQL cluster created"):
            for folder in (self.folder, self.paths.socket):
                folder.mkdir(parents=True, exist_ok=True)
                if self.owner:
                    shutil.chown(folder, self.owner)
            shutil.rmtree(self.data, ignore_errors=True)
            self.control("initdb", "-D", self.data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")

    def running(self) -> bool:
        try:
            self.control("pg_ctl", "-D", self.data, "status")
        except GantryError:
            return False
        return True

    def start(self) -> None:
        self.create()
        self.paths.socket.mkdir(parents=True, exist_ok=True)
        if self.owner:
            shutil.chown(self.paths.socket, self.owner)
        if not self.running():
            options = " ".join(f"-c {setting}" for setting in SETTINGS)
            self.control("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "server.log", "-o",
                         f"-k {self.paths.socket} {options}", "start")  # fmt: skip

    def stop(self) -> None:
        if (self.data / "PG_VERSION").exists() and self.running():
            self.control("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    @contextlib.contextmanager
    def serving(self):
        """Keep the cluster up; the last command that leaves stops it."""
        self.paths.cache.mkdir(parents=True, exist_ok=True)
        with open(self.paths.cache / ".postgres.users", "w") as users:
            with self.paths.locked("postgres"):
                fcntl.flock(users, fcntl.LOCK_SH)
                self.start()
            try:
                yield Server(str(self.paths.socket))
            finally:
                with self.paths.locked("postgres"), contextlib.suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()


@contextlib.contextmanager
def serving(paths: Paths, ui: Ui, url: str | None):
    """The server to work with: the user's own, or the private cluster while the block runs."""
    if url:
        server = Server.from_url(url)
        server.query("SELECT 1")
        yield server
        return
    with Cluster(paths, ui).serving() as server:
        yield server


def remove(paths: Paths, ui: Ui) -> None:
    cluster = Cluster(paths, ui)
    cluster.stop()
    for folder in {cluster.folder, paths.socket}:
        shutil.rmtree(Path(folder), ignore_errors=True)
