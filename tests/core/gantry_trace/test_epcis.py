"""EPCIS 2.0: hashes against the published ones, documents against the official schema, bad ones against nobody."""

import copy
import doctest
import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path

import json_schema
import pytest
from gantry_trace_core import epcis, epcis_check, epcis_hash, event_hash, faults, gs1
from hypothesis import given
from hypothesis import strategies as st

INPUT = Path(__file__).parent / "epcis"
VECTORS = json.loads((INPUT / "event_hashes.json").read_text())
LINKS = json.loads((INPUT / "digital_links.json").read_text())
NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)
STEM = "https://erp.example"


SCHEMA = json.loads((INPUT / "EPCIS-JSON-Schema.json").read_text())


def misfits(document):
    """What the official schema says against a document."""
    return json_schema.errors(document, SCHEMA)


def test_doctests():
    for module in (gs1, epcis, epcis_hash, epcis_check):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_event_hash_agrees_with_the_published_ones(vector):
    document = vector["document"]
    found = [event_hash(event, document["@context"]) for event in document["epcisBody"]["eventList"]]
    assert found == [f"ni:///sha-256;{digest}?ver=CBV2.0" for digest in vector["sha256"]]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_published_documents_are_good(vector):
    assert faults(vector["document"]) == []
    assert misfits(vector["document"]) == []


@pytest.mark.parametrize(("urn", "link"), LINKS)
def test_urns_become_the_links_of_the_reference_translator(urn, link):
    assert gs1.canonical(urn) == link
    assert gs1.canonical(link) == link
    assert gs1.canonical(link.replace("https://id.gs1.org", "https://shop.example/a/b") + "?17=260101") == link


@pytest.mark.parametrize(
    "uri",
    [
        "https://id.gs1.org/01/09506000134353",  # check digit
        "https://id.gs1.org/01/0950600013435",
        "https://id.gs1.org/01/09506000134352/10/",
        "https://id.gs1.org/01/09506000134352/10/123456789012345678901",
        "https://id.gs1.org/01/09506000134352/21/7/10/L1",  # finer before coarser
        "https://id.gs1.org/414/9506000134352/10/L1",
        "https://id.gs1.org/99/X",
        "urn:epc:id:sgtin:4012345.01111.9876",
        "urn:epc:id:sgtin:4012345.011111",
        "urn:epc:id:sscc:4012345.111222333",
        "urn:epc:idpat:sgtin:4012345.044444.5",
        "urn:epc:id:nothing:1.2",
    ],
)
def test_keys_that_are_none(uri):
    assert gs1.is_malformed(uri)


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=25))
def test_every_lot_name_gives_a_good_uri(name):
    item = epcis.Item(node="lot/1", quantity=1, gtin="9506000134352", lot=name)
    uri = item.uri(STEM)
    assert not gs1.is_malformed(uri)
    assert epcis_check.URI.fullmatch(uri)
    assert uri.startswith(gs1.STEM) == gs1.fits(name)
    if gs1.fits(name):
        assert gs1.canonical(uri) == uri


def _step(rng):
    kind = rng.choice(["ObjectEvent", "ObjectEvent", "AggregationEvent", "TransformationEvent"])

    def items():
        return tuple(
            epcis.Item(
                node=f"lot/{rng.randrange(99)}", quantity=rng.choice([1, 2.5, 1000]), serial=rng.random() < 0.3,
                unit=rng.choice(["", "KGM", None]), gtin=rng.choice(["9506000134352", None, "bad"]),
                lot=rng.choice(["L1", "a/b c", "x" * 30, None]),
            )
            for _ in range(rng.randint(1, 3))
        )  # fmt: skip

    action = rng.choice(["OBSERVE", "ADD", "DELETE"])
    lasting = kind == "TransformationEvent" or kind == "ObjectEvent" and action == "ADD"
    return epcis.Step(
        at=NOON + timedelta(microseconds=rng.randrange(10**12)), offset_min=rng.choice([0, 60, -330, 840]), kind=kind,
        action=action, biz_step=rng.choice(["shipping", "commissioning", None]), items=items(), outputs=items(),
        disposition=rng.choice(["recalled", "in_transit", None]), parent=epcis.pack_uri(STEM, "PACK 7", "pack/7"),
        place=rng.choice([None, epcis.place_uri(STEM, "4012345000009", "place/1", "A-1")]),
        transaction=rng.choice([None, ("po", epcis.own_uri(STEM, "purchase.order/5"))]),
        source=rng.choice([None, epcis.party_uri(STEM, None, "partner/3")]), identifier=epcis.own_uri(STEM, "mo/1"),
        ilmd={"lotNumber": "L1", "itemExpirationDate": "2026-12-01"} if lasting and rng.random() < 0.5 else {},
        extra={"confidence": "pooled"} if rng.random() < 0.3 else {},
    )  # fmt: skip


