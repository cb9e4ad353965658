import os
import tempfile
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..core.orderfile import reader
from .import_case import HEAD, TODAY, ImportCase

TWO_DAYS = "sku,qty,date\nBOLT,2,2024-01-31\nBOLT,3,2024-01-31\nNUT,5,2024-02-01\n"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestImportWrite(ImportCase):
    """Writing demand and taking it back."""

    def test_lines_become_demand_per_day(self):
        record = self._run(self._import(TWO_DAYS))
        self.assertEqual((record.state, record.job_id.state), ("imported", "done"))
        self.assertEqual(
            self._demand(), [("BOLT", "GA1", "2024-01-31", 5.0), ("NUT", "GA1", "2024-02-01", 5.0)]
        )
        rows = self.env["gantry.demand"].search([("product_id", "=", self.bolt.id)])
        self.assertEqual((rows.line_count, rows.company_id, rows.source), (2, self.company_a, "import"))
        self.assertEqual(record.create_uid, self.user_planner)

    def test_credit_notes_net_on_the_day_of_the_sale(self):
        text = HEAD + "BOLT,9,2024-01-02,c,1,5,x\nBOLT,-9,2024-02-02,c,1,C6,x\nBOLT,4,2024-02-03,c,1,7,x\n"
        self._run(self._import(text))
        self.assertEqual(
            self._demand(), [("BOLT", "GA1", "2024-01-02", 0.0), ("BOLT", "GA1", "2024-02-03", 4.0)]
        )

    def test_absurd_quantities_are_left_out_of_the_forecast(self):
        usual = "".join(f"BOLT,{i % 9 + 1},2024-01-{i % 28 + 1:02}\n" for i in range(60))
        self._run(self._import("sku,qty,date\n" + usual + "NUT,80995,2024-03-01\n"))
        row = self.env["gantry.demand"].search([("product_id", "=", self.nut.id)])
        self.assertEqual((row.flag, row.excluded, row.quantity), ("outlier", True, 80995.0))
        self.assertFalse(self.env["gantry.demand"].search([("product_id", "=", self.bolt.id), ("excluded", "=", True)]))

    def test_bad_lines_stop_the_import_or_are_left_out(self):
        record = self._import(TWO_DAYS + "GONE,1,2024-02-01\n")
        record.action_check()
        with self.assertRaisesRegex(UserError, "1 lines have errors"):
            record.action_import()
        record.bad_lines = "skip"
        self._run(record)
        self.assertEqual(len(self._demand()), 2)

    def test_unknown_products_are_created_once_with_usual_name_and_price(self):
        text = HEAD + (
            "NEW,1,2024-01-02,c,2,5,damaged\nNEW,1,2024-01-03,c,4,6,Lamp\nNEW,2,2024-01-04,c,3,7,Lamp\n"
            "BOLT,1,2024-01-02,c,9,5,Bolt\n"
        )
        record = self._run(self._import(text, self.user_manager, unknown_products="create"))
        product = record.created_product_ids
        self.assertEqual(
            (product.default_code, product.name, product.list_price, product.is_storable), ("NEW", "Lamp", 3.0, True)
        )
        self.assertEqual(len(self._demand(product_id=product.id)), 3)
        self.assertEqual(record.new_product_count, 1)

    def test_categories_of_the_file_are_taken_or_created(self):
        known = self.env["product.category"].create({"name": "Known things"})
        text = "sku,qty,date,category\nN1,1,2024-01-02,Known things\nN2,1,2024-01-02,New things\n"
        record = self._run(self._import(text, self.user_manager, unknown_products="create"))
        first, second = record.created_product_ids.sorted("default_code")
        self.assertEqual(first.categ_id, known)
        self.assertEqual(second.categ_id.name, "New things")

    def test_the_same_file_twice_is_refused(self):
        self._run(self._import(TWO_DAYS))
        again = self._import(TWO_DAYS, name="copy.csv")
        again.action_check()
        self.assertIn("import_same_file", [fact["code"] for fact in again.facts])
        with self.assertRaisesRegex(UserError, "already imported on 2024-06-12"):
            again.action_import()

    def test_days_of_an_earlier_import_need_a_decision(self):
        self._run(self._import(TWO_DAYS))
        other = self._import("sku,qty,date\nBOLT,1,2024-01-31\nBOLT,7,2024-03-01\n")
        other.action_check()
        with self.assertRaisesRegex(UserError, "choose whether to add"):
            other.action_import()
        other.overlap = "add"
        self._run(other)
        self.assertEqual(self._demand(product_id=self.bolt.id), [
            ("BOLT", "GA1", "2024-01-31", 6.0), ("BOLT", "GA1", "2024-03-01", 7.0)])  # fmt: skip

    def test_undo_removes_exactly_what_the_import_wrote(self):
        first = self._run(self._import(TWO_DAYS))
        second = self._run(self._import("sku,qty,date\nBOLT,1,2024-01-31\nBOLT,7,2024-03-01\n", overlap="add"))
        third = self._run(self._import("sku,qty,date\nBOLT,50,2024-01-31\n", overlap="replace"))
        self.assertEqual(self._demand(date="2024-01-31"), [("BOLT", "GA1", "2024-01-31", 50.0)])
        third.action_undo()
        self._finish(third)
        self.assertEqual(third.state, "cancelled")
        self.assertEqual(self._demand(date="2024-01-31"), [("BOLT", "GA1", "2024-01-31", 6.0)])
        first.action_undo()
        self._finish(first)
        self.assertEqual(
            self._demand(), [("BOLT", "GA1", "2024-01-31", 1.0), ("BOLT", "GA1", "2024-03-01", 7.0)]
        )
        second.action_undo()
        self._finish(second)
        self.assertEqual(self._demand(), [])
        self.assertFalse(self._days())

    def test_created_products_belong_to_the_company_of_the_import(self):
        record = self._import("sku,qty,date\nN1,1,2024-01-02\n", user=self.user_manager, unknown_products="create")
        self._run(record)
        self.assertEqual(record.created_product_ids.company_id, self.company_a)

    def test_undo_removes_created_products_that_nobody_uses(self):
        text = "sku,qty,date\nN1,1,2024-01-02\nN2,1,2024-01-02\n"
        record = self._run(self._import(text, self.user_manager, unknown_products="create"))
        used = record.created_product_ids.filtered(lambda p: p.default_code == "N2")
        self._receive(used, 1, self.wh_a1, "2024-05-01")
        record.action_undo()
        self._finish(record)
        self.assertEqual(record.created_product_ids, used)
        self.assertIn("import_kept_products", [fact["code"] for fact in record.facts])
        self.assertEqual(self._demand(), [])

    def test_an_import_that_counts_cannot_be_deleted(self):
        record = self._run(self._import(TWO_DAYS))
        with self.assertRaisesRegex(UserError, "Undo an import before"):
            record.unlink()
        record.action_undo()
        self._finish(record)
        record.unlink()

    def test_a_failure_at_the_end_leaves_nothing_behind(self):
        text = "sku,qty,date\nN1,1,2024-01-02\nBOLT,1,2024-01-02\n"
        record = self._import(text, self.user_manager, unknown_products="create")
        record.action_check()
        record.action_import()
        with patch.object(type(record), "_publish", side_effect=UserError("broken")):
            record.job_id._run_inline()
        record.invalidate_recordset()
        self.assertEqual((record.job_id.state, record.job_id.error), ("failed", "broken"))
        self.assertEqual(record.state, "checked")
        self.assertFalse(self.env["product.product"].search([("default_code", "=", "N1")]))
        self.assertFalse(self._days())
        self.assertEqual(self._demand(), [])
        record.action_import()
        self._finish(record)
        self.assertEqual(len(self._demand()), 2)

    def test_a_pause_in_the_middle_writes_nothing_and_the_next_turn_finishes(self):
        record = self._import("sku,qty,date\n" + "BOLT,1,2024-01-02\n" * 50)
        record.action_check()
        record.action_import()
        with patch.object(reader, "CHUNK", 10):
            record.job_id._run_inline(max_steps=2)
            self.assertEqual((record.job_id.state, self._demand()), ("running", []))
            self.assertGreater(record.job_id.progress, 0)
            steps = []
            with patch.object(
                type(record), "_import_lines", autospec=True, side_effect=type(record)._import_lines
            ) as written:
                record.job_id._run_inline()
                steps.append(written.call_count)
        self.assertEqual((record.job_id.state, steps), ("done", [1]))
        self.assertEqual(self._demand(), [("BOLT", "GA1", "2024-01-02", 50.0)])

    def test_flags_of_planners_survive_a_later_import(self):
        self._run(self._import(TWO_DAYS))
        row = self.env["gantry.demand"].search([("product_id", "=", self.nut.id)])
        row.write({"flag": "project", "excluded": True, "reason": "One customer's building site"})
        self._run(self._import("sku,qty,date\nNUT,1,2024-02-01\n", overlap="add"))
        row.invalidate_recordset()
        self.assertEqual((row.quantity, row.flag, row.excluded), (6.0, "project", True))

    def test_forecasts_learn_that_their_history_changed(self):
        self._run(self._import(TWO_DAYS))
        forecasts = self.env["gantry.forecast"].search([("product_id", "in", (self.bolt | self.nut).ids)])
        self.assertEqual(forecasts.mapped("demand_changed"), [True, True])

    def test_the_forecast_can_be_asked_for_from_the_import(self):
        record = self._run(self._import(TWO_DAYS))
        action = record.action_forecast()
        job = self.env["gantry.job"].browse(action["res_id"])
        self.assertEqual((job.method, job.company_id), ("_job_refresh", self.company_a))

    def test_the_command_line_imports_a_file_from_the_disk(self):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as handle:
            handle.write(TWO_DAYS + "NEW,1,2024-02-02\nNEW,x,2024-02-02\n")
            handle.flush()
            told = []
            imports = self.env["gantry.demand.import"].with_company(self.company_a)
            result = imports._import_orders_file(
                handle.name, company=self.company_a, progress=lambda percent, text: told.append(percent)
            )
            self.assertEqual((result["lines"], result["errors"], result["created_products"]), (5, 1, 1))
            self.assertEqual((result["date_from"], result["date_to"]), ("2024-01-31", "2024-02-02"))
            self.assertEqual(len(self._demand()), 3)
            self.assertEqual((told[0], told[-1], told == sorted(told)), (0, 100, True))
            again = imports._import_orders_file(handle.name, company=self.company_a)
            self.assertTrue(again["again"])
            self.assertEqual(len(self._demand()), 3)
            handle.seek(0)
            handle.write(TWO_DAYS.replace("NUT,5", "NUT,6") + "NEW,1,2024-02-02\nNEW,2,2024-02-02\n")
            handle.flush()
            imports._import_orders_file(handle.name, company=self.company_a)
            self.assertEqual([row[3] for row in self._demand()], [5, 6, 3], "the new version takes the old one's place")
        with self.assertRaisesRegex(UserError, "There is no file"):
            imports._import_orders_file(os.path.join(tempfile.gettempdir(), "nothing-here.csv"))

    def test_planning_begins_after_an_imported_history(self):
        today = self.env["gantry.demand"]._get_today(self.company_a)
        self.assertEqual(today.isoformat(), TODAY)
        self._run(self._import(TWO_DAYS))
        self.assertEqual(self.env["gantry.demand"]._get_today(self.company_a).isoformat(), "2024-02-02")
        start = self.env["gantry.forecast"]._get_bucket_start(self.company_a)
        self.assertEqual(start.isoformat(), "2024-01-29", "the week that the history breaks off in")
        self.company_a.gantry_forecast_import = False
        self.assertEqual(self.env["gantry.demand"]._get_today(self.company_a).isoformat(), TODAY)

    def test_the_check_tells_what_odoo_has_delivered_itself(self):
        self._deliver(self.nut, 1, self.wh_a1, "2024-02-01")
        self.env["gantry.demand"]._refresh(self.company_a)
        record = self._import(TWO_DAYS)
        record.action_check()
        texts = [reason["text"] for reason in record.summary if reason["code"] == "import_late"]
        self.assertEqual(len(texts), 1)
        self.assertIn("already delivered in Odoo: 1.", texts[0])

    def test_planning_begins_today_once_odoo_ships(self):
        self._run(self._import(TWO_DAYS))
        self._deliver(self.bolt, 1, self.wh_a1, "2024-06-03")
        self.env["gantry.demand"]._refresh(self.company_a)
        self.assertEqual(self.env["gantry.demand"]._get_today(self.company_a).isoformat(), TODAY)
