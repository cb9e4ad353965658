"""The nightly replenishment run through the database: 45,000 rules, a million forecast points behind them.

Runs inside an Odoo shell on any database with `gantry_reorder`; everything it makes is rolled back. With `--commit`
every step is committed as the job runner does it, which is what the goal of 60 seconds is for: use a database that can
be thrown away.
"""

from __future__ import annotations

import time

import numpy as np

NEEDS_ODOO = True
WAREHOUSES, WEEKS, VENDORS = 4, 26, 60


def arguments(parser):
    parser.add_argument("--rules", type=int, default=45_000, help="rules (products times warehouses)")
    parser.add_argument("--commit", action="store_true", help="commit every step: only on a throwaway database")


def run(report, args, env):
    rules = getattr(args, "rules", None) or 45_000
    try:
        bench = Bench(env, rules, getattr(args, "commit", False))
        bench.run(report)
        bench.few(report)
        bench.killed(report)
        bench.screens(report)
    finally:
        env.cr.rollback()


class Bench:
    def __init__(self, env, rules, commit=False):
        self.count, self.commit = rules // WAREHOUSES, commit
        self.company = env["res.company"].create({
            "name": "Benchmark", "gantry_forecast_bucket": "week", "gantry_forecast_horizon": WEEKS,
        })
        self.env = env = env(context={**env.context, "allowed_company_ids": self.company.ids, "tracking_disable": True})
        Warehouse = env["stock.warehouse"].with_company(self.company)
        self.warehouses = Warehouse.search([("company_id", "=", self.company.id)])
        while len(self.warehouses) < WAREHOUSES:
            number = len(self.warehouses)
            self.warehouses += Warehouse.create({
                "name": f"Benchmark {number}", "code": f"BR{number}", "company_id": self.company.id})
        self.product = env["product.product"].create({
            "name": "Benchmark", "is_storable": True, "standard_price": 5, "company_id": self.company.id,
            "categ_id": env["product.category"].create({"name": "Benchmark"}).id})
        self.rng = np.random.default_rng(3)
        self.Rule = env["gantry.reorder.rule"]
        self.policies()
        self.first = self.products()
        self.fill()
        self.save()

    def save(self):
        self.env.flush_all()
        if self.commit:
            self.env.cr.commit()

    def policies(self):
        Policy = self.env["gantry.reorder.policy"]
        shared = {"company_id": self.company.id, "lead_days": 7, "mode": "auto", "approve_change_pct": 0}
        for abc, target in (("A", 98), ("B", 96), ("C", 92)):
            Policy.create({**shared, "name": abc, "abc": abc, "target_pct": target})
        Policy.create({**shared, "name": "One warehouse", "warehouse_id": self.warehouses[-1].id, "method": "RS",
                       "review_days": 7})

    def products(self):
        """Copies of the product; the first id."""
        self.env.flush_all()
        cr = self.env.cr
        ids = []
        for table, key in (("product_template", None), ("product_product", "product_tmpl_id")):
            cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))
            columns = [row[0] for row in cr.fetchall() if row[0] not in ("id", key)]
            names = ", ".join(f'"{column}"' for column in columns)
            source = self.product.product_tmpl_id.id if key is None else self.product.id
            extra, value = (f', "{key}"', f", {ids[0]} + copy.number") if key else ("", "")
            cr.execute(f"SELECT max(id) FROM {table}")
            first = cr.fetchone()[0] + 1
            cr.execute(
                f"INSERT INTO {table} (id, {names}{extra}) SELECT {first} + copy.number, {names}{value}"
                f" FROM {table}, generate_series(0, %s - 1) AS copy(number) WHERE {table}.id = %s",
                (self.count, source),
            )
            cr.execute(f"SELECT setval('{table}_id_seq', %s)", (first + self.count,))
            cr.execute(f"ANALYZE {table}")
            ids.append(first)
        self.env.invalidate_all()
        self.template = ids[0]
        return ids[1]

    def fill(self):
        """Forecasts, rules in force, vendors, stock, open orders and receipts of the past."""
        self.forecasts()
        cr = self.env.cr
        values = {
            "company": self.company.id, "first": self.first, "last": self.first + self.count - 1,
            "template": self.template, "uom": self.product.uom_id.id, "warehouses": self.warehouses.ids,
            "stock": self.warehouses.lot_stock_id.ids, "currency": self.company.currency_id.id,
            "vendors": self.env["res.partner"].create([{"name": f"Vendor {i}"} for i in range(VENDORS)]).ids,
            "customer": self.env.ref("stock.stock_location_customers").id,
            "supplier": self.env.ref("stock.stock_location_suppliers").id,
            "buy": self.env.uid, "vendor_count": VENDORS,
        }
        pairs = """(SELECT product, warehouse, (%(stock)s::int[])[place] AS location
                      FROM generate_series(%(first)s, %(last)s) AS product,
                           unnest(%(warehouses)s::int[]) WITH ORDINALITY AS one(warehouse, place)) pair"""
        cr.execute(f"""
            INSERT INTO stock_warehouse_orderpoint (name, trigger, active, product_id, warehouse_id, location_id,
                company_id, product_min_qty, product_max_qty, create_uid, write_uid, create_date, write_date)
            SELECT 'BENCH', 'auto', TRUE, product, warehouse, location, %(company)s, 5, 10, 1, 1, now(), now()
              FROM {pairs}""", values)
        cr.execute("""
            INSERT INTO product_supplierinfo (partner_id, product_tmpl_id, product_uom_id, currency_id, company_id,
                                              delay, min_qty, price, sequence)
            SELECT (%(vendors)s::int[])[1 + number %% %(vendor_count)s], %(template)s + number, %(uom)s, %(currency)s,
                   %(company)s, 5 + number %% 20, step, 5 - step / 100.0, step
              FROM generate_series(0, %(last)s - %(first)s) AS number, unnest(ARRAY[0, 24]) AS step""", values)
        cr.execute(f"""
            INSERT INTO stock_quant (product_id, location_id, company_id, quantity, reserved_quantity, in_date)
            SELECT product, location, %(company)s, (product * 7 + warehouse) %% 40, 0, now() FROM {pairs}""", values)
        for source, dest, state, date, create, every in (
            ("%(supplier)s", "location", "'assigned'", "now() + interval '1 day' * (product %% 20)", "now()", 3),
            ("location", "%(customer)s", "'confirmed'", "now() + interval '1 day' * (product %% 9)", "now()", 2),
            ("%(supplier)s", "location", "'done'", "now() - interval '1 day' * (product %% 300 + round * 7)",
             "now() - interval '1 day' * (product %% 307 + 5 + round * 9)", 1),
        ):
            cr.execute(f"""
                INSERT INTO stock_move (sequence, company_id, product_id, product_qty, product_uom_qty, quantity,
                                        product_uom, location_id, location_dest_id, state, procure_method, picked, date,
                                        partner_id, create_date, write_date)
                SELECT 10, %(company)s, product, 6, 6, 6, %(uom)s, {source}, {dest}, {state}, 'make_to_stock',
                       {state} = 'done', {date},
                       (%(vendors)s::int[])[1 + (product - %(first)s) %% %(vendor_count)s], {create}, now()
                  FROM {pairs}, generate_series(1, CASE WHEN {state} = 'done' THEN 3 ELSE 1 END) AS round
                 WHERE product %% {every} = 0""", values)
        for table in ("stock_move", "stock_quant", "stock_warehouse_orderpoint", "product_supplierinfo",
                      "gantry_forecast"):
            cr.execute(f"ANALYZE {table}")
        self.env.invalidate_all()

    def forecasts(self):
        from scipy.stats import nbinom

        from odoo.addons.gantry_forecast.core import QUANTILES
        from odoo.addons.gantry_forecast.models.gantry_forecast_arrays import pack_floats
        from odoo.addons.gantry_forecast.tools.copy import copy_from

        n, levels = self.count * WAREHOUSES, len(QUANTILES)
        level = np.exp(self.rng.normal(1.0, 1.2, n))
        mean = level[:, None] * (1 + 0.3 * np.sin(np.arange(WEEKS) / 8 + self.rng.random((n, 1)) * 6))
        grid = np.geomspace(mean.min(), mean.max(), 200)
        table = nbinom.ppf(np.array(QUANTILES)[None], 2.0, 2.0 / (2.0 + grid[:, None]))
        quantiles = table[np.clip(np.searchsorted(grid, mean), 0, 199)]
        start = self.env["gantry.forecast"]._get_bucket_start(self.company)
        rows = np.zeros(n, [
            ("product_id", "i4"), ("warehouse_id", "i4"), ("company_id", "i4"), ("active", "?"),
            ("date_start", "M8[D]"),
            ("next_30_qty", "f8"), ("demand_12m_qty", "f8"), ("wape", "f8"), ("mean", "f4", (WEEKS,)),
            ("final", "f4", (WEEKS,)), ("naive", "f4", (WEEKS,)), ("quantiles", f"V{4 * WEEKS * levels}"),
        ])
        rows["product_id"] = self.first + np.repeat(np.arange(self.count), WAREHOUSES)
        rows["warehouse_id"] = np.tile(self.warehouses.ids, self.count)
        rows["company_id"], rows["active"], rows["date_start"] = self.company.id, True, np.datetime64(start)
        rows["next_30_qty"], rows["demand_12m_qty"] = mean[:, :4].sum(1), level * 52
        rows["wape"] = self.rng.random(n)
        rows["mean"] = rows["final"] = rows["naive"] = mean
        rows["quantiles"] = pack_floats(quantiles.reshape(n, -1))
        cr = self.env.cr
        cr.execute("ALTER TABLE gantry_forecast ALTER COLUMN bucket SET DEFAULT 'week',"
                   " ALTER COLUMN demand_class SET DEFAULT 'smooth', ALTER COLUMN value SET DEFAULT 0")
        copy_from(cr, "gantry_forecast", rows.dtype.names, rows)

    # -- what is measured

    def counted(self, function):
        """Result, seconds and statements of a call."""
        self.env.flush_all()
        before, start = self.env.cr.sql_log_count, time.perf_counter()
        result = function()
        self.env.flush_all()
        return result, time.perf_counter() - start, self.env.cr.sql_log_count - before

    def job(self):
        return self.Rule._enqueue_run(self.company).sudo()

    def drive(self, job, steps=None):
        """Run the handler as the runner does, checkpoint after checkpoint; so many steps at most."""
        handler, count = self.Rule.with_company(self.company)._job_run(job), 0
        while steps is None or count < steps:
            try:
                progress = next(handler)
            except StopIteration as stop:
                return stop.value
            count += 1
            job.checkpoint = self.env["gantry.api"]._json(progress.checkpoint)
            self.save()
        handler.close()
        return None

    def run(self, report):
        job = self.job()
        rows = []
        _none, seconds, queries = self.counted(lambda: self.drive(job, 1))
        rows.append(["rows, policies, sources, lead times", seconds, queries])
        total, per_shard = seconds, []
        for number in range(len(job.checkpoint["todo"])):
            _none, seconds, queries = self.counted(lambda: self.drive(job, 1))
            per_shard.append(queries)
            total += seconds
            rows.append([f"shard {number + 1}", seconds, queries])
        counts = job.checkpoint["counts"]
        assert counts["rules"] == self.count * WAREHOUSES, counts
        job._end("done")
        again = self.job()
        result, second, _queries = self.counted(lambda: self.drive(again))
        again._end("done")
        rows += [["first run, every rule is written", total, None], ["second run", second, None]]
        report.table(
            f"Nightly run: {counts['rules']:,} rules, {self.count * WAREHOUSES * WEEKS:,} forecast points"
            f" (goal: 60 s); written {counts['applied']:,}, then {result.get('applied', 0):,}",
            ["step", "seconds", "queries"], rows)
        report.note(f"Queries of a shard: {min(per_shard)} to {max(per_shard)}.")

    def few(self, report):
        """Queries do not grow with the rules of a shard."""
        rows = []
        for count in (10, 100, 1000):
            ids = self.Rule.search([("company_id", "=", self.company.id)], limit=count, order="id").ids

            def work(ids=ids):
                batch = self.Rule._prepare_reorder_problem(self.company, ids=ids)
                self.Rule._solve_batch(self.company, batch)

            _none, seconds, queries = self.counted(work)
            rows.append([f"{count} rules", seconds, queries])
        report.table("Rules calculated at once", ["rules", "seconds", "queries"], rows)

    def killed(self, report):
        """The worker dies in the middle of the third shard; another one goes on from the checkpoint."""
        job, cr = self.job(), self.env.cr
        self.drive(job, 3)
        done = job.checkpoint["counts"]["rules"]
        Rule = type(self.Rule)
        original, calls = Rule._write_figures, []

        def dies(model, *args):
            original(model, *args)
            calls.append(1)
            raise KeyboardInterrupt

        Rule._write_figures = dies
        self.env.flush_all()
        cr.execute("SAVEPOINT killed")
        try:
            self.drive(job, 1)
        except KeyboardInterrupt:
            cr.execute("ROLLBACK TO SAVEPOINT killed")
            self.env.invalidate_all(flush=False)
        finally:
            Rule._write_figures = original
        assert calls and job.checkpoint["counts"]["rules"] == done
        result, seconds, _queries = self.counted(lambda: self.drive(job))
        assert result["rules"] == self.count * WAREHOUSES, result
        report.table("Killed and resumed", ["rules done before", "rules in all", "seconds for the rest"],
                     [[done, result["rules"], seconds]])
        job._end("done")

    def screens(self, report):
        action = self.env.ref("gantry_reorder.gantry_reorder_rule_action")
        view = self.Rule.get_views([(False, "list")])["views"]["list"]
        names = {node: {} for node in _field_names(view["arch"]) if node in self.Rule._fields}
        for name in names:
            if self.Rule._fields[name].type == "many2one":
                names[name] = {"fields": {"display_name": {}}}
        short = self.Rule.search([("order_qty", ">", 0)], limit=300).ids
        rows = []
        for title, domain, limit in (
            ("300 short products, one page of 80", [("id", "in", short)], 80),
            ("300 short products, all", [("id", "in", short)], 300),
            (f"{self.count * WAREHOUSES:,} rules, one page of 80", [], 80),
            (f"{self.count * WAREHOUSES:,} rules, to order", [("order_qty", ">", 0)], 80),
        ):
            self.env.invalidate_all()

            def read(domain=domain, limit=limit):
                return self.Rule.web_search_read(domain, names, limit=limit, count_limit=10_001)

            found, seconds, queries = self.counted(read)
            rows.append([title, seconds, queries, found["length"]])
        self.env.invalidate_all()
        _none, seconds, queries = self.counted(lambda: self.Rule.web_read_group(
            [], ["vendor_id"], ["__count", "risk_value:sum", "order_value:sum"]))
        rows.append(["grouped by vendor", seconds, queries, None])
        report.table(f"Worklist ({action.name})", ["what", "seconds", "queries", "found"], rows)


def _field_names(arch):
    from lxml import etree

    return [node.get("name") for node in etree.fromstring(arch).iter("field")]


if __name__ == "__main__":
    from harness import main

    main(run, arguments)
