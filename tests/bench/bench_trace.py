"""Genealogy of lots in a database of a million done lines and 200,000 lots, Odoo's own answers beside it.

Runs inside an Odoo shell on any database with `gantry_trace_mrp`; everything it makes is rolled back.
Raw lots become intermediates, these become finished lots, these are shipped. One raw lot is in everything from
one supplier's silo, one is in nearly a quarter of all goods, and one chain carries a rest over 1,500 times.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from unittest.mock import patch

NEEDS_ODOO = True
RAW, CHAIN, CUSTOMERS = 30_000, 1_500, 2_000
GOALS = {"typical": 5, "silo": None, "extreme": 100, "chain": 20, "lattice": 100}


def arguments(parser):
    parser.add_argument("--scale", type=float, default=1.0, help="share of the million lines")
    parser.add_argument("--tries", type=int, default=200, help="typical lots to ask for")


def run(report, args, env):
    if "gantry.trace.edge" not in env or "mrp.production" not in env:
        report.note("skipped: needs a database with gantry_trace_mrp")
        return
    try:
        bench = Bench(env, getattr(args, "scale", None) or 1.0, getattr(args, "tries", None) or 200)
        bench.fill(report)
        bench.rebuild(report)
        bench.closures(report)
        bench.lattice(report)
        bench.beside_odoo(report)
        bench.full_case(report)
        bench.feeding(report)
    finally:
        env.cr.rollback()


def milliseconds(function, times=5):
    """Median and largest of several calls, in milliseconds, and the last answer."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        answer = function()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent), max(spent), answer


