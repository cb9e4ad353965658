"""Import of a real order history of 541,909 lines: reading alone, and end to end into the database.

The peer is what a script would do: the csv module and a dictionary, without any check.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import resource
import sys
from collections import defaultdict
from functools import partial

from harness import clock, data, load_core, main

NEEDS_ODOO = True
GOAL_S = 60


def read_only(report, path, orderfile):
    """Seconds per stage without a database."""
    rows = []
    with clock() as spent:
        source = orderfile.Source(name=path.name, size=path.stat().st_size, opener=partial(open, path, "rb"))
        layout = orderfile.sniff(source)
    rows.append(["guess the columns", spent(), len(layout.sample)])
    with clock() as spent:
        lines = orderfile.read(source, layout)
    rows.append(["read and intern", spent(), len(lines)])
    today = (datetime.date.today() - datetime.date(1970, 1, 1)).days
    rules = orderfile.Rules(today=today)
    with clock() as spent:
        found = orderfile.judge(lines, rules)
    rows.append(["judge every line", spent(), len(lines)])
    with clock() as spent:
        plan = orderfile.aggregate(found, rules, lines.index["code"].astype("int64"), lines.index["code"] * 0 + 1)
    rows.append(["net credit notes, add up", spent(), plan.reasons["days"]])
    with clock() as spent:
        count = plain_script(path)
    rows.append(["(peer) csv and a dictionary, no checks", spent(), count])
    report.table("Reading an order file", ["stage", "seconds", "rows"], rows)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
    report.note(f"Largest memory of the process: {used:,.0f} MB.")
    return plan


def plain_script(path):
    """Sum quantities per product and day the plain way."""
    demand = defaultdict(float)
    with gzip.open(path) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8")):
            demand[row["StockCode"], row["InvoiceDate"][:10]] += float(row["Quantity"])
    return len(demand)


def end_to_end(report, path, env):
    """Products created, demand written; everything is taken back at the end."""
    marks = []
    company = env["res.company"].create({"name": "Import bench"})
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    Warehouse = env["stock.warehouse"]
    if not Warehouse.search_count([("company_id", "=", company.id)]):
        Warehouse.create({"name": "Import bench", "code": "IMPB", "company_id": company.id})
    with clock() as spent:
        result = env["gantry.demand.import"]._import_orders_file(
            str(path), company=company, progress=lambda percent, text: marks.append((percent, spent()))
        )
    total = spent()
    reading = next((seconds for percent, seconds in marks if percent >= 50), total)
    record = env["gantry.demand.import"].browse(result["import_id"])
    with clock() as spent:
        record._undo()
    report.table(
        "Import into the database",
        ["stage", "seconds", "rows"],
        [
            ["read the file", reading, result["lines"]],
            ["create products, write demand", total - reading, result["demand_rows"]],
            [f"end to end (goal {GOAL_S} s)", total, result["lines"]],
            ["undo", spent(), result["created_products"]],
        ],
    )
    report.note(
        f"{result['created_products']:,} products created, {result['demand_rows']:,} rows of demand, "
        f"goal of {GOAL_S} s {'reached' if total <= GOAL_S else 'missed'}."
    )


def run(report, args, env=None):
    """Measure the import; `env` is an Odoo environment, without it only reading is measured."""
    path = data("orders", "online_retail.csv.gz")
    load_core("gantry_forecast")
    from gantry_forecast_core import orderfile

    read_only(report, path, orderfile)
    if env is None:
        report.note("No database at hand: start it with setup/gantry bench import for the rest.")
        return
    try:
        end_to_end(report, path, env)
    finally:
        env.cr.rollback()


if __name__ == "__main__":
    sys.exit(main(run, "import"))
