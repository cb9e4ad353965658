"""EPCIS 2.0 events in JSON-LD from what a warehouse knows of a movement."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import quote

from .epcis_hash import event_hash
from .gs1 import fits, gtin14, is_key, link

CONTEXT = [
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    {"cbvmda": "urn:epcglobal:cbv:mda:"},
    {"gantry": "urn:gantry:epcis:"},
]
SSCC_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Goods of one product and lot in an event; ``unit`` is a UN/CEFACT code, "" for pieces, None when there is none.

    ``node`` names goods that no GS1 key names: an own path below the stem of the company.
    """

    node: str
    quantity: float
    unit: str | None = ""
    gtin: str | None = None
    lot: str | None = None
    serial: bool = False

    def uri(self, stem: str) -> str:
        gtin = gtin14(self.gtin)
        if gtin and self.lot and fits(self.lot):
            return link("01", gtin, "21" if self.serial else "10", self.lot)
        if gtin and not self.lot:
            return link("01", gtin)
        return own_uri(stem, self.node)


def own_uri(stem: str, path: str) -> str:
    """A URI of the company's own for what has no GS1 key.

    >>> own_uri("https://erp.example", "lot/5")
    'https://erp.example/epcis/lot/5'
    """
    return f"{stem.rstrip('/')}/epcis/{quote(path)}"


def party_uri(stem: str, gln: str | None, path: str) -> str:
    """A company: its GLN, else a URI of our own."""
    return link("417", gln) if is_key(gln or "", 13) else own_uri(stem, path)


def place_uri(stem: str, gln: str | None, path: str, extension: str | None = None) -> str:
    """A place: its GLN, finer with an extension, else a URI of our own."""
    if not is_key(gln or "", 13):
        return own_uri(stem, path)
    return link("414", gln, "254", extension) if extension and fits(extension) else link("414", gln)


def pack_uri(stem: str, name: str | None, path: str) -> str:
    """A pack: its SSCC, else a URI of our own."""
    code = (name or "").strip()
    code = code[2:] if len(code) == SSCC_DIGITS + 2 and code.startswith("00") else code
    return link("00", code) if is_key(code, SSCC_DIGITS) else own_uri(stem, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to goods at a moment; what is empty is left out of the event."""

    at: datetime
    offset_min: int = 0
    kind: str = "ObjectEvent"
    action: str | None = "OBSERVE"
    biz_step: str | None = None
    disposition: str | None = None
    items: tuple[Item, ...] = ()
    outputs: tuple[Item, ...] = ()
    parent: str | None = None
    place: str | None = None
    transaction: tuple[str, str] | None = None
    source: str | None = None
    destination: str | None = None
    identifier: str | None = None
    ilmd: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)


def event(step: Step, stem: str) -> dict:
    """One event, with its hash as ``eventID``."""
    if step.at.tzinfo is None:
        raise ValueError("The time of an event needs a time zone.")
    sign, minutes = ("-", -step.offset_min) if step.offset_min < 0 else ("+", step.offset_min)
    moment = step.at.astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
    found = {
        "type": step.kind,
        "eventTime": moment,
        "eventTimeZoneOffset": f"{sign}{minutes // 60:02}:{minutes % 60:02}",
    }
    if step.kind == "TransformationEvent":
        found |= _what("inputEPCList", "inputQuantityList", step.items, stem)
        found |= _what("outputEPCList", "outputQuantityList", step.outputs, stem)
        if step.identifier:
            found["transformationID"] = step.identifier
    elif step.kind == "AggregationEvent":
        found |= {"parentID": step.parent} | _what("childEPCs", "childQuantityList", step.items, stem)
        found["action"] = step.action
    else:
        found |= _what("epcList", "quantityList", step.items, stem)
        found["action"] = step.action
    found |= _rest(step)
    return found | {"eventID": event_hash(found, CONTEXT)}


def _rest(step):
    rest = {"bizStep": step.biz_step, "disposition": step.disposition}
    if step.place:
        rest["readPoint"] = {"id": step.place}
    if step.transaction:
        kind, uri = step.transaction
        rest["bizTransactionList"] = [{"type": kind, "bizTransaction": uri}]
    if step.source:
        rest["sourceList"] = [{"type": "owning_party", "source": step.source}]
    if step.destination:
        rest["destinationList"] = [{"type": "owning_party", "destination": step.destination}]
    if step.ilmd:
        rest["ilmd"] = {f"cbvmda:{name}": value for name, value in step.ilmd.items()}
    rest |= {f"gantry:{name}": value for name, value in step.extra.items()}
    return {name: value for name, value in rest.items() if value is not None}


def _what(epcs, quantities, items, stem):
    """Serial numbers as a list of keys, everything else with its quantity; the same goods once."""
    serials, sums = [], {}
    for item in items:
        uri = item.uri(stem)
        if item.serial and item.lot:
            serials.append(uri)
        else:
            total, unit = sums.get(uri, (0.0, item.unit))
            sums[uri] = (total + item.quantity, unit)
    found = {}
    if serials:
        found[epcs] = list(dict.fromkeys(serials))
    if sums:
        found[quantities] = [_quantity(uri, round(total, 6), unit) for uri, (total, unit) in sums.items()]
    return found


def _quantity(uri, total, unit):
    """Without a code for the unit the number would mean pieces, so it is left out."""
    if unit is None:
        return {"epcClass": uri}
    row = {"epcClass": uri, "quantity": int(total) if total == int(total) else total}
    return row | {"uom": unit} if unit else row


def taken_back(wrong: dict, declared_at: datetime, right: Iterable[dict]) -> dict:
    """An event that was corrected: as it was, declared wrong, with the identifiers of those that stand for it now."""
    moment = declared_at.astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
    error = {"declarationTime": moment, "reason": "incorrect_data"}
    identifiers = [one["eventID"] for one in right if one["eventID"] != wrong["eventID"]]
    return wrong | {"errorDeclaration": error | ({"correctiveEventIDs": identifiers} if identifiers else {})}


def document(events: list[dict], created_at: datetime, identifier: str | None = None) -> dict:
    """The document around events.

    >>> from datetime import timezone
    >>> document([], datetime(2026, 1, 1, tzinfo=timezone.utc))["epcisBody"]
    {'eventList': []}
    """
    moment = created_at.astimezone(timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
    head = {"@context": CONTEXT, "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": moment}
    if identifier:
        head["id"] = identifier
    return head | {"epcisBody": {"eventList": events}}
