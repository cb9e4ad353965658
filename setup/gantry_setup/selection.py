"""What to test: everything, what the command line names, or what has changed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import addons, test_classes
from .paths import PROJECT
from .test_classes import TestClass
from .ui import GantryError

SCREEN_FILES = (".xml", ".js", ".scss", ".css", ".svg")


@dataclass
class Selection:
    """What to test, and what is left out and why."""

    addons: list[str]
    pytest: list[str] = field(default_factory=list)
    lint: bool = True
    journeys: bool = True
    keep: bool = False
    classes: list[TestClass] = field(default_factory=list)
    without: list[TestClass] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def select(names, *, changed: bool) -> Selection:
    """From the words of the command line, or from what git says has changed."""
    if changed:
        return select_changed(changed_files())
    if names:
        return select_named(names)
    folders = [str(path.relative_to(PROJECT)) for path in (PROJECT / "tests" / "core", PROJECT / "tests" / "setup")]
    return with_classes(Selection(addons.every(), [folder for folder in folders if (PROJECT / folder).exists()]))


def with_classes(selection: Selection) -> Selection:
    selection.classes = [found for addon in selection.addons for found in test_classes.of_addon(addon)]
    return selection


def select_named(names) -> Selection:
    known, chosen, paths = addons.every(), [], []
    for name in names:
        clean = name.rstrip("/")
        if clean in known or addons.of_file(f"{clean}/x"):
            addon = clean if clean in known else addons.of_file(f"{clean}/x")
            chosen.append(addon)
            paths += [f"tests/core/{addon}"] if (PROJECT / "tests" / "core" / addon).exists() else []
        elif (PROJECT / clean).exists():
            paths.append(clean)
        else:
            raise GantryError(f"There is no addon or path {name}. Addons: {', '.join(known)}.")
    return with_classes(Selection(chosen, paths, lint=False, journeys=False))


def changed_files() -> list[str]:
    """Touched since the last commit, or by it when nothing is uncommitted."""

    def git(*words) -> list[str]:
        return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True).stdout.splitlines()

    files = git("diff", "--name-only", "HEAD") + git("ls-files", "--others", "--exclude-standard")
    return files or git("diff", "--name-only", "HEAD~1", "HEAD")


def kind_of(parts: tuple[str, ...]) -> str:
    """What a change of a file of an addon can break: screen, python, core, test; or text for nothing."""
    name = parts[-1]
    if parts[0] == "static" or name.endswith(SCREEN_FILES):
        return "screen"
    if not name.endswith((".py", ".csv")):
        return "text"
    if parts[0] == "tests":
        return "test" if name.startswith("test_") else "python"
    return "core" if parts[0] == "core" else "python"


def select_changed(files) -> Selection:
    """The tests of what the files belong to.

    Python of an addon asks for its Odoo tests without a browser, and for those of the glue addons on it; views and
    static files ask for the browser too; a core asks for the tests of the core; a test file for itself.
    """
    kinds: dict[str, set[str]] = {}
    tests: set[str] = set()
    for file in files:
        addon = addons.of_file(file)
        if addon:
            kinds.setdefault(addon, set()).add(kind_of(Path(file).parts[2:]))
            tests.add(file)
    selection = Selection([], pytest_targets(files, kinds), journeys=False, keep=True)
    for addon in addons.every():
        choose_classes(selection, addon, kinds.get(addon, set()), tests)
    touched = {addon for addon, found in kinds.items() if found & {"python", "screen"}}
    for addon in addons.glue(touched):
        if addon not in selection.addons:
            choose_classes(selection, addon, {"python"}, tests)
    note_left_out(selection, kinds, touched)
    return selection


def choose_classes(selection: Selection, addon: str, kinds: set[str], files: set[str]) -> None:
    found = test_classes.of_addon(addon)
    changed = [item for item in found if f"addons/{addon}/tests/{item.file}" in files]
    if "screen" in kinds:
        chosen = found
    elif "python" in kinds:
        chosen = [item for item in found if not item.browser or item in changed]
    else:
        chosen = changed
    if chosen:
        selection.addons.append(addon)
        selection.classes += chosen
        selection.without += [item for item in found if item not in chosen]


def pytest_targets(files, kinds) -> list[str]:
    """Tests of the cores that changed, test files that changed, and those of the command itself."""
    paths = {f"tests/core/{addon}" for addon, found in kinds.items() if "core" in found}
    for file in files:
        parts = Path(file).parts
        if file.startswith("tests/core/") and len(parts) > 3:
            own_test = parts[-1].startswith("test_") and (PROJECT / file).exists()
            paths.add(file if own_test else "/".join(parts[:3]))
        elif file.startswith(("setup/", "tests/setup/", "docker/", ".ci/")):
            paths.add("tests/setup")
    return sorted(path for path in paths if (PROJECT / path).exists() and str(Path(path).parent) not in paths)


def note_left_out(selection: Selection, kinds, touched) -> None:
    browser = [item for item in selection.without if item.browser]
    if browser:
        selection.left_out.append(f"{len(browser)} browser classes, since no screen changed")
    others = len(selection.without) - len(browser)
    if others:
        selection.left_out.append(f"{others} other classes, since only tests changed")
    cores = [addon for addon, found in kinds.items() if "core" in found and addon not in selection.addons]
    if cores:
        selection.left_out.append(f"Odoo tests of {', '.join(cores)}, since only the core changed")
    above = [addon for addon in addons.above(touched) if addon not in selection.addons]
    if above:
        selection.left_out.append(f"addons on top: {', '.join(above)}")
    selection.left_out.append("journeys")
