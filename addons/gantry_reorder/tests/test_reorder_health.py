from odoo.tests import freeze_time, tagged

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderHealth(ReorderCase):
    """Whatever is wrong with a rule is a sentence in the list, once, and gone with its cause."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7)
        cls.product = cls._product("Bolt", standard_price=2)
        cls._predict(cls.product, 70)
        cls._run()
        cls.row = cls._row(cls.product)

    def found(self):
        self._run()
        self.env.invalidate_all()
        return self._issues(self.row)

    def message(self, kind):
        return self.row.issue_ids.filtered(lambda issue: issue.kind == kind).message

    def assertGone(self, kind):
        self.assertNotIn(kind, self.found())

    def test_no_vendor(self):
        self.assertIn("no_vendor", self.found())
        self.assertIn("Bolt has no vendor", self.message("no_vendor"))
        self.assertEqual(self.row.state, "proposed", "levels are known, only the source is not")

    def test_no_lead_time_blocks(self):
        self.policy.lead_days = 0
        self.assertIn("no_lead", self.found())
        self.assertEqual(self.row.state, "blocked")
        self.assertIn("lead time", self.message("no_lead"))
        self.policy.lead_days = 3
        self.assertGone("no_lead")

    def test_no_forecast_blocks(self):
        other = self._product("Fresh", standard_price=1)
        self._point(other, 1, 2)
        self._run()
        row = self._row(other)
        self.assertIn("no_forecast", self._issues(row))
        self.assertEqual((row.state, row.new_min, row.old_min), ("blocked", 0, 1))
        self._predict(other, 7)
        self._run()
        self.env.invalidate_all()
        self.assertNotIn("no_forecast", self._issues(row))

    def test_negative_stock(self):
        self._put(self.product, -5, self.wh_a1)
        self.assertIn("negative", self.found())
        self.assertIn("-5", self.message("negative"))
        self._put(self.product, 50, self.wh_a1)
        self.assertGone("negative")

    def test_minimum_above_maximum(self):
        point = self._point(self.product, 5, 9)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_warehouse_orderpoint SET product_min_qty = 20 WHERE id = %s", (point.id,))
        self.env.invalidate_all()
        self.assertIn("min_above_max", self.found())
        self.assertIn("20", self.message("min_above_max"))
        self.assertEqual(self.row.state, "proposed")
        self.row.action_accept()
        self.assertGone("min_above_max")

    def test_archived_product_with_a_rule(self):
        self._point(self.product, 5, 9)
        self.product.active = False  # Odoo archives the rule too
        self.assertNotIn("archived", self.found())
        self.row.with_context(active_test=False).product_id.orderpoint_ids.write({"active": True})
        self.assertIn("archived", self.found())
        self.assertEqual(self.row.state, "blocked")
        self.product.active = True
        self.assertGone("archived")

    def test_multiple_above_the_cap(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._point(self.product, 5, 9, replenishment_uom_id=dozen.id)
        self.policy.cap_qty = 10
        self.assertIn("multiple_cap", self.found())
        self.assertIn("12", self.message("multiple_cap"))
        self.assertEqual(self.row.state, "blocked")
        self.policy.cap_qty = 500
        self.assertGone("multiple_cap")
        self.assertEqual(self.row.new_multiple, 12)

    def test_no_policy(self):
        self.policy.warehouse_id = self.wh_a2
        self._point(self.product, 5, 9)
        self.assertIn("no_policy", self.found())
        self.assertEqual(self.row.mode, "manual")

    def test_a_problem_is_listed_once(self):
        self.found()
        first = self.row.issue_ids.filtered(lambda issue: issue.kind == "no_vendor")
        self.found()
        again = self.row.issue_ids.filtered(lambda issue: issue.kind == "no_vendor")
        self.assertEqual((first.id, len(again)), (again.id, 1))
        self.assertEqual(self.row.issue_count, len(self.row.issue_ids))

    def test_no_cost(self):
        self.product.write({"standard_price": 0, "list_price": 0})
        self.assertIn("no_cost", self.found())
        self.product.list_price = 3
        self.assertGone("no_cost")

    def test_problems_go_with_a_row_that_is_not_shown_any_more(self):
        self.policy.lead_days = 0
        self.assertTrue(self.found())
        self.policy.create_rules = False
        self._run()
        self.assertFalse(self.env["gantry.reorder.issue"].search([("product_id", "=", self.product.id)]))

    def test_every_kind_has_a_sentence(self):
        Issue = self.env["gantry.reorder.issue"]
        self.assertEqual(set(Issue._get_sentences()), set(dict(Issue._fields["kind"].selection)))
