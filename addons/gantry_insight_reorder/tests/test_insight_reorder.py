from odoo.addons.gantry_insight.tests.common import TODAY, InsightCase
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightReorder(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._item("Saw")
        cls.policy = cls.env["gantry.reorder.policy"].create({
            "name": "Tools", "company_id": cls.company_a.id, "target_pct": 90, "holding_pct": 40,
            "user_id": cls.user_manager.id,
        })
        cls._receive(cls.saw, 7, cls.wh_a1, cls._day(20))
        cls._expect(cls.saw, 7)
        cls.rule = cls._rule(cls.saw, on_hand_qty=7)

    @classmethod
    def _rule(cls, product, **figures):
        """A row of the worklist, as a run writes it."""
        return cls.env["gantry.reorder.rule"].sudo().create({
            "product_id": product.id, "warehouse_id": cls.wh_a1.id, "location_id": cls.wh_a1.lot_stock_id.id,
            "company_id": cls.company_a.id, "policy_id": cls.policy.id, "target_pct": 90,
            "projected_stockout_date": "2026-03-10", "order_by_date": "2026-03-05", **figures,
        })

    def test_targets_and_costs_are_those_of_the_policy(self):
        self._look()
        row = self._row(self.saw)
        self.assertEqual((row.service_target, row.holding_cost), (90, 28))

    def test_the_order_by_date_goes_into_row_and_alert(self):
        self._look()
        row, alert = self._row(self.saw), self._alerts(self.saw, "stockout")
        self.assertEqual((row.order_by_date.isoformat(), row.stockout_date.isoformat()), ("2026-03-05", "2026-03-10"))
        self.assertEqual(alert.order_by_date.isoformat(), "2026-03-05")
        self.assertIn("Order by 03/05/2026.", [reason["text"] for reason in alert.explanation])

    def test_dates_of_a_run_that_has_not_seen_the_receipt_are_stale(self):
        self._receive(self.saw, 3, self.wh_a1, self._day(0))
        self._look()
        row = self._row(self.saw)
        self.assertFalse(row.order_by_date)
        self.assertEqual(row.stockout_date.isoformat(), "2026-03-14")

    def test_an_owner_who_is_no_planner_gets_no_alerts(self):
        self.policy.user_id = self.user_stock
        self._look()
        self.assertNotEqual(self._alerts(self.saw, "stockout").user_id, self.user_stock)

    def test_the_owner_of_the_policy_owns_the_alert(self):
        self.saw.product_tmpl_id.with_company(self.company_a).responsible_id = self.user_planner
        self._look()
        self.assertEqual(self._alerts(self.saw, "stockout").user_id, self.user_manager)

    def test_acting_opens_the_proposal(self):
        self._look()
        alert = self._alerts(self.saw, "stockout").with_user(self.user_planner)
        self.assertEqual(alert.action_act()["res_id"], self.rule.id)
        self.assertEqual(self._row(self.saw).action_reorder_rule()["res_id"], self.rule.id)
        self.rule.unlink()
        self.assertEqual(alert.action_act()["res_model"], "product.replenish")
        with self.assertRaisesRegex(UserError, "run the reorder rules first"):
            self._row(self.saw).action_reorder_rule()

    def test_a_run_of_the_rules_asks_for_new_insight(self):
        job = self.env["gantry.reorder.rule"].with_company(self.company_a)._enqueue_run(self.company_a)
        job._run_inline()
        self.assertEqual(job.sudo().state, "done", job.sudo().error)
        self.assertTrue(self.env["gantry.job"].search([
            ("identity", "=", "gantry_insight.refresh"), ("company_id", "=", self.company_a.id)]))

    def test_the_classes_of_the_worklist_are_those_of_insight(self):
        self._look()
        row = self._row(self.saw)
        for abc, xyz in (("B", "Z"), ("C", "Y")):
            self.env.cr.execute(
                "UPDATE gantry_insight SET abc = %s, xyz = %s WHERE id = %s", (abc, xyz, row.id))
            self.env["gantry.reorder.rule"]._settle_rows(self.company_a)
            self.assertEqual((self.rule.abc, self.rule.xyz), (abc, xyz))
