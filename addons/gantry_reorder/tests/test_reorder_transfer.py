from unittest.mock import patch

import numpy as np

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderTransfer(ReorderCase):
    """Warehouses supplied by warehouses, and stock that another warehouse can spare."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(lead_days=10)
        cls.product = cls._product("Bolt", standard_price=2)
        for warehouse in (cls.wh_a1, cls.wh_a2):
            cls._predict(cls.product, 70, warehouse=warehouse)

    def resupply(self):
        """Warehouse A1 is supplied by A2, for this product."""
        self.wh_a1.resupply_wh_ids = [Command.set(self.wh_a2.ids)]
        route = self.env["stock.route"].search([
            ("supplied_wh_id", "=", self.wh_a1.id), ("supplier_wh_id", "=", self.wh_a2.id)])
        self.product.route_ids = [Command.link(route.id)]
        return route

    def row(self, warehouse=None):
        row = self._row(self.product, warehouse)
        row.invalidate_recordset()
        return row

    def test_the_supplying_warehouse_is_found(self):
        route = self.resupply()
        route.rule_ids.filtered(lambda rule: rule.location_dest_id == self.wh_a1.lot_stock_id).delay = 3
        self._run()
        row = self.row()
        self.assertEqual((row.source, row.supplier_warehouse_id, row.route_id), ("transfer", self.wh_a2, route))
        self.assertEqual((row.lead_source, row.set_lead_days), ("set", 3))
        self.assertEqual(self.row(self.wh_a2).source, "none")
        batch = self.Rule._prepare_reorder_problem(self.company_a, ids=(row + self.row(self.wh_a2)).ids)
        place = list(batch.rows["id"])
        self.assertEqual(batch.problem.supplier[place.index(row.id)], place.index(self.row(self.wh_a2).id))
        self.assertEqual(batch.problem.supplier[place.index(self.row(self.wh_a2).id)], -1)

    def test_a_warehouse_that_only_supplies_others_is_planned_for_them(self):
        self.resupply()
        self.env["gantry.forecast"].search([
            ("product_id", "=", self.product.id), ("warehouse_id", "=", self.wh_a2.id)]).unlink()
        self._run()
        hub = self.row(self.wh_a2)
        self.assertTrue(hub.active)
        self.assertNotIn("no_forecast", self._issues(hub))
        self.assertGreater(hub.new_max, 70, "ten days of what the other warehouse sells")

    def test_the_supplier_serves_the_others_besides_its_own_customers(self):
        self._run()
        alone = self.row(self.wh_a2).new_max
        self.resupply()
        self._run()
        self.assertGreater(self.row(self.wh_a2).new_max, 1.5 * alone)
        self.company_a.gantry_forecast_transfer = True  # then its own history holds the transfers
        self._run()
        self.assertEqual(self.row(self.wh_a2).new_max, alone)

    def test_an_open_transfer_is_not_counted_besides_the_forecast_it_fills(self):
        """What the branch has ordered is the demand that its supplier carries already."""
        self.resupply()
        self._put(self.product, 1000, self.wh_a2)
        for own_customers in (True, False):
            if not own_customers:
                self.env["gantry.forecast"].search([
                    ("product_id", "=", self.product.id), ("warehouse_id", "=", self.wh_a2.id)]).unlink()
            self._run()
            hub = self.row(self.wh_a2)
            before, mean = hub.new_max, self._hub_mean()
            self.row().order_qty = 90
            self.row().action_order()
            self._run()
            hub = self.row(self.wh_a2)
            self.assertEqual(hub.committed_qty, 90)
            self.assertEqual(self._hub_mean(), mean)
            self.assertLess(hub.new_max, before + 45)
            sale = self._pending(self.product, 400, self.wh_a2.lot_stock_id, self.loc_customer, 2,
                                 warehouse=self.wh_a2)
            self._run()
            self.assertGreater(self._hub_mean(), mean + 300, "customers come on top")
            sale._action_cancel()
            self.env["stock.move"].search([
                ("product_id", "=", self.product.id), ("state", "not in", ("done", "cancel"))])._action_cancel()

    def _hub_mean(self):
        """Demand before pooling of the supplying warehouse, in all weeks."""
        rows = self.row() + self.row(self.wh_a2)
        batch = self.Rule._prepare_reorder_problem(self.company_a, ids=rows.ids)
        return batch.problem.mean[list(batch.rows["id"]).index(self.row(self.wh_a2).id)].sum()

    def test_warehouses_that_supply_each_other_do_not_stop_the_run(self):
        self.resupply()
        self.wh_a2.resupply_wh_ids = [Command.set(self.wh_a1.ids)]
        route = self.env["stock.route"].search([
            ("supplied_wh_id", "=", self.wh_a2.id), ("supplier_wh_id", "=", self.wh_a1.id)])
        self.product.route_ids = [Command.link(route.id)]
        with mute_logger("odoo.addons.gantry_reorder.models.gantry_reorder_run"):
            self._run()
        self.assertEqual(self.row(self.wh_a2).supplier_warehouse_id, self.wh_a1)
        self.assertGreater(self.row(self.wh_a2).new_max, 0)

    def test_ordering_makes_a_transfer(self):
        self.resupply()
        self._put(self.product, 1000, self.wh_a2)
        self._run()
        row = self.row()
        quantity = row.order_qty
        self.assertGreater(quantity, 0)
        row.with_user(self.user_planner).action_order()
        row = self.row()
        self.assertEqual((row.order_qty, row.incoming_qty), (0, quantity))
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id), ("state", "!=", "done")])
        self.assertEqual(moves.location_id.warehouse_id, self.wh_a2)
        self._run()
        self.assertEqual(self.row(self.wh_a2).committed_qty, quantity)

    def test_stock_that_another_warehouse_can_spare_is_offered(self):
        self._put(self.product, 1000, self.wh_a2)
        self._run()
        row = self.row()
        options = self.env["gantry.reorder.option"].browse(row.action_options()["domain"][0][2])
        self.assertEqual((options.kind, options.warehouse_id), ("transfer", self.wh_a2))
        self.assertEqual(options.qty, row.order_qty)
        options.with_user(self.user_planner).action_order()
        picking = self.env["stock.picking"].search([("product_id", "=", self.product.id)])
        self.assertEqual((picking.location_id, picking.location_dest_id),
                         (self.wh_a2.lot_stock_id, self.wh_a1.lot_stock_id))
        self.assertEqual(self.row().incoming_qty, options.qty)
        self.assertEqual(self.row().order_qty, 0)

    def test_ways_to_replenish_cannot_be_forged(self):
        self._put(self.product, 1000, self.wh_a2)
        self._run()
        row = self.row().with_user(self.user_planner)
        option = self.env["gantry.reorder.option"].browse(row.action_options()["domain"][0][2]).with_user(
            self.user_planner)
        self.assertEqual(option.warehouse_id, self.wh_a2)
        with self.assertRaises(AccessError):
            option.create({"rule_id": row.id, "kind": "transfer", "warehouse_id": self.wh_b1.id, "qty": 5})
        with self.assertRaises(AccessError):
            option.qty = 5000
        with self.assertRaises(AccessError):
            option.with_user(self.user_stock)._make(row.with_user(self.user_stock))
        option.sudo().warehouse_id = self.wh_b1  # of another company
        with self.assertRaises(UserError):
            option.action_order()
        other = self._product("Nut")
        option.sudo().write({"kind": "vendor", "seller_id": self._seller(other).id})
        with self.assertRaises(UserError):
            option.action_order()

    def test_what_a_warehouse_needs_itself_is_not_offered(self):
        self._run()
        self._put(self.product, self.row(self.wh_a2).new_min, self.wh_a2)
        self._run()
        self.assertFalse(self.env["gantry.reorder.option"]._make(self.row()))

    def test_stock_and_orders_are_netted_by_date(self):
        self._run()
        everything = self.row().order_qty
        self._put(self.product, 30, self.wh_a1)
        self._pending(self.product, 25, self.loc_supplier, self.wh_a1.lot_stock_id, 2)
        late = self._pending(self.product, 300, self.loc_supplier, self.wh_a1.lot_stock_id, 80)
        self._run()
        row = self.row()
        self.assertEqual((row.on_hand_qty, row.incoming_qty), (30, 325))
        self.assertGreater(row.order_qty, 0, "what comes in eighty days is no help next week")
        self.assertLess(row.order_qty, everything)
        late._action_cancel()
        self._run()
        self.assertEqual(self.row().incoming_qty, 25)

    def test_moves_within_the_stock_do_not_count(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.wh_a1.lot_stock_id.id})
        other = self.env["stock.location"].create({"name": "Other", "location_id": self.wh_a1.lot_stock_id.id})
        self._put(self.product, 50, shelf)
        move = self._pending(self.product, 20, shelf, other, 1)
        self.assertTrue(move)
        self._run()
        row = self.row()
        self.assertEqual((row.on_hand_qty, row.incoming_qty, row.committed_qty), (50, 0, 0))

    def test_demand_of_customers_counts_when_they_want_it(self):
        self._put(self.product, 400, self.wh_a1)
        self._run()
        quiet = self.row()
        self.assertEqual(quiet.order_qty, 0)
        date = quiet.projected_stockout_date
        self._pending(self.product, 390, self.wh_a1.lot_stock_id, self.loc_customer, 3)
        self._run()
        row = self.row()
        self.assertEqual(row.committed_qty, 390)
        self.assertGreater(row.order_qty, 0)
        self.assertLess(row.projected_stockout_date, date)
        self.assertGreater(row.risk_value, 0)

    def test_the_chart_shows_what_comes_and_goes(self):
        self._receive(self.product, 40, self.wh_a1, "2026-02-20")
        self._deliver(self.product, 15, self.wh_a1, "2026-02-25")
        self._pending(self.product, 25, self.loc_supplier, self.wh_a1.lot_stock_id, 4)
        self._run()
        data = self.row().with_user(self.user_stock).get_projection()
        self.assertEqual(data["dates"][0], TODAY)
        self.assertEqual(len(data["mean"]), len(data["dates"]))
        self.assertTrue(all(low <= high for low, high in zip(data["low"], data["high"], strict=True)))
        history = dict(data["history"])
        self.assertEqual((history["2026-02-20"], history["2026-02-26"]), (40, 25))
        self.assertEqual(data["incoming"], [["2026-03-06", 25.0]])
        self.assertEqual(data["stockout_date"], str(self.row().projected_stockout_date))

    def test_under_a_planning_day_in_the_past_documents_keep_their_distance(self):
        """An imported history ends years ago: an order that is due in four days from now is due in four days."""
        day = fields.Date.to_date("2011-12-12")  # a Monday
        self.env["gantry.forecast"].search([("product_id", "=", self.product.id)]).sudo().unlink()
        self._predict(self.product, 70, start=np.datetime64(day))
        self._put(self.product, 100, self.wh_a1)
        self._pending(self.product, 25, self.loc_supplier, self.wh_a1.lot_stock_id, 4)
        with patch.object(type(self.env["gantry.demand"]), "_get_today", lambda model, company: day):
            self._run()
            data = self.row().get_projection()
        self.assertEqual(data["dates"][0], "2011-12-12")
        self.assertEqual(data["incoming"], [["2011-12-16", 25.0]])
        self.assertEqual(self.row().projected_stockout_date.year, 2011)

    def test_a_row_without_a_forecast_has_no_chart(self):
        other = self._product("Fresh")
        self._point(other, 1, 2)
        self._run()
        data = self._row(other).get_projection()
        self.assertEqual((data["dates"], data["min"], data["max"]), ([], 1, 2))

    def test_expiring_stock_counts_only_as_far_as_it_sells(self):
        if "use_expiration_date" not in self.env["product.template"]._fields:
            self.skipTest("product_expiry is not installed")
        fresh = self._product("Milk", standard_price=2, tracking="lot", use_expiration_date=True, expiration_time=20)
        self._predict(fresh, 70)
        lot = self.env["stock.lot"].create({"name": "L1", "product_id": fresh.id})
        lot.write({"expiration_date": "2026-03-05 00:00:00", "removal_date": "2026-03-05 00:00:00"})
        self.env["stock.quant"]._update_available_quantity(fresh, self.wh_a1.lot_stock_id, 200, lot_id=lot)
        self._run()
        row = self._row(fresh)
        self.assertEqual(row.on_hand_qty, 200)
        self.assertGreater(row.waste_qty, 100)
        self.assertGreater(row.order_qty, 0)
        self.assertIn("expire", " ".join(line["text"] for line in row.explanation))
