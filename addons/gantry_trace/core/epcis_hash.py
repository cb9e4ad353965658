"""The event hash of CBV 2.0: one identifier for an EPCIS event, however it is written down.

Rules: GS1 Core Business Vocabulary 2.0, section 8.9. The event is put into one text in a fixed order with every value
in one form, and that text is hashed. ``recordTime``, ``eventID`` and ``errorDeclaration`` are not part of it.
"""

import hashlib
import re
from datetime import datetime, timedelta, timezone

from .gs1 import canonical

CBV = "https://ref.gs1.org/cbv/"
VOC = "https://ref.gs1.org/voc/"
PREFIXES = {
    "cbvmda": "urn:epcglobal:cbv:mda:",
    "epcis": "https://ref.gs1.org/epcis/",
    "cbv": CBV,
    "gs1": "https://ref.gs1.org/voc/",
}
OLD_WORDS = (("bizstep", "BizStep"), ("disp", "Disp"), ("btt", "BTT"), ("sdt", "SDT"), ("er", "ER"))
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
BARE = re.compile(r"[A-Za-z_]+", re.ASCII)
IGNORED = {"@context", "type", "isA", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"}

_EPC, _QUANTITY, _PAIR, _PLACE, _SENSOR = "epc", "quantity", "pair", "place", "sensor"
# name in JSON, how it is written; the order is that of the standard
ORDER = (
    ("eventTime", "time"),
    ("eventTimeZoneOffset", "text"),
    ("certificationInfo", "values"),
    ("parentID", "text"),
    ("epcList", _EPC),
    ("inputEPCList", _EPC),
    ("childEPCs", _EPC),
    ("quantityList", _QUANTITY),
    ("childQuantityList", _QUANTITY),
    ("inputQuantityList", _QUANTITY),
    ("outputEPCList", _EPC),
    ("outputQuantityList", _QUANTITY),
    ("action", "text"),
    ("transformationID", "text"),
    ("bizStep", "BizStep"),
    ("disposition", "Disp"),
    ("persistentDisposition", "set"),
    ("readPoint", _PLACE),
    ("bizLocation", _PLACE),
    ("bizTransactionList", _PAIR),
    ("sourceList", _PAIR),
    ("destinationList", _PAIR),
    ("sensorElementList", _SENSOR),
    ("ilmd", "ilmd"),
)
PAIRS = {
    "bizTransactionList": ("bizTransaction", "BTT"),
    "sourceList": ("source", "SDT"),
    "destinationList": ("destination", "SDT"),
}
METADATA = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules",
)  # fmt: skip
REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism",
    "chemicalSubstance", "value", "component", "stringValue", "booleanValue", "hexBinaryValue", "uriValue", "minValue",
    "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip


def namespaces(context) -> dict[str, str]:
    """Prefixes that a document declares in its ``@context``."""
    found = dict(PREFIXES)
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            found |= {name: value for name, value in part.items() if isinstance(value, str)}
    return found


def event_hash(event: dict, context=()) -> str:
    """The identifier of an event, ``ni:///sha-256;...?ver=CBV2.0``.

    Parameters
    ----------
    event : dict
        An event in JSON; valid, see :func:`epcis_check.faults`.
    context : list, dict or str
        The ``@context`` of its document, for the prefixes of extensions.

    Examples
    --------
    >>> event = {"type": "ObjectEvent", "eventTime": "2026-01-01T10:00:00+01:00", "eventTimeZoneOffset": "+01:00",
    ...          "action": "OBSERVE", "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"]}
    >>> event_hash(event) == event_hash(event | {"epcList": ["https://id.gs1.org/01/04012345111118/21/9876"],
    ...                                          "eventTime": "2026-01-01T09:00:00Z"})
    True
    """
    digest = hashlib.sha256(pre_hash(event, namespaces(context)).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: dict, prefixes: dict[str, str]) -> str:
    """The text that is hashed."""
    parts = [f"eventType={event['type']}"]
    for name, kind in ORDER:
        if event.get(name) not in (None, "", [], {}):
            parts.append(_field(name, kind, event[name], prefixes))
    known = {name for name, _kind in ORDER} | IGNORED
    parts += _extensions({name: value for name, value in event.items() if name not in known}, prefixes)
    return "".join(parts)


