"""What is wrong with an EPCIS 2.0 document in JSON, in words.

Stricter than the official JSON schema, which takes dates without a time zone, invented business steps, wrong check
digits, and master data without a namespace.
"""

import re

from .epcis_hash import event_hash, instant, namespaces
from .gs1 import is_malformed

MAX_FAULTS = 100
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"\\^`{|}]+")
OFFSET = re.compile(r"[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00")
UNIT = re.compile(r"[A-Z0-9]{2,3}")

BIZ_STEPS = frozenset(
    """
    accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing reserving
    retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting
    unloading unpacking void_shipping
    """.split()  # noqa: SIM905
)
DISPOSITIONS = frozenset(
    """
    active available completeness_inferred completeness_verified conformant container_closed container_open damaged
    destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance
    mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed
    recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown
    """.split()  # noqa: SIM905
)
TRANSACTIONS = frozenset(
    """
    bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt
    """.split()  # noqa: SIM905
)
PARTIES = frozenset(("owning_party", "possessing_party", "location"))
ACTIONS = frozenset(("OBSERVE", "ADD", "DELETE"))
REASONS = frozenset(("did_not_occur", "incorrect_data"))

COMMON = {
    "@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo",
    "errorDeclaration", "bizStep", "disposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
    "destinationList", "sensorElementList",
}  # fmt: skip
EVENTS = {
    "ObjectEvent": COMMON | {"action", "epcList", "quantityList", "ilmd", "persistentDisposition"},
    "AggregationEvent": COMMON | {"action", "parentID", "childEPCs", "childQuantityList"},
    "AssociationEvent": COMMON | {"action", "parentID", "childEPCs", "childQuantityList"},
    "TransactionEvent": COMMON | {"action", "parentID", "epcList", "quantityList"},
    "TransformationEvent": COMMON | {
        "inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList", "transformationID", "ilmd",
        "persistentDisposition",
    },
}  # fmt: skip
HEADER = {"@context", "id", "type", "schemaVersion", "creationDate", "instanceIdentifier", "sender", "receiver",
          "epcisHeader", "epcisBody"}  # fmt: skip
EPCS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def faults(document) -> list[str]:
    """Everything that is wrong, each with its place; nothing for a good document.

    Examples
    --------
    >>> faults({"type": "EPCISDocument"})[0]
    'The document has no @context.'
    """
    return _Check(document).run()


