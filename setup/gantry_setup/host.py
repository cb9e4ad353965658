"""What the machine has to bring: named Debian packages, installed only for root and only after saying so."""

from __future__ import annotations

import glob
import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .shell import find_program, run
from .ui import GantryError, Ui

APT_OPTIONS = ("-q", "-y", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends")


@dataclass(frozen=True)
class Need:
    """A program of the host: how to see that it is there, and the Debian package that brings it."""

    name: str
    package: str
    why: str

    def present(self) -> bool:
        return bool(self.where())

    def where(self) -> str | None:
        if self.name == "postgres":
            folder = postgres_bin()
            return str(folder / "postgres") if folder else None
        if self.name == "venv":
            found = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
            return "python3 -m venv" if found else None
        if self.name == "chromium":
            return find_program("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
        return find_program(self.name, folders=("/usr/sbin", "/sbin"))


POSTGRES = Need("postgres", "postgresql", "the database server")
VENV = Need("venv", "python3-venv", "the private Python environment")
CHROMIUM = Need("chromium", "chromium", "browser tests")
GIT = Need("git", "git", "the quick loop `test --changed`")
WKHTMLTOPDF = Need("wkhtmltopdf", "wkhtmltopdf", "printing PDF reports")
LIBGOMP = Need("libgomp", "libgomp1", "the panel tier of the forecast (lightgbm)")


def postgres_bin() -> Path | None:
    """Folder of the newest PostgreSQL server programs on this machine."""
    found = []
    for path in glob.glob("/usr/lib/postgresql/*/bin/initdb") + glob.glob("/usr/pgsql-*/bin/initdb"):
        version = re.search(r"(\d+)", path)
        found.append((int(version.group(1)) if version else 0, Path(path).parent))
    if found:
        return max(found)[1]
    initdb = find_program("initdb")
    return Path(initdb).resolve().parent if initdb else None


def has_libgomp() -> bool:
    """Whether the OpenMP runtime that lightgbm links to can be loaded."""
    return bool(glob.glob("/usr/lib/*/libgomp.so.1") + glob.glob("/usr/lib*/libgomp.so.1"))


def install_command(packages) -> str:
    """What a person types to install Debian packages."""
    prefix = "" if os.geteuid() == 0 else "sudo "
    return f"{prefix}apt-get install --no-install-recommends {' '.join(packages)}"


def missing(needs) -> list[Need]:
    return [need for need in needs if not (has_libgomp() if need is LIBGOMP else need.present())]


def ensure(needs, ui: Ui, log: Path) -> None:
    """Bring what `needs` lists: root installs it after saying so, anyone else gets the exact command.

    Raises
    ------
    GantryError
        When something is missing and this user may not install it.
    """
    absent = missing(needs)
    if not absent:
        return
    packages = [need.package for need in absent]
    reasons = ", ".join(f"{need.package} for {need.why}" for need in absent)
    if os.geteuid() != 0 or not find_program("apt-get"):
        raise GantryError(f"Missing: {reasons}. Install with:\n    {install_command(packages)}")
    ui.say(f"  This machine lacks {reasons}: installing the Debian package(s) {' '.join(packages)}.")
    with ui.step("Debian packages installed"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", *APT_OPTIONS, *packages]
        try:
            run(command, log=log, what="Installing Debian packages", env=environment)
        except GantryError:
            # A fresh machine has no package lists yet; a second failure is a real one.
            run(["apt-get", "update", "-q"], log=log, what="Reading Debian's package lists", env=environment)
            run(command, log=log, what="Installing Debian packages", env=environment)
    still = missing(needs)
    if still:
        names = " ".join(need.package for need in still)
        raise GantryError(f"After installing {names} the programs are still not found; see {log}.")
