"""The screen in a real browser: its tests, its tour, its exports and its paper."""

import io

from openpyxl import load_workbook

from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.tests import HttpCase, tagged

from .test_api import ApiCase


@tagged("post_install", "-at_install")
class TestTraceScreen(HootMixin, ApiCase, HttpCase):
    def test_javascript_units(self):
        self.run_hoot("@gantry_trace", at_least=9)

    def test_tour_from_the_menu_to_the_customer(self):
        self.start_tour("/odoo", "gantry_trace_tour", login=self.user_stock.login)

    def _export(self, form, user=None, **options):
        self.authenticate((user or self.user_stock).login, (user or self.user_stock).login)
        return self.url_open(f"/gantry_trace/export/{form}?lot_id={self.lot.id}&sheet=customers")

    def test_workbook_has_all_tables(self):
        answer = self._export("xlsx")
        self.assertEqual(answer.status_code, 200, answer.text[:500])
        book = load_workbook(io.BytesIO(answer.content), read_only=True)
        self.assertEqual(book.sheetnames, ["Trace", "Lots", "Customers", "Suppliers", "Stock", "Balance"])
        rows = [list(row) for row in book["Customers"].iter_rows(values_only=True)]
        self.assertEqual((rows[1][0], rows[1][3], rows[1][7]), ("Alice", "BAR-1", 5))

    def test_csv_is_the_table_that_is_shown_and_has_no_formulas(self):
        self.alice.name = "=HYPERLINK(1)"
        answer = self._export("csv")
        text = answer.content.decode("utf-8-sig").splitlines()
        self.assertTrue(text[0].startswith("Customer,"))
        self.assertTrue(text[1].startswith("'=HYPERLINK(1),"), text[1])

    def test_stranger_gets_no_export(self):
        answer = self._export("xlsx", self.stranger)
        self.assertNotEqual(answer.status_code, 200)
        self.assertNotIn(b"Alice", answer.content)

    def test_report_has_the_trace(self):
        report = self.env.ref("gantry_trace.action_report_trace").with_user(self.user_stock)
        html, _kind = report._render_qweb_html("gantry_trace.report_trace", self.lot.ids)
        for text in (b"COC-77", b"BAR-1", b"Alice", b"Vendor"):
            self.assertIn(text, html)
