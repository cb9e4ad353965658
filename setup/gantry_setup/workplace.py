"""Everything a command needs, prepared: programs, packages, Odoo, PostgreSQL."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

from . import host, postgres, python_env, source
from .databases import Odoo
from .paths import Paths
from .ui import Ui

RUN_NEEDS = (host.VENV, host.LIBGOMP)
TEST_NEEDS = (*RUN_NEEDS, host.CHROMIUM, host.GIT)


def prepare_python(paths: Paths, ui: Ui, *, tests: bool = False) -> None:
    """Only the Python environment, for commands that need no Odoo."""
    host.ensure((host.VENV,), ui, paths.logs / "debian-packages.log")
    with paths.locked("python"):
        python_env.ensure(paths, ui, tests=tests, source=None)


def prepare_peers(paths: Paths, ui: Ui) -> None:
    """What benchmarks need beside what tests need."""
    with paths.locked("python"):
        python_env.ensure_peers(paths, ui)


@contextlib.contextmanager
def ready(paths: Paths, ui: Ui, *, odoo: str | None = None, pg_url: str | None = None, tests: bool = False):
    """Yield an `Odoo` that can be started, with PostgreSQL up while the block runs."""
    paths.cache.mkdir(parents=True, exist_ok=True)
    needs = TEST_NEEDS if tests else RUN_NEEDS
    if not pg_url:
        needs = (host.POSTGRES, *needs)
    host.ensure(needs, ui, paths.logs / "debian-packages.log")
    with paths.locked("python"), ThreadPoolExecutor(2) as pool:
        found = pool.submit(source.locate, paths, ui, odoo)
        # An Odoo that is installed brings its own packages: then the environment waits for the answer.
        bare = None if odoo or source.installed() is None else found.result()
        packages = pool.submit(python_env.ensure, paths, ui, tests=tests, source=bare)
        origin = found.result()
        packages.result()
        python_env.link(paths, origin)
    with postgres.serving(paths, ui, pg_url) as server:
        yield Odoo(paths, ui, origin, server)
