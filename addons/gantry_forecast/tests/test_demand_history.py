import random

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, ForecastCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandHistory(ForecastCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._product("Valve")
        cls.loc_production = cls.env["stock.location"].search([
            ("usage", "=", "production"), ("company_id", "=", cls.company_a.id),
        ], limit=1)

    def _days(self, product=None, **domain):
        """{(warehouse, day, source): net quantity}"""
        self.Demand._refresh(self.company_a)
        rows = self.Demand.search([("product_id", "=", (product or self.product).id)])
        return {(row.warehouse_id, str(row.date), row.source): row.quantity for row in rows}

    def test_a_delivery_counts_on_its_day_in_the_warehouse_it_leaves(self):
        self._deliver(self.product, 4, self.wh_a1, "2026-02-03 09:00:00")
        self._deliver(self.product, 3, self.wh_a1, "2026-02-03 18:00:00")
        self._deliver(self.product, 2, self.wh_a2, "2026-02-04 09:00:00")
        self.assertEqual(self._days(), {
            (self.wh_a1, "2026-02-03", "delivery"): 7, (self.wh_a2, "2026-02-04", "delivery"): 2,
        })

    def test_the_day_begins_in_the_time_zone_of_the_company(self):
        self.company_a.partner_id.tz = "America/New_York"
        self._deliver(self.product, 4, self.wh_a1, "2026-02-03 02:00:00")
        self.assertEqual(list(self._days()), [(self.wh_a1, "2026-02-02", "delivery")])

    def test_a_linked_return_lowers_the_day_of_its_delivery(self):
        delivery = self._deliver(self.product, 10, self.wh_a1, "2026-01-05")
        self._return(self.product, 4, self.wh_a2, "2026-02-20", delivery)
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-05", "delivery"): 6})
        row = self.Demand.search([("product_id", "=", self.product.id)])
        self.assertEqual((row.quantity_out, row.quantity_returned, row.flag), (10, 4, "return"))

    def test_a_return_without_a_link_counts_on_its_own_day(self):
        self._deliver(self.product, 10, self.wh_a1, "2026-01-05")
        self._return(self.product, 4, self.wh_a1, "2026-01-07")
        self.assertEqual(self._days(), {
            (self.wh_a1, "2026-01-05", "delivery"): 10, (self.wh_a1, "2026-01-07", "delivery"): -4,
        })

    def test_what_was_made_and_goes_back_is_no_consumption(self):
        stock = self.wh_a1.lot_stock_id
        used = self._move(self.product, 9, stock, self.loc_production, "2026-01-05")
        made = self._move(self.product, 5, self.loc_production, stock, "2026-01-06")
        self._move(self.product, 5, stock, self.loc_production, "2026-01-09", origin_returned_move_id=made.id)
        self._move(self.product, 2, self.loc_production, stock, "2026-01-09", origin_returned_move_id=used.id)
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-05", "production"): 7})

    def test_negative_stock_is_not_out_of_stock(self):
        self._receive(self.product, 5, self.wh_a1, "2026-01-05")
        self._deliver(self.product, 8, self.wh_a1, "2026-01-12")
        self._deliver(self.product, 8, self.wh_a1, "2026-01-19")
        self.Demand._refresh(self.company_a)
        self.assertFalse(self.env["gantry.demand.stockout"].search([("product_id", "=", self.product.id)]))

    def test_a_dropshipment_and_its_return_are_no_demand_of_a_warehouse(self):
        drop = self._move(self.product, 5, self.loc_supplier, self.loc_customer, "2026-01-05", self.company_a)
        self._return(self.product, 5, self.wh_a1, "2026-01-09", drop)
        self.assertEqual(self._days(), {})

    def test_a_delivery_in_two_steps_counts_once(self):
        output = self.wh_a1.wh_output_stock_loc_id
        self._move(self.product, 5, self.wh_a1.lot_stock_id, output, "2026-01-05")
        self._move(self.product, 5, output, self.loc_customer, "2026-01-06", self.company_a)
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-06", "delivery"): 5})

    def test_production_counts_what_it_consumes_and_not_what_it_makes(self):
        stock = self.wh_a1.lot_stock_id
        used = self._move(self.product, 5, stock, self.loc_production, "2026-01-05")
        self._move(self.product, 9, self.loc_production, stock, "2026-01-06")
        self._move(
            self.product, 2, self.loc_production, stock, "2026-01-08", origin_returned_move_id=used.id)
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-05", "production"): 3})
        self.company_a.gantry_forecast_production = False
        self.assertEqual(self._days(), {})

    def test_transfers_to_other_warehouses_count_only_when_asked_for(self):
        self._move(self.product, 5, self.wh_a1.lot_stock_id, self.wh_a2.lot_stock_id, "2026-01-05")
        transit = self.company_a.internal_transit_location_id
        self._move(self.product, 3, self.wh_a1.lot_stock_id, transit, "2026-01-06")
        self._move(self.product, 3, transit, self.wh_a2.lot_stock_id, "2026-01-08")
        self.assertEqual(self._days(), {})
        self.company_a.gantry_forecast_transfer = True
        self.assertEqual(self._days(), {
            (self.wh_a1, "2026-01-05", "transfer"): 5, (self.wh_a1, "2026-01-06", "transfer"): 3,
        })

    def test_goods_for_another_company_are_sold(self):
        between = self.env["stock.location"].create({"name": "Between", "usage": "transit", "company_id": False})
        self._move(self.product, 5, self.wh_a1.lot_stock_id, between, "2026-01-05")
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-05", "delivery"): 5})

    def test_scrap_and_inventory_are_no_demand(self):
        loss = self.env["stock.location"].search([
            ("usage", "=", "inventory"), ("company_id", "in", (self.company_a.id, False))], limit=1)
        self._move(self.product, 5, self.wh_a1.lot_stock_id, loss, "2026-01-05")
        self.assertEqual(self._days(), {})

    def test_a_delivery_in_dozens_counts_in_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._deliver(self.product, 2, self.wh_a1, "2026-01-05", product_uom=dozen.id)
        self.assertEqual(self._days(), {(self.wh_a1, "2026-01-05", "delivery"): 24})

    def test_a_change_of_unit_in_the_middle_keeps_one_unit_for_the_whole_history(self):
        self._deliver(self.product, 24, self.wh_a1, "2026-01-05")
        self._days()
        self.product.product_tmpl_id.uom_id = self.env.ref("uom.product_uom_dozen")
        self._deliver(self.product, 2, self.wh_a1, "2026-02-05")
        # Odoo renames the unit of done moves and keeps their numbers: the history says the same as the stock
        self.assertEqual(self._days(), {
            (self.wh_a1, "2026-01-05", "delivery"): 24, (self.wh_a1, "2026-02-05", "delivery"): 2,
        })

    def test_flags_and_exclusions_of_a_planner_survive(self):
        delivery = self._deliver(self.product, 10, self.wh_a1, "2026-01-05")
        self._days()
        row = self.Demand.search([("product_id", "=", self.product.id)])
        row.write({"flag": "project", "excluded": True, "reason": "One-off"})
        self._return(self.product, 4, self.wh_a1, "2026-02-20", delivery)
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual((row.quantity, row.flag, row.excluded, row.reason), (6, "project", True, "One-off"))
        delivery.date = "2026-01-20"
        self.assertEqual(self._days(), {
            (self.wh_a1, "2026-01-05", "delivery"): 0, (self.wh_a1, "2026-01-20", "delivery"): 6,
        })
        self.assertTrue(row.excluded)

    def test_imported_rows_are_left_alone(self):
        self._sales(self.product, [5.0])
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual(self.Demand.search([("product_id", "=", self.product.id)]).quantity, 5)

    def test_an_incremental_refresh_ends_where_a_full_one_does(self):
        self.company_a.gantry_forecast_transfer = True
        rng = random.Random(11)
        products = [self._product(f"Random {i}") for i in range(4)]
        done = []
        for _round in range(4):
            for _move in range(8):
                product = rng.choice(products)
                warehouse = rng.choice([self.wh_a1, self.wh_a2])
                day = f"2026-0{rng.randint(1, 2)}-{rng.randint(1, 28):02d}"
                kind = rng.choice(["deliver", "deliver", "receive", "return", "transfer", "edit"])
                if kind == "deliver":
                    done.append(self._deliver(product, rng.randint(1, 9), warehouse, day))
                elif kind == "receive":
                    self._receive(product, rng.randint(5, 20), warehouse, day)
                elif kind == "transfer":
                    self._move(product, 2, self.wh_a1.lot_stock_id, self.wh_a2.lot_stock_id, day)
                elif done and kind == "return":
                    delivery = rng.choice(done)
                    self._return(delivery.product_id, 1, warehouse, day, rng.choice([delivery, None]))
                elif done:
                    rng.choice(done).date = day
            self.Demand._refresh(self.company_a)
            # what is written from now on is all that the next refresh may look at
            self.env.cr.execute("UPDATE stock_move SET write_date = write_date - interval '10 days'")
        incremental = self._all_rows(products)
        self.assertGreater(len(incremental), 10)
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual(incremental, self._all_rows(products))
        self.Demand.search([("product_id", "in", [p.id for p in products])]).unlink()
        self.Demand._refresh(self.company_a, full=True)
        self.assertEqual([row for row in incremental if row[-1]], self._all_rows(products))

    def _all_rows(self, products):
        rows = self.Demand.search([("product_id", "in", [p.id for p in products])], order="product_id, date, id")
        return sorted(
            (row.product_id.id, row.warehouse_id.id, row.date, row.source, row.quantity, row.line_count)
            for row in rows
        )

    def test_only_series_whose_past_changed_are_due(self):
        other = self._product("Other")
        self._deliver(self.product, 5, self.wh_a1, "2026-01-05")
        self._deliver(other, 5, self.wh_a1, "2026-01-05")
        self._days()
        forecasts = self._forecast(self.product) | self._forecast(other)
        self.assertEqual(len(forecasts), 2)
        forecasts.demand_changed = False
        self._deliver(other, 1, self.wh_a1, "2026-03-03")  # the running week
        self._days()
        self.assertEqual(forecasts.mapped("demand_changed"), [False, False])
        self._deliver(self.product, 1, self.wh_a1, "2026-02-20")
        self._days()
        self.assertEqual(forecasts.mapped("demand_changed"), [True, False])

    def test_the_number_of_queries_does_not_grow_with_the_products(self):
        def measure(products):
            for product in products:
                self._deliver(product, 5, self.wh_a1, "2026-01-05")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Demand._refresh(self.company_a)
            return self.env.cr.sql_log_count - before

        measure([self._product("Warm up")])
        few = measure([self._product("Few")])
        many = measure([self._product(f"Many {i}") for i in range(12)])
        self.assertLessEqual(many, few)

    # -- out of stock

    def _spans(self):
        self.Demand._refresh(self.company_a)
        spans = self.env["gantry.demand.stockout"].search([("product_id", "=", self.product.id)], order="date_from")
        return [(str(span.date_from), str(span.date_to), span.is_open) for span in spans]

    def test_days_between_the_last_piece_and_the_next_receipt_are_out_of_stock(self):
        self._receive(self.product, 5, self.wh_a1, "2026-01-01")
        self._deliver(self.product, 5, self.wh_a1, "2026-01-10")
        self._receive(self.product, 9, self.wh_a1, "2026-01-15")
        self._deliver(self.product, 1, self.wh_a1, "2026-01-20")
        self.assertEqual(self._spans(), [("2026-01-11", "2026-01-14", False)])

    def test_a_shelf_that_is_still_empty_is_out_of_stock_until_today(self):
        self._receive(self.product, 5, self.wh_a1, "2026-02-01")
        self._deliver(self.product, 5, self.wh_a1, "2026-02-27")
        self.assertEqual(self._spans(), [("2026-02-28", TODAY, True)])
        with freeze_time("2026-03-09"):
            self.assertEqual(self._spans(), [("2026-02-28", "2026-03-09", True)])
        with freeze_time("2026-12-31"):
            self.assertEqual(self._spans(), [("2026-02-28", "2026-05-28", True)])

    def test_a_warehouse_without_receipts_tells_nothing(self):
        self._deliver(self.product, 5, self.wh_a1, "2026-01-10")
        self._deliver(self.product, 5, self.wh_a1, "2026-02-10")
        self.assertEqual(self._spans(), [])

    def test_moves_inside_a_warehouse_do_not_empty_it(self):
        shelf = self.env["stock.location"].create({
            "name": "Shelf", "location_id": self.wh_a1.lot_stock_id.id, "usage": "internal"})
        self._receive(self.product, 5, self.wh_a1, "2026-01-01")
        self._move(self.product, 5, self.wh_a1.lot_stock_id, shelf, "2026-01-10")
        self.assertEqual(self._spans(), [])

    def test_an_excluded_day_makes_the_series_due(self):
        self._deliver(self.product, 5, self.wh_a1, "2026-01-05")
        self._days()
        forecast = self._forecast(self.product)
        forecast.demand_changed = False
        self.Demand.search([("product_id", "=", self.product.id)]).with_user(self.user_planner).excluded = True
        self.assertTrue(forecast.demand_changed)

    def test_a_shared_product_has_its_own_history_in_every_company(self):
        self._deliver(self.product, 5, self.wh_a1, "2026-01-05")
        self._deliver(self.product, 8, self.wh_b1, "2026-01-05")
        self.Demand._refresh(self.company_b)
        self._days()
        rows = self.Demand.with_context(allowed_company_ids=(self.company_a | self.company_b).ids).search([
            ("product_id", "=", self.product.id)])
        self.assertEqual({row.company_id: row.quantity for row in rows}, {self.company_a: 5, self.company_b: 8})
