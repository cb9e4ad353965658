"""`setup/gantry translations`: the templates that translators start from, written anew by Odoo's own exporter."""

from __future__ import annotations

import re
from pathlib import Path

from . import addons, testing
from .databases import Odoo
from .paths import ADDONS
from .shell import run
from .ui import GantryError, Ui

DATES = re.compile(r'^"(?:POT-Creation|PO-Revision)-Date: .*"\n', re.M)


def template_of(addon: str) -> Path:
    return ADDONS / addon / "i18n" / f"{addon}.pot"


def export(odoo: Odoo, ui: Ui, names) -> list[str]:
    """Write the templates of the addons; those whose words are the same keep their dates. Returns what changed."""
    known = addons.every()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise GantryError(f"There is no addon {unknown[0]}. Addons: {', '.join(known)}.")
    names = [addon for addon in known if addon in names or not names]
    database = testing.DATABASES[0]
    [update] = testing.prepare_databases(odoo, [database], keep=True)
    if update:
        odoo.install(database, [], update=update, log="translations-update.log")
    before = {addon: read(addon) for addon in names}
    with ui.step("Words of the addons read"):
        for addon in names:
            template_of(addon).parent.mkdir(exist_ok=True)
        run(odoo.command(database, *names, subcommand="i18n export"), log=odoo.paths.logs / "translations.log",
            what="Odoo's export of translations", env=odoo.environment(), cwd="/")  # fmt: skip
    odoo.paths.write_state(f"database-{database}", {addon: addons.content_hash(addon) for addon in known})
    return [addon for addon in names if not keep_old(addon, before[addon])]


def read(addon: str) -> str:
    path = template_of(addon)
    return path.read_text() if path.exists() else ""


def keep_old(addon: str, before: str) -> bool:
    """Put the old template back when only the dates differ."""
    now = read(addon)
    if not now:
        folder = template_of(addon).parent
        if not any(folder.iterdir()):
            folder.rmdir()  # an addon without words
        return True
    if DATES.sub("", now) != DATES.sub("", before):
        return False
    template_of(addon).write_text(before)
    return True
