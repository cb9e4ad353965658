import io
import time

import openpyxl

from odoo.tests import HttpCase, tagged

from .common import RecallCase


@tagged("post_install", "-at_install")
class TestRecallFsma(RecallCase, HttpCase):
    def _sheet(self, case):
        with case._fsma_workbook() as output:
            book = openpyxl.load_workbook(io.BytesIO(output.read()))
        columns, *rows = book["Tracking events"].values
        return [dict(zip(columns, row, strict=True)) for row in rows], dict(book["Notes"].values)

    def test_a_row_per_event_says_what_it_lacks(self):
        country = self.env.ref("base.us")
        address = {"street": "1 Main", "city": "Salem", "country_id": country.id, "phone": "1"}
        (self.alice | self.company_a.partner_id).write(address)
        self.wh_a1.partner_id = self.company_a.partner_id
        self.finished.gantry_supplier_lot = "SUP-9"
        self._give_back(self.to_bob)
        case = self._case()
        case.action_trace()
        rows, notes = self._sheet(case)
        events = [(row["Event"], row["Lot"], row["Quantity"], row["Other name"]) for row in rows]
        self.assertIn(("shipping", "FIN-1", 5, "Alice"), events)
        self.assertIn(("receiving", "FIN-1", 4, "Bob"), events)
        self.assertEqual(len(rows), 5)
        alice = next(row for row in rows if row["Other name"] == "Alice")
        self.assertEqual((alice["Complete"], alice["Missing"], alice["Tlc"]), (1, None, "SUP-9"))
        bob = next(row for row in rows if row["Other name"] == "Bob")
        self.assertIn("other_street", bob["Missing"])
        self.assertLess(bob["Complete"], 1)
        self.assertEqual((notes["Rows"], notes["Complete rows"], notes["Enforced from"]), (5, 1, "2028-07-20"))

    def test_download_is_for_recall_users_of_the_company(self):
        case = self._case()
        case.action_trace()
        for login, status in (("gantry_recall", 200), ("gantry_stock", 404), ("gantry_recall_b", 404)):
            self.authenticate(login, login)
            answer = self.url_open(f"/gantry_recall/fsma/{case.id}")
            self.assertEqual(answer.status_code, status, login)
        self.authenticate("gantry_recall", "gantry_recall")
        self.assertEqual(self.url_open(f"/gantry_recall/fsma/{case.id}").content[:2], b"PK")

    def test_writing_does_not_slow_down_with_rows(self):
        """Thousands of lines in seconds: a query per line would take minutes."""
        case = self._case()
        case.action_trace()
        line = self.to_alice.move_line_ids
        self.env.flush_all()
        columns = ", ".join(
            name for name, field in line._fields.items()
            if field.store and field.column_type and name not in ("id", "quantity")
        )  # fmt: skip
        self.env.cr.execute(
            f"INSERT INTO stock_move_line ({columns}, quantity)"
            f" SELECT {columns}, quantity FROM stock_move_line, generate_series(1, 3000) WHERE id = %s",
            [line.id],
        )
        start = time.monotonic()
        with self.assertQueryCount(120):
            count = sum(1 for _row in case._fsma_rows())
        self.assertEqual(count, 3004)
        self.assertLess(time.monotonic() - start, 10)