def test_what_is_built_passes_the_official_schema_and_our_own_check():
    rng = random.Random(4)
    events = {one["eventID"]: one for one in (epcis.event(_step(rng), STEM) for _ in range(400))}
    built = epcis.document(list(events.values()), NOON, f"{STEM}/epcis/case/1")
    assert misfits(built) == []
    assert faults(built) == []
    assert len(events) > 390


def test_a_corrected_event_is_taken_back_under_its_own_hash():
    rng = random.Random(5)
    wrong, right = epcis.event(_step(rng), STEM), epcis.event(_step(rng), STEM)
    back = epcis.taken_back(wrong, NOON, [right])
    assert back["errorDeclaration"]["correctiveEventIDs"] == [right["eventID"]]
    built = epcis.document([wrong, back, right], NOON)
    assert misfits(built) == []
    assert faults(built) == []


@given(st.permutations(["L1", "L2", "L3"]), st.integers(-700, 800))
def test_order_and_time_zone_of_writing_do_not_change_the_hash(lots, minutes):
    def written(order, zone):
        items = [{"epcClass": gs1.link("01", "09506000134352", "10", lot), "quantity": 1.0} for lot in order]
        return {"type": "ObjectEvent", "eventTime": NOON.astimezone(zone).isoformat(), "action": "ADD",
                "eventTimeZoneOffset": "+00:00", "quantityList": items}  # fmt: skip

    zone = timezone(timedelta(minutes=minutes))
    assert event_hash(written(lots, zone)) == event_hash(written(["L1", "L2", "L3"], timezone.utc))


