import io

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

    def test_where_a_lot_code_begins_other_data_are_asked_for(self):
        farm = self.env["res.partner"].create({"name": "Farm", "phone": "7"})
        vessel = self._tracked("Cod")
        vessel.product_tmpl_id.write({"gantry_fsma_food": True, "gantry_fsma_start": "landing"})
        landed = self._lot(vessel, "COD-1", gantry_harvest_date="2026-05-01", gantry_harvester_id=farm.id)
        self._receive_lot(landed, 5, partner=self.carol)
        case = self._case(lot_ids=landed.ids)
        case.action_trace()
        [row], _notes = self._sheet(case)
        self.assertEqual((row["Event"], row["On list"]), ("first land based receiving", "yes"))
        self.assertEqual(str(row["Harvest date"])[:10], "2026-05-01")
        self.assertIn("harvest_place", row["Missing"])
        self.assertNotIn("harvest_date", row["Missing"])

    def test_a_move_between_two_addresses_of_the_company_ships_and_receives(self):
        one, two = self.env["res.partner"].create([{"name": "House 1"}, {"name": "House 2"}])
        self.wh_a1.partner_id, self.wh_a2.partner_id = one, two
        self._transfer(self.raw, 2, self.wh_a1.lot_stock_id, self.wh_a2.lot_stock_id)
        self._transfer(self.raw, 1, self.wh_a1.lot_stock_id, self.wh_a1.wh_input_stock_loc_id)
        case = self._case()
        case.action_trace()
        rows, _notes = self._sheet(case)
        moved = [(row["Event"], row["Own name"], row["Other name"]) for row in rows if row["Quantity"] == 2]
        self.assertEqual(moved, [("shipping", "House 1", "House 2"), ("receiving", "House 2", "House 1")])
        self.assertFalse([row for row in rows if row["Quantity"] == 1], "within a house is no tracking event")

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
        with self.assertQueryCount(120):
            count = sum(1 for _row in case._fsma_rows())
        self.assertEqual(count, 3004)
