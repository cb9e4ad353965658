from datetime import timedelta

from odoo import fields
from odoo.addons.gantry_reorder.tests.common import TODAY, ReorderCase
from odoo.fields import Command
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderMrp(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(lead_days=5)
        cls.table = cls._product("Table", standard_price=50)
        cls.leg = cls._product("Leg", standard_price=5)
        cls.bill = cls.env["mrp.bom"].create({
            "product_tmpl_id": cls.table.product_tmpl_id.id, "produce_delay": 4, "days_to_prepare_mo": 2,
            "bom_line_ids": [Command.create({"product_id": cls.leg.id, "product_qty": 4})],
        })
        route = cls.wh_a1.manufacture_pull_id.route_id
        cls.table.route_ids = [Command.link(route.id)]
        cls._predict(cls.table, 14)

    def row(self, product=None):
        row = self._row(product or self.table)
        row.invalidate_recordset()
        return row

    def make(self, days, ago=10):
        """A manufacturing order that took so many days."""
        order = self.env["mrp.production"].create({
            "product_id": self.table.id, "product_qty": 1, "bom_id": self.bill.id, "company_id": self.company_a.id,
            "picking_type_id": self.wh_a1.manu_type_id.id,
        })
        order.action_confirm()
        order.qty_producing = 1
        order.move_raw_ids.picked = True
        order.button_mark_done()
        self.env.flush_all()
        done = fields.Datetime.now() - timedelta(days=ago)
        self.env.cr.execute(
            "UPDATE mrp_production SET create_date = %s, date_finished = %s, state = 'done' WHERE id = %s",
            (done - timedelta(days=days), done, order.id))
        self.env.invalidate_all()
        return order

    def test_the_lead_time_of_the_bill_counts_until_something_was_made(self):
        self._run()
        row = self.row()
        self.assertEqual((row.source, row.lead_source, row.set_lead_days), ("manufacture", "set", 6))

    def test_production_orders_are_measured(self):
        for days in (8, 9, 10, 9, 8, 10, 9, 9):
            self.make(days)
        self._run()
        lead = self.env["gantry.reorder.leadtime"].search([
            ("source", "=", "manufacture"), ("level", "=", "product"), ("company_id", "=", self.company_a.id)])
        self.assertEqual((lead.product_id, lead.count), (self.table, 8))
        self.assertAlmostEqual(lead.mean_days, 9, delta=0.1)
        self.assertEqual(self.row().lead_source, "product")

    def test_ordering_makes_a_manufacturing_order_once(self):
        self._run()
        quantity = self.row().order_qty
        self.assertGreater(quantity, 0)
        self.row().with_user(self.user_planner).action_order()
        order = self.env["mrp.production"].search([("product_id", "=", self.table.id)])
        self.assertEqual(order.product_qty, quantity)
        self.assertEqual((self.row().order_qty, self.row().incoming_qty), (0, quantity))

    def test_draft_manufacturing_orders_are_on_their_way(self):
        self.env["mrp.production"].create({
            "product_id": self.table.id, "product_qty": 7, "bom_id": self.bill.id, "company_id": self.company_a.id,
            "picking_type_id": self.wh_a1.manu_type_id.id})
        self._run()
        self.assertEqual(self.row().incoming_qty, 7)

    def test_drafts_count_however_many_steps_the_production_takes(self):
        self.wh_a1.manufacture_steps = "pbm_sam"
        order = self.env["mrp.production"].create({
            "product_id": self.table.id, "product_qty": 7, "bom_id": self.bill.id, "company_id": self.company_a.id,
            "picking_type_id": self.wh_a1.manu_type_id.id})
        self._run()
        self.assertEqual(self.row().incoming_qty, 7, "as a draft")
        order.action_confirm()
        self._run()
        self.assertEqual(self.row().incoming_qty, 7, "when confirmed")

    def test_bills_of_other_companies_are_none(self):
        """Whether the warehouse's own route may make a product: only with a bill that this company may use."""
        self._run()
        for company, usable in ((self.company_b, False), (self.company_a, True), (False, True)):
            self.bill.company_id = company
            self.env.flush_all()
            found = [has_bill for *_some, has_bill, ids in self.Rule._get_route_groups(self.company_a)
                     if self.row().id in ids]
            self.assertEqual(found, [usable])

    def test_components_serve_what_they_go_into(self):
        self.company_a.gantry_forecast_components = "explode"
        self.env["gantry.forecast"]._explode_forecasts(self.company_a)
        self._run()
        row = self.row(self.leg)
        self.assertAlmostEqual(row.forecast_day_qty, 4 * 14 / 7, delta=0.6)
        self.assertGreater(row.new_min, 4 * 14 / 7 * 5, "more than the mean of the lead time")
        self.assertEqual(row.state, "proposed")
