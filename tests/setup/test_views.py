"""Views read as text: mistakes that only show when the first record is drawn."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
READ = re.compile(r"\brecord\.(\w+)\.(?:raw_)?value\b")


def cards():
    """(file, kanban element) of every kanban view."""
    for path in sorted(ADDONS.glob("*/views/*.xml")):
        for kanban in ElementTree.parse(path).iter("kanban"):
            yield path, kanban


def unknown(kanban) -> set[str]:
    """What the card reads of its record that the view does not fetch."""
    fetched = {field.get("name") for field in kanban.iter("field")}
    return set(READ.findall(ElementTree.tostring(kanban, encoding="unicode"))) - fetched


def test_a_card_reads_only_what_its_view_fetches():
    found = [f"{path.relative_to(ADDONS)}: {name}" for path, kanban in cards() for name in sorted(unknown(kanban))]
    assert not found, "Add <field name=.../> to the view: " + ", ".join(found)


def test_a_card_that_reads_too_much_is_found():
    assert unknown(ElementTree.fromstring('<kanban><t t-if="record.late.raw_value"/></kanban>')) == {"late"}
