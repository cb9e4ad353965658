from unittest.mock import patch

from odoo.addons.gantry_base.tests.job_case import JobMixin
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models import gantry_reorder_points, gantry_reorder_run
from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderPoints(ReorderCase, JobMixin):
    """Odoo's rules: who may set them, what is kept of it, and what happens to rules set by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7, mode="auto", approve_change_pct=0)
        cls.product = cls._product("Bolt", standard_price=2)
        cls._predict(cls.product, 70)

    def levels(self, point):
        point.invalidate_recordset()
        return point.product_min_qty, point.product_max_qty

    def row(self):
        row = self._row(self.product)
        row.invalidate_recordset()
        return row

    def test_a_small_change_is_left_alone(self):
        self._run()
        row = self.row()
        point = row.orderpoint_id
        low, high = self.levels(point)
        point._write_by_gantry({"product_min_qty": low + 1, "product_max_qty": high + 1})
        self._run()
        self.assertEqual(self.levels(point), (low + 1, high + 1))
        self.assertEqual(self.row().state, "ok")

    def test_a_large_change_waits_for_approval(self):
        self.policy.approve_change_pct = 50
        point = self._point(self.product, 10, 20)
        self._run()
        row = self.row()
        self.assertEqual(self.levels(point), (10, 20))
        self.assertEqual(row.state, "waiting")
        self.assertIn("waits for approval", " ".join(line["text"] for line in row.explanation))
        row.with_user(self.user_planner).action_accept()
        self.assertEqual(self.levels(point), (row.new_min, row.new_max))
        change = row.change_ids
        self.assertEqual((change.kind, change.user_id), ("accept", self.user_planner))
        self.assertEqual((change.old_min, change.old_max), (10, 20))

    def test_a_rule_set_by_hand_wins_and_is_told(self):
        self._run()
        point = self.row().orderpoint_id
        point.with_user(self.user_manager).write({"product_min_qty": 3, "product_max_qty": 4})
        row = self.row()
        self.assertTrue(row.hand_edited)
        self.assertEqual(row.change_ids[:1].kind, "hand")
        self.assertEqual(row.change_ids[:1].user_id, self.user_manager)
        for _night in range(2):
            self._run()
            self.assertEqual(self.levels(point), (3, 4))
        row = self.row()
        self.assertEqual(row.state, "waiting")
        self.assertIn("hand", self._issues(row))
        row.action_accept()
        self.assertNotEqual(self.levels(point), (3, 4))
        self._run()
        self.assertNotIn("hand", self._issues(self.row()))

    def test_an_edit_while_the_run_works_wins(self):
        """Between the calculation and the write somebody sets the rule: the write leaves it alone."""
        self._run()
        point = self.row().orderpoint_id
        Rule = type(self.Rule)
        original = Rule._write_figures

        def edits(model, company, batch, found):
            original(model, company, batch, found)
            point._write_by_gantry({"product_min_qty": 1, "product_max_qty": 2})
            point.flush_recordset()

        point._write_by_gantry({"product_min_qty": 500, "product_max_qty": 900})
        with patch.object(Rule, "_write_figures", edits):
            self._run()
        self.assertEqual(self.levels(point), (1, 2))

    def test_what_odoo_stores_is_the_same_for_many_rules(self):
        """The set-wise figures of a large run are those Odoo calculates rule by rule."""
        self._seller(self.product)
        point = self._point(self.product, 1, 2)
        self._put(self.product, 20, self.wh_a1)
        self._pending(self.product, 8, self.wh_a1.lot_stock_id, self.loc_customer, 2)
        self._run()
        one = (point.qty_to_order_computed, point.deadline_date)
        self.assertGreater(one[0], 0)
        point._write_by_gantry({"product_min_qty": 1, "product_max_qty": 2})
        point.flush_recordset()
        with patch.object(gantry_reorder_points, "RECOMPUTE_LIMIT", 0):
            self._run()
        point.invalidate_recordset()
        self.assertEqual(point.qty_to_order_computed, one[0])
        self.assertEqual(point.deadline_date, one[1])

    def test_rules_made_by_thousands_are_like_those_made_one_by_one(self):
        other = self._product("Other", standard_price=2)
        self._predict(other, 70)
        for product in (self.product, other):
            self._put(product, 20, self.wh_a1)
        self.policy.product_id = other
        self._run()
        self.policy.product_id = self.product
        with patch.object(gantry_reorder_points, "RECOMPUTE_LIMIT", 0):
            self._run()
        one, many = self._row(other).orderpoint_id, self.row().orderpoint_id
        self.assertTrue(one and many and one != many)
        self.assertNotEqual(one.name, many.name)
        for name in ("product_min_qty", "product_max_qty", "trigger", "qty_to_order", "deadline_date", "active",
                     "location_id", "warehouse_id", "company_id", "snoozed_until"):
            self.assertEqual(one[name], many[name], name)
        self.assertEqual(self.row().change_ids.kind, "create")

    def test_undo_brings_the_old_levels_back_for_good(self):
        point = self._point(self.product, 10, 20)
        self._run()
        row = self.row()
        new = self.levels(point)
        self.assertNotEqual(new, (10, 20))
        row.with_user(self.user_planner).action_undo()
        self.assertEqual(self.levels(point), (10, 20))
        self.assertEqual(self.row().change_ids[:1].kind, "undo")
        self._run()
        self.assertEqual(self.levels(point), (10, 20), "the night must not do again what was taken back")
        with self.assertRaises(UserError):
            row.change_ids.filtered(lambda change: change.kind == "auto").action_undo()

    def test_undo_of_a_creation_archives_the_rule(self):
        self._run()
        row = self.row()
        point = row.orderpoint_id
        row.action_undo()
        self.assertFalse(point.active)
        self.assertFalse(self.row().orderpoint_id)
        for _night in range(2):
            self._run()
            self.assertFalse(point.active, "the night must not make again what was taken back")
        row = self.row()
        self.assertEqual(row.state, "waiting")
        self.assertIn("taken back", row.issue_ids.filtered(lambda issue: issue.kind == "hand").message)
        row.with_user(self.user_planner).action_accept()
        self.assertTrue(point.active)

    def test_a_rule_deleted_by_hand_is_not_made_again(self):
        self._run()
        self.row().orderpoint_id.with_user(self.user_manager).unlink()
        row = self.row()
        self.assertEqual((row.change_ids[:1].kind, row.change_ids[:1].user_id), ("hand", self.user_manager))
        self._run()
        row = self.row()
        self.assertFalse(self.Point.search([("product_id", "=", self.product.id)]))
        self.assertEqual(row.state, "waiting")
        row.action_accept()
        self.assertEqual(self.levels(self.row().orderpoint_id), (row.new_min, row.new_max))

    def test_a_proposal_turned_down_does_not_come_back(self):
        self.policy.mode = "suggest"
        self._point(self.product, 10, 20)
        self._run()
        row = self.row()
        self.assertEqual(row.state, "proposed")
        row.action_keep()
        self._run()
        self.assertEqual(self.row().state, "ok")
        self.policy.target_pct = 99.9
        self._run()
        self.assertEqual(self.row().state, "proposed")

    def test_dead_products_lose_their_rule_where_the_policy_says_so(self):
        dead = self._product("Dead", standard_price=2)
        self._predict(dead, 0, demand_class="dead")
        point = self._point(dead, 10, 20)
        self._run()
        self.assertTrue(point.active)
        self.policy.archive_rules = True
        self._put(dead, 1, self.wh_a1)
        self._run()
        self.assertTrue(point.active, "it still has stock")
        self._put(dead, -1, self.wh_a1)
        self._run()
        self.assertFalse(point.active)
        row = self._row(dead)
        self.assertEqual(row.change_ids[:1].kind, "archive")
        row.change_ids[:1].action_undo()
        self.assertTrue(point.active)
        self.assertEqual(self.levels(point), (row.change_ids[-1:].old_min, row.change_ids[-1:].old_max))

    def test_an_archived_rule_is_used_again(self):
        point = self._point(self.product, 1, 2)
        point.active = False
        self._run()
        self.assertTrue(point.active)
        self.assertEqual(self.row().orderpoint_id, point)

    def test_manual_policies_only_show_figures(self):
        self.policy.mode = "manual"
        point = self._point(self.product, 1, 2)
        self._run()
        row = self.row()
        self.assertEqual((row.state, self.levels(point)), ("manual", (1, 2)))
        self.assertGreater(row.new_min, 0)

    def test_who_may(self):
        self._point(self.product, 1, 2)
        self.policy.mode = "suggest"
        self._run(user=self.user_planner)
        row = self.row()
        for name in ("action_accept", "action_order", "action_undo", "action_keep", "action_snooze",
                     "action_recompute", "action_options"):
            with self.assertRaises(AccessError, msg=name):
                getattr(row.with_user(self.user_stock), name)()
            with self.assertRaises(AccessError, msg=name):
                getattr(row.with_user(self.user_other), name)()
        with self.assertRaises(AccessError):
            self.Rule.with_user(self.user_stock).action_run()
        with self.assertRaises(AccessError):
            row.with_user(self.user_planner).write({"new_min": 3})
        with self.assertRaises(AccessError):
            row.orderpoint_id.with_user(self.user_planner).write({"product_min_qty": 3})
        row.with_user(self.user_planner).order_qty = 7
        self.assertEqual(row.order_qty, 7)
        with self.assertRaises(AccessError):
            row.change_ids.with_user(self.user_planner).create({"product_id": self.product.id})

    def test_other_companies_see_nothing(self):
        self._run()
        self.assertTrue(self.row())
        for model in ("rule", "policy", "change", "issue", "leadtime", "pickface"):
            Model = self.env[f"gantry.reorder.{model}"].with_user(self.user_other)
            self.assertFalse(Model.search([("company_id", "=", self.company_a.id)]), model)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderResume(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(lead_days=7, mode="auto")
        cls.products = cls.env["product.product"]
        for number in range(6):
            product = cls._product(f"Part {number}", standard_price=2)
            cls._predict(product, 10 + number)
            cls.products += product

    def test_a_run_goes_on_where_it_was_killed(self):
        with patch.object(gantry_reorder_run, "SHARD", 2):
            job = self.Rule._enqueue_run(self.company_a).sudo()
            handler = self.Rule._job_run(job)
            for _step in range(2):
                job.checkpoint = next(handler).checkpoint
            handler.close()
            done = job.checkpoint["counts"]["rules"]
            self.assertEqual((done, len(job.checkpoint["todo"])), (2, 2))
            last = {row.id: row.last_run for row in self.Rule.search([("product_id", "in", self.products.ids)])}
            self.assertEqual(sum(bool(moment) for moment in last.values()), 2)
            job._run_inline()
        self.assertEqual(job.state, "done")
        self.assertEqual(job.result["rules"], 6)
        changes = self.env["gantry.reorder.change"].search([("product_id", "in", self.products.ids)])
        self.assertEqual(len(changes), 6, "nothing is done twice")

    def test_the_warehouses_of_a_product_stay_in_one_shard(self):
        for product in self.products:
            self._predict(product, 5, warehouse=self.wh_a2)
        self.Rule._settle_rows(self.company_a)
        with patch.object(gantry_reorder_run, "SHARD", 3):
            shards = self.Rule._get_shards(self.company_a)
        self.assertGreater(len(shards), 1)
        for (_first, last), (first, _last) in zip(shards, shards[1:], strict=False):
            self.assertLess(last, first)

    def test_queries_do_not_grow_with_the_rules(self):
        self._run()

        def count(products):
            self.env.flush_all()
            rules = self.Rule.search([("product_id", "in", products.ids)])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch = self.Rule._prepare_reorder_problem(self.company_a, ids=rules.ids)
            self.Rule._solve_batch(self.company_a, batch, write_rules=False)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(self.products[:1]), count(self.products))

    def test_two_runs_of_a_company_are_one(self):
        self.assertEqual(self.Rule._enqueue_run(self.company_a), self.Rule._enqueue_run(self.company_a))

    def test_the_nightly_run_asks_for_a_job_per_company_with_forecasts(self):
        self.company_b.gantry_reorder_nightly = True
        self.Rule._cron_reorder()
        jobs = self.env["gantry.job"].search([("method", "=", "_job_run"), ("model", "=", "gantry.reorder.rule")])
        self.assertIn(self.company_a, jobs.company_id)
        self.assertNotIn(self.company_b, jobs.company_id)
        jobs._end("cancelled")
        self.company_a.gantry_reorder_nightly = False
        self.Rule._cron_reorder()
        self.assertFalse(self.env["gantry.job"].search([
            ("method", "=", "_job_run"), ("state", "=", "pending"), ("company_id", "=", self.company_a.id)]))
