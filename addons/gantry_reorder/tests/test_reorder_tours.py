from datetime import date, timedelta

import numpy as np

from odoo.addons.gantry_base.tests.hoot import HootMixin
from odoo.addons.gantry_forecast.tools.copy import copy_from
from odoo.tests import HttpCase, tagged

from .common import ReorderCase


@tagged("post_install", "-at_install")
class TestReorderUnits(HootMixin, HttpCase):
    def test_units_of_the_charts(self):
        self.run_hoot("@gantry_reorder", at_least=25)


@tagged("post_install", "-at_install")
class TestReorderTours(ReorderCase, HttpCase):
    """The browser's clock cannot be frozen: everything is about the real today."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start = np.datetime64(cls.env["gantry.forecast"]._get_bucket_start(cls.company_a))
        cls.product = cls._product("Tour Bolt", standard_price=2)
        cls._predict(cls.product, 70, start=cls.start)

    def _supply(self):
        """A warehouse that supplies the first one, so that an order is a transfer without any other addon."""
        self.wh_a1.resupply_wh_ids = self.wh_a2
        self.product.route_ids = self.wh_a1.resupply_route_ids
        self._put(self.product, 5000, self.wh_a2)

    def _sell(self, days=700, a_day=10.0):
        last = date.today() - timedelta(days=1)
        table = np.zeros(days, [
            ("product_id", "i4"), ("warehouse_id", "i4"), ("company_id", "i4"), ("date", "M8[D]"), ("quantity", "f8"),
            ("quantity_out", "f8")])
        table["product_id"], table["warehouse_id"] = self.product.id, self.wh_a1.id
        table["company_id"] = self.company_a.id
        table["date"] = np.datetime64(last) - np.arange(days)
        table["quantity"] = table["quantity_out"] = np.random.default_rng(1).poisson(a_day, days) + 0.0
        self.env.cr.execute(
            "ALTER TABLE gantry_demand ALTER COLUMN source SET DEFAULT 'delivery',"
            " ALTER COLUMN flag SET DEFAULT 'none'")
        copy_from(self.env.cr, "gantry_demand", table.dtype.names, table)
        self.env["gantry.demand"].invalidate_model()

    def test_from_a_policy_over_the_worklist_to_a_draft(self):
        self._supply()
        self.start_tour("/odoo/gantry-reorder-policies", "gantry_reorder_planner", login="gantry_manager")
        self.assertEqual(self.Policy.search([("company_id", "=", self.company_a.id)]).target_pct, 98)
        self._run()
        self.start_tour("/odoo/gantry-replenish", "gantry_reorder_worklist", login="gantry_planner")
        row = self._row(self.product)
        self.assertEqual((row.orderpoint_id.product_min_qty, row.state), (row.new_min, "ok"))
        self.assertEqual(row.change_ids[:1].user_id, self.user_planner)
        moves = self.env["stock.move"].search([
            ("product_id", "=", self.product.id), ("state", "not in", ("done", "cancel"))])
        self.assertIn(self.wh_a2.lot_stock_id, moves.location_id)
        self.assertGreater(row.incoming_qty, 0)

    def test_a_replay_is_asked_for_and_looked_at(self):
        self._sell()
        self._policy(lead_days=7)
        self._point(self.product, 30, 60)
        self._run()
        self.start_tour("/odoo/gantry-replays", "gantry_reorder_replay", login="gantry_planner")
        backtest = self.env["gantry.reorder.backtest"].search([("company_id", "=", self.company_a.id)])
        backtest.job_id._run_inline()
        self.assertEqual(backtest.state, "done", backtest.job_id.error)
        self.start_tour(f"/odoo/gantry-replays/{backtest.id}", "gantry_reorder_replay_result", login="gantry_stock")

    def test_sliders_on_the_efficient_curve(self):
        self._policy(lead_days=7)
        self._run()
        self.start_tour("/odoo/gantry-what-if", "gantry_reorder_whatif", login="gantry_planner")
        backtest = self.env["gantry.reorder.backtest"].search([("company_id", "=", self.company_a.id)])
        self.assertEqual((backtest.own_settings, backtest.holding_pct), (True, 60))
