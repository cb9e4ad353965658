import psycopg2

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderPolicy(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = cls.env["product.category"].create({"name": "Parent"})
        cls.child = cls.env["product.category"].create({"name": "Child", "parent_id": cls.parent.id})
        cls.product = cls._product("Bolt", standard_price=2, categ_id=cls.child.id)
        cls.other = cls._product("Other", standard_price=2)
        for product in (cls.product, cls.other):
            cls._predict(product, 70)

    def holds(self, product=None):
        self._run()
        row = self._row(product or self.product)
        row.invalidate_recordset()
        return row.policy_id

    def test_the_most_specific_policy_holds(self):
        scopes = [
            {}, {"warehouse_id": self.wh_a1.id}, {"abc": "A"}, {"demand_class": "smooth"},
            {"categ_id": self.parent.id}, {"categ_id": self.child.id}, {"product_id": self.product.id},
        ]
        for scope in scopes:
            policy = self._policy(lead_days=7, **scope)
            self.assertEqual(self.holds(), policy, scope)
        self.assertEqual(self.holds(self.other).demand_class, "smooth")

    def test_a_policy_of_another_scope_never_holds(self):
        everything = self._policy(lead_days=7)
        for scope in ({"warehouse_id": self.wh_a2.id}, {"abc": "C"}, {"demand_class": "lumpy"},
                      {"product_id": self.other.id}, {"company_id": self.company_b.id}):
            self._policy(lead_days=7, **scope)
        self.assertEqual(self.holds(), everything)

    def test_a_season_begins_and_ends(self):
        everything = self._policy(lead_days=7)
        season = self._policy(
            lead_days=7, target_pct=99, date_from="2026-03-01", date_to="2026-03-10")
        self.assertEqual(self.holds(), season)
        season.date_from = "2026-03-03"
        self.assertEqual(self.holds(), everything)
        season.write({"date_from": False, "date_to": "2026-03-01"})
        self.assertEqual(self.holds(), everything)
        season.date_to = "2026-03-02"
        self.assertEqual(self.holds(), season)

    def test_of_equally_specific_policies_the_first_holds(self):
        self._policy(lead_days=7, sequence=5)
        first = self._policy(lead_days=7, sequence=2)
        self.assertEqual(self.holds(), first)

    def test_the_first_run_makes_a_policy_that_only_proposes(self):
        self.assertFalse(self.Policy.search([("company_id", "=", self.company_a.id)]))
        self._run()
        policy = self.Policy.search([("company_id", "=", self.company_a.id)])
        self.assertEqual((len(policy), policy.mode), (1, "suggest"))
        self._run()
        self.assertEqual(len(self.Policy.search([("company_id", "=", self.company_a.id)])), 1)
        self.assertFalse(self.Point.search([("product_id", "=", self.product.id)]))

    def test_settings_that_make_no_sense_are_refused(self):
        for vals in (
            {"target_pct": 100}, {"target_pct": 0}, {"review_days": 0}, {"holding_pct": 0}, {"order_cost": -1},
            {"min_days": 9, "max_days": 3}, {"date_from": "2026-03-02", "date_to": "2026-03-01"}, {"cap_qty": -1},
        ):
            with self.assertRaises(psycopg2.IntegrityError, msg=vals), mute_logger("odoo.sql_db"), \
                    self.env.cr.savepoint():
                self._policy(**vals).flush_recordset()
        with self.assertRaises(ValidationError):
            self._policy(**{f"order_{day}": False for day in (
                "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")})

    def test_a_higher_target_never_lowers_the_levels(self):
        policy = self._policy(lead_days=7, target_pct=80)
        low = []
        for target in (80, 95, 99.5):
            policy.target_pct = target
            self._run()
            row = self._row(self.product)
            row.invalidate_recordset()
            low.append(row.new_min)
        self.assertEqual(low, sorted(low))
        self.assertLess(low[0], low[-1])

    def test_caps_bind_and_are_told(self):
        policy = self._policy(lead_days=14, cap_qty=100)
        self._run()
        row = self._row(self.product)
        self.assertLessEqual(row.new_max, 100)
        self.assertEqual(row.binding, "bin_space")
        self.assertIn("bin space", " ".join(line["text"] for line in row.explanation))
        policy.write({"cap_qty": 0, "max_days": 20})
        self._run()
        row.invalidate_recordset()
        self.assertLessEqual(row.new_max, 200 + 1)

    def test_the_owner_and_scope_are_shown(self):
        policy = self._policy(categ_id=self.child.id, abc="A")
        self.assertIn("Child", policy.scope)
        self.assertIn("class A", policy.scope)
        self._policy(lead_days=1)
        self.holds()
        self.assertEqual(policy.rule_count, len(self.Rule.search([("policy_id", "=", policy.id)])))
        self.assertEqual(self.Rule.search(policy.action_rules()["domain"]), self.Rule.search([
            ("policy_id", "=", policy.id)]))

    def test_products_without_rules_are_left_out_when_the_policy_says_so(self):
        policy = self._policy(lead_days=7, create_rules=False)
        self._run()
        self.assertFalse(self._row(self.product).active)
        self._point(self.product, 1, 2)
        self._run()
        row = self._row(self.product)
        row.invalidate_recordset()
        self.assertTrue(row.active)
        self.assertEqual((row.old_min, row.old_max, row.policy_id), (1, 2, policy))

    def test_products_may_reach_the_target_together(self):
        """The dear one serves less, the cheap one more; calculated alone, each keeps its share."""
        dear, cheap = self._product("Dear", standard_price=500), self._product("Cheap", standard_price=1)
        for product in (dear, cheap):
            self._predict(product, 70)
        policy = self._policy(lead_days=7, target_pct=95, share_target=True)
        self._run()
        rows = self._row(dear) + self._row(cheap)
        self.assertEqual(rows.policy_id, policy)
        self.assertLess(rows[0].expected_fill, rows[1].expected_fill)
        before = rows.mapped("new_min")
        rows[0].action_recompute()
        rows[1].action_recompute()
        self.assertEqual(rows.mapped("new_min"), before)

    def test_a_budget_holds_for_all_products_under_the_policy(self):
        policy = self._policy(lead_days=20, target_pct=99)
        self._run()
        rows = self._row(self.product) + self._row(self.other)
        free = sum(rows.mapped("avg_stock_value"))
        policy.budget = free * 0.7
        self._run()
        rows.invalidate_recordset()
        self.assertLessEqual(sum(rows.mapped("avg_stock_value")), policy.budget * 1.02)
        before = rows.mapped("new_min")
        rows[0].action_recompute()
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("new_min"), before)

    def test_order_days_move_the_order(self):
        """What is due on a closed day is ordered on the open day before it."""
        policy = self._policy(lead_days=2)
        self._put(self.product, 60, self.wh_a1)
        days = {f"order_{day}": day == "monday" for day in (
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
        self._run()
        row = self._row(self.product)
        daily = row.new_min
        policy.write(days)
        self._run()
        row.invalidate_recordset()
        self.assertGreater(row.new_min, daily)
        self.assertEqual(fields.Date.to_date(row.order_by_date).weekday(), 0)
