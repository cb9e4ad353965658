"""What lies in `addons/`: manifests, order of dependencies, and which addons a set of changed files touches."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from .paths import ADDONS, PROJECT
from .ui import GantryError

# Moves jobs onto OCA's runner; installed by itself where `queue_job` is, never on a plain trial.
OPTIONAL = ("gantry_base_queue_job",)
# What Odoo calls lean for our purpose: the suites that must stay green depend on nothing else.
LEAN = ("stock", "stock_picking_batch", "stock_fleet", "product_expiry", "barcodes", "barcodes_gs1_nomenclature")


def manifest(addon: str) -> dict:
    path = ADDONS / addon / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text())
    except (OSError, ValueError, SyntaxError) as error:
        raise GantryError(f"{path.relative_to(PROJECT)} cannot be read: {error}.") from error


def every() -> list[str]:
    """All addons of the project, dependencies first."""
    names = sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in names and name not in ordered:
            for dependency in manifest(name).get("depends", ()):
                visit(dependency)
            ordered.append(name)

    for name in names:
        visit(name)
    return ordered


def foreign_dependencies(addon: str) -> set[str]:
    """The addons outside the project that `addon` needs, itself or through ours."""
    found: set[str] = set()
    for dependency in manifest(addon).get("depends", ()):
        if (ADDONS / dependency / "__manifest__.py").exists():
            found |= foreign_dependencies(dependency)
        else:
            found.add(dependency)
    return found


def content_hash(addon: str) -> str:
    """Changes when a file changes that a database has to be updated for."""
    total = hashlib.sha256()
    for path in sorted((ADDONS / addon).rglob("*")):
        relevant = path.suffix in (".py", ".xml", ".csv", ".js", ".scss", ".po", ".json")
        if path.is_file() and relevant and "tests" not in path.parts:
            total.update(str(path.relative_to(ADDONS)).encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:16]


def of_file(path: str) -> str | None:
    """The addon that a path of the checkout belongs to."""
    parts = Path(path).parts
    if len(parts) > 1 and parts[0] == "addons" and (ADDONS / parts[1] / "__manifest__.py").exists():
        return parts[1]
    return None


def above(changed: set[str]) -> list[str]:
    """Ours that depend on the changed addons, directly or not, dependencies first."""
    found: list[str] = []
    for addon in every():
        if addon not in changed and {*changed, *found} & set(manifest(addon).get("depends", ())):
            found.append(addon)
    return found


def glue(changed: set[str]) -> list[str]:
    """Addons that join a changed one with something else, and install by themselves where both are."""
    return [addon for addon in above(changed)
            if manifest(addon).get("auto_install") and changed & set(manifest(addon).get("depends", ()))]  # fmt: skip


def foreign() -> list[str]:
    """Everything outside the project that ours need together, optional runners included."""
    return sorted(set().union(LEAN, *(foreign_dependencies(addon) for addon in every())))