def instant(text: str) -> str:
    """A time in UTC with milliseconds, rounded half to even."""
    moment = _parse(text).astimezone(timezone.utc)
    rounded = round(moment.microsecond, -3)
    moment = moment.replace(microsecond=0) + timedelta(microseconds=rounded)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _parse(text):
    """ISO 8601 with any number of decimals, which Python 3.10 does not read."""
    match = re.fullmatch(r"(.{19})(\.\d+)?(Z|[+-]\d\d:\d\d)", text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a time with a time zone, such as 2026-05-01T08:00:00Z.")
    base, decimals, zone = match.groups()
    micro = f".{decimals[1:7]:0<6}" if decimals else ""
    return datetime.fromisoformat(f"{base}{micro}{'+00:00' if zone == 'Z' else zone}")


def value_of(value, prefixes=PREFIXES) -> str:
    """A value in its one form: numbers without zeros, old words and short forms spelled out, keys as links."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    for old, new in OLD_WORDS:
        text = text.replace(f"urn:epcglobal:cbv:{old}:", f"{CBV}{new}-")
    if NUMBER.fullmatch(text):
        number = float(text)
        return str(int(number)) if number == int(number) else str(number)
    head, colon, tail = text.partition(":")
    if colon and head in prefixes and not tail.startswith("//"):
        text = prefixes[head] + tail
    return canonical(text) or text


def _word(value, family, prefixes):
    """A word of the vocabulary, which JSON writes bare."""
    return f"{CBV}{family}-{value}" if BARE.fullmatch(str(value)) else value_of(value, prefixes)


def _field(name, kind, value, prefixes):
    if kind == "time":
        return f"{name}={instant(value)}"
    if kind == "text":
        return f"{name}={value_of(value, prefixes)}"
    if kind == "values":
        values = value if isinstance(value, list) else [value]
        return "".join(sorted(f"{name}={value_of(one, prefixes)}" for one in values))
    if kind in ("BizStep", "Disp"):
        return f"{name}={_word(value, kind, prefixes)}"
    if kind == "set":
        sides = ("set", "unset")
        return name + "".join(
            "".join(sorted(f"{side}={_word(one, 'Disp', prefixes)}" for one in value.get(side, ()))) for side in sides
        )
    if kind == "ilmd":
        return name + "".join(_extensions(value, prefixes))
    return _list(name, kind, value, prefixes)


def _list(name, kind, value, prefixes):
    if kind == _EPC:
        return name + "".join(sorted(f"epc={value_of(one, prefixes)}" for one in value))
    if kind == _QUANTITY:
        return name + "".join(sorted(_plain("quantityElement", one, ("epcClass", "quantity", "uom"), prefixes)
                                     for one in value))  # fmt: skip
    if kind == _PAIR:
        what, family = PAIRS[name]
        return name + "".join(
            sorted(
                (f"type={_word(one['type'], family, prefixes)}" if one.get("type") else "")
                + f"{what}={value_of(one[what], prefixes)}"
                for one in value
            )
        )
    if kind == _PLACE:
        return _plain(name, value, ("id",), prefixes)
    return "".join(sorted(_sensor(one, prefixes) for one in value))


def _sensor(element, prefixes):
    text = "sensorElement"
    if element.get("sensorMetadata"):
        text += _plain("sensorMetadata", element["sensorMetadata"], METADATA, prefixes)
    text += "".join(
        sorted(_plain("sensorReport", _spelled(one), REPORT, prefixes) for one in element.get("sensorReport", ()))
    )
    rest = {name: value for name, value in element.items() if name not in ("sensorMetadata", "sensorReport")}
    return text + "".join(_extensions(rest, prefixes))


def _spelled(report):
    kind = report.get("type")
    return report | {"type": VOC + kind} if kind and BARE.fullmatch(kind) else report


def _plain(name, fields, order, prefixes):
    """Fields of an element in their order, its extensions behind them."""
    text = name
    for key in order:
        if fields.get(key) not in (None, ""):
            is_time = "time" in key.lower()
            text += f"{key}={instant(fields[key]) if is_time else value_of(fields[key], prefixes)}"
    return text + "".join(_extensions({key: val for key, val in fields.items() if key not in order}, prefixes))


def _extensions(fields, prefixes):
    """Elements of other namespaces, sorted; names of names of names too."""
    found = []
    for key, value in fields.items():
        if key in IGNORED or key.startswith("@"):
            continue
        for one in value if isinstance(value, list) else [value]:
            name = _named(key, prefixes)
            if isinstance(one, dict):
                text = f"={value_of(one['#text'], prefixes)}" if one.get("#text") else ""
                rest = {inner: deeper for inner, deeper in one.items() if inner != "#text"}
                found.append(name + text + "".join(_extensions(rest, prefixes)))
            else:
                text = value_of(one, prefixes)
                found.append(f"{name}={text}" if text else name)
    return sorted(found)


def _named(key, prefixes):
    head, colon, tail = key.partition(":")
    return f"{{{prefixes[head]}}}{tail}" if colon and head in prefixes else key
