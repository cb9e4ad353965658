from datetime import timedelta

from odoo import fields
from odoo.addons.gantry_reorder.tests.common import TODAY, ReorderCase
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import formatLang


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderPurchase(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(mode="suggest")
        cls.bolt, cls.nut, cls.screw = (
            cls._product(name, standard_price=2) for name in ("Bolt", "Nut", "Screw"))
        cls.second = cls.env["res.partner"].create({"name": "Second"})
        for product in (cls.bolt, cls.nut, cls.screw):
            cls._predict(product, 70)
            cls._seller(product, delay=9, partner=cls.second if product == cls.screw else cls.vendor)
        cls.buyer = cls._user("gantry_buyer", "purchase.group_purchase_user,gantry_base.group_planner", cls.company_a)

    def row(self, product=None):
        row = self._row(product or self.bolt)
        row.invalidate_recordset()
        return row

    def orders(self, *products):
        return self.env["purchase.order.line"].search([
            ("product_id", "in", [product.id for product in products]), ("company_id", "=", self.company_a.id),
        ]).order_id

    def purchase(self, product, qty, ordered_days_ago, took_days, partner=None):
        """A purchase order that was confirmed and received."""
        confirmed = fields.Datetime.now() - timedelta(days=ordered_days_ago)
        order = self.env["purchase.order"].create({
            "partner_id": (partner or self.vendor).id, "company_id": self.company_a.id,
            "picking_type_id": self.wh_a1.in_type_id.id,
            "order_line": [Command.create({"product_id": product.id, "product_qty": qty, "price_unit": 2})],
        })
        order.button_confirm()
        order.date_approve = confirmed
        order.order_line.date_planned = confirmed + timedelta(days=5)
        move = order.picking_ids.move_ids
        move.quantity, move.picked = qty, True
        order.picking_ids._action_done()
        move.date = confirmed + timedelta(days=took_days)
        self.env.flush_all()
        return order

    def test_the_lead_time_set_on_the_vendor_counts_until_something_was_received(self):
        self.company_a.days_to_purchase = 2
        self._run()
        row = self.row()
        self.assertEqual((row.source, row.vendor_id), ("buy", self.vendor))
        self.assertEqual((row.lead_source, row.set_lead_days), ("set", 11))
        self.assertAlmostEqual(row.lead_days_mean, 11)

    def test_receipts_of_purchase_orders_are_measured_from_their_confirmation(self):
        for days in (13, 14, 15, 14, 20, 13, 14, 15, 16, 14):
            self.purchase(self.bolt, 5, 60, days)
        self._run()
        lead = self.env["gantry.reorder.leadtime"].search([
            ("product_id", "=", self.bolt.id), ("partner_id", "=", self.vendor.id)])
        self.assertEqual((lead.source, lead.level, lead.count), ("buy", "product", 10))
        self.assertAlmostEqual(lead.mean_days, 14.8, delta=0.1)
        self.assertAlmostEqual(lead.set_days, 5, delta=0.1)
        self.assertEqual(lead.late_pct, 100)
        row = self.row()
        self.assertEqual(row.lead_source, "product")
        self.assertTrue(12 < row.lead_days_mean < 15)
        # a receipt without an order counts from its entry
        move = self._receive(self.nut, 3, self.wh_a1, fields.Datetime.now() - timedelta(days=1))
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET create_date = date - interval '3 days' WHERE id = %s", (move.id,))
        self.env["gantry.reorder.leadtime"]._refresh(self.company_a)
        own = self.env["gantry.reorder.leadtime"].search([("product_id", "=", self.nut.id), ("level", "=", "product")])
        self.assertEqual((own.count, own.partner_id.id), (1, False))
        # the other product of the vendor has no receipts of its own
        other = self.row(self.nut)
        self.assertEqual(other.lead_source, "vendor")
        self.assertTrue(9 < other.lead_days_mean < 15)
        self.assertEqual(self.row(self.screw).lead_source, "set")

    def test_ordering_makes_one_draft_per_vendor(self):
        self._run()
        rows = self.row() + self.row(self.nut) + self.row(self.screw)
        wanted = {row.product_id: row.order_qty for row in rows}
        self.assertTrue(all(wanted.values()))
        action = rows.with_user(self.buyer).action_order()
        orders = self.orders(self.bolt, self.nut, self.screw)
        self.assertEqual(len(orders), 2)
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        for line in orders.order_line:
            self.assertEqual(line.product_qty, wanted[line.product_id])
        self.assertEqual(orders.partner_id, self.vendor + self.second)
        self.assertEqual(action["params"]["next"]["res_model"], "purchase.order")
        self.assertEqual(set(action["params"]["next"]["domain"][0][2]), set(orders.ids))

    def test_nothing_is_ordered_twice(self):
        self._run()
        row = self.row()
        quantity = row.order_qty
        row.action_order()
        row.invalidate_recordset()
        self.assertEqual(row.incoming_qty, quantity)
        self.assertEqual(row.order_qty, 0)
        self._run()
        self.assertEqual(self.row().order_qty, 0)
        self.assertEqual(self.row().incoming_qty, quantity)

    def test_drafts_entered_by_hand_count_however_many_steps_the_receipt_takes(self):
        self.wh_a1.reception_steps = "two_steps"
        order = self.env["purchase.order"].create({
            "partner_id": self.vendor.id, "company_id": self.company_a.id,
            "picking_type_id": self.wh_a1.in_type_id.id,
            "order_line": [Command.create({"product_id": self.bolt.id, "product_qty": 40, "price_unit": 2})],
        })
        self._run()
        self.assertEqual(self.row().incoming_qty, 40, "as a draft")
        order.button_confirm()
        self._run()
        self.assertEqual(self.row().incoming_qty, 40, "as a receipt")

    def test_a_planner_orders_without_access_to_purchase(self):
        self._run()
        self.row().with_user(self.user_planner).action_order()
        self.assertEqual(len(self.orders(self.bolt)), 1)

    def test_a_quantity_by_hand_is_ordered_and_used_up(self):
        self._run()
        row = self.row().with_user(self.user_planner)
        row.order_qty = 33
        self.assertTrue(row.has_manual_qty)
        self._run()
        self.assertEqual(self.row().order_qty, 33)
        row.action_order()
        self.assertEqual(self.orders(self.bolt).order_line.product_qty, 33)
        self.assertFalse(self.row().has_manual_qty)

    def test_a_row_that_fails_does_not_stop_the_others(self):
        self._run()
        self.bolt.seller_ids.unlink()
        rows = self.row() + self.row(self.nut)
        message = rows.action_order()["params"]["message"]
        self.assertIn("Bolt", message)
        self.assertTrue(self.orders(self.nut))
        self.assertFalse(self.orders(self.bolt))
        self.assertIn("order_failed", self._issues(self.row()))
        self._seller(self.bolt)
        self.row().action_order()
        self.assertNotIn("order_failed", self._issues(self.row()))

    def test_accepted_rules_belong_to_the_draft(self):
        self._run()
        row = self.row()
        row.action_accept()
        row.action_order()
        line = self.orders(self.bolt).order_line
        self.assertEqual(line.orderpoint_id, row.orderpoint_id)
        self.assertEqual(row.orderpoint_id.trigger, "manual")

    def test_vendor_units_and_price_breaks_count(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.bolt.seller_ids.write({"product_uom_id": dozen.id, "min_qty": 2})
        self._run()
        row = self.row()
        self.assertEqual(row.new_multiple, 12)
        self.assertEqual(row.order_qty % 12, 0)
        self.assertGreaterEqual(row.order_qty, 24)
        row.action_order()
        line = self.orders(self.bolt).order_line
        self.assertEqual(line.product_uom_id._compute_quantity(line.product_qty, self.bolt.uom_id), row.incoming_qty)

    def test_units_and_currencies_that_do_not_fit_are_told(self):
        self.bolt.seller_ids.product_uom_id = self.env.ref("uom.product_uom_kgm")
        strange = self.env["res.currency"].create({"name": "GTY", "symbol": "G"})
        self.nut.seller_ids.currency_id = strange
        self._run()
        self.assertIn("uom", self._issues(self.row()))
        self.assertEqual(self.row().state, "blocked")
        self.assertIn("currency", self._issues(self.row(self.nut)))
        self.assertEqual(self.row(self.nut).state, "proposed", "the product has a cost of its own")
        self.nut.standard_price = 0
        self._run()
        self.assertEqual(self.row(self.nut).state, "blocked")

    def test_the_vendor_set_on_the_rule_counts(self):
        seller = self._seller(self.bolt, delay=30, partner=self.second, sequence=99)
        self._run()
        self.assertEqual(self.row().vendor_id, self.vendor)
        self._point(self.bolt, 1, 2, supplier_id=seller.id)
        self._run()
        self.assertEqual(self.row().vendor_id, self.second)
        self.assertAlmostEqual(self.row().lead_days_mean, 30)

    def test_vendors_of_other_companies_are_none(self):
        self.bolt.seller_ids.company_id = self.company_b
        self.nut.seller_ids.date_end = "2026-01-01"
        self._run()
        for product in (self.bolt, self.nut):
            self.assertEqual((self.row(product).source, self.row(product).vendor_id.id), ("none", False))
        self.assertEqual(self.row(self.screw).source, "buy")

    def test_the_vendor_of_the_rule_is_none_of_a_row_that_is_transferred(self):
        seller = self._seller(self.bolt, delay=30, partner=self.second, sequence=99)
        self.wh_a1.resupply_wh_ids = [Command.set(self.wh_a2.ids)]
        route = self.env["stock.route"].search([
            ("supplied_wh_id", "=", self.wh_a1.id), ("supplier_wh_id", "=", self.wh_a2.id)])
        self._point(self.bolt, 1, 2, supplier_id=seller.id, route_id=route.id)
        self._run()
        self.assertEqual((self.row().source, self.row().vendor_id.id), ("transfer", False))

    def test_least_orders_are_told(self):
        self.vendor.with_company(self.company_a).gantry_least_order = 1e6
        self._run()
        message = self.row().action_order()["params"]["message"]
        self.assertIn("wants at least", message)

    def test_the_worklist_shows_the_least_order_beforehand(self):
        self.vendor.with_company(self.company_a).gantry_least_order = 1e6
        self.vendor.with_company(self.company_b).gantry_least_order = 1
        self._run()
        rows = (self.row() + self.row(self.nut)).with_user(self.user_planner)
        total = sum(rows.mapped("order_value"))
        self.assertGreater(total, 0)
        for row in rows:
            self.assertTrue(row.below_least_order)
            self.assertIn(formatLang(self.env, total, currency_obj=self.company_a.currency_id), row.vendor_total)
            self.assertIn("1,000,000", row.vendor_total)
        self.assertFalse(self.row(self.screw).below_least_order)
        rows[0].action_order()
        self.env.invalidate_all()
        self.assertIn(formatLang(self.env, total, currency_obj=self.company_a.currency_id), rows[1].vendor_total,
                      "what is a draft by now counts on")

    def test_other_vendors_are_offered_and_used(self):
        self._seller(self.bolt, delay=2, partner=self.second, sequence=50, price=3)
        self._run()
        row = self.row()
        options = self.env["gantry.reorder.option"].browse(row.action_options()["domain"][0][2])
        self.assertEqual(set(options.partner_id.ids), {self.vendor.id, self.second.id})
        self.assertEqual(options.filtered("is_current").partner_id, self.vendor)
        other = options.filtered(lambda option: option.partner_id == self.second)
        self.assertEqual((other.price, other.lead_days), (3, 2))
        other.with_user(self.user_planner).action_order()
        self.assertEqual(self.orders(self.bolt).partner_id, self.second)

    def test_automatic_rules_do_not_order_a_year_ahead(self):
        """Odoo's horizon of a year would order today for a demand that can wait."""
        self.policy.write({"mode": "auto", "approve_change_pct": 0, "product_id": self.bolt.id})
        self._run()
        point = self.row().orderpoint_id
        self._put(self.bolt, point.product_max_qty + 10, self.wh_a1)
        self._pending(self.bolt, 60, self.wh_a1.lot_stock_id, self.loc_customer, 200)
        point.invalidate_recordset()
        point._compute_qty_to_order_computed()
        self.assertEqual(point.qty_to_order_computed, 0)
        self._run()
        self.assertEqual(self.row().order_qty, 0)
        by_hand = self._point(self.nut, point.product_min_qty, point.product_max_qty)
        self._put(self.nut, point.product_max_qty + 10, self.wh_a1)
        self._pending(self.nut, point.product_max_qty, self.wh_a1.lot_stock_id, self.loc_customer, 200)
        by_hand.invalidate_recordset()
        by_hand._compute_qty_to_order_computed()
        self.assertGreater(by_hand.qty_to_order_computed, 0, "rules of nobody else are left as they are")

    def test_the_scheduler_orders_for_automatic_rules(self):
        self.policy.write({"mode": "auto", "approve_change_pct": 0})
        self._run()
        point = self.row().orderpoint_id
        self.assertEqual(point.trigger, "auto")
        point._procure_orderpoint_confirm(company_id=self.company_a)
        order = self.orders(self.bolt)
        self.assertEqual(order.order_line.product_qty, point.product_max_qty)
        self.assertLessEqual(order.date_planned, fields.Datetime.now() + timedelta(days=11))

    def test_from_the_worklist_to_the_receipt_after_which_nothing_is_left_to_do(self):
        """Run, accept, order, confirm, receive: row and alert (where Insight is installed) are quiet again."""
        alerts = self.env.get("gantry.alert")
        if alerts is not None:
            self.company_a.gantry_insight_short_days = 7  # less than an order lasts
        self._run()
        row = self.row().with_user(self.user_planner)
        self.assertGreater(row.order_qty, 0)
        row.action_accept()
        self.assertEqual(row.orderpoint_id.product_min_qty, row.new_min)
        if alerts is not None:
            self._look_at_stock()
            self.assertTrue(self._open_alerts())
        wanted, before = row.order_qty, row.risk_value
        row.action_order()
        order = self.orders(self.bolt)
        self.assertEqual((order.state, order.order_line.product_qty), ("draft", wanted))
        order.with_user(self.buyer).button_confirm()
        self._run()
        self.assertEqual((self.row().order_qty, self.row().incoming_qty), (0, wanted))
        receipt = order.picking_ids
        receipt.move_ids.write({"quantity": wanted, "picked": True})
        receipt.button_validate()
        self.assertEqual(receipt.state, "done")
        self._run()
        row = self.row()
        self.assertEqual((row.order_qty, row.on_hand_qty, row.incoming_qty), (0, wanted, 0))
        self.assertLess(row.risk_value, before / 10)
        if alerts is not None:
            self._look_at_stock()
            self.assertFalse(self._open_alerts())

    def _look_at_stock(self):
        self.env["gantry.insight"]._refresh(self.company_a)
        self.env["gantry.alert"]._refresh(self.company_a)

    def _open_alerts(self):
        return self.env["gantry.alert"].search([
            ("product_id", "=", self.bolt.id), ("state", "=", "open"), ("kind", "in", ("low", "stockout"))])