class _Check:
    def __init__(self, document):
        self.document = document
        self.found = []
        self.ids = {}

    def run(self):
        document = self.document
        if not isinstance(document, dict):
            return ["An EPCIS document is a JSON object."]
        if not document.get("@context"):
            self.say("The document", "has no @context.")
        self.prefixes = namespaces(document.get("@context") or ())
        if document.get("type") != "EPCISDocument":
            self.say("The document", f"has the type {document.get('type')!r}; it must be 'EPCISDocument'.")
        version = document.get("schemaVersion")
        if not isinstance(version, str) or not re.fullmatch(r"2(\.\d+)+", version):
            self.say("The document", f"has the schemaVersion {version!r}; only 2.0 and later 2.x are read.")
        self.time("The document", "creationDate", document.get("creationDate"))
        self.names("The document", document, HEADER)
        body = document.get("epcisBody")
        events = body.get("eventList") if isinstance(body, dict) else None
        if not isinstance(events, list):
            self.say("The document", "has no list epcisBody.eventList.")
        for number, event in enumerate(events if isinstance(events, list) else (), 1):
            if len(self.found) >= MAX_FAULTS:
                self.found.append("More faults were not looked for.")
                break
            self.event(f"Event {number}", event)
        return self.found

    # -- parts

    def say(self, where, what):
        self.found.append(f"{where} {what}")

    def event(self, where, event):
        if not isinstance(event, dict) or event.get("type") not in EVENTS:
            kind = event.get("type") if isinstance(event, dict) else event
            self.say(where, f"is of the kind {kind!r}; it must be one of {', '.join(EVENTS)}.")
            return
        kind, before = event["type"], len(self.found)
        where = f"{where} ({kind})"
        self.names(where, event, EVENTS[kind])
        self.time(where, "eventTime", event.get("eventTime"))
        if "recordTime" in event:
            self.time(where, "recordTime", event["recordTime"])
        if not isinstance(event.get("eventTimeZoneOffset"), str) or not OFFSET.fullmatch(event["eventTimeZoneOffset"]):
            self.say(where, f"has the eventTimeZoneOffset {event.get('eventTimeZoneOffset')!r}; write +01:00.")
        if "action" in EVENTS[kind] and event.get("action") not in ACTIONS:
            self.say(where, f"has the action {event.get('action')!r}; it must be OBSERVE, ADD or DELETE.")
        self.lists(where, event)
        getattr(self, f"what_of_{kind}")(where, event)
        self.words(where, event)
        self.parties(where, event)
        self.master_data(where, event)
        self.error(where, event)
        self.identity(where, event, sound=len(self.found) == before)

    def names(self, where, fields, known):
        for name in fields:
            if name in known:
                continue
            head, colon, _tail = name.partition(":")
            if not colon:
                self.say(where, f"has a field {name!r} that does not belong there; extensions need a namespace.")
            elif head not in self.prefixes and not name.startswith(("http://", "https://", "urn:")):
                self.say(where, f"uses the prefix {head!r}, which the @context does not declare.")

    def time(self, where, name, value):
        try:
            instant(value)
        except (ValueError, TypeError, AttributeError):
            self.say(where, f"has the {name} {value!r}; write a time with its zone, such as 2026-05-01T08:00:00Z.")

    def uri(self, where, name, value):
        if not isinstance(value, str) or not URI.fullmatch(value):
            self.say(where, f"has {value!r} as {name}, which is no URI.")
        elif is_malformed(value):
            self.say(where, f"has {value!r} as {name}: no valid GS1 key (length, check digit or characters).")

    def lists(self, where, event):
        for name in EPCS:
            values = event.get(name, [])
            if not isinstance(values, list):
                self.say(where, f"has {name} that is no list.")
                continue
            for value in values:
                self.uri(where, name, value)
            if len({str(value) for value in values}) != len(values):
                self.say(where, f"names an identifier twice in {name}.")
        for name in QUANTITIES:
            values = event.get(name, [])
            if not isinstance(values, list):
                self.say(where, f"has {name} that is no list.")
                continue
            for value in values:
                self.quantity(where, name, value)

    def quantity(self, where, name, value):
        if not isinstance(value, dict) or set(value) - {"epcClass", "quantity", "uom"}:
            self.say(where, f"has an element in {name} that is not epcClass, quantity, uom.")
            return
        self.uri(where, f"{name}.epcClass", value.get("epcClass"))
        number = value.get("quantity")
        if number is not None and (
            isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < float("inf")
        ):
            self.say(where, f"has the quantity {number!r} in {name}; it must be a number, zero or more.")
        unit = value.get("uom")
        if unit is not None and (not isinstance(unit, str) or not UNIT.fullmatch(unit)):
            self.say(where, f"has the unit {unit!r} in {name}; it must be a UN/CEFACT code such as KGM.")
        if unit is not None and number is None:
            self.say(where, f"has a unit without a quantity in {name}.")

    # -- what happened to what

    def what_of_ObjectEvent(self, where, event):
        if not event.get("epcList") and not event.get("quantityList") and not event.get("sensorElementList"):
            self.say(where, "says nothing about what: epcList and quantityList are empty.")
        if event.get("ilmd") and event.get("action") != "ADD":
            self.say(where, "has ilmd, which only an event with the action ADD may have.")

    def what_of_AggregationEvent(self, where, event):
        if event.get("action") in ("ADD", "DELETE") and not event.get("parentID"):
            self.say(where, "has no parentID.")
        if "parentID" in event:
            self.uri(where, "parentID", event["parentID"])
        children = event.get("childEPCs") or event.get("childQuantityList")
        if not children and event.get("action") != "DELETE":
            self.say(where, "has no children.")

    what_of_AssociationEvent = what_of_AggregationEvent

    def what_of_TransactionEvent(self, where, event):
        if not event.get("bizTransactionList"):
            self.say(where, "names no business transaction.")
        if not event.get("epcList") and not event.get("quantityList") and not event.get("parentID"):
            self.say(where, "says nothing about what: parentID, epcList and quantityList are empty.")

    def what_of_TransformationEvent(self, where, event):
        inputs = event.get("inputEPCList") or event.get("inputQuantityList")
        outputs = event.get("outputEPCList") or event.get("outputQuantityList")
        if not (inputs and outputs) and not (event.get("transformationID") and (inputs or outputs)):
            self.say(where, "needs inputs and outputs, or a transformationID and one of both.")
        if "transformationID" in event:
            self.uri(where, "transformationID", event["transformationID"])

    # -- vocabulary

    def word(self, where, name, value, words):
        """A bare word of the standard, or a whole URI of somebody else's vocabulary."""
        if isinstance(value, str) and value in words:
            return
        foreign = isinstance(value, str) and URI.fullmatch(value) and not value.startswith("urn:epcglobal:cbv")
        if not foreign:
            self.say(where, f"has the {name} {value!r}, which the CBV does not know.")

    def words(self, where, event):
        if "bizStep" in event:
            self.word(where, "bizStep", event["bizStep"], BIZ_STEPS)
        if "disposition" in event:
            self.word(where, "disposition", event["disposition"], DISPOSITIONS)
        lasting = event.get("persistentDisposition")
        if lasting is not None:
            if not isinstance(lasting, dict) or not lasting or set(lasting) - {"set", "unset"}:
                self.say(where, "has a persistentDisposition without set or unset.")
                return
            for values in lasting.values():
                for value in values if isinstance(values, list) and values else [None]:
                    self.word(where, "persistentDisposition", value, DISPOSITIONS)

    def parties(self, where, event):
        for name in ("readPoint", "bizLocation"):
            if name in event:
                place = event[name]
                self.uri(where, name, place.get("id") if isinstance(place, dict) else place)
        for name, what, words in (
            ("bizTransactionList", "bizTransaction", TRANSACTIONS),
            ("sourceList", "source", PARTIES),
            ("destinationList", "destination", PARTIES),
        ):
            for item in event.get(name) or ():
                if not isinstance(item, dict) or set(item) - {"type", what}:
                    self.say(where, f"has an element in {name} that is not type and {what}.")
                    continue
                self.uri(where, what, item.get(what))
                if "type" in item or what != "bizTransaction":
                    self.word(where, f"type of {what}", item.get("type"), words)

    def master_data(self, where, event):
        ilmd = event.get("ilmd")
        if ilmd is None:
            return
        if not isinstance(ilmd, dict) or not ilmd:
            self.say(where, "has an empty ilmd.")
            return
        self.names(f"{where} ilmd", ilmd, ())

    def error(self, where, event):
        error = event.get("errorDeclaration")
        if error is None:
            return
        if not isinstance(error, dict):
            self.say(where, "has an errorDeclaration that is no object.")
            return
        self.time(f"{where} errorDeclaration", "declarationTime", error.get("declarationTime"))
        if "reason" in error:
            self.word(where, "reason of the error", error["reason"], REASONS)
        for value in error.get("correctiveEventIDs") or ():
            self.uri(where, "correctiveEventIDs", value)

    def identity(self, where, event, sound):
        """The eventID: a URI, used once, and if it is a hash then that of this event."""
        identifier = event.get("eventID")
        if identifier is None:
            return
        self.uri(where, "eventID", identifier)
        if not isinstance(identifier, str):
            return
        # a declaration of an error repeats the identifier of the event that it takes back
        key = (identifier, "errorDeclaration" in event)
        if key in self.ids:
            self.say(where, f"has the eventID of {self.ids[key]}.")
        self.ids.setdefault(key, where)
        is_hash = identifier.startswith("ni:///sha-256;") and identifier.endswith("?ver=CBV2.0")
        if sound and is_hash and event_hash(event, self.document.get("@context") or ()) != identifier:
            self.say(where, "was changed: its hash is not its eventID.")
