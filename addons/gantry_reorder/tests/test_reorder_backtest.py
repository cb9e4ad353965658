import json
from datetime import date, timedelta
from unittest.mock import patch

import numpy as np

from odoo.addons.gantry_forecast.tools.copy import copy_from
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from ..models import gantry_reorder_backtest_run
from .common import TODAY, ReorderCase

DAYS = 700
LAST = date.fromisoformat(TODAY) - timedelta(days=1)


class BacktestCase(ReorderCase):
    """Products that sold day by day for almost two years, with rules in force and a lead time of seven days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(lead_days=7, mode="suggest", holding_pct=20, order_cost=1)
        cls.Backtest = cls.env["gantry.reorder.backtest"].with_user(cls.user_planner)
        rng = np.random.default_rng(3)
        cls.steady = cls._product("Steady", standard_price=2)
        cls.scarce = cls._product("Scarce", standard_price=5)
        cls.sold = {cls.steady: rng.poisson(10, DAYS).astype(float), cls.scarce: rng.poisson(4, DAYS).astype(float)}
        for product, quantities in cls.sold.items():
            cls._sell(product, quantities)
            cls._predict(product, float(7 * quantities.mean()))
        cls._point(cls.steady, 90, 200)
        cls._point(cls.scarce, 5, 20)
        cls._run()

    @classmethod
    def _sell(cls, product, quantities):
        """Demand a day, the last one yesterday."""
        table = np.zeros(len(quantities), [
            ("product_id", "i4"), ("warehouse_id", "i4"), ("company_id", "i4"), ("date", "M8[D]"), ("quantity", "f8"),
            ("quantity_out", "f8")])
        table["product_id"], table["warehouse_id"] = product.id, cls.wh_a1.id
        table["company_id"] = cls.company_a.id
        table["date"] = np.datetime64(LAST) - np.arange(len(quantities))[::-1]
        table["quantity"] = table["quantity_out"] = quantities
        cls.env.cr.execute(
            "ALTER TABLE gantry_demand ALTER COLUMN source SET DEFAULT 'delivery',"
            " ALTER COLUMN flag SET DEFAULT 'none'")
        copy_from(cls.env.cr, "gantry_demand", table.dtype.names, table[table["quantity"] != 0])
        cls.env["gantry.demand"].invalidate_model()

    def _replayed(self, **vals):
        backtest = self.Backtest.create(vals)
        backtest.action_run()
        backtest.sudo().job_id._run_inline()
        backtest.invalidate_recordset()
        return backtest

    def _line(self, backtest, method):
        return backtest.line_ids.filtered(lambda line: line.method == method)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderBacktest(BacktestCase):
    def test_the_rule_in_force_is_played_as_a_clerk_would_play_it(self):
        """An oracle: the loop that anybody would write by hand, a lead time of seven days, demand lost."""
        backtest = self._replayed(product_ids=[(6, 0, self.scarce.ids)])
        self.assertEqual(backtest.state, "done", backtest.sudo().job_id.error)
        judged = len(backtest.chart["dates"])
        demand = self.sold[self.scarce]
        first = LAST - timedelta(days=364 + 56)
        start = DAYS - 1 - (LAST - first + timedelta(days=first.weekday())).days
        stock, pipeline, short, days, runs, held, before = 20.0, {}, 0.0, 0, 0, 0.0, False
        for day in range(start, DAYS):
            if stock + sum(pipeline.values()) < 5:
                pipeline[day + 7] = 20 - stock - sum(pipeline.values())
            stock += pipeline.pop(day, 0.0)
            missed = max(demand[day] - stock, 0.0)
            if day >= DAYS - judged:
                held += (stock + max(stock - demand[day], 0.0)) / 2
                short += missed
                days += missed > 0
                runs += missed > 0 and not before
            before = missed > 0
            stock = max(stock - demand[day], 0.0)
        line = self._line(backtest, "current")
        self.assertEqual((line.stockouts, line.stockout_days), (runs, days))
        self.assertAlmostEqual(line.short_value, 5 * short, places=1)
        self.assertAlmostEqual(line.stock_value, 5 * held / judged, places=1)
        self.assertAlmostEqual(line.fill_pct, 100 * (1 - short / demand[-judged:].sum()), places=1)
        self.assertGreater(runs, 10, "the rule in force is a bad one")

    def test_ours_serves_more_and_says_so(self):
        backtest = self._replayed(product_ids=[(6, 0, self.scarce.ids)])
        ours, current = self._line(backtest, "gantry"), self._line(backtest, "current")
        self.assertLess(ours.stockouts, current.stockouts / 3)
        self.assertGreater(ours.fill_pct, 95)
        self.assertRegex(backtest.sentence, rf"^{current.stockouts} stock-outs become .* average stock .* becomes ")
        self.assertIn("the rules in force", backtest.sentence)
        product = backtest.product_line_ids
        self.assertEqual(product.product_id, self.scarce)
        self.assertEqual(
            (product.gantry_stockouts, product.current_stockouts), (ours.stockouts, current.stockouts))
        self.assertAlmostEqual(product.saved_value, current.stock_value - ours.stock_value, places=1)

    def test_every_method_has_a_day_by_day_line(self):
        backtest = self._replayed()
        chart = backtest.with_user(self.user_stock).get_chart()
        self.assertEqual(len(chart["dates"]), 365)
        self.assertEqual(chart["dates"][-1], LAST.isoformat())
        self.assertEqual([series["method"] for series in chart["series"]], backtest.line_ids.mapped("method"))
        for series in chart["series"]:
            self.assertEqual({len(series["stock"]), len(series["short"])}, {365})
            self.assertTrue(series["label"])
        ours = chart["series"][0]
        self.assertAlmostEqual(sum(ours["short"]), self._line(backtest, "gantry").short_value, delta=2)

    def test_levels_know_nothing_of_the_future(self):
        backtest = self.Backtest.create({"product_ids": [(6, 0, self.steady.ids)]}).sudo()
        ids = self._row(self.steady).ids
        recipe, columns, starts = backtest._choose_models(self.company_a, ids)
        past = backtest._prepare_past(self.company_a, ids, starts[0])
        before = backtest._get_levels(past, recipe, columns[2]).order_up_to
        past.series.problem.demand[:, columns[2]:] *= 10
        self.assertEqual(before.tolist(), backtest._get_levels(past, recipe, columns[2]).order_up_to.tolist())
        self.assertGreater(
            backtest._get_levels(past, recipe, columns[4]).order_up_to[0], 1.5 * before[0], "later ones do see it")

    def test_a_higher_target_costs_stock_and_saves_misses(self):
        low = self._replayed(own_settings=True, target_pct=80)
        high = self._replayed(own_settings=True, target_pct=99.5)
        low, high = (self._line(backtest, "gantry") for backtest in (low, high))
        self.assertLess(low.stock_value, high.stock_value)
        self.assertGreater(low.short_value, high.short_value)

    def test_unserved_demand_may_wait(self):
        lost = self._line(self._replayed(), "current")
        waits = self._line(self._replayed(unserved="waits"), "current")
        self.assertGreater(waits.short_value, lost.short_value, "what waits is in the way of the next demand")

    def test_a_killed_replay_goes_on_where_it_was(self):
        whole = self._replayed()
        with patch.object(gantry_reorder_backtest_run, "SHARD", 1):
            backtest = self.Backtest.create({})
            backtest.action_run()
            job = backtest.sudo().job_id
            steps = backtest._job_run(job)
            step = next(one for one in steps if one.checkpoint and one.checkpoint["done"])
            steps.close()
            job.checkpoint = json.loads(json.dumps(step.checkpoint))
            self.assertEqual(job.checkpoint["done"], 1)
            job._run_inline()
        backtest.invalidate_recordset()
        self.assertEqual(backtest.state, "done")
        for line in whole.line_ids:
            other = self._line(backtest, line.method)
            self.assertEqual(line.stockouts, other.stockouts)
            self.assertAlmostEqual(line.stock_value, other.stock_value, delta=0.05 * line.stock_value)
        self.assertEqual(len(backtest.product_line_ids), 2)

    def test_a_second_replay_replaces_the_first(self):
        backtest = self._replayed()
        backtest.action_run()
        backtest.sudo().job_id._run_inline()
        backtest.invalidate_recordset()
        self.assertEqual(len(backtest.product_line_ids), 2)
        self.assertEqual(len(backtest.line_ids), len(set(backtest.line_ids.mapped("method"))))

    def test_rules_that_cannot_be_replayed_are_counted(self):
        fresh = self._product("Fresh")
        self._predict(fresh, 7)
        self._sell(fresh, np.ones(DAYS))
        self._run()
        backtest = self._replayed()
        self.assertEqual((backtest.product_count, backtest.skipped_count), (2, 1))
        self.assertIn("1 products without a rule in force", backtest.note)
        self.assertEqual(len(backtest.product_line_ids), 3)

    def test_without_rules_in_force_the_wizard_is_the_measure(self):
        self.Point.search([("company_id", "=", self.company_a.id)]).unlink()
        self._run()
        backtest = self._replayed()
        self.assertFalse(self._line(backtest, "current"))
        self.assertIn("Odoo's suggestion", backtest.sentence)

    def test_what_really_happened_comes_from_the_moves(self):
        self._receive(self.steady, 700, self.wh_a1, LAST - timedelta(days=99))
        backtest = self._replayed(product_ids=[(6, 0, self.steady.ids)])
        line = self._line(backtest, "actual")
        self.assertAlmostEqual(line.stock_value, 2 * 700 * 100 / 365, places=1)
        self.assertFalse(line.has_demand)

    def test_a_short_history_is_told(self):
        self.env.cr.execute(
            "DELETE FROM gantry_demand WHERE company_id = %s AND date < %s",
            (self.company_a.id, LAST - timedelta(days=60)))
        backtest = self._replayed()
        self.assertEqual(backtest.state, "failed")
        self.assertIn("too short", backtest.sudo().job_id.error)

    def test_a_scope_without_rules_is_refused(self):
        backtest = self.Backtest.create({"warehouse_id": self.wh_a2.id})
        with self.assertRaisesRegex(UserError, "no reorder rules in this scope"):
            backtest.action_run()

    def test_the_future_cannot_be_replayed(self):
        with self.assertRaisesRegex(ValidationError, "Only the past"):
            self.Backtest.create({"date_to": LAST + timedelta(days=30)})

    # -- who may

    def test_settings_are_set_by_managers_only(self):
        backtest = self._replayed(
            policy_id=self.policy.id, own_settings=True, target_kind="fill", target_pct=91, holding_pct=33)
        with self.assertRaises(AccessError):
            backtest.action_apply()
        backtest.with_user(self.user_manager).action_apply()
        self.assertEqual((self.policy.target_pct, self.policy.holding_pct), (91, 33))

    def test_stock_users_read_and_planners_of_others_see_nothing(self):
        backtest = self._replayed()
        self.assertTrue(backtest.with_user(self.user_stock).sentence)
        with self.assertRaises(AccessError):
            backtest.with_user(self.user_stock).action_run()
        with self.assertRaises(AccessError):
            self.Backtest.with_user(self.user_stock).create({})
        for model in ("backtest", "backtest.line", "backtest.product"):
            records = self.env[f"gantry.reorder.{model}"].with_user(self.user_other)
            self.assertFalse(records.search([]))
        with self.assertRaises(AccessError):
            backtest.with_user(self.user_other).get_chart()

    def test_results_are_not_written_by_hand(self):
        backtest = self._replayed()
        for vals in ({"date_done": False}, {"chart": {}}, {"facts": {}}, {"job_id": False}):
            with self.assertRaises(AccessError):
                backtest.write(vals)
        with self.assertRaises(AccessError):
            backtest.line_ids.write({"stockouts": 0})
        with self.assertRaises(AccessError):
            backtest.product_line_ids.unlink()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderWhatif(BacktestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Whatif = cls.env["gantry.reorder.whatif"].with_user(cls.user_planner)

    def test_more_service_needs_more_stock(self):
        answer = self.Whatif.get_curve()
        curve = answer["curve"]
        self.assertGreater(len(curve), 5)
        for name in ("target", "fill", "stock"):
            values = [point[name] for point in curve]
            self.assertEqual(values, sorted(values), name)
        self.assertGreater(curve[0]["short"], curve[-1]["short"])
        self.assertEqual(answer["rules"], 2)
        json.dumps(answer)

    def test_the_scope_narrows_it(self):
        whole = self.Whatif.get_curve()
        part = self.Whatif.get_curve(rule_ids=self._row(self.steady).ids)
        self.assertEqual(part["rules"], 1)
        self.assertLess(part["curve"][-1]["stock"], whole["curve"][-1]["stock"])
        nothing = self.Whatif.get_curve(warehouse_id=self.wh_a2.id)
        self.assertEqual((nothing["curve"], bool(nothing["reason"])), ([], True))

    def test_rules_in_force_lie_beside_the_curve(self):
        answer = self.Whatif.get_curve(rule_ids=self._row(self.scarce).ids)
        self.assertLess(answer["current"]["fill"], 70, "minimum 5 for a lead time in which 28 sell")
        steady = self.Whatif.get_curve(rule_ids=self._row(self.steady).ids)["current"]
        self.assertGreater(steady["fill"], 95)
        self.assertGreater(steady["stock"], 0)

    def test_a_large_scope_is_sampled_and_scaled(self):
        whole = self.Whatif.get_curve()["curve"]
        with patch("odoo.addons.gantry_reorder.models.gantry_reorder_whatif.SAMPLE", 1):
            sampled = self.Whatif.get_curve()
        self.assertEqual(sampled["rules"], 2)
        first = min((self._row(self.steady) | self._row(self.scarce)).ids)
        one = self.Whatif.get_curve(rule_ids=[first])["curve"]
        self.assertAlmostEqual(sampled["curve"][-1]["stock"], 2 * one[-1]["stock"], places=2)
        self.assertNotAlmostEqual(sampled["curve"][-1]["stock"], whole[-1]["stock"], places=2)

    def test_only_managers_set_a_policy(self):
        vals = {"policy_id": self.policy.id, "target_pct": 93.0, "holding_pct": 25.0}
        with self.assertRaises(AccessError):
            self.Whatif.apply_to_policy(**vals)
        self.Whatif.with_user(self.user_manager).apply_to_policy(**vals)
        self.assertEqual((self.policy.target_pct, self.policy.holding_pct, self.policy.target_kind), (93, 25, "fill"))

    def test_a_replay_begins_with_what_was_chosen(self):
        action = self.Whatif.new_backtest(policy_id=self.policy.id, target_pct=92.0, holding_pct=15.0)
        backtest = self.Backtest.browse(action["res_id"])
        self.assertEqual((backtest.policy_id, backtest.target_pct, backtest.own_settings), (self.policy, 92, True))
        with self.assertRaises(AccessError):
            self.Whatif.with_user(self.user_stock).new_backtest()

    def test_other_companies_stay_out(self):
        other = self.env["gantry.reorder.whatif"].with_user(self.user_other)
        self.assertEqual(other.get_curve()["rules"], 0)
        with self.assertRaises(AccessError):
            other.get_curve(policy_id=self.policy.id)
