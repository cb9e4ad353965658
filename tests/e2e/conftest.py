"""A served Gantry, started as a newcomer starts it, and a browser to look at it with."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "setup"))

from gantry_setup import host  # noqa: E402
from gantry_setup.paths import Paths  # noqa: E402

DATABASE = "gantry_journeys"
START_LIMIT_S = 420
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Command:
    """`setup/gantry run` as a process: what it printed, and how it ends."""

    def __init__(self, *arguments: str):
        self.port = free_port()
        self.lines: list[str] = []
        self.started = time.monotonic()
        odoo = os.environ.get("ODOO_HOME")
        self.process = subprocess.Popen(
            [
                sys.executable,
                PROJECT / "setup" / "gantry",
                "run",
                f"--port={self.port}",
                *([f"--odoo={odoo}"] if odoo else []),
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={key: value for key, value in os.environ.items() if key not in ("PYTHONPATH",)},
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def wait_until_ready(self) -> float:
        """Seconds from typing the command to the address on screen."""
        while time.monotonic() - self.started < START_LIMIT_S:
            if "Ctrl-C stops" in self.text:
                return time.monotonic() - self.started
            assert self.process.poll() is None, self.text
            time.sleep(0.1)
        raise AssertionError(f"not ready within {START_LIMIT_S} s:\n{self.text}")

    @property
    def url(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+", self.text).group(0)

    def stop(self) -> str:
        """Ctrl-C, and what the command said to it."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        self.reader.join(5)
        return self.text


@pytest.fixture(scope="session")
def command():
    """The demo story, loaded and served, whatever an earlier run left behind."""
    running = Command(f"--db={DATABASE}", "--fresh")
    running.wait_until_ready()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    program = host.CHROMIUM.where()
    assert program, "Chromium is missing; `setup/gantry doctor` says how to install it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def screenshots() -> Path:
    folder = Paths.default().logs / "journeys"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def logged_in(browser, url: str, *, width: int = 1280, height: int = 860):
    """A page of the web client after logging in as the administrator."""
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_selector(".o_main_navbar, .o_navbar", timeout=60000)
    return page