GOOD = epcis.document(
    [
        epcis.event(
            epcis.Step(
                at=NOON, action="ADD", biz_step="commissioning", disposition="active", ilmd={"lotNumber": "L1"},
                items=(epcis.Item(node="lot/1", quantity=5, unit="KGM", gtin="9506000134352", lot="L1"),),
                place=epcis.place_uri(STEM, None, "place/1"), source=epcis.party_uri(STEM, None, "partner/1"),
                transaction=("po", epcis.own_uri(STEM, "order/1")),
            ),
            STEM,
        )
    ],
    NOON,
)  # fmt: skip
ONE = ("epcisBody", "eventList", 0)
BAD = [
    (("@context",), None, "no @context"),
    (("type",), "EPCISQueryDocument", "must be 'EPCISDocument'"),
    (("schemaVersion",), "1.2", "schemaVersion"),
    (("schemaVersion",), 2.0, "schemaVersion"),
    (("creationDate",), "2026-05-01", "creationDate"),
    (("note",), "x", "'note' that does not belong"),
    (("my:note",), "x", "prefix 'my'"),
    (("epcisBody",), {}, "eventList"),
    ((*ONE,), "x", "kind 'x'"),
    ((*ONE, "type"), "QuantityEvent", "kind 'QuantityEvent'"),
    ((*ONE, "eventTime"), "2026-05-01T12:00:00", "eventTime"),
    ((*ONE, "eventTime"), None, "eventTime"),
    ((*ONE, "eventTimeZoneOffset"), "+15:00", "eventTimeZoneOffset"),
    ((*ONE, "action"), "CHANGE", "action"),
    ((*ONE, "bizStep"), "eating", "bizStep 'eating'"),
    ((*ONE, "bizStep"), "urn:epcglobal:cbv:bizstep:shipping", "bizStep"),
    ((*ONE, "disposition"), "lost", "disposition"),
    ((*ONE, "quantityList"), [], "nothing about what"),
    ((*ONE, "quantityList", 0, "quantity"), -1, "quantity -1"),
    ((*ONE, "quantityList", 0, "quantity"), "5", "quantity '5'"),
    ((*ONE, "quantityList", 0, "quantity"), True, "quantity True"),
    ((*ONE, "quantityList", 0, "uom"), "kilogram", "unit 'kilogram'"),
    ((*ONE, "quantityList", 0, "epcClass"), "L1", "no URI"),
    ((*ONE, "quantityList", 0, "epcClass"), "https://id.gs1.org/01/09506000134353", "check digit"),
    ((*ONE, "quantityList", 0, "colour"), "red", "not epcClass"),
    ((*ONE, "epcList"), ["urn:a:b", "urn:a:b"], "twice"),
    ((*ONE, "readPoint"), {"id": "dock 1"}, "readPoint"),
    ((*ONE, "bizTransactionList", 0, "type"), "letter", "type of bizTransaction"),
    ((*ONE, "sourceList", 0, "type"), None, "type of source"),
    ((*ONE, "ilmd"), {"lotNumber": "L1"}, "does not belong there"),
    ((*ONE, "ilmd"), {}, "empty ilmd"),
    ((*ONE, "colour"), "red", "'colour'"),
    ((*ONE, "errorDeclaration"), {"reason": "incorrect_data"}, "declarationTime"),
    ((*ONE, "errorDeclaration"), {"declarationTime": "2026-05-01T12:00:00Z", "reason": "oops"}, "reason"),
    ((*ONE, "persistentDisposition"), {"set": []}, "persistentDisposition"),
    ((*ONE, "eventID"), 5, "eventID"),
    ((*ONE, "quantityList", 0, "quantity"), 6, "was changed"),
]


@pytest.mark.parametrize(("path", "value", "reason"), BAD)
def test_bad_documents_are_refused_with_a_reason(path, value, reason):
    document = copy.deepcopy(GOOD)
    place = document
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert reason in "\n".join(faults(document))


def test_the_good_one_is_good():
    assert misfits(GOOD) == []
    assert faults(GOOD) == []
    assert faults("x") == ["An EPCIS document is a JSON object."]


def test_the_schema_of_the_tests_is_no_rubber_stamp():
    for path, value in (((*ONE, "action"), "CHANGE"), ((*ONE, "bizStep"), "eating"), ((*ONE, "colour"), "red"),
                        (("schemaVersion",), "two"), ((*ONE, "quantityList", 0, "uom"), "kilogram")):  # fmt: skip
        document = copy.deepcopy(GOOD)
        place = document
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        assert misfits(document), path


def test_other_kinds_of_event_without_their_parts():
    base = {"eventTime": "2026-05-01T12:00:00Z", "eventTimeZoneOffset": "+00:00"}
    wanted = {
        "AggregationEvent": ("no parentID", "no children"),
        "AssociationEvent": ("no parentID", "no children"),
        "TransactionEvent": ("no business transaction", "nothing about what"),
        "TransformationEvent": ("needs inputs and outputs",),
    }
    for kind, reasons in wanted.items():
        one = base | {"type": kind} | ({} if kind == "TransformationEvent" else {"action": "ADD"})
        text = "\n".join(faults(epcis.document([one], NOON)))
        for reason in reasons:
            assert reason in text, kind


def test_a_document_full_of_faults_ends():
    text = faults(epcis.document([{}] * 10_000, NOON))
    assert len(text) < 110
    assert text[-1] == "More faults were not looked for."
