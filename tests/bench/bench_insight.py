"""Inventory insight at scale: 45,000 rows refreshed, alerts found, the overview opened.

Runs inside an Odoo shell on any database with `gantry_insight`; everything it makes is rolled back.
"""

from __future__ import annotations

import time

from bench_forecast_database import Bench as Data

NEEDS_ODOO = True


def arguments(parser):
    parser.add_argument("--rows", type=int, default=45_000, help="products times warehouses")
    parser.add_argument("--moves", type=int, default=1_000_000, help="done moves in the history")


def run(report, args, env):
    try:
        bench = Bench(env)
        bench.stock(getattr(args, "rows", None) or 45_000, getattr(args, "moves", None) or 1_000_000)
        bench.refresh(report)
        bench.screens(report)
    finally:
        env.cr.rollback()


class Bench(Data):
    """A company with four warehouses, borrowed from the benchmark of the forecast."""

    def stock(self, rows, moves):
        """A year of receipts and deliveries, what is left of them in quants, a forecast of 13 weeks for each row."""
        cr, count = self.env.cr, rows // len(self.warehouses)
        self.count, self.moves = count * len(self.warehouses), moves
        first = self.products(count)
        values = {
            "company": self.company.id, "first": first, "last": first + count - 1, "count": count, "moves": moves,
            "stock": [warehouse.lot_stock_id.id for warehouse in self.warehouses], "uom": self.product.uom_id.id,
            "customer": self.env.ref("stock.stock_location_customers").id, "warehouses": self.warehouses.ids,
            "supplier": self.env.ref("stock.stock_location_suppliers").id,
        }
        cr.execute(
            """
            INSERT INTO stock_move (sequence, company_id, product_id, product_qty, product_uom_qty, quantity,
                                    product_uom, location_id, location_dest_id, state, procure_method, picked, date,
                                    create_date, write_date)
            SELECT 10, %(company)s, %(first)s + abs(hashint4(i)::bigint) %% %(count)s, q, q, q, %(uom)s,
                   CASE WHEN receipt THEN %(supplier)s ELSE place END,
                   CASE WHEN receipt THEN place ELSE %(customer)s END, 'done', 'make_to_stock', TRUE, day, day, day
              FROM (SELECT i, (1 + (i::bigint * 7919) %% 9) * CASE WHEN i %% 8 = 0 THEN 9 ELSE 1 END AS q,
                           i %% 8 = 0 AS receipt,
                           (%(stock)s::int[])[1 + abs(hashint4(i + 3)::bigint) %% 4] AS place,
                           now()::timestamp - interval '1 day' * (1 + abs(hashint4(i + 7)::bigint) %% 700) AS day
                      FROM generate_series(0, %(moves)s - 1) AS i) line
            """, values)
        cr.execute("ANALYZE stock_move")
        cr.execute(
            """
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            SELECT product_id, place, %(company)s, sum(q), 0, max(date)
              FROM (SELECT product_id, location_dest_id AS place, quantity AS q, date FROM stock_move
                     WHERE company_id = %(company)s AND location_dest_id = ANY(%(stock)s)
                     UNION ALL
                    SELECT product_id, location_id, -quantity, date FROM stock_move
                     WHERE company_id = %(company)s AND location_id = ANY(%(stock)s)) line
             GROUP BY 1, 2
            """, values)
        cr.execute("ANALYZE stock_quant")
        self.env["gantry.demand"]._refresh(self.company, full=True)
        cr.execute(
            """
            INSERT INTO gantry_forecast (product_id, warehouse_id, company_id, active, demand_changed)
            SELECT product, warehouse, %(company)s, TRUE, FALSE
              FROM generate_series(%(first)s, %(last)s) AS product, unnest(%(warehouses)s) AS warehouse
                ON CONFLICT DO NOTHING
            """, values)
        cr.execute(
            """
            UPDATE gantry_forecast forecast
               SET final = ARRAY(SELECT (1 + (product_id * 31 + week) %% 12)::float4 FROM generate_series(1, 13) week),
                   date_start = date_trunc('week', now())::date, bucket = 'week', demand_class = 'smooth',
                   next_30_qty = 30, wrong_score = product_id %% 500, is_wrong = product_id %% 50 = 0
             WHERE company_id = %(company)s
            """, values)
        cr.execute("UPDATE gantry_forecast SET mean = final, naive = final WHERE company_id = %(company)s", values)
        cr.execute("ANALYZE gantry_forecast")
        self.env.invalidate_all()

    def refresh(self, report):
        Insight, Alert = self.env["gantry.insight"], self.env["gantry.alert"]
        self.time("first time, with twelve months worked out", None, lambda: Insight._refresh(self.company))
        start = time.perf_counter()
        written = self.time("insight", None, lambda: Insight._refresh(self.company))
        alerts = self.time("alerts, all of them new", None, lambda: Alert._refresh(self.company))
        self.time("alerts, nothing new", None, lambda: Alert._refresh(self.company))
        self.time("activities", None, lambda: Alert._update_activities(self.company))
        self.rows.append(["every night, all of it", time.perf_counter() - start, 20])
        ids = Insight.search([("company_id", "=", self.company.id)], limit=500).product_id.ids[:50]
        self.time("50 products that have moved", None, lambda: (
            Insight._refresh(self.company, ids), Alert._refresh(self.company, ids)))
        self.table(report, f"Refresh of {written:,} rows over {self.moves:,} moves, {alerts['open']:,} alerts")

    def screens(self, report):
        env = self.env(user=self.env.ref("base.user_admin"))
        env.user.company_ids += self.company
        env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        Insight, Alert, History = (env[f"gantry.{name}"] for name in ("insight", "alert", "insight.history"))
        for table in ("gantry_insight", "gantry_alert", "gantry_insight_history"):
            env.cr.execute(f"ANALYZE {table}")
        named = {"fields": {"display_name": {}}}
        company = [("company_id", "=", self.company.id)]
        calls = {
            "overview": Insight.get_overview,
            "overview of one warehouse": lambda: Insight.get_overview(self.warehouses[0].id),
            f"list of {self.count:,} rows": lambda: Insight.web_search_read(
                company, {"product_id": named, "warehouse_id": named, "value": {}, "turns": {}, "cover_days": {}},
                limit=80, count_limit=10001),
            "list of alerts": lambda: Alert.web_search_read(
                [*company, ("state", "=", "open")],
                {"product_id": named, "summary": {}, "amount": {}, "user_id": named}, limit=80, count_limit=10001),
            "pivot by warehouse and category": lambda: Insight.formatted_read_group(
                company, ["warehouse_id", "categ_id"], ["value:sum", "turns:avg", "service:avg", "excess_value:sum"]),
            "trend by month": lambda: History.formatted_read_group(
                company, ["date:month"], ["value:sum", "service:avg"]),
        }
        for name, call in calls.items():
            env.invalidate_all()
            self.time(f"open the {name}", 1, call)
        self.table(report, "Screens")
