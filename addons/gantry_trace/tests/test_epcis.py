"""EPCIS 2.0: what a trace says as events, who may see it, and documents of others that are refused."""

import base64
import json

from odoo.addons.gantry_trace.core import faults
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, tagged

from .common import TraceCase


class EpcisCase(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cocoa = cls._tracked("Cocoa", barcode="9506000134352", uom_id=cls.env.ref("uom.product_uom_kgm").id)
        cls.bar = cls._tracked("Bar", barcode="9506000134369")
        cls.raw, cls.made = cls._lot(cls.cocoa, "COC/77"), cls._lot(cls.bar, "BAR-1")
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.alice.with_company(cls.company_a).barcode = "4012345000009"
        cls._receive_lot(cls.raw, 10.5, partner=cls.vendor)
        cls._receive_lot(cls.made, 8)
        cls.link = cls.env["gantry.trace.link"].create(
            {"parent_lot_id": cls.raw.id, "child_lot_id": cls.made.id, "qty": 4, "company_id": cls.company_a.id,
             "kind": "relabel"}
        )  # fmt: skip
        cls.delivery = cls._ship(cls.made, 5, cls.alice)

    def events_of(self, lot, direction="both"):
        events, _hidden = self.env["gantry.trace"]._epcis_of_lot(lot, direction, {})
        self.assertEqual(faults(self.env["gantry.trace"]._epcis_document(events, "x")), [])
        return events

    def steps(self, events):
        return [(event["type"], event["bizStep"]) for event in events]


@tagged("post_install", "-at_install")
class TestEpcis(EpcisCase):
    def test_receipt_transformation_and_delivery_with_gs1_keys(self):
        events = self.events_of(self.raw)
        self.assertCountEqual(
            self.steps(events),
            [("ObjectEvent", "receiving"), ("ObjectEvent", "receiving"), ("TransformationEvent", "commissioning"),
             ("ObjectEvent", "shipping")],
        )  # fmt: skip
        raw = "https://id.gs1.org/01/09506000134352/10/COC%2F77"
        made = "https://id.gs1.org/01/09506000134369/10/BAR-1"
        receipt = next(event for event in events if event.get("quantityList", [{}])[0].get("epcClass") == raw)
        self.assertEqual(receipt["quantityList"], [{"epcClass": raw, "quantity": 10.5, "uom": "KGM"}])
        self.assertIn(f"/epcis/partner/{self.vendor.id}", receipt["sourceList"][0]["source"])
        change = next(event for event in events if event["type"] == "TransformationEvent")
        self.assertEqual(change["inputQuantityList"], [{"epcClass": raw, "quantity": 4, "uom": "KGM"}])
        self.assertEqual(change["outputQuantityList"], [{"epcClass": made, "quantity": 4}])
        self.assertEqual(change["ilmd"], {"cbvmda:lotNumber": "BAR-1"})
        shipping = next(event for event in events if event["bizStep"] == "shipping")
        self.assertEqual(shipping["quantityList"], [{"epcClass": made, "quantity": 5}])
        self.assertEqual(shipping["destinationList"][0]["destination"], "https://id.gs1.org/417/4012345000009")
        self.assertIn(f"/stock.picking/{self.delivery.id}", shipping["bizTransactionList"][0]["bizTransaction"])

    def test_the_same_history_gives_the_same_identifiers(self):
        first, second = ([event["eventID"] for event in self.events_of(self.raw)] for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(len(set(first)), 4)

    def test_return_pack_scrap_and_count(self):
        self._give_back(self.delivery)
        counted = self._lot(self.bar, "BAR-2")
        self._count(self.bar, counted, 3)
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.bar.id, "lot_id": self.made.id, "scrap_qty": 1,
             "location_id": self.wh_a1.lot_stock_id.id}
        )  # fmt: skip
        scrap.action_validate()
        pack = self.env["stock.package"].create({"name": "106141412345678908"})
        parcel = self._ship(self.made, 2, self.bob)
        parcel.move_line_ids.result_package_id = pack
        events = self.events_of(self.made, "down")
        back = next(event for event in events if event["disposition"] == "returned")
        self.assertEqual((back["bizStep"], back["quantityList"][0]["quantity"]), ("receiving", 5))
        self.assertIn(("ObjectEvent", "destroying"), self.steps(events))
        packed = next(event for event in events if event["type"] == "AggregationEvent")
        self.assertEqual(packed["parentID"], "https://id.gs1.org/00/106141412345678908")
        self.assertEqual(packed["childQuantityList"][0]["quantity"], 2)
        [first] = self.events_of(counted)
        self.assertEqual((first["bizStep"], first["action"]), ("commissioning", "ADD"))

    def test_serial_numbers_are_instances_and_what_is_possible_is_marked(self):
        product = self._tracked("Pump", tracking="serial", barcode="9506000134376")
        serial, other = self._lot(product, "S1"), self._lot(product, "S2")
        self._receive_lot(serial, 1)
        self.env["gantry.trace.link"].create({"parent_lot_id": serial.id, "child_lot_id": other.id, "qty": 1})
        change = next(event for event in self.events_of(serial) if event["type"] == "TransformationEvent")
        self.assertEqual(change["inputEPCList"], ["https://id.gs1.org/01/09506000134376/21/S1"])
        self.assertEqual(change["gantry:confidence"], "manual")

    def test_a_lot_without_gs1_key_and_with_an_odd_name_has_a_good_uri(self):
        lot = self._lot(self._tracked("Nameless"), "Los Nr. 5 <Müller> " + "x" * 40)
        self._receive_lot(lot, 1)
        [event] = self.events_of(lot)
        self.assertTrue(event["quantityList"][0]["epcClass"].endswith(f"/epcis/lot/{lot.id}"))

    def test_movements_of_other_companies_are_counted_not_told(self):
        shared = self._lot(self.bar, "SHARED", company_id=False)
        self._receive_lot(shared, 4)
        self._receive_lot(shared, 4, self.wh_b1)
        self._ship(shared, 4, self.bob, self.wh_b1)
        Trace = self.env(user=self.user_stock)["gantry.trace"].with_context(allowed_company_ids=self.company_a.ids)
        events, hidden = Trace._epcis_events(shared.ids)
        self.assertEqual((self.steps(events), hidden), ([("ObjectEvent", "receiving")], 2))

    def test_file_is_the_document(self):
        events = self.events_of(self.raw)
        document = json.loads(self.env["gantry.trace"]._epcis_file(events, "trace/1").read())
        self.assertEqual(document["epcisBody"]["eventList"], events)
        self.assertEqual(faults(document), [])
        self.assertEqual(json.loads(self.env["gantry.trace"]._epcis_file([], "x").read())["epcisBody"]["eventList"], [])

    # -- documents of others

    def _check(self, content):
        with Form(self.env(user=self.user_stock)["gantry.trace.epcis.check"]) as form:
            form.data = base64.b64encode(content)
        check = form.record
        check.action_check()
        return check

    def test_a_good_document_names_the_lots_that_are_known(self):
        document = self.env["gantry.trace"]._epcis_document(self.events_of(self.raw), "x")
        check = self._check(json.dumps(document).encode())
        self.assertEqual((check.state, check.event_count, check.lot_ids), ("good", 4, self.raw | self.made))
        self.assertIn("receiving", check.event_html)

    def test_bad_documents_are_refused_with_a_reason(self):
        document = self.env["gantry.trace"]._epcis_document(self.events_of(self.raw), "x")
        document["epcisBody"]["eventList"][0]["quantityList"][0]["quantity"] = 99
        for content, reason in (
            (json.dumps(document).encode(), "was changed"),
            (b"<xml/>", "no JSON file"),
            (b"[]", "JSON object"),
            ("\ufeff{}".encode(), "no @context"),
        ):
            check = self._check(content)
            self.assertEqual(check.state, "bad")
            self.assertIn(reason, check.fault_text)
        with self.assertRaisesRegex(UserError, "Choose a file"):
            self.env["gantry.trace.epcis.check"].create({}).action_check()


@tagged("post_install", "-at_install")
class TestEpcisDownload(EpcisCase, HttpCase):
    def test_download_is_the_trace_and_a_stranger_gets_nothing(self):
        user = self.user_stock
        user.password = "gantry-epcis-1"
        self.authenticate(user.login, "gantry-epcis-1")
        response = self.url_open(f"/gantry_trace/epcis/{self.raw.id}?options=%7B%22direction%22%3A%22down%22%7D")
        self.assertEqual(response.status_code, 200)
        self.assertIn("ld+json", response.headers["Content-Type"])
        self.assertEqual(faults(response.json()), [])
        self.assertEqual(len(response.json()["epcisBody"]["eventList"]), 4)
        stranger = self._user("gantry_epcis_nobody", "base.group_user", self.company_a)
        stranger.password = "gantry-epcis-2"
        self.authenticate(stranger.login, "gantry-epcis-2")
        self.assertNotEqual(self.url_open(f"/gantry_trace/epcis/{self.raw.id}").status_code, 200)
