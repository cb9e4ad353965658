"""Linters, and the few rules of this project that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from . import addons
from .paths import ADDONS, PROJECT, Paths

PLACES = ("addons", "tests", "setup")
TOP_LEVEL = {"addons", "tests", "docker", "setup", "requirements.txt", "README.md", "CHANGELOG.md", "LICENSE"}
ADDON_FILES = ("__init__.py", "__manifest__.py", "README.md", "pyproject.toml")
TEXTS = (".py", ".md", ".xml", ".js", ".scss", ".toml", ".yml", ".txt", ".csv", ".sh", ".conf", "")
# README.rst and author rules are OCA's own business; tables of words outside models have no environment to
# translate with; a model of many lines is cut into files by theme; "write" of a class that is no model has no super;
# countries and units are short lists.
PYLINT_OFF = (
    "prefer-env-translation",
    "consider-merging-classes-inherited",
    "method-required-super",
    "no-search-all",
    "missing-readme",
    "manifest-required-author",
    "category-allowed-app",
    "manifest-superfluous-key",
)


@dataclass
class Findings:
    """What a linter said; empty when all is well."""

    name: str
    lines: list[str] = field(default_factory=list)


def program(paths: Paths, name: str) -> str:
    return str(paths.venv / "bin" / name)


def ruff(paths: Paths) -> Findings:
    done = subprocess.run(
        [program(paths, "ruff"), "check", "--output-format=concise", "--quiet", *PLACES],
        cwd=PROJECT, capture_output=True, text=True,
    )  # fmt: skip
    return Findings("ruff", done.stdout.splitlines() + done.stderr.splitlines() if done.returncode else [])


def pylint_odoo(paths: Paths, names) -> Findings:
    command = [
        program(paths, "pylint"), "--load-plugins=pylint_odoo", "--disable=all", "--enable=odoolint",
        f"--disable={','.join(PYLINT_OFF)}",
        "--ignore=tests", "--valid-odoo-versions=19.0", "--score=no",
        "--msg-template={path}:{line}: {msg_id} {symbol} {msg}", *(f"addons/{name}" for name in names),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith("*")]
    if done.returncode and not lines:
        lines = done.stderr.splitlines()[-5:]
    return Findings("pylint-odoo", lines)


def xml_files() -> Findings:
    found = Findings("xml")
    for path in sorted(ADDONS.rglob("*.xml")):
        try:
            ElementTree.parse(path)
        except ElementTree.ParseError as error:
            found.lines.append(f"{path.relative_to(PROJECT)}: {error}")
    return found


def layout() -> Findings:
    """Top level and addons hold what they should and nothing else."""
    found = Findings("layout")
    for name in sorted({path.split("/")[0] for path in tracked()} - TOP_LEVEL):
        if not name.startswith("."):
            found.lines.append(f"{name}: does not belong on the top level")
    for addon in addons.every():
        found.lines += [f"addons/{addon}: {name} is missing" for name in ADDON_FILES
                        if not (ADDONS / addon / name).exists()]  # fmt: skip
        manifest = addons.manifest(addon)
        if manifest.get("license") != "LGPL-3" or not str(manifest.get("version", "")).startswith("19.0."):
            found.lines.append(f"addons/{addon}: license LGPL-3 and version 19.0.x.y.z are required")
        listed = {*manifest.get("data", ()), *manifest.get("demo", ())}
        found.lines += [f"addons/{addon}: {name} is listed but missing" for name in sorted(listed)
                        if not (ADDONS / addon / name).exists()]  # fmt: skip
        loose = {
            str(path.relative_to(ADDONS / addon))
            for folder in ("views", "data", "security", "wizards", "report")
            for path in (ADDONS / addon / folder).rglob("*.xml")
        }
        found.lines += [f"addons/{addon}: {name} is not in the manifest" for name in sorted(loose - listed)]
    return found


def odoo_tests() -> Findings:
    """Odoo tests run once everything is installed, and each file of them is imported: others would never run."""
    found = Findings("tests")
    for addon in addons.every():
        folder = ADDONS / addon / "tests"
        imports = (folder / "__init__.py").read_text() if (folder / "__init__.py").exists() else ""
        for path in sorted(folder.glob("test_*.py")):
            name = path.relative_to(PROJECT)
            if not re.search(rf"\b{path.stem}\b", imports):
                found.lines.append(f"{name}: not imported in tests/__init__.py")
            for node in ast.parse(path.read_text()).body:
                own = isinstance(node, ast.ClassDef) and any(
                    isinstance(part, ast.FunctionDef) and part.name.startswith("test_") for part in node.body
                )
                if own and not any("post_install" in ast.unparse(word) for word in node.decorator_list):
                    found.lines.append(f"{name}:{node.lineno}: {node.name} is not tagged post_install")
    return found


def pure_cores() -> Findings:
    """A core has never heard of Odoo."""
    found = Findings("cores")
    for path in sorted(ADDONS.glob("*/core/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if any(name.split(".")[0] == "odoo" for name in names):
                found.lines.append(f"{path.relative_to(PROJECT)}:{node.lineno}: a core imports nothing from odoo")
    return found


def tracked() -> list[str]:
    """Files of the project; those not yet added count too, so that a fault shows before the commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True).stdout.splitlines()


def private_words() -> Findings:
    """No path of somebody's machine in the project."""
    found = Findings("paths")
    pattern = re.compile(r"(?<![\w./])/(?:home|root|Users)/\w")
    for name in tracked():
        path = PROJECT / name
        if path.suffix in TEXTS and path.is_file() and path != Path(__file__):
            lines = enumerate(path.read_text(errors="ignore").splitlines(), 1)
            found.lines += [f"{name}:{number}: path of a machine" for number, line in lines if pattern.search(line)]
    return found


def run(paths: Paths, names) -> list[Findings]:
    """All linters over the project; pylint-odoo over the addons in `names`."""
    checks = [ruff(paths), xml_files(), layout(), odoo_tests(), pure_cores(), private_words()]
    return [*checks, pylint_odoo(paths, names)] if names else checks
