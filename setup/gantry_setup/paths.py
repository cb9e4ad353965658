"""Where everything lives: the checkout, and one private cache folder of the user."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ADDONS = PROJECT / "addons"
LOCKS = PROJECT / "setup" / "locks"
# A unix socket's path has to fit into 108 bytes, `/.s.PGSQL.5432` included.
SOCKET_PATH_MAX = 90
CLUSTER_AS_ROOT = Path("/var/lib/gantry")


@dataclass(frozen=True)
class Paths:
    """Folders below the cache; nothing outside it is written, but for a root user's cluster."""

    cache: Path

    @classmethod
    def default(cls) -> Paths:
        """`$GANTRY_CACHE`, else `gantry` below the user's cache folder."""
        explicit = os.environ.get("GANTRY_CACHE")
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return cls(Path(explicit or os.path.join(base, "gantry")).absolute())

    @property
    def apt(self) -> Path:
        return self.cache / "apt"

    @property
    def debs(self) -> Path:
        return self.cache / "debs"

    @property
    def odoo(self) -> Path:
        return self.cache / "odoo"

    @property
    def venv(self) -> Path:
        return self.cache / "venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def data(self) -> Path:
        return self.cache / "data"

    @property
    def logs(self) -> Path:
        return self.cache / "logs"

    @property
    def launcher(self) -> Path:
        return self.cache / "bin" / "odoo"

    @property
    def cluster(self) -> Path:
        """The private PostgreSQL cluster. PostgreSQL refuses to run as root, so root's cluster belongs to
        the `postgres` user, who may not enter root's home."""
        if os.geteuid() != 0:
            return self.cache / "postgres"
        return CLUSTER_AS_ROOT / hashlib.sha256(str(self.cache).encode()).hexdigest()[:12]

    @property
    def socket(self) -> Path:
        """Folder of the cluster's unix socket."""
        path = self.cluster / "socket"
        if len(str(path)) > SOCKET_PATH_MAX:
            name = "gantry-" + hashlib.sha256(str(path).encode()).hexdigest()[:12]
            path = Path(tempfile.gettempdir()) / name
        return path

    @contextlib.contextmanager
    def locked(self, name: str):
        """Hold an exclusive lock on `name`, so that two commands never prepare the same thing at once."""
        self.cache.mkdir(parents=True, exist_ok=True)
        with open(self.cache / f".{name}.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def read_state(self, name: str) -> dict:
        """What an earlier command noted under `name`; empty when there is nothing readable."""
        try:
            return json.loads((self.cache / "state" / f"{name}.json").read_text())
        except (OSError, ValueError):
            return {}

    def write_state(self, name: str, value: dict) -> None:
        """Note `value` under `name`, in one step."""
        folder = self.cache / "state"
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{name}.{os.getpid()}-{threading.get_ident()}"
        temporary.write_text(json.dumps(value, indent=1, sort_keys=True))
        temporary.replace(folder / f"{name}.json")

    def forget_state(self, name: str) -> None:
        """Remove what was noted under `name`."""
        (self.cache / "state" / f"{name}.json").unlink(missing_ok=True)


def digest(*parts: str | bytes | Path) -> str:
    """A short hash over texts and the content of files."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        total.update(part if isinstance(part, bytes) else part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]
