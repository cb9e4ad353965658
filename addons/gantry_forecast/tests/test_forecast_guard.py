from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForecastGuard(ForecastCase):
    """What really happened cannot be changed by hand, whatever a planner may write besides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Valve", default_code="VALVE")
        cls._sales(cls.product, [5] * 20)
        cls._refresh()
        cls.forecast = cls._forecast(cls.product)
        cls.planner = cls.env(user=cls.user_planner, context={"allowed_company_ids": cls.company_a.ids})

    def _refused(self, record, **vals):
        for name, value in vals.items():
            with self.assertRaisesRegex(AccessError, "cannot be changed by hand", msg=name):
                record.with_env(self.planner).write({name: value})

    def test_a_planner_marks_days_and_rewrites_none(self):
        day = self.Demand.search([("product_id", "=", self.product.id)], limit=1)
        self._refused(day, quantity=1, date="2026-01-01", source="delivery", product_id=self.product.id)
        day.with_env(self.planner).write({"excluded": True, "reason": "Fair", "flag": "project"})
        self.assertEqual((day.excluded, day.quantity), (True, 5))

    def test_a_planner_chooses_the_product_of_a_forecast_and_not_its_figures(self):
        self._refused(self.forecast, next_qty=1, wape=0, is_wrong=False, value=9, active=False)
        with self.assertRaises(AccessError):
            self.planner["gantry.forecast"].create({
                "product_id": self.product.id, "warehouse_id": self.wh_a2.id, "horizon_qty": 9})
        new = self.planner["gantry.forecast"].create({"product_id": self.product.id, "warehouse_id": self.wh_a2.id})
        new.lookalike_product_id = self._product("Twin")

    def test_mistakes_are_told_in_a_sentence(self):
        with mute_logger("odoo.sql_db"), self.assertRaisesRegex(
                UniqueViolation, "gantry_forecast_key") as caught, self.cr.savepoint():
            self.planner["gantry.forecast"].create({"product_id": self.product.id, "warehouse_id": self.wh_a1.id})
        message = self.env["gantry.forecast"]._sql_error_to_message(caught.exception)
        self.assertIn("already has a forecast in this warehouse", message)
        self.product.active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            self.forecast.with_env(self.planner).action_refresh_now()

    def test_the_author_and_the_worth_of_an_override_are_kept(self):
        vals = {"product_id": self.product.id, "date_from": "2026-03-09", "date_to": "2026-03-15", "reason": "Deal",
                "quantity": 5, "company_id": self.company_a.id}
        with self.assertRaises(AccessError):
            self.planner["gantry.forecast.override"].create(vals | {"user_id": self.user_manager.id})
        override = self.planner["gantry.forecast.override"].create(vals)
        self.assertEqual(override.user_id, self.user_planner)
        self._refused(override, user_id=self.user_manager.id, value_added=99, date_measured="2026-03-01")
        override.quantity = 7

    def test_the_state_of_an_import_is_its_own(self):
        record = self.planner["gantry.demand.import"].create({"name": "Orders"})
        self._refused(record, state="imported", facts=[], error_count=0, kind="rpc", checksum="x")
        with self.assertRaises(AccessError):
            self.planner["gantry.demand.import"].create({"name": "Orders", "state": "imported"})
        record.overlap = "add"

    def test_a_file_cannot_be_mapped_to_a_warehouse_of_another_company(self):
        record = self.planner["gantry.demand.import"].create({"name": "Orders", "company_id": self.company_a.id})
        with self.assertRaises(UserError):
            self.env["gantry.demand.import.warehouse"].create({
                "import_id": record.id, "name": "North", "warehouse_id": self.wh_b1.id})

    def test_a_program_cannot_send_sales_of_another_company_s_product(self):
        self.user_planner.company_ids += self.company_b
        api = self.env(user=self.user_planner, context={
            "allowed_company_ids": (self.company_a | self.company_b).ids})["gantry.forecast.api"]
        product = self._product("Theirs", company_id=self.company_b.id)
        line = {"product_id": product.id, "date": "2026-02-02", "quantity": 1}
        answer = api.push_history(request_uid="a", lines=[line | {"warehouse_id": self.wh_a1.id}])
        self.assertEqual([error["field"] for error in answer["errors"]], ["warehouse_id"])
        self.assertIn("another company", answer["errors"][0]["reason"])
        answer = api.push_history(request_uid="b", lines=[line | {"warehouse_id": self.wh_b1.id}])
        self.assertEqual((answer["errors"], answer["demand_rows"]), ([], 1))
