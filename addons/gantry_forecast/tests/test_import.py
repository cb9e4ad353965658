import base64
import csv
import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ..models import gantry_demand_import
from .import_case import HEAD, TODAY, ImportCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestImportCheck(ImportCase):
    """The dry run."""

    def test_a_person_sees_the_columns_as_soon_as_the_file_is_chosen(self):
        form = Form(self.env["gantry.demand.import"].with_user(self.user_planner))
        form.file = base64.b64encode(b"Artikelnr;Menge;Datum;Bemerkung\nBOLT;2;31.12.2023;x\nNUT;1;02.01.2024;y\n")
        found = [(column.name, column.role) for column in form.save().column_ids]
        self.assertEqual(
            found, [("Artikelnr", "code"), ("Menge", "quantity"), ("Datum", "date"), ("Bemerkung", False)]
        )

    def test_check_changes_nothing_but_the_record(self):
        before = self.env["product.product"].search_count([])
        record = self._import(
            "sku,qty,date\nBOLT,2,2024-01-31\nNEW,1,2024-02-01\n", self.user_manager, unknown_products="create"
        )
        record.action_check()
        self.assertEqual(record.state, "checked")
        self.assertEqual((record.line_count, record.new_product_count, record.day_count), (2, 1, 2))
        self.assertEqual(self._demand(), [])
        self.assertEqual(self.env["product.product"].search_count([]), before)

    def test_every_bad_line_is_told_with_line_column_value_and_reason(self):
        record = self._import(
            "sku,qty,date\nBOLT,2,2024-01-31\nGONE,1,2024-01-31\nBOLT,six,2024-01-31\nBOLT,NaN,2024-01-31\n"
            "BOLT,1,2031-01-01\n,1,2024-01-31\nBOLT,1,soon\nBOLT,1\n"
        )
        record.action_check()
        rows = {(e.line, e.column, e.value, e.reason) for e in record.error_ids if e.severity == "1_error"}
        self.assertEqual(
            rows,
            {
                (3, "sku", "GONE", "No product has this code."),
                (4, "qty", "six", "The quantity is not a number."),
                (5, "qty", "NaN", "The quantity is not a finite number."),
                (6, "date", "2031-01-01", "The date lies in the future."),
                (7, "sku", "", "There is no product code."),
                (8, "date", "soon", "This is not a date in the format of the file."),
                (9, "", "2 values", "The line does not have the 3 values of the heading; a quotation mark or "
                                       "delimiter may be wrong."),
            },
        )  # fmt: skip
        self.assertEqual((record.error_count, record.day_count), (7, 1))
        table = list(csv.reader(io.StringIO(base64.b64decode(record.error_file).decode("utf-8-sig"))))
        self.assertEqual(len(table), 8)
        sentences = [reason["text"] for reason in record.summary]
        self.assertIn("7 lines have errors.", sentences)
        self.assertIn(
            "1 codes belong to no product, such as GONE; choose to create them, or correct the file.", sentences
        )

    def test_all_bad_lines_are_in_the_file_when_the_screen_shows_the_first(self):
        record = self._import("sku,qty,date\n" + "GONE,1,2024-01-31\n" * 900 + "BOLT,x,2024-01-31\n")
        record.action_check()
        self.assertLess(len(record.error_ids), 500)
        self.assertIn("BOLT", self.env["product.product"].browse(self.bolt.id).default_code)
        self.assertIn(902, record.error_ids.mapped("line"), "every kind of error is on the screen")
        table = base64.b64decode(record.error_file).decode("utf-8-sig").splitlines()
        self.assertEqual(len(table), 902)

    def test_values_that_look_like_formulas_stay_text_in_the_file_of_errors(self):
        record = self._import("sku,qty,date\nBOLT,=1+1,2024-01-31\nBOLT,1,2024-01-31\n")
        record.action_check()
        self.assertIn("'=1+1", base64.b64decode(record.error_file).decode("utf-8-sig"))

    def test_mixed_and_ambiguous_dates_are_one_sentence(self):
        record = self._import("sku,qty,date\nBOLT,2,13/02/2024\nBOLT,2,02/14/2024\n")
        with self.assertRaisesRegex(UserError, "more than one format .line 2: 13/02/2024, but line 3: 02/14/2024"):
            record.action_check()
        record = self._import("sku,qty,date\nBOLT,2,01/02/2024\n")
        with self.assertRaisesRegex(UserError, "cannot be told apart"):
            record.action_check()
        record.date_order = "mdy"
        record.action_check()
        self.assertEqual(record.date_from.isoformat(), "2024-01-02")

    def test_a_file_beyond_the_limit_is_refused_at_once(self):
        self.env["ir.config_parameter"].set_param(gantry_demand_import.LIMIT_PARAM, "1")
        with self.assertRaisesRegex(UserError, "limit is 1 MB; split it"):
            self._import("sku,qty,date\n" + "BOLT,2,2024-01-31\n" * 70_000)

    def test_what_is_no_order_file_is_refused(self):
        for data, sentence in ((b"\x00\x01\x02,", "neither a CSV"), (b"a\nb\n", "single column"), (b"\n", "no lines")):
            with self.assertRaisesRegex(UserError, sentence):
                self._import(data)
        form = Form(self.env["gantry.demand.import"].with_user(self.user_planner))
        with self.assertLogs("odoo.tests.form.onchange", "WARNING"):
            form.file = base64.b64encode(b"\x00\x01\x02,")
        self.assertFalse(form.file)

    def test_missing_and_double_columns_are_told(self):
        record = self._import("sku,qty,date\nBOLT,2,2024-01-31\n")
        record.column_ids[1].role = False
        with self.assertRaisesRegex(UserError, "Choose the column that holds: Quantity"):
            record.action_check()
        record.column_ids[1].role = "code"
        with self.assertRaisesRegex(UserError, "Two columns are said to hold the product code"):
            record.action_check()

    def test_a_change_of_rules_asks_for_a_new_check(self):
        record = self._import("sku,qty,date\nBOLT,2,2024-01-31\n")
        with self.assertRaisesRegex(UserError, "Check the file before"):
            record.action_import()
        record.action_check()
        record.net_credits = False
        self.assertEqual(record.state, "draft")

    def test_products_are_found_by_code_barcode_and_other_capitals(self):
        record = self._import("sku,qty,date\nbolt,2,2024-01-31\n4006381333931,3,2024-01-31\n")
        record.action_check()
        self.assertEqual((record.error_count, record.product_count), (0, 2))

    def test_a_code_that_two_products_share_is_an_error(self):
        self._product("Bolt again", default_code="BOLT")
        record = self._import("sku,qty,date\nBOLT,2,2024-01-31\n")
        record.action_check()
        self.assertEqual(record.error_ids.reason, "Several products have this code.")
        self.env["product.product"].search([("name", "=", "Bolt again")]).active = False
        record.action_check()
        self.assertEqual(record.error_count, 0, "the active one is meant")

    def test_products_of_another_company_are_unknown(self):
        self._product("Theirs", default_code="THEIRS", company_id=self.company_b.id)
        record = self._import("sku,qty,date\nTHEIRS,2,2024-01-31\n")
        record.action_check()
        self.assertEqual(record.error_ids.reason, "No product has this code.")

    def test_warehouses_are_matched_by_code_and_name_and_by_hand(self):
        record = self._import(
            "sku,qty,date,warehouse\nBOLT,1,2024-01-31,GA2\nBOLT,2,2024-01-31,A One\nBOLT,4,2024-01-31,\n"
            "BOLT,8,2024-01-31,Shed\n",
            warehouse_id=self.wh_a2.id,
        )
        record.action_check()
        self.assertEqual(record.error_ids.reason, "No warehouse is chosen for this name.")
        self.assertEqual(
            [(w.name, w.line_count, w.warehouse_id) for w in record.warehouse_ids],
            [("A One", 1, self.wh_a1), ("GA2", 1, self.wh_a2), ("Shed", 1, self.env["stock.warehouse"])],
        )
        record.warehouse_ids.filtered(lambda w: w.name == "Shed").warehouse_id = self.wh_a1
        self._run(record)
        self.assertEqual(
            self._demand(), [("BOLT", "GA1", "2024-01-31", 10.0), ("BOLT", "GA2", "2024-01-31", 5.0)]
        )

    def test_a_large_file_is_checked_in_the_background(self):
        record = self._import("sku,qty,date\nBOLT,2,2024-01-31\n")
        with patch.object(type(record), "_is_large", lambda self: True):
            record.action_check()
        self.assertEqual(record.state, "draft")
        self._finish(record)
        self.assertEqual((record.state, record.line_count), ("checked", 1))

    def test_only_planners_of_the_company_import(self):
        record = self._import("sku,qty,date\nBOLT,2,2024-01-31\n")
        with self.assertRaises(AccessError):
            record.with_user(self.user_stock).action_check()
        with self.assertRaises(AccessError):
            record.with_user(self.user_other).with_company(self.company_b).action_check()
        with self.assertRaises(AccessError):
            self._import(HEAD, user=self.user_stock)

    def test_a_planner_may_not_create_products(self):
        record = self._import("sku,qty,date\nNEW,2,2024-01-31\n", unknown_products="create")
        record.action_check()
        with self.assertRaisesRegex(AccessError, "You may not create products"):
            record.action_import()
