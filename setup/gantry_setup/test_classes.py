"""Odoo test classes of the addons: found in their source, and shared out over databases that run side by side."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .paths import ADDONS

BROWSER = ("start_tour(", "browser_js(", "run_hoot(")
# Guesses for a class that has never run here: shared set-up, a test, a browser.
SETUP_S, TEST_S, BROWSER_S = 1.5, 0.3, 5.0
MEASURED = re.compile(r"^\t(\w+)\.(?:\w+\.)*([A-Z]\w*): (-?[\d.]+)s", re.M)


@dataclass(frozen=True)
class TestClass:
    """A class of `addons/<addon>/tests/<file>`."""

    __test__ = False  # pytest: this is none
    addon: str
    name: str
    file: str
    tests: int = 0
    http: bool = False
    browser: bool = False

    @property
    def key(self) -> str:
        return f"{self.addon}.{self.name}"

    @property
    def tag(self) -> str:
        return f"/{self.addon}:{self.name}"

    def seconds(self, measured: dict[str, float]) -> float:
        guess = SETUP_S + TEST_S * self.tests + BROWSER_S * self.browser
        return measured.get(self.key, guess)


def in_file(addon: str, path: Path) -> list[TestClass]:
    text = path.read_text()
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            source = ast.get_source_segment(text, node) or ""
            tests = sum(isinstance(part, ast.FunctionDef) and part.name.startswith("test_") for part in node.body)
            bases = " ".join(ast.unparse(base) for base in node.bases)
            browser = any(word in source for word in BROWSER)
            found.append(TestClass(addon, node.name, path.name, tests, browser or "HttpCase" in bases, browser))
    return found


def of_addon(addon: str) -> list[TestClass]:
    """All classes in the test files of an addon."""
    files = sorted((ADDONS / addon / "tests").glob("test_*.py"))
    return [found for path in files for found in in_file(addon, path)]


def measured_in(log: str) -> dict[str, float]:
    """Seconds per class, as Odoo's log tells them."""
    return {f"{addon}.{name}": float(value) for addon, name, value in MEASURED.findall(log) if float(value) >= 0}


def balance(items, weight, count: int) -> list[list]:
    """`items` in `count` groups of about the same weight, the heaviest first.

    >>> balance([5, 1, 4, 2], lambda item: item, 2)
    [[5, 1], [4, 2]]
    """
    groups: list[list] = [[] for _ in range(count)]
    totals = [0.0] * count
    for item in sorted(items, key=weight, reverse=True):
        lightest = totals.index(min(totals))
        groups[lightest].append(item)
        totals[lightest] += weight(item)
    return groups


def shards(chosen, left_out, measured: dict[str, float]) -> list[str]:
    """Test tags for two databases; together they are every test of the addons but those that are left out.

    What needs Odoo's web server goes to the first: only there are the web client's bundles compiled. The second one
    takes whole addons but for what the first one has, so that no class is lost which the source does not show.
    """
    web = [item for item in chosen if item.http]
    rest = [item for item in chosen if not item.http]
    ahead = sum(item.seconds(measured) for item in web)
    first, second = list(web), []
    behind = 0.0
    for item in sorted(rest, key=lambda item: item.seconds(measured), reverse=True):
        if ahead < behind:
            first.append(item)
            ahead += item.seconds(measured)
        else:
            second.append(item)
            behind += item.seconds(measured)
    if not first or not second:
        return [whole_tags(chosen, left_out)]
    return [",".join(sorted({item.tag for item in first})), whole_tags(second, [*first, *left_out])]


def whole_tags(chosen, without) -> str:
    addons = dict.fromkeys(item.addon for item in chosen)
    excluded = {item.tag for item in without if item.addon in addons} - {item.tag for item in chosen}
    return ",".join([f"/{addon}" for addon in addons] + [f"-{tag}" for tag in sorted(excluded)])
