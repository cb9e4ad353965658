"""Forecasting through the database: history from a million moves, 100,000 series read, forecast and written.

Runs inside an Odoo shell on any database with `gantry_forecast`; everything it makes is rolled back.
"""

from __future__ import annotations

import time

NEEDS_ODOO = True
MONTHS, WAREHOUSES = 36, 4


def arguments(parser):
    parser.add_argument("--series", type=int, default=100_000, help="products per warehouse in the forecast")
    parser.add_argument("--moves", type=int, default=1_000_000, help="done moves in the history")


def run(report, args, env):
    series = getattr(args, "series", None) or 100_000
    moves = getattr(args, "moves", None) or 1_000_000
    try:
        bench = Bench(env)
        bench.history(report, moves)
        bench.forecast(report, series)
        bench.screens(report)
    finally:
        env.cr.rollback()


class Bench:
    def __init__(self, env):
        self.company = env["res.company"].create({
            "name": "Benchmark", "gantry_forecast_bucket": "month", "gantry_forecast_horizon": 12,
            "gantry_forecast_statistical": False, "gantry_forecast_panel": False,
        })
        self.env = env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        Warehouse = env["stock.warehouse"].with_company(self.company)
        self.warehouses = Warehouse.search([("company_id", "=", self.company.id)])
        while len(self.warehouses) < WAREHOUSES:
            number = len(self.warehouses)
            self.warehouses += Warehouse.create({
                "name": f"Benchmark {number}", "code": f"BM{number}", "company_id": self.company.id})
        self.product = env["product.product"].create({
            "name": "Benchmark", "is_storable": True, "standard_price": 5, "company_id": self.company.id})
        self.rows = []

    def time(self, name, goal, function):
        start = time.perf_counter()
        result = function()
        self.rows.append([name, time.perf_counter() - start, goal])
        return result

    def table(self, report, title):
        report.table(title, ["step", "seconds", "goal"], self.rows)
        self.rows = []

    def products(self, count):
        """Copies of the product; their first and last id."""
        self.env.flush_all()
        cr = self.env.cr
        ids = []
        for table, key in (("product_template", None), ("product_product", "product_tmpl_id")):
            cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))
            columns = [row[0] for row in cr.fetchall() if row[0] not in ("id", key)]
            names = ", ".join(f'"{column}"' for column in columns)
            source = self.product.product_tmpl_id.id if key is None else self.product.id
            extra = f', "{key}"' if key else ""
            value = f", {ids[0]} + copy.number" if key else ""
            cr.execute(f"SELECT max(id) FROM {table}")
            first = cr.fetchone()[0] + 1
            cr.execute(
                f"INSERT INTO {table} (id, {names}{extra}) SELECT {first} + copy.number, {names}{value}"
                f" FROM {table}, generate_series(0, %s - 1) AS copy(number) WHERE {table}.id = %s",
                (count, source),
            )
            cr.execute(f"SELECT setval('{table}_id_seq', %s)", (first + count,))
            cr.execute(f"ANALYZE {table}")
            ids.append(first)
        self.env.invalidate_all()
        return ids[1]

    def history(self, report, moves):
        """A million deliveries of 2,500 products in four warehouses."""
        count = 2500
        first = self.products(count)
        customer = self.env.ref("stock.stock_location_customers").id
        supplier = self.env.ref("stock.stock_location_suppliers").id
        stock = [warehouse.lot_stock_id.id for warehouse in self.warehouses]
        cr = self.env.cr
        cr.execute(
            """
            INSERT INTO stock_move (sequence, company_id, product_id, product_qty, product_uom_qty, quantity,
                                    product_uom, location_id, location_dest_id, state, procure_method, picked, date,
                                    create_date, write_date)
            SELECT 10, %(company)s, %(first)s + abs(hashint4(i)::bigint) %% %(count)s, q, q, q, %(uom)s,
                   CASE WHEN receipt THEN %(supplier)s ELSE place END,
                   CASE WHEN receipt THEN place ELSE %(customer)s END, 'done', 'make_to_stock', TRUE,
                   day, day, day
              FROM (SELECT i, 1 + (i::bigint * 7919) %% 9 AS q, i %% 41 = 0 AS receipt,
                           (%(stock)s::int[])[1 + abs(hashint4(i + 3)::bigint) %% 4] AS place,
                           now()::timestamp - interval '1 day' * (2 + abs(hashint4(i + 7)::bigint) %% 1000) AS day
                      FROM generate_series(0, %(moves)s - 1) AS i) line
            """,
            {"company": self.company.id, "first": first, "count": count, "uom": self.product.uom_id.id,
             "supplier": supplier, "customer": customer, "stock": stock, "moves": moves},
        )
        cr.execute("ANALYZE stock_move")
        Demand = self.env["gantry.demand"]
        built = self.time("build the whole history", 60, lambda: Demand._refresh(self.company, full=True))
        cr.execute(
            "UPDATE stock_move SET write_date = now() + interval '3 days', quantity = quantity + 1"
            " WHERE company_id = %s AND product_id < %s", (self.company.id, first + count // 100))
        changed = self.time("refresh 1 % of the products", None, lambda: Demand._refresh(self.company))
        self.table(report, f"Demand history: {moves:,} moves, {built['rows']:,} days, then {changed['rows']:,} changed")

    def forecast(self, report, series):
        """36 months of demand for every product in every warehouse, numpy tier."""
        cr = self.env.cr
        cr.execute("DELETE FROM gantry_demand_stockout WHERE company_id = %s", (self.company.id,))
        cr.execute("DELETE FROM gantry_demand WHERE company_id = %s", (self.company.id,))
        cr.execute("DELETE FROM gantry_forecast WHERE company_id = %s", (self.company.id,))
        count = series // WAREHOUSES
        first = self.products(count)
        cr.execute(
            """
            INSERT INTO gantry_demand (product_id, warehouse_id, company_id, date, source, quantity, quantity_out,
                                       quantity_returned, line_count, flag, excluded)
            SELECT product, warehouse, %(company)s,
                   (date_trunc('month', now()) - interval '1 month' * month)::date + 9, 'delivery', q, q, 0, 1,
                   'none', FALSE
              FROM (SELECT product, warehouse, month,
                           floor(-ln(1 - random()) * (2 + product %% 40) * (1 + 0.4 * sin(month * 0.5236))) AS q
                      FROM generate_series(%(first)s, %(last)s) AS product, unnest(%(warehouses)s) AS warehouse,
                           generate_series(1, %(months)s) AS month) line
            """,
            {"company": self.company.id, "first": first, "last": first + count - 1, "months": MONTHS,
             "warehouses": self.warehouses.ids},
        )
        cr.execute("ANALYZE gantry_demand")
        Forecast = self.env["gantry.forecast"]
        Forecast._ensure_series(self.company)
        cr.execute("ANALYZE gantry_forecast")
        record = Forecast._learn_fast(self.company)
        self.refresh(report, Forecast, record)
        self.rows = []
        plan_series = Forecast._prepare_forecast_problem(self.company)
        from odoo.addons.gantry_forecast.core import Recipe, apply

        plan = apply(plan_series.problem, Recipe.from_bytes(record._read_blob()))
        self.time("file the backtest by product and month", None, lambda: Forecast._file_backtest(
            self.company, [(plan_series.ids, Forecast._prepare_backtest(self.company, plan_series, plan, record))]))
        self.time("keep the forecasts for later comparison", None, lambda: Forecast._take_snapshot(self.company))
        self.table(report, "Around it")

    def refresh(self, report, Forecast, record):
        from odoo.addons.gantry_forecast.core import Params, Recipe, learn
        from odoo.addons.gantry_forecast.models.gantry_forecast_run import FAST_BLOCK, plan_ahead

        start = time.perf_counter()
        found = self.time("read by COPY and prepare", None, lambda: Forecast._prepare_forecast_problem(self.company))
        recipe = Recipe.from_bytes(record._read_blob(fast=True))

        def write():
            return sum(Forecast._apply_forecast_plan(self.company, block, plan, record)
                       for block, plan in plan_ahead(found.split(FAST_BLOCK), recipe))

        written = self.time("forecast, and write by COPY", None, write)
        self.rows.append(["all", time.perf_counter() - start, 10])
        self.time("once a week: learn (sample)", None, lambda: learn(found.problem, Params(tiers=("numpy",))))
        self.table(report, f"Refresh of {written:,} series of {found.problem.length} months, numpy tier")

    def screens(self, report):
        env = self.env(user=self.env.ref("base.user_admin"))
        env.user.company_ids += self.company
        Forecast = env["gantry.forecast"].with_context(allowed_company_ids=self.company.ids)
        fields = ["product_id", "warehouse_id", "demand_class", "next_qty", "next_30_qty", "last_year_qty",
                  "trend_pct", "wape", "naive_wape", "bias", "alert", "value"]
        specification = {name: {} for name in fields} | {
            "product_id": {"fields": {"display_name": {}}}, "warehouse_id": {"fields": {"display_name": {}}}}
        company = [("company_id", "=", self.company.id)]
        env.cr.execute("ANALYZE gantry_forecast")
        size = Forecast.search_count(company)
        for name, domain in (("planning list", company), ("'Forecast is Wrong'", [*company, ("is_wrong", "=", True)])):
            env.invalidate_all()
            self.time(f"open the {name} of {size:,} rows", 1, lambda domain=domain: Forecast.web_search_read(
                domain, specification, limit=80, count_limit=10001))
        env.invalidate_all()
        self.time("group it by category", 1, lambda: Forecast.formatted_read_group(
            company, ["categ_id"], ["__count", "next_30_qty:sum", "value:sum"]))
        forecasts = Forecast.search(company, limit=20)
        spent = []
        for forecast in forecasts:
            env.invalidate_all()
            start = time.perf_counter()
            forecast.get_chart()
            spent.append(time.perf_counter() - start)
        self.rows.append(["chart of one product, slowest of 20", max(spent), 0.3])
        self.table(report, "Screens")
