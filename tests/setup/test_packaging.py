"""Locks, wheels and the container agree with the project."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from gantry_setup import addons

PROJECT = Path(__file__).resolve().parents[2]
DOCKER = PROJECT / "docker"


def compose() -> dict:
    return yaml.safe_load((DOCKER / "compose.yml").read_text())


def names(text: str) -> set[str]:
    """Package names of a requirements file."""
    lines = (line.split("#")[0].strip() for line in text.splitlines() if not line.startswith(" "))
    return {re.split(r"[<>=;\[ ]", line)[0].lower() for line in lines if line}


def test_every_requirement_is_locked_with_hashes():
    locked = (PROJECT / "setup" / "locks" / "run.txt").read_text()
    wanted = names((PROJECT / "requirements.txt").read_text())
    wanted |= names((PROJECT / "setup" / "requirements" / "odoo.in").read_text())
    assert wanted <= names(locked)
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", locked.strip()))


@pytest.mark.parametrize("lock", ["run.txt", "test.txt", "nodeps.txt", "uv.txt", "bench.txt"])
def test_locks_name_no_address(lock):
    assert "://" not in (PROJECT / "setup" / "locks" / lock).read_text()


def pins(lock: str) -> set[str]:
    """`name==version ; marker` of a lock file."""
    text = (PROJECT / "setup" / "locks" / lock).read_text()
    return {line.rstrip(" \\") for line in text.splitlines() if "==" in line.split(";")[0] and line[0] != " "}


def test_peers_of_the_benchmarks_change_no_other_package():
    installed = {pin.split(" ;")[0] for pin in pins("run.txt") | pins("test.txt")}
    names_of = {pin.split("==")[0] for pin in installed}
    shared = {pin.split(" ;")[0] for pin in pins("bench.txt") if pin.split("==")[0] in names_of}
    assert any(pin.startswith("numpy==") for pin in shared)
    assert shared <= installed


def test_the_image_installs_the_same_requirements_and_addons():
    text = (DOCKER / "Dockerfile").read_text()
    assert re.search(r"^FROM odoo:19", text, re.M)
    assert "COPY requirements.txt" in text
    assert "-r /tmp/gantry-requirements.txt" in text
    assert re.search(r"^COPY addons (\S+)$", text, re.M).group(1) in (DOCKER / "odoo.conf").read_text()


def test_every_file_the_image_copies_is_there():
    for line in re.findall(r"^COPY (?:--\S+ )?(.+) \S+$", (DOCKER / "Dockerfile").read_text(), re.M):
        assert (PROJECT / line).exists(), line


def test_the_compose_file_has_database_workers_volumes_and_health():
    services = compose()["services"]
    assert set(services) == {"db", "odoo", "proxy"}
    assert services["proxy"]["depends_on"]["odoo"]["condition"] == "service_healthy"
    assert services["odoo"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["db"]["healthcheck"]
    assert "HEALTHCHECK" in (DOCKER / "Dockerfile").read_text()
    assert re.search(r"^workers = [1-9]", (DOCKER / "odoo.conf").read_text(), re.M)
    mounts = {mount.split(":")[0] for service in services.values() for mount in service["volumes"]}
    assert {mount for mount in mounts if not mount.startswith(".")} == set(compose()["volumes"])
    assert all((DOCKER / mount).exists() for mount in mounts if mount.startswith("."))
    build = services["odoo"]["build"]
    assert (DOCKER / build["context"] / build["dockerfile"]).resolve() == DOCKER / "Dockerfile"


def test_the_compose_file_listens_on_loopback_only():
    ports = [port for service in compose()["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_forwarded_headers_are_believed_from_the_proxy_alone():
    """Odoo trusts them, so only the proxy may be reachable; live updates have their own process behind it."""
    assert "proxy_mode = True" in (DOCKER / "odoo.conf").read_text()
    assert "ports" not in compose()["services"]["odoo"]
    proxy = (DOCKER / "nginx.conf").read_text()
    assert re.search(r"location /websocket \{[^}]*proxy_pass http://odoo_live", proxy)
    assert re.search(r"upstream odoo_live \{\s*server odoo:8072;", proxy)


@pytest.mark.parametrize("wanted", ["", "gantry_base,gantry_forecast"])
def test_the_container_installs_every_addon_unless_told_which(wanted):
    assert compose()["services"]["odoo"]["environment"]["GANTRY_ADDONS"] == "${GANTRY_ADDONS:-}"
    head = (DOCKER / "start.sh").read_text().split("mark=")[0]
    environment = {**os.environ, "GANTRY_FOLDER": str(PROJECT / "addons"), "GANTRY_ADDONS": wanted}
    done = subprocess.run(["bash", "-c", head + 'echo "$addons"'], capture_output=True, text=True, env=environment)
    left_out = {"gantry_demo", "gantry_base_queue_job"}
    assert set(done.stdout.strip().split(",")) == (set(wanted.split(",")) if wanted else {*addons.every()} - left_out)


@pytest.mark.parametrize("addon", addons.every())
def test_every_addon_can_be_built_as_a_wheel(addon):
    text = (PROJECT / "addons" / addon / "pyproject.toml").read_text()
    assert "whool" in text
    assert "whool.buildapi" in text
