import json
from datetime import timedelta
from unittest.mock import patch

import numpy as np
from psycopg2 import Binary

from odoo.addons.gantry_forecast.tests.common import MONDAY, TODAY, ForecastCase
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged


class MrpCase(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = cls._product("Table")
        cls.chair = cls._product("Chair")
        cls.leg = cls._product("Leg")
        cls.screw = cls._product("Screw")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.unit = cls.env.ref("uom.product_uom_unit")

    @classmethod
    def _bom(cls, product, *lines, **vals):
        """A bill of materials; lines are (component, quantity) or (component, quantity, unit)."""
        return cls.env["mrp.bom"].create({
            "product_tmpl_id": product.product_tmpl_id.id, "product_qty": 1, "company_id": False, **vals,
            "bom_line_ids": [
                Command.create({
                    "product_id": line[0].id, "product_qty": line[1],
                    "product_uom_id": (line[2] if len(line) > 2 else line[0].uom_id).id,
                })
                for line in lines
            ],
        })  # fmt: skip

    @classmethod
    def _set_forecast(cls, product, quantity, warehouse=None, horizon=4):
        """A forecast of so much in every bucket, whatever the history."""
        warehouse = warehouse or cls.wh_a1
        forecast = cls._forecast(product, warehouse) or cls.Forecast.create({
            "product_id": product.id, "warehouse_id": warehouse.id})  # fmt: skip
        forecast.flush_recordset()
        values = [float(quantity)] * horizon
        cls.env.cr.execute(
            "UPDATE gantry_forecast SET mean = %s, final = %s, naive = %s, bands = %s, quantiles = %s,"
            " bucket = 'week', date_start = %s, next_30_qty = %s WHERE id = %s",
            (values, values, values, [0.0] * 3 * horizon, Binary(bytes(4 * 12 * horizon)), MONDAY.item(),
             30 * quantity / 7, forecast.id),
        )
        forecast.invalidate_recordset()
        return forecast

    def _dependent(self, product, warehouse=None):
        """Dependent demand per bucket."""
        forecast = self._forecast(product, warehouse)
        found = forecast._read_dependent().get(forecast.id) if forecast else None
        return found[0] if found else None

    def _consume(self, product, quantities):
        """Weekly consumption by production in the past."""
        production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company_a.id)], limit=1
        )
        for week, quantity in enumerate(reversed(quantities), 1):
            day = MONDAY.item() - timedelta(days=7 * week - 2)
            self._move(product, quantity, self.wh_a1.lot_stock_id, production, day, company=self.company_a)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExplosion(MrpCase):
    def explode(self, company=None):
        return self.Forecast._explode_forecasts(company or self.company_a)

    def test_three_levels_by_hand_with_units_and_batches(self):
        """A bill for 2 tables takes 8 legs and a dozen screws; 10 legs take 20 screws.

        10 tables a week: 40 legs; screws 60 directly and 40 * 2 in legs, and 5 spare legs * 2: 150.
        """
        self._bom(self.table, (self.leg, 8), (self.screw, 1, self.dozen), product_qty=2)
        self._bom(self.leg, (self.screw, 20), product_qty=10)
        self._set_forecast(self.table, 10)
        self._set_forecast(self.leg, 5)
        self.assertEqual(self.explode(), 2)
        self.assertEqual(self._dependent(self.leg), [40.0] * 4)
        self.assertEqual(self._dependent(self.screw), [150.0] * 4)
        self.assertIsNone(self._dependent(self.table))
        screw = self._forecast(self.screw)
        self.assertEqual((screw.dependent_horizon_qty, screw.dependent_count), (600.0, 2))
        self.assertEqual(screw.total_30_qty, screw.dependent_30_qty)
        leg = self._forecast(self.leg)
        self.assertAlmostEqual(leg.total_30_qty, leg.next_30_qty + leg.dependent_30_qty)

    def test_bills_for_a_dozen_and_products_in_dozens(self):
        """A bill may be for a dozen, and a finished good counted in dozens."""
        box = self._product("Box", uom_id=self.dozen.id)
        self._bom(box, (self.leg, 6), product_uom_id=self.unit.id)  # 6 legs for one piece: 72 for a dozen
        self._bom(self.chair, (self.screw, 24), product_uom_id=self.dozen.id)  # 24 screws for 12 chairs
        self._set_forecast(box, 2)
        self._set_forecast(self.chair, 5)
        self.explode()
        self.assertEqual(self._dependent(self.leg), [144.0] * 4)
        self.assertEqual(self._dependent(self.screw), [10.0] * 4)

    def test_kits_are_exploded_and_by_products_are_not_demand(self):
        by_product = self._product("Sawdust")
        line = {"product_id": by_product.id, "product_qty": 1, "product_uom_id": self.unit.id}
        self._bom(self.table, (self.leg, 4), byproduct_ids=[Command.create(line)])
        self._bom(self.chair, (self.leg, 2), type="phantom")
        self._set_forecast(self.table, 1)
        self._set_forecast(self.chair, 1)
        self.explode()
        self.assertEqual(self._dependent(self.leg), [6.0] * 4)
        self.assertIsNone(self._dependent(by_product))

    def test_what_a_subcontractor_makes_needs_components_too(self):
        """Earlier by what the vendor takes; a bill to make it in house comes first."""
        bill = self._bom(self.table, (self.leg, 4))
        bill.flush_recordset()
        # the kind comes with an app that these tests do without; the bills are read by SQL
        self.env.cr.execute("UPDATE mrp_bom SET type = 'subcontract', sequence = 0 WHERE id = %s", (bill.id,))
        self.env["product.supplierinfo"].create({
            "partner_id": self.company_b.partner_id.id, "product_tmpl_id": self.table.product_tmpl_id.id, "delay": 8,
        })  # fmt: skip
        self._set_forecast(self.table, 10)
        self.explode()
        np.testing.assert_allclose(self._dependent(self.leg), [80, 40, 40, 40])
        self._bom(self.table, (self.leg, 1), sequence=9)
        self.explode()
        self.assertEqual(self._dependent(self.leg), [10.0] * 4)

    def test_components_are_needed_before_the_product(self):
        self._bom(self.table, (self.leg, 4), produce_delay=8)
        forecast = self._set_forecast(self.table, 0)
        self.env.cr.execute("UPDATE gantry_forecast SET final = '{1,2,3,4}' WHERE id = %s", [forecast.id])
        self.explode()
        self.assertEqual(self._dependent(self.leg), [12.0, 12.0, 16.0, 16.0])

    def test_the_bill_of_the_variant_warehouse_and_company_is_taken(self):
        other = self._product("Other leg")
        self._bom(self.table, (other, 1), sequence=2)
        self._bom(self.table, (self.leg, 4), sequence=1)
        own = {"picking_type_id": self.wh_a2.manu_type_id.id, "company_id": self.company_a.id}
        self._bom(self.chair, (self.leg, 3), sequence=1, **own)
        self._bom(self.chair, (other, 7), sequence=5)
        self._bom(self.chair, (self.screw, 99), company_id=self.company_b.id, sequence=0)
        for product in (self.table, self.chair):
            self._set_forecast(product, 1, self.wh_a1)
            self._set_forecast(product, 1, self.wh_a2)
        self.explode()
        self.assertEqual(self._dependent(self.leg, self.wh_a1), [4.0] * 4)
        self.assertEqual(self._dependent(self.leg, self.wh_a2), [7.0] * 4)
        self.assertEqual(self._dependent(other, self.wh_a1), [7.0] * 4)
        self.assertFalse(self._forecast(self.screw))

    def test_lines_for_other_variants_are_skipped(self):
        woods = [Command.create({"name": name}) for name in ("Oak", "Beech")]
        attribute = self.env["product.attribute"].create({"name": "Wood", "value_ids": woods})
        template = self.env["product.template"].create({
            "name": "Shelf", "is_storable": True, "attribute_line_ids": [Command.create({
                "attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids.ids)]})]})  # fmt: skip
        oak, beech = template.product_variant_ids
        bill = self._bom(oak, (self.leg, 2), (self.screw, 5))
        bill.bom_line_ids[0].bom_product_template_attribute_value_ids = oak.product_template_attribute_value_ids
        self._set_forecast(oak, 1)
        self._set_forecast(beech, 10)
        self.explode()
        self.assertEqual(self._dependent(self.leg), [2.0] * 4)
        self.assertEqual(self._dependent(self.screw), [55.0] * 4)

    def test_a_bill_that_contains_itself_is_told_and_left_out(self):
        self._bom(self.table, (self.leg, 4))
        self._bom(self.leg, (self.screw, 2))
        bill = self._bom(self.chair, (self.screw, 1))
        # Odoo refuses a circle when it is typed; bills from elsewhere may still have one
        self.env.cr.execute("UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s", (self.chair.id, bill.id))
        self._set_forecast(self.table, 1)
        self._set_forecast(self.chair, 1)
        job = self.env["gantry.job"]._enqueue("x", "gantry.forecast", "_job_refresh", company=self.company_a)
        self.Forecast._explode_forecasts(self.company_a, job)
        self.assertEqual(self._dependent(self.screw), [8.0] * 4)
        self.assertEqual(
            job.log_ids.mapped("message"),
            ["Bills of materials that contain themselves are left out where the circle closes: Chair."],
        )

    def test_the_value_covers_dependent_demand_once(self):
        self._bom(self.table, (self.leg, 4))
        self.leg.with_company(self.company_a).standard_price = 2.5
        self._set_forecast(self.table, 10)
        forecast = self._set_forecast(self.leg, 0)
        for _run in range(2):
            self.explode()
            self.assertEqual(forecast.value, 4 * 40 * 2.5)
        self.env.flush_all()
        self.assertEqual(sum(forecast.line_ids.mapped("value")), 400)
        self.table.bom_ids.active = False
        self.explode()
        self.assertEqual(forecast.value, 0)

    def test_dependent_demand_goes_when_the_bill_goes(self):
        bill = self._bom(self.table, (self.leg, 4))
        self._set_forecast(self.table, 1)
        self.explode()
        self.assertEqual(self._dependent(self.leg), [4.0] * 4)
        bill.active = False
        self.assertEqual(self.explode(), 0)
        self.assertIsNone(self._dependent(self.leg))
        self.assertEqual(self._forecast(self.leg).total_30_qty, 0)

    def test_companies_are_kept_apart(self):
        self._bom(self.table, (self.leg, 4))
        self._set_forecast(self.table, 1)
        self._set_forecast(self.table, 5, self.wh_b1)
        self.explode()
        self.assertFalse(self._forecast(self.leg, self.wh_b1))
        self.explode(self.company_b)
        self.assertEqual(self._dependent(self.leg, self.wh_b1), [20.0] * 4)
        self.assertEqual(self._dependent(self.leg), [4.0] * 4)

    def test_bills_are_read_with_one_query_whatever_their_number(self):
        for _i in range(3):
            self._bom(self._product("Good"), (self.leg, 1))
        self.Forecast._get_bills(self.company_a)
        with self.assertQueryCount(1):
            self.Forecast._get_bills(self.company_a)
        for _i in range(30):
            self._bom(self._product("Good"), (self.leg, 1))
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Forecast._get_bills(self.company_a)

    def test_the_reason_names_quantity_and_products(self):
        self._bom(self.table, (self.leg, 4))
        self._bom(self.chair, (self.leg, 1))
        self._set_forecast(self.table, 10)
        self._set_forecast(self.chair, 2)
        self.explode()
        texts = [reason["text"] for reason in self._forecast(self.leg).explanation]
        self.assertEqual(texts[0], "42 a week come from what it goes into (2 in all): Table (40), Chair (2).")

    def test_lines_chart_and_programs_tell_it(self):
        self._bom(self.table, (self.leg, 4))
        self._set_forecast(self.table, 10)
        self._set_forecast(self.leg, 5)
        self.explode()
        leg = self._forecast(self.leg)
        self.env.flush_all()
        self.assertEqual([(line.final, line.dependent, line.total) for line in leg.line_ids], [(5.0, 40.0, 45.0)] * 4)
        chart = leg.with_user(self.user_stock).get_chart()
        self.assertEqual([(e["mean"], e["dependent"]) for e in chart["forecast"]], [(45.0, 40.0)] * 4)
        answer = self.env["gantry.forecast.api"].with_user(self.user_stock).get_forecasts(
            product_ids=(self.leg + self.table).ids
        )
        self.assertEqual(
            {item["product_id"]: {b["dependent"] for b in item["buckets"]} for item in answer["items"]},
            {self.leg.id: {40.0}, self.table.id: {0.0}},
        )
        json.dumps(answer)
        self.assertTrue(Form(leg.with_user(self.user_planner)).dependent_30_qty)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestComponentRun(MrpCase):
    """What fails without this addon: components of finished goods that are forecast."""

    def setUp(self):
        super().setUp()
        self._bom(self.table, (self.leg, 4))
        self._sales(self.table, [10, 12, 8, 11, 9, 10, 13, 7] * 4)

    def test_a_component_that_never_moved_is_planned_after_a_run(self):
        self._refresh()
        leg = self._forecast(self.leg)
        self.assertTrue(leg, "the component has a row of its own in the planning list")
        table = self._final(self._forecast(self.table))
        np.testing.assert_allclose(self._dependent(self.leg), 4 * table, rtol=1e-5)
        self.assertAlmostEqual(leg.total_30_qty, 4 * self._forecast(self.table).next_30_qty, places=3)

    def test_consumption_is_not_counted_twice(self):
        self._consume(self.leg, [40, 48, 32, 44, 36, 40, 52, 28] * 4)
        self._sales(self.leg, [2] * 32)
        self._refresh()
        own = self._final(self._forecast(self.leg))
        self.assertAlmostEqual(own[0], 2, delta=0.5, msg="spare parts only")
        self.assertAlmostEqual(self._dependent(self.leg)[0], 40, delta=6)

    def test_what_is_taken_apart_was_not_asked_for(self):
        bom = self.table.product_tmpl_id.bom_ids
        self._put(self.table, 5, self.wh_a1)
        before = self.Demand.search_count([("product_id", "=", self.table.id), ("source", "=", "production")])
        unbuild = self.env["mrp.unbuild"].with_company(self.company_a).create({
            "product_id": self.table.id, "bom_id": bom.id, "product_qty": 3, "product_uom_id": self.table.uom_id.id,
            "location_id": self.wh_a1.lot_stock_id.id, "location_dest_id": self.wh_a1.lot_stock_id.id,
            "company_id": self.company_a.id,
        })  # fmt: skip
        unbuild.action_unbuild()
        self.assertTrue(unbuild.produce_line_ids.filtered(lambda m: m.product_id == self.table and m.state == "done"))
        self.Demand._refresh(self.company_a)
        after = self.Demand.search_count([("product_id", "=", self.table.id), ("source", "=", "production")])
        self.assertEqual(after, before)

    def test_the_product_shows_what_its_products_ask_for_too(self):
        self._refresh()
        leg = self.leg.with_company(self.company_a)
        self.assertGreater(leg.gantry_next_30_qty, 0)
        self.assertAlmostEqual(leg.gantry_next_30_qty, self._forecast(self.leg).total_30_qty, places=2)

    def test_past_consumption_can_be_forecast_instead(self):
        self.company_a.gantry_forecast_components = "history"
        self._consume(self.leg, [40, 48, 32, 44, 36, 40, 52, 28] * 4)
        self._refresh()
        self.assertAlmostEqual(self._final(self._forecast(self.leg))[0], 40, delta=6)
        self.assertIsNone(self._dependent(self.leg))

    def test_consumption_of_unplanned_products_stays_history(self):
        other = self._product("Rarely made")
        self._bom(other, (self.screw, 3))
        self._consume(self.screw, [30] * 32)
        self._refresh()
        self.assertAlmostEqual(self._final(self._forecast(self.screw))[0], 30, delta=4)

    def test_an_override_of_the_finished_good_reaches_its_components(self):
        self._refresh()
        self.Override.with_user(self.user_planner).create({
            "product_id": self.table.id, "warehouse_id": self.wh_a1.id, "date_from": "2026-03-09",
            "date_to": "2026-03-15", "quantity": 100, "reason": "School", "company_id": self.company_a.id,
        })  # fmt: skip
        self.assertAlmostEqual(self._dependent(self.leg)[1], 400, places=3)

    def test_forecasting_one_product_now_brings_its_components_along(self):
        self._refresh()
        self.table.bom_ids.bom_line_ids.product_qty = 8
        self._forecast(self.table).action_refresh_now()
        np.testing.assert_allclose(self._dependent(self.leg), 8 * self._final(self._forecast(self.table)), rtol=1e-5)

    def test_a_nightly_run_without_changes_keeps_it(self):
        self._refresh()
        before = self._dependent(self.leg)
        with patch.object(type(self.Forecast), "_is_learning_due", lambda model, company, recipe: False):
            self._refresh(mode="nightly")
        self.assertEqual(self._dependent(self.leg), before)
