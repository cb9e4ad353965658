"""Odoo 19 out of Debian's archive, into a private folder.

apt does the work with a configuration, lists and a status file of our own, so that the host's are never
touched; it also checks the archive's signatures. The archive's address is the host's own.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import shutil
import subprocess
import threading
from collections import Counter
from pathlib import Path

from .paths import Paths, digest
from .shell import run
from .ui import GantryError, Ui

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
TESTED_SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"
TESTED_VERSION = "19.0.0+dfsg-1"
# Odoo links to these fonts and scripts. Font Awesome and Inconsolata moved their files after bookworm.
PACKAGES = (
    "odoo-19/sid", "libjs-jquery/sid", "libjs-jquery-form/sid", "libjs-underscore/sid", "fonts-montserrat/sid",
    "fonts-ocr-b/sid", "fonts-roboto-unhinted/sid", "fonts-font-awesome/bookworm", "fonts-inconsolata/bookworm",
)  # fmt: skip
SUITES = ("sid", "bookworm")
DOWNLOAD_MB = 135
SITE_PACKAGES = Path("usr/lib/python3/dist-packages")
# Debian leaves this file out (no free source), but mail's manifest names it: the bundle would log an error.
MISSING_ASSET = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
RECIPE = "3"  # raise when unpacking changes, so that old trees are rebuilt


def archive_address(listing: str) -> str:
    """The archive to fetch from: the one that most of the host's own Debian sources name.

    Parameters
    ----------
    listing
        Lines `address|origin|label|component`, as `apt-get indextargets` prints them.
    """
    votes: Counter[str] = Counter()
    for line in listing.splitlines():
        address, origin, label, component = (line.split("|") + [""] * 4)[:4]
        if component == "main" and "security" not in label.lower() and "security" not in address:
            # Before the first `apt-get update` origin and label are still unknown.
            votes[address.rstrip("/")] += 2 if origin == "Debian" else 1 if "debian" in address else 0
    address, count = max(votes.items(), key=lambda item: item[1], default=("", 0))
    if not count:
        raise GantryError(
            "This machine's apt names no Debian archive to fetch Odoo 19 from. Give a checkout of Odoo 19 instead: "
            "--odoo PATH or ODOO_HOME=PATH."
        )
    return address


def host_archive() -> str:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise GantryError(
            "Odoo 19 comes from Debian's archive, and this machine has no apt. Give a checkout of Odoo 19 instead: "
            "--odoo PATH or ODOO_HOME=PATH."
        )
    form = "$(SITE)|$(ORIGIN)|$(LABEL)|$(COMPONENT)"
    return archive_address(run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"]))


def apt_command(paths: Paths) -> list[str]:
    """apt-get with every folder of its own; the host's remaining settings (proxy, validity) are kept."""
    base = paths.apt
    options = {
        "Dir::Etc": base / "etc",
        "Dir::Etc::sourcelist": "sources.list",
        "Dir::State": base,
        "Dir::State::status": base / "status",
        "Dir::Cache": base / "cache",
        "Dir::Log": base / "log",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": getpass.getuser(),
    }
    return ["apt-get", "-q", *(part for key, value in options.items() for part in ("-o", f"{key}={value}"))]


def write_apt_state(paths: Paths, address: str) -> None:
    folders = ("etc/apt.conf.d", "etc/preferences.d", "etc/sources.list.d", "lists/partial", "log")
    for folder in (*folders, "cache/archives/partial"):
        (paths.apt / folder).mkdir(parents=True, exist_ok=True)
    (paths.apt / "status").touch()
    if not KEYRING.exists():
        raise GantryError(
            "Debian's archive keys are missing. Install with:\n    apt-get install debian-archive-keyring"
        )
    lines = [f"deb [signed-by={KEYRING}] {address} {suite} main\n" for suite in SUITES]
    (paths.apt / "etc" / "sources.list").write_text("".join(lines))


def fetch(paths: Paths, ui: Ui) -> list[Path]:
    """Download the packages unless they are there; return their files."""
    if not list(paths.debs.glob("odoo-19_*.deb")) or len(list(paths.debs.glob("*.deb"))) < len(PACKAGES):
        with ui.step("Odoo 19 fetched from Debian's archive") as step:
            write_apt_state(paths, host_archive())
            command = apt_command(paths)
            step.progress(0, 0, "package lists")
            run([*command, "update"], log=paths.logs / "apt-update.log", what="Reading Debian's package lists")
            partial = paths.cache / "debs.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            with growing(partial, DOWNLOAD_MB, step):
                log = paths.logs / "apt-download.log"
                run([*command, "download", *PACKAGES], cwd=partial, log=log, what="Fetching Odoo 19")
            shutil.rmtree(paths.debs, ignore_errors=True)
            partial.rename(paths.debs)
    return sorted(paths.debs.glob("*.deb"))


@contextlib.contextmanager
def growing(folder: Path, total_mb: int, step):
    """Show how far a download into `folder` is, while the block runs."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(1.0):
            size = sum(path.stat().st_size for path in folder.glob("*") if path.exists()) / 1e6
            step.progress(min(size, total_mb), total_mb, f"{size:.0f} of {total_mb} MB")

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def unpack(paths: Paths, ui: Ui) -> Path:
    """The Odoo tree; unpacked once per package version. Returns the folder to put on Python's path."""
    debs = fetch(paths, ui)
    odoo_deb = next(deb for deb in debs if deb.name.startswith("odoo-19_"))
    mark = digest(RECIPE, *(deb.name for deb in debs), str(odoo_deb.stat().st_size))
    tree = paths.odoo
    if (tree / ".complete").exists() and (tree / ".complete").read_text() == mark:
        return tree / SITE_PACKAGES
    with ui.step("Odoo 19 unpacked") as step:
        if hashlib.sha256(odoo_deb.read_bytes()).hexdigest() != TESTED_SHA256:
            step.note = f"newer build {odoo_deb.name.split('_')[1]}; tested with {TESTED_VERSION}"
        partial = paths.cache / "odoo.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for index, deb in enumerate(debs):
            step.progress(index, len(debs), deb.name.split("_")[0])
            extract(deb, partial, slim=deb is odoo_deb)
        complete(partial / SITE_PACKAGES)
        (partial / ".complete").write_text(mark)
        shutil.rmtree(tree, ignore_errors=True)
        partial.rename(tree)
    return tree / SITE_PACKAGES


def extract(deb: Path, target: Path, *, slim: bool) -> None:
    """Unpack one package; a slim one without translations and Debian's second copy of the addons."""
    if not slim:
        run(["dpkg-deb", "-x", deb, target])
        return
    excludes = [f"--exclude=./{SITE_PACKAGES}/{part}" for part in ("odoo/addons/*/i18n", "addons")]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE) as source:
        run(["tar", "xf", "-", "-C", target, *excludes], stdin=source.stdout, what=f"Unpacking {deb.name}")
    if source.returncode:
        raise GantryError(f"{deb.name} is damaged; run `setup/gantry clean --downloads` and try again.")


def complete(site: Path) -> None:
    """Mend what Debian's packaging leaves open."""
    asset = site / MISSING_ASSET
    if not asset.exists():
        asset.parent.mkdir(parents=True, exist_ok=True)
        asset.write_text("/* Left out by Debian; video effects are not available. */\n")
    launcher = site / "odoo-bin"
    if not launcher.exists():
        launcher.write_text(
            "#!/usr/bin/env python3\nimport odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n"
        )
        os.chmod(launcher, 0o755)
