import io
import json
import zipfile

import openpyxl

from odoo.addons.gantry_trace.core import faults
from odoo.tests import HttpCase, tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestRecallEpcis(RecallCase, HttpCase):
    def _document(self, case):
        with case._epcis_file() as output:
            return json.load(output)

    def test_case_tells_what_happened_and_that_the_lots_are_recalled(self):
        case = self._case()
        case.action_trace()
        before = self._document(case)
        case.action_hold()
        after = self._document(case)
        for document in (before, after):
            self.assertEqual(faults(document), [])
        steps = [event["bizStep"] for event in before["epcisBody"]["eventList"]]
        self.assertEqual(sorted(steps), ["other", "receiving", "receiving", "shipping", "shipping"])
        [held] = after["epcisBody"]["eventList"][len(steps) :]
        self.assertEqual((held["bizStep"], held["disposition"], len(held["quantityList"])), ("holding", "recalled", 2))

    def test_a_drill_recalls_nothing(self):
        case = self._case(is_drill=True)
        case.action_trace()
        case.action_hold()
        self.assertNotIn("recalled", json.dumps(self._document(case)))

    def test_events_and_workbooks_are_in_the_evidence(self):
        case = self._case()
        case.action_trace()
        archive = zipfile.ZipFile(io.BytesIO(case._pack_evidence().raw))
        self.assertEqual(faults(json.loads(archive.read("epcis.jsonld"))), [])
        book = openpyxl.load_workbook(io.BytesIO(archive.read("evidence.xlsx")))
        self.assertEqual([row[0] for row in book["Lots"].values][0], "name")
        self.assertIn("FIN-1", [row[0] for row in book["Lots"].values])
        sheet = openpyxl.load_workbook(io.BytesIO(archive.read("fsma204.xlsx")))
        self.assertEqual(sheet.sheetnames, ["Tracking events", "Notes"])

    def test_download_is_for_recall_users_of_the_company(self):
        case = self._case()
        case.action_trace()
        for login, status in (("gantry_recall", 200), ("gantry_stock", 404), ("gantry_recall_b", 404)):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(f"/gantry_recall/epcis/{case.id}").status_code, status, login)
        self.authenticate("gantry_recall", "gantry_recall")
        self.assertEqual(faults(self.url_open(f"/gantry_recall/epcis/{case.id}").json()), [])