class Bench:
    def __init__(self, env, scale, tries):
        self.env, self.cr, self.tries = env, env.cr, tries
        self.trace = env["gantry.trace"]
        self.raw = int(RAW * scale)
        self.mid, self.goods = self.raw * 4 // 3, self.raw * 13 // 3
        self.company = env["res.company"].create({"name": "Benchmark Trace"})
        env.user.write({"company_ids": [(4, self.company.id)], "company_id": self.company.id})
        warehouse = env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        if not warehouse:
            warehouse = env["stock.warehouse"].create(
                {"name": "Bench", "code": "BNT", "company_id": self.company.id})
        self.warehouse = warehouse
        self.products = env["product.product"].create([
            {"name": name, "is_storable": True, "tracking": "lot"} for name in ("Raw", "Mid", "Goods", "Chain")])
        self.partners = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(CUSTOMERS)])
        production = env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company.id)], limit=1)
        scrap = env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1)
        self.places = {
            "stock": warehouse.lot_stock_id.id, "production": production.id, "scrap": scrap.id,
            "customer": env.ref("stock.stock_location_customers").id,
            "supplier": env.ref("stock.stock_location_suppliers").id,
        }
        env.flush_all()

    # -- the data -------------------------------------------------------------------------------------------

    def fill(self, report):
        start = time.perf_counter()
        self.base = {}
        for table in ("stock_lot", "stock_move", "stock_move_line", "mrp_production", "stock_picking"):
            self.cr.execute(f"SELECT GREATEST(max(id), nextval('{table}_id_seq')) + 1000 FROM {table}")
            self.base[table] = self.cr.fetchone()[0] or 1000
        self.cr.execute("SELECT setseed(0.5); SELECT set_config('jit', 'off', true)")
        self._lots()
        self._orders()
        self._lines()
        self.cr.execute("SELECT count(*), count(DISTINCT lot_id) FROM bench_line")
        lines, lots = self.cr.fetchone()
        for table in self.base:
            self.cr.execute(f"SELECT setval('{table}_id_seq', max(id) + 1) FROM {table}")
            self.cr.execute(f"ANALYZE {table}")
        self.cr.execute("ANALYZE stock_move_line_consume_rel; ANALYZE stock_quant")
        self.env.invalidate_all()
        report.table("Data", ["what", "number"], [
            ["done lines", lines], ["lots", lots], ["seconds to load", time.perf_counter() - start]])

    def _lots(self):
        """Numbers of lots: 0 .. raw-1, then intermediates, goods, chain."""
        total = self.raw + self.mid + self.goods + CHAIN
        self.cr.execute(
            """
            INSERT INTO stock_lot (id, name, product_id)
            SELECT %(base)s + n, 'BENCH-' || n,
                   CASE WHEN n < %(raw)s THEN %(p0)s WHEN n < %(raw)s + %(mid)s THEN %(p1)s
                        WHEN n < %(raw)s + %(mid)s + %(goods)s THEN %(p2)s ELSE %(p3)s END
              FROM generate_series(0, %(total)s - 1) n
            """,
            {"base": self.base["stock_lot"], "raw": self.raw, "mid": self.mid, "goods": self.goods, "total": total,
             **{f"p{i}": product.id for i, product in enumerate(self.products)}})
        self.total = total

    def lot(self, number):
        return self.base["stock_lot"] + number

    def _orders(self):
        """One order per lot that is made, and which lots it takes (``bench_use``: order, lot)."""
        self.cr.execute(
            """
            CREATE TEMP TABLE bench_use ON COMMIT DROP AS
            WITH made AS (SELECT n, n - %(raw)s AS m FROM generate_series(%(raw)s, %(total)s - 1) n)
            SELECT n AS made, take AS used FROM made, LATERAL (
                -- intermediates: raw lots; every ninth has the extreme lot 0, every 160th the silo lot 1
                SELECT floor(random() * %(raw)s)::int AS take FROM generate_series(1, 3)
                 WHERE m < %(mid)s AND n IS NOT NULL
                 UNION SELECT 0 WHERE m < %(mid)s AND m %% 9 = 0
                 UNION SELECT 1 WHERE m < %(mid)s AND m %% 160 = 1
                 UNION SELECT %(raw)s + floor(random() * %(mid)s + 0 * n)::int FROM generate_series(1, 2)
                 WHERE m >= %(mid)s AND m < %(mid)s + %(goods)s
                 UNION SELECT floor(random() * %(raw)s + 0 * n)::int
                 WHERE m >= %(mid)s AND m < %(mid)s + %(goods)s
                 UNION SELECT n - 1 WHERE m > %(mid)s + %(goods)s
                 UNION SELECT 2 WHERE m >= %(mid)s + %(goods)s AND m %% 50 = 0
            ) taken WHERE take IS NOT NULL
            """,
            {"raw": self.raw, "mid": self.mid, "goods": self.goods, "total": self.total})
        self.cr.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'mrp_production'")
        product = self.products[2]
        self.cr.execute(
            """
            INSERT INTO mrp_production (id, name, product_id, product_uom_id, product_qty, picking_type_id, company_id,
                                        location_src_id, location_dest_id, state, consumption, date_start, priority)
            SELECT %(base)s + n, 'BMO/' || n, %(product)s, %(uom)s, 10, %(type)s, %(company)s, %(stock)s, %(stock)s,
                   'done', 'flexible', now() AT TIME ZONE 'UTC', '0'
              FROM generate_series(%(raw)s, %(total)s - 1) n
            """,
            {"base": self.base["mrp_production"], "product": product.id, "uom": product.uom_id.id,
             "type": self.warehouse.manu_type_id.id, "company": self.company.id, "stock": self.places["stock"],
             "raw": self.raw, "total": self.total})

    def _lines(self):
        """Receipts, consumption, production, deliveries, returns, scrap: one move and one line each."""
        p = {"raw": self.raw, "mid": self.mid, "goods": self.goods, "total": self.total,
             "company": self.company.id, "customers": CUSTOMERS, "partner": self.partners[0].id,
             "pickings": self.goods * 9 // 10, "uom": self.products[0].uom_id.id,
             "type": self.warehouse.out_type_id.id, "back": self.warehouse.in_type_id.id, **self.places,
             **{name: base for name, base in self.base.items()}}
        self.cr.execute(
            """
            INSERT INTO stock_picking (id, name, location_id, location_dest_id, picking_type_id, partner_id, state,
                                       company_id, move_type, date_done, scheduled_date)
            SELECT %(stock_picking)s + n, 'BENCH/' || n, %(stock)s, %(customer)s,
                   CASE WHEN n < %(pickings)s THEN %(type)s ELSE %(back)s END,
                   %(partner)s + n %% %(customers)s, 'done', %(company)s, 'direct', now() AT TIME ZONE 'UTC',
                   now() AT TIME ZONE 'UTC'
              FROM generate_series(0, %(pickings)s + 1000) n
            """, p)
        self.cr.execute(
            """
            CREATE TEMP TABLE bench_line ON COMMIT DROP AS
            SELECT row_number() OVER () AS n, * FROM (
                SELECT lot AS lot_id, source, target, qty, order_in, order_out, picking,
                       timestamp '2024-01-01' + (lot %% 1095) * interval '1 day' AS at
                  FROM (
                    SELECT n AS lot, %(supplier)s AS source, %(stock)s AS target, 1000 AS qty, NULL::int AS order_in,
                           NULL::int AS order_out, NULL::int AS picking FROM generate_series(0, %(raw)s - 1) n
                     UNION ALL SELECT used, %(stock)s, %(production)s, 3, made, NULL, NULL FROM bench_use
                     UNION ALL SELECT n, %(production)s, %(stock)s, 10, NULL, n, NULL
                      FROM generate_series(%(raw)s, %(total)s - 1) n
                     UNION ALL SELECT n, %(stock)s, %(customer)s, 4, NULL, NULL, floor(random() * %(pickings)s)::int
                      FROM generate_series(%(raw)s + %(mid)s, %(total)s - 1) n, generate_series(1, 2)
                     UNION ALL SELECT n, %(customer)s, %(stock)s, 4, NULL, NULL, %(pickings)s + 1 + n %% 1000
                      FROM generate_series(%(raw)s + %(mid)s, %(total)s - 1) n WHERE n %% 100 = 7
                     UNION ALL SELECT n, %(stock)s, %(scrap)s, 1, NULL, NULL, NULL
                      FROM generate_series(%(raw)s + %(mid)s, %(total)s - 1) n WHERE n %% 100 = 13
                  ) kinds
            ) numbered
            """, p)
        self.cr.execute(
            """
            INSERT INTO stock_move (id, product_id, product_uom, product_uom_qty, quantity, location_id,
                                    location_dest_id, company_id, state, date, procure_method, picking_id,
                                    picking_type_id, raw_material_production_id, production_id)
            SELECT %(stock_move)s + b.n, lot.product_id, %(uom)s, b.qty, b.qty, b.source, b.target, %(company)s,
                   'done', b.at, 'make_to_stock', %(stock_picking)s + b.picking,
                   CASE WHEN b.picking IS NOT NULL THEN %(type)s END,
                   %(mrp_production)s + b.order_in, %(mrp_production)s + b.order_out
              FROM bench_line b JOIN stock_lot lot ON lot.id = %(stock_lot)s + b.lot_id;
            INSERT INTO stock_move_line (id, move_id, product_id, product_uom_id, quantity, quantity_product_uom,
                                         location_id, location_dest_id, company_id, state, date, lot_id, picking_id)
            SELECT %(stock_move_line)s + b.n, %(stock_move)s + b.n, lot.product_id, %(uom)s, b.qty, b.qty, b.source,
                   b.target, %(company)s, 'done', b.at, lot.id, %(stock_picking)s + b.picking
              FROM bench_line b JOIN stock_lot lot ON lot.id = %(stock_lot)s + b.lot_id;
            INSERT INTO stock_move_line_consume_rel (produce_line_id, consume_line_id)
            SELECT %(stock_move_line)s + i.n, %(stock_move_line)s + o.n
              FROM bench_line i JOIN bench_line o ON o.order_out = i.order_in;
            INSERT INTO stock_quant (product_id, company_id, location_id, lot_id, quantity, reserved_quantity, in_date)
            SELECT lot.product_id, %(company)s, %(stock)s, lot.id,
                   sum(b.qty * ((b.target = %(stock)s)::int - (b.source = %(stock)s)::int)), 0, max(b.at)
              FROM bench_line b JOIN stock_lot lot ON lot.id = %(stock_lot)s + b.lot_id
             GROUP BY lot.id
            """, p)

    # -- the questions --------------------------------------------------------------------------------------

    def rebuild(self, report):
        check = self.env["gantry.trace.check"]
        start = time.perf_counter()
        first = check._rebuild(first=True)
        build = time.perf_counter() - start
        self.cr.execute("ANALYZE gantry_trace_edge")
        start = time.perf_counter()
        again = check._rebuild()
        report.table("Nightly rebuild and comparison", ["what", "value", "goal"], [
            ["steps in the table", first.edges, ""], ["first build, s", build, ""],
            ["rebuild and compare, s", time.perf_counter() - start, "< 60"],
            ["differences", again.missing + again.extra + again.changed, "0"]])

    def closures(self, report):
        rng = random.Random(7)
        raw = [self.lot(rng.randrange(3, self.raw)) for _ in range(self.tries)]
        goods = [self.lot(self.raw + self.mid + rng.randrange(self.goods)) for _ in range(self.tries)]
        rows = []
        for name, lots, way in (("typical raw lot, down", raw, "down"), ("typical finished lot, up", goods, "up"),
                                ("typical finished lot, both ways", goods, "both")):
            spent, sizes = [], []
            for lot in lots:
                start = time.perf_counter()
                sizes.append(len(self.trace._closure([lot], way)))
                spent.append(1000 * (time.perf_counter() - start))
            spent.sort()
            rows.append([name, int(statistics.median(sizes)), statistics.median(spent),
                         spent[int(len(spent) * 0.95)], "5"])
        chain = self.raw + self.mid + self.goods
        for name, number, way, goal in (("silo lot, down", 1, "down", ""), ("extreme lot, down", 0, "down", "100"),
                                        ("chain of 1,500, down", chain, "down", "20"),
                                        ("chain of 1,500, up", self.total - 1, "up", "20")):
            middle, worst, answer = milliseconds(lambda n=number, w=way: self.trace._closure([self.lot(n)], w), 7)
            rows.append([name, len(answer), middle, worst, goal])
        report.table("Closure with depth and confidence, ms",
                     ["question", "lots", "median", "95 % or worst", "goal"], rows)

    def lattice(self, report):
        """Every lot of a layer goes into every lot of the next one: paths double, nodes do not."""
        width, layers = 40, 30
        first = -2_000_000_000
        self.cr.execute(
            """
            INSERT INTO gantry_trace_edge (parent_node, child_node, parent_product_id, child_product_id, kind,
                                           confidence, doc_model, doc_id, at)
            SELECT %s + l * %s + a, %s + (l + 1) * %s + b, 1, 1, 'manual', 'certain', 'bench', l, now()
              FROM generate_series(0, %s) l, generate_series(0, %s - 1) a, generate_series(0, %s - 1) b
            """, (first, width, first, width, layers - 2, width, width))
        middle, worst, answer = milliseconds(lambda: self.trace._closure([first]), 5)
        self.cr.execute("DELETE FROM gantry_trace_edge WHERE doc_model = 'bench'")
        report.table("Wide lattice", ["layers", "width", "paths", "nodes found", "median ms", "worst ms"], [
            [layers, width, f"{width}^{layers - 1}", len(answer), middle, worst]])

    def beside_odoo(self, report):
        """Which transfers brought a lot, or what was made of it, to customers: ours and Odoo's own."""
        from odoo.addons.stock.models.stock_lot import StockLot

        own = StockLot._find_delivery_ids_by_lot_iterative
        lots = {"typical": self.lot(5_000 % self.raw), "silo": self.lot(1), "extreme": self.lot(0),
                "finished": self.lot(self.raw + self.mid + 77)}
        rows = []
        for name, lot_id in lots.items():
            lot = self.env["stock.lot"].browse(lot_id)
            mine, _worst, answer = milliseconds(lambda lot=lot: lot._find_delivery_ids_by_lot_iterative(), 5)
            start = time.perf_counter()
            theirs = own(lot)
            odoo_ms = 1000 * (time.perf_counter() - start)
            rows.append([f"deliveries of a {name} lot", len(answer[lot_id]), mine, odoo_ms, odoo_ms / mine,
                         "yes" if set(answer[lot_id]) == set(theirs[lot_id]) else "NO"])
        report.table("Deliveries of a lot: engine and Odoo's own", [
            "question", "transfers", "engine ms", "Odoo ms", "times faster", "same set"], rows)
        rows = []
        for name in ("typical", "finished", "silo"):
            form = {"delivery_count": {}, "partner_ids": {}, "name": {}, "product_qty": {}}
            lot = self.env["stock.lot"].browse(lots[name])

            def read(lot=lot, form=form):
                self.env.invalidate_all()
                return lot.web_read(form)

            mine, worst, _answer = milliseconds(read, 5)
            with patch.object(type(lot), "_find_delivery_ids_by_lot_iterative", own):
                start = time.perf_counter()
                read()
                odoo_ms = 1000 * (time.perf_counter() - start)
            rows.append([f"{name} lot", mine, worst, odoo_ms, "50"])
        report.table("Fields of the lot form, ms", ["lot", "engine median", "engine worst", "Odoo", "goal"], rows)

    def full_case(self, report):
        rows = []
        for name, number in (("typical", 5_000 % self.raw), ("silo", 1), ("extreme", 0)):
            start = time.perf_counter()
            closure = self.trace._closure([self.lot(number)])
            lots = [row["lot_id"] for row in closure if row["lot_id"]]
            closed = time.perf_counter()
            exposure = self.trace._exposure(lots)
            exposed = time.perf_counter()
            balance = self.trace._balance(lots)
            end = time.perf_counter()
            off = sum(1 for row in balance if row["difference"])
            rows.append([name, len(lots), len(exposure["customers"]), closed - start, exposed - closed, end - exposed,
                         end - start, off])
        report.table("Full case, s (goal: 3 with the snapshot)", [
            "lot", "lots", "customer rows", "closure", "exposure", "balance", "all", "lots that do not add up"], rows)

    def feeding(self, report):
        """What the hooks cost while a transfer of 100 lines, and an order of 100 components, are validated."""
        rows = []
        for name, build in (("transfer of 100 lines", self._transfer), ("order of 100 components", self._order)):
            shares, totals, owns = [], [], []
            for number in range(5):
                record = build(number)
                self.env.flush_all()
                with timed_hooks(self.env) as spent:
                    start = time.perf_counter()
                    if record._name == "stock.picking":
                        record._action_done()
                    else:
                        record.with_context(skip_consumption=True).button_mark_done()
                    self.env.cr.flush()  # with what runs at the end of a transaction
                    total = time.perf_counter() - start
                assert record.state == "done", record.state
                shares.append(100 * sum(spent.values()) / total)
                totals.append(1000 * total)
                owns.append(1000 * sum(spent.values()))
            goal = "< 5" if record._name == "stock.picking" else ""
            rows.append([name, statistics.median(totals), statistics.median(owns), statistics.median(shares), goal])
        report.table("Feeding", ["validated", "all, ms", "of it our hooks, ms", "share, %", "goal"], rows)

    def _where(self, source, target):
        return {"location_id": self.places[source], "location_dest_id": self.places[target],
                "company_id": self.company.id}

    def _transfer(self, number):
        first = self.raw + self.mid + 1_000 + number * 100
        where = self._where("stock", "customer")
        product = self.products[2]
        picking = self.env["stock.picking"].create({
            "picking_type_id": self.warehouse.out_type_id.id, "partner_id": self.partners[number].id, **where})
        self.env["stock.move"].create([
            {"product_id": product.id, "product_uom": product.uom_id.id, "product_uom_qty": 1, "picked": True,
             "picking_id": picking.id, **where,
             "move_line_ids": [(0, 0, {"product_id": product.id, "product_uom_id": product.uom_id.id, "quantity": 1,
                                       "lot_id": self.lot(first + n), "picking_id": picking.id, "picked": True,
                                       **where})]}
            for n in range(100)])
        return picking

    def _order(self, number):
        raw, product = self.products[0], self.products[2]
        lot = self.env["stock.lot"].create({"name": f"BENCH-NEW-{number}", "product_id": product.id})
        where = self._where("stock", "production")
        order = self.env["mrp.production"].create({
            "product_id": product.id, "product_qty": 1, "bom_id": False, "company_id": self.company.id,
            "picking_type_id": self.warehouse.manu_type_id.id,
            "move_raw_ids": [(0, 0, {"product_id": raw.id, "product_uom": raw.uom_id.id, "product_uom_qty": 100})]})
        order.action_confirm()
        order.qty_producing = 1
        order.lot_producing_ids = lot
        order.move_raw_ids.move_line_ids.unlink()
        order.move_raw_ids.move_line_ids = [
            (0, 0, {"product_id": raw.id, "product_uom_id": raw.uom_id.id, "quantity": 1,
                    "lot_id": self.lot(3 + (number * 100 + n) % (self.raw - 3)), **where}) for n in range(100)]
        order.move_raw_ids.picked = True
        return order


class timed_hooks:
    """Seconds spent in the hooks of the addon, by name, nested calls counted once."""

    NAMES = {
        "stock.move": ("_gantry_trace_moved",),
        "stock.move.line": ("_gantry_trace_changed",),
        "gantry.trace.correction": ("_remember", "_journal"),
        "gantry.trace.edge": ("_plan_feed", "_feed_pending"),
    }

    def __init__(self, env):
        self.env, self.spent, self.depth, self.patches = env, defaultdict(float), 0, []

    def __enter__(self):
        for model, names in self.NAMES.items():
            cls = type(self.env[model])
            for name in names:
                patcher = patch.object(cls, name, self._timed(name, getattr(cls, name)))
                patcher.start()
                self.patches.append(patcher)
        return self.spent

    def _timed(self, name, function):
        def call(*args, **kwargs):
            self.depth += 1
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.depth -= 1
                if not self.depth:
                    self.spent[name] += time.perf_counter() - start

        return call

    def __exit__(self, *_error):
        for patcher in self.patches:
            patcher.stop()
