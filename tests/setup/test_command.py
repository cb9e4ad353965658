"""Help, names, ports, hashes: the parts of the command that need no Odoo."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from gantry_setup import addons, cli, host, paths, postgres, selection, serve, source, translations
from gantry_setup.ui import GantryError

PROJECT = Path(__file__).resolve().parents[2]


def test_help_needs_nothing_but_python():
    done = subprocess.run(
        [sys.executable, "-S", "-I", PROJECT / "setup" / "gantry", "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "setup/gantry run" in done.stdout
    assert "doctor" in done.stdout


def test_every_verb_has_its_function():
    choices = cli.parser()._subparsers._group_actions[0].choices
    expected = {"run", "test", "bench", "shell", "psql", "update", "clean", "doctor", "wheels", "translations"}
    assert set(choices) == expected
    assert all(hasattr(cli, f"do_{verb}") for verb in choices)


def test_dependencies_come_before_their_dependents():
    order = addons.every()
    for addon in order:
        for dependency in addons.manifest(addon)["depends"]:
            if dependency in order:
                assert order.index(dependency) < order.index(addon)


def test_a_changed_file_selects_its_addon():
    assert addons.of_file("addons/gantry_base/models/x.py") == "gantry_base"
    assert addons.of_file("tests/core/x.py") is None
    assert addons.of_file("addons/nothing_here/x.py") is None


def test_an_unknown_name_lists_the_addons():
    with pytest.raises(GantryError, match="gantry_base"):
        selection.select(["gantry_nonsense"], changed=False)


def test_an_addon_brings_its_core_tests():
    chosen = selection.select(["gantry_forecast"], changed=False)
    assert chosen.addons == ["gantry_forecast"]
    assert chosen.pytest == ["tests/core/gantry_forecast"]


def test_a_taken_port_is_passed_over_unless_it_was_asked_for():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert serve.free_port(port, strict=False) > port
        with pytest.raises(GantryError, match="--port"):
            serve.free_port(port, strict=True)


@pytest.mark.parametrize(
    ("file", "database"),
    [
        (None, "gantry"),
        ("Online Retail-2011.csv.gz", "gantry_online_retail_2011"),
        ("orders.xlsx", "gantry_orders"),
        ("---.csv", "gantry_orders"),
    ],
)
def test_each_order_file_gets_its_own_database(file, database):
    assert serve.database_of(Path(file) if file else None) == database


def test_a_server_url_is_read():
    server = postgres.Server.from_url("postgresql://me:p%40ss@db.example:6543")
    assert (server.host, server.port, server.user, server.password) == ("db.example", 6543, "me", "p@ss")
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize("url", ["mysql://me@host", "postgresql://host", "nonsense"])
def test_a_bad_server_url_shows_the_form(url):
    with pytest.raises(GantryError, match="postgresql://USER"):
        postgres.Server.from_url(url)


def test_a_socket_path_always_fits(tmp_path, monkeypatch):
    monkeypatch.setattr(paths.os, "geteuid", lambda: 1000)
    deep = paths.Paths(tmp_path / ("x" * 120))
    assert len(str(deep.socket)) <= paths.SOCKET_PATH_MAX


def test_state_survives_and_broken_state_reads_as_empty(tmp_path):
    place = paths.Paths(tmp_path)
    place.write_state("python", {"run": "abc"})
    assert place.read_state("python") == {"run": "abc"}
    (tmp_path / "state" / "python.json").write_text("{")
    assert place.read_state("python") == {}


def test_another_series_of_odoo_is_refused(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (18, 0, 0, 'final', 0, '')\n")
    with pytest.raises(GantryError, match=r"Odoo 18\.0.*needs a checkout of Odoo 19\.0"):
        source.from_checkout(str(tmp_path))
    with pytest.raises(GantryError, match="no Odoo"):
        source.from_checkout(str(tmp_path / "nowhere"))


def test_a_checkout_of_the_series_is_taken(tmp_path):
    for folder in ("addons", "odoo/addons"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, 'final', 0, '')\n")
    found = source.from_checkout(str(tmp_path))
    assert found.addons == (tmp_path / "addons", tmp_path / "odoo" / "addons")


def test_a_normal_user_gets_the_exact_command(monkeypatch, tmp_path):
    monkeypatch.setattr(host.os, "geteuid", lambda: 1000)
    absent = host.Need("no-such-program", "no-such-package", "a test")
    with pytest.raises(GantryError, match="sudo apt-get install --no-install-recommends no-such-package"):
        host.ensure((absent,), ui=None, log=tmp_path / "x.log")


def test_a_translation_template_changes_with_its_words_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(translations, "ADDONS", tmp_path)
    template = translations.template_of("gantry_x")
    template.parent.mkdir(parents=True)
    old = '"POT-Creation-Date: 2026-01-01 00:00+0000\\n"\nmsgid "Bin"\n'
    template.write_text(old.replace("01-01", "02-02"))
    assert translations.keep_old("gantry_x", old)
    assert template.read_text() == old
    template.write_text(old.replace("Bin", "Zone"))
    assert not translations.keep_old("gantry_x", old)
    template.unlink()
    assert translations.keep_old("gantry_x", "")
    assert not template.parent.exists()


class Machine:
    """Just enough of an Odoo for `run`: which databases exist, and which were thrown away."""

    def __init__(self, place, *names):
        self.paths = place
        self.names = set(names)

    def exists(self, database):
        return database in self.names

    def drop(self, database):
        self.names.discard(database)


def test_a_fresh_start_throws_away_its_own_database_only(tmp_path):
    place = paths.Paths(tmp_path)
    place.write_state("database-ours", {"gantry_base": "1"})
    machine = Machine(place, "ours", "theirs")
    serve.start_afresh(machine, "ours")
    assert machine.names == {"theirs"}
    with pytest.raises(GantryError, match="not made by this command"):
        serve.start_afresh(machine, "theirs")
    assert machine.names == {"theirs"}


def test_forgotten_state_reads_as_empty(tmp_path):
    place = paths.Paths(tmp_path)
    place.write_state("content-ours", {"demo": True})
    place.forget_state("content-ours")
    place.forget_state("content-ours")
    assert place.read_state("content-ours") == {}
