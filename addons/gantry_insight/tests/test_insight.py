from odoo.tests import freeze_time, tagged

from .common import DAY, TODAY, InsightCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsight(InsightCase):
    def test_stock_is_valued_at_cost_and_its_sums_agree_with_odoo(self):
        saw, oil = self._item("Saw", cost=12.5), self._item("Oil", cost=4)
        self._receive(saw, 40, self.wh_a1, self._day(3))
        self._receive(oil, 10, self.wh_a2, self._day(3))
        self._look()
        self.assertEqual((self._row(saw).on_hand_qty, self._row(saw).value), (40, 500))
        total = sum(self.Insight.search([("company_id", "=", self.company_a.id)]).mapped("value"))
        known = (saw | oil).with_company(self.company_a)
        self.assertAlmostEqual(total, sum(p.qty_available * p.standard_price for p in known))

    def test_without_a_cost_the_sales_price_counts(self):
        gift = self._item("Gift", cost=0, list_price=7)
        self._receive(gift, 2, self.wh_a1, self._day(3))
        self._look()
        self.assertEqual(self._row(gift).value, 14)

    def test_goods_of_a_consignor_are_no_value_of_ours(self):
        saw = self._item("Saw")
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self.env["stock.quant"]._update_available_quantity(saw, self.wh_a1.lot_stock_id, 5, owner_id=owner)
        self._put(saw, 3, self.wh_a1)
        self._look()
        self.assertEqual(self._row(saw).on_hand_qty, 3)

    def test_the_newest_receipts_are_what_is_left(self):
        """100, 50 and 20 came in; 120 were sold; the 50 left are the 20 newest and 30 of the 50 before them."""
        saw = self._item("Saw", cost=1)
        self._receive(saw, 100, self.wh_a1, self._day(400))
        self._receive(saw, 50, self.wh_a1, self._day(70))
        self._receive(saw, 20, self.wh_a1, self._day(10))
        self._deliver(saw, 120, self.wh_a1, self._day(5))
        self._look()
        row = self._row(saw)
        self.assertEqual((row.age_0_value, row.age_31_value, row.age_61_value, row.age_366_value), (20, 0, 30, 0))
        self.assertAlmostEqual(row.age_days, (20 * 10 + 30 * 70) / 50)

    def test_a_move_inside_the_warehouse_makes_nothing_young_again(self):
        saw = self._item("Saw", cost=1)
        self._receive(saw, 10, self.wh_a1, self._day(100))
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.wh_a1.lot_stock_id.id})
        self._move(saw, 10, self.wh_a1.lot_stock_id, shelf, self._day(1))
        self._look()
        self.assertEqual((self._row(saw).age_91_value, self._row(saw).age_0_value), (10, 0))

    def test_stock_that_no_receipt_explains_is_as_old_as_its_quant(self):
        saw = self._item("Saw", cost=1)
        self._put(saw, 10, self.wh_a1)
        self.env["stock.quant"].search([("product_id", "=", saw.id)]).in_date = self._day(200)
        self._look()
        self.assertEqual(self._row(saw).age_181_value, 10)
        self.assertEqual(sum(self._row(saw)[name] for name in (
            "age_0_value", "age_31_value", "age_61_value", "age_91_value", "age_366_value")), 0)

    def test_turns_are_demand_over_the_mean_daily_stock(self):
        """100 on hand for 100 days, 50 for the last 50 days of the year: 17,500 / 365 days... turned 150 times."""
        saw = self._item("Saw", cost=1)
        self._receive(saw, 150, self.wh_a1, self._day(150))
        self._deliver(saw, 50, self.wh_a1, self._day(100))
        self._deliver(saw, 50, self.wh_a1, self._day(50))
        self._look()
        row = self._row(saw)
        average = (150 * 50 + 100 * 50 + 50 * 50) / 365
        self.assertAlmostEqual(row.avg_value, average, delta=0.01)
        self.assertAlmostEqual(row.turns, 100 / average, delta=0.01)

    def test_turns_of_a_group_are_sums_over_sums(self):
        for name, cost in (("Cheap", 1), ("Dear", 1000)):
            product = self._item(name, cost=cost)
            self._receive(product, 100, self.wh_a1, self._day(300))
            self._deliver(product, 50 if cost == 1 else 10, self.wh_a1, self._day(30))
        self._look()
        rows = self.Insight.search([("company_id", "=", self.company_a.id)])
        [(turns, service)] = self.Insight._read_group([("id", "in", rows.ids)], [], ["turns:avg", "service:avg"])
        self.assertAlmostEqual(turns, sum(rows.mapped("demand_value")) / sum(rows.mapped("avg_value")), places=4)
        self.assertNotAlmostEqual(turns, sum(rows.mapped("turns")) / 2, places=2)
        self.assertAlmostEqual(service, 100)

    def test_cover_follows_the_forecast(self):
        """Wednesday: 5 of the 7 days of this week are left; then 14 a week."""
        saw = self._item("Saw")
        self._receive(saw, 33, self.wh_a1, self._day(3))
        self._expect(saw, [7] + [14] * 12)
        self._look()
        self.assertAlmostEqual(self._row(saw).cover_days, 5 + 14, delta=0.01)
        self.assertEqual(self._row(saw).basis, "forecast")

    def test_without_a_forecast_the_last_year_counts(self):
        saw = self._item("Saw")
        self._receive(saw, 400, self.wh_a1, self._day(364))
        for back in range(10, 360, 35):
            self._deliver(saw, 36.5, self.wh_a1, self._day(back))
        self.Forecast.search([("product_id", "=", saw.id)]).sudo().unlink()
        self._look()
        self.Forecast.search([("product_id", "=", saw.id)]).sudo().unlink()
        self._look()
        row = self._row(saw)
        self.assertEqual(row.basis, "history")
        self.assertGreater(row.cover_days, 20)
        self.assertLess(row.cover_days, 60)

    def test_a_season_after_the_end_of_the_forecast_is_seen(self):
        """Nothing is forecast for thirteen weeks, but last summer 400 were sold: 300 on hand are not slow."""
        tent = self._item("Tent")
        self._receive(tent, 700, self.wh_a1, self._day(360))
        for back in (240, 230, 220, 210):
            self._deliver(tent, 100, self.wh_a1, self._day(back))
        self._expect(tent, 0.01)
        self._look()
        self.assertLess(self._row(tent).cover_days, 200)
        self.assertNotEqual(self._row(tent).status, "slow")

    def test_service_counts_the_days_out_of_stock(self):
        """100 days known, 20 of them out of stock: 80 days sold 80, so 20 more would have been sold."""
        saw = self._item("Saw", cost=2)
        self._receive(saw, 60, self.wh_a1, self._day(100))
        self._deliver(saw, 60, self.wh_a1, self._day(60))
        self._receive(saw, 30, self.wh_a1, self._day(39))
        self._deliver(saw, 20, self.wh_a1, self._day(10))
        self._look()
        row = self._row(saw)
        self.assertEqual((row.stockout_count, row.stockout_days, row.known_days), (1, 20, 100))
        self.assertAlmostEqual(row.lost_value, 2 * 20)
        self.assertAlmostEqual(row.service, 80)
        self.assertTrue(row.below_target)
        self.company_a.gantry_insight_service_pct = 75
        self._look()
        self.assertFalse(self._row(saw).below_target)

    def test_excess_is_what_the_horizon_leaves(self):
        saw = self._item("Saw", cost=3)
        self._receive(saw, 200, self.wh_a1, self._day(120))
        self._expect(saw, 7)
        self._look()
        self.assertAlmostEqual(self._row(saw).excess_qty, 110)
        self.assertAlmostEqual(self._row(saw).excess_value, 330)
        self.assertEqual(self._row(saw).status, "excess")

    def test_a_new_product_is_not_too_much(self):
        saw = self._item("Saw")
        self._receive(saw, 200, self.wh_a1, self._day(20))
        self._expect(saw, 1)
        self._look()
        self.assertEqual((self._row(saw).excess_value, self._row(saw).status), (0, "ok"))

    def test_above_the_maximum_of_the_rule_is_excess(self):
        saw = self._item("Saw", cost=1)
        self.env["stock.warehouse.orderpoint"].create({
            "product_id": saw.id, "warehouse_id": self.wh_a1.id, "location_id": self.wh_a1.lot_stock_id.id,
            "product_min_qty": 5, "product_max_qty": 30})
        self._receive(saw, 50, self.wh_a1, self._day(20))
        self._expect(saw, 7)
        self._look()
        self.assertEqual((self._row(saw).min_qty, self._row(saw).max_qty, self._row(saw).excess_qty), (5, 30, 20))

    def test_what_arrives_in_time_is_no_shortage(self):
        saw = self._item("Saw", cost=1)
        self._receive(saw, 7, self.wh_a1, self._day(20))
        self._expect(saw, 7)
        self._look()
        self.assertAlmostEqual(self._row(saw).short_qty, 7)
        self.assertEqual(self._row(saw).stockout_date.isoformat(), "2026-03-11")
        self.assertEqual(self._row(saw).status, "short")
        self._open_receipt(saw, 50, ahead=3)
        self._look()
        self.assertEqual((self._row(saw).short_qty, self._row(saw).status), (0, "ok"))
        self.assertEqual(self._row(saw).incoming_qty, 50)

    def test_dead_is_what_nobody_touched_for_a_year(self):
        saw, new = self._item("Saw"), self._item("New")
        self._receive(saw, 10, self.wh_a1, self._day(500))
        self._deliver(saw, 1, self.wh_a1, self._day(400))
        self._receive(new, 10, self.wh_a1, self._day(200))
        self._look()
        self.assertEqual(self._row(saw).status, "dead")
        self.assertEqual(self._row(new).status, "slow")

    def test_classes_by_value_and_variability(self):
        """One product makes 90 % of the demand in money and sells the same every month, the other once a year."""
        steady, rare, nothing = self._item("Steady", cost=90), self._item("Rare", cost=10), self._item("Nothing")
        for product in (steady, rare, nothing):
            self._receive(product, 500, self.wh_a1, self._day(364))
        for number in range(13):
            self._deliver(steady, 10, self.wh_a1, self._day(14 + 28 * number))
        self._deliver(rare, 130, self.wh_a1, self._day(350))
        self._look()
        self.assertEqual((self._row(steady).abc, self._row(steady).xyz), ("A", "X"))
        self.assertEqual((self._row(rare).abc, self._row(rare).xyz), ("B", "Z"))
        self.assertEqual((self._row(nothing).abc, self._row(nothing).xyz), ("C", False))
        self.assertAlmostEqual(self._row(steady).variability, 0, places=5)

    def test_each_warehouse_has_its_own_classes(self):
        big, small = self._item("Big", cost=100), self._item("Small", cost=1)
        for product, warehouse in ((big, self.wh_a1), (small, self.wh_a2)):
            self._receive(product, 100, warehouse, self._day(300))
            self._deliver(product, 50, warehouse, self._day(30))
        self._look()
        self.assertEqual(self._row(small, self.wh_a2).abc, "A")

    def test_holding_cost_is_a_share_of_the_value(self):
        saw = self._item("Saw", cost=10)
        self._receive(saw, 10, self.wh_a1, self._day(3))
        self.company_a.gantry_insight_holding_pct = 25
        self._look()
        self.assertEqual(self._row(saw).holding_cost, 25)

    def test_units_of_the_move_are_turned_into_those_of_the_product(self):
        saw = self._item("Saw", cost=1)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._receive(saw, 2, self.wh_a1, self._day(40), product_uom=dozen.id)
        self._look()
        self.assertEqual((self._row(saw).on_hand_qty, self._row(saw).age_31_value), (24, 24))

    def test_a_row_goes_with_its_stock_and_keeps_its_id(self):
        saw = self._item("Saw")
        self._receive(saw, 10, self.wh_a1, self._day(3))
        self._look()
        row = self._row(saw)
        self._look()
        self.assertEqual(self._row(saw), row)
        self._move(saw, 10, self.wh_a1.lot_stock_id, self.loc_supplier, self._day(0))
        self._look()
        self.assertFalse(self._row(saw))

    def test_some_products_are_refreshed_alone(self):
        saw, oil = self._item("Saw"), self._item("Oil")
        for product in (saw, oil):
            self._receive(product, 10, self.wh_a1, self._day(3))
        self._look()
        abc = self._row(saw).abc
        for product in (saw, oil):
            self._receive(product, 10, self.wh_a1, self._day(0))
        self._look(products=saw.ids)
        self.assertEqual((self._row(saw).on_hand_qty, self._row(oil).on_hand_qty), (20, 10))
        self.assertEqual(self._row(saw).abc, abc)

    def test_queries_do_not_grow_with_the_products(self):
        counts = []
        for number in (1, 30):
            for index in range(number):
                product = self._item(f"Part {number}-{index}")
                self._receive(product, 10, self.wh_a1, self._day(3))
            self.env["gantry.demand"]._refresh(self.company_a)
            self.Insight._refresh(self.company_a)
            self.Alert._refresh(self.company_a)
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            self.Insight._refresh(self.company_a)
            self.Alert._refresh(self.company_a)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_the_job_does_everything_and_can_go_on_after_a_pause(self):
        saw = self._item("Saw")
        self._receive(saw, 10, self.wh_a1, self._day(3))
        job = self.Insight.with_user(self.user_planner).with_company(self.company_a)._enqueue_refresh(self.company_a)
        job._run_inline(max_steps=1)
        self.assertEqual((job.sudo().state, job.sudo().checkpoint["step"]), ("running", "alerts"))
        job._run_inline()
        self.assertEqual(job.sudo().state, "done", job.sudo().error)
        self.assertTrue(self._row(saw))
        self.assertEqual(job.sudo().result["rows"], 1)

    def test_a_forecast_run_asks_for_new_insight(self):
        job = self.env["gantry.job"].search([
            ("identity", "=", "gantry_insight.refresh"), ("company_id", "=", self.company_a.id)])
        saw = self._item("Saw")
        self._sales(saw, [5, 7, 6, 4] * 15)
        self.assertEqual(self._refresh(self.company_a).state, "done")
        self.assertTrue(self.env["gantry.job"].search([
            ("identity", "=", "gantry_insight.refresh"), ("company_id", "=", self.company_a.id)]) - job)

    def test_imported_history_is_looked_at_from_its_own_end(self):
        """Sales end in 2024: the year that counts is the one before, not the empty one before the real today."""
        saw = self._item("Saw", cost=2)
        self._sales(saw, [5] * 40, last="2025-06-02")
        self._put(saw, 100, self.wh_a1)
        self._look()
        self.assertEqual(self.env["gantry.demand"]._get_today(self.company_a).isoformat(), "2025-06-02")
        self.assertEqual(self._row(saw).demand_qty, 200)
        self.assertEqual(self._row(saw).last_demand_date.isoformat(), "2025-06-01")
        self.assertEqual(self._row(saw).wanted_value, 0, "nothing is known of days out of stock")

    def test_today_is_the_day_of_the_tests(self):
        self.assertEqual(self.env["gantry.demand"]._get_today(self.company_a), DAY)
