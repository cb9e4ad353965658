"""Odoo out of Debian's archive: which archive, and what a tree needs to be whole."""

import pytest
from gantry_setup import debian
from gantry_setup.paths import Paths
from gantry_setup.ui import GantryError

LISTING = """\
mirror://one/debian|Debian|Debian|main
mirror://one/debian|Debian|Debian|contrib
mirror://one/debian|Debian|Debian|main
mirror://one/debian-security|Debian|Debian-Security|main
mirror://vendor/apt|Vendor|Vendor|main
"""


def test_the_archive_most_sources_name_is_taken():
    assert debian.archive_address(LISTING) == "mirror://one/debian"


def test_the_security_archive_is_never_taken():
    only = "mirror://one/debian-security|Debian|Debian-Security|main\n"
    with pytest.raises(GantryError, match="--odoo PATH"):
        debian.archive_address(only)


def test_a_fresh_machine_without_lists_still_finds_its_archive():
    unread = "mirror://two/debian/|$(ORIGIN)|$(LABEL)|main\n"
    assert debian.archive_address(unread) == "mirror://two/debian"


def test_a_host_without_debian_gets_one_sentence():
    with pytest.raises(GantryError, match="names no Debian archive"):
        debian.archive_address("mirror://three/ubuntu|Ubuntu|Ubuntu|main\n")


def test_apt_writes_nothing_outside_the_cache(tmp_path):
    command = debian.apt_command(Paths(tmp_path))
    folders = [part.split("=", 1)[1] for part in command if part.startswith("Dir::")]
    assert len(folders) == 6
    assert all(folder.startswith(str(tmp_path)) or folder == "sources.list" for folder in folders)


def test_a_tree_is_completed_without_touching_what_is_there(tmp_path):
    asset = tmp_path / debian.MISSING_ASSET
    debian.complete(tmp_path)
    assert asset.exists()
    assert (tmp_path / "odoo-bin").stat().st_mode & 0o111
    asset.write_text("real")
    debian.complete(tmp_path)
    assert asset.read_text() == "real"
