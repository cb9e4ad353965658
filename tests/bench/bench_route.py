"""Route open deliveries in a live Odoo: 100 transfers, 1,000 lines, 6,400 bins, one walk each; the order of bin names,
in which Odoo prints, beside it.
"""

from __future__ import annotations

import random
import sys

from harness import clock, main

NEEDS_ODOO = True
GOAL_S = 2
LINES = 10


def build(env, transfers):
    """A hall of 20 aisles in two blocks, four levels high; deliveries of ten lines from bins at random."""
    company = env["res.company"].create({"name": "Walking"})
    env.user.company_ids += company
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    Warehouse = env["stock.warehouse"]
    warehouse = Warehouse.search([("company_id", "=", company.id)], limit=1) or Warehouse.create(
        {"name": "Walking", "code": "WALK", "company_id": company.id})
    if "auto_batch" in warehouse.out_type_id._fields:
        warehouse.out_type_id.auto_batch = False
    layout = env["gantry.layout"].create({"warehouse_id": warehouse.id})
    with clock() as spent:
        layout._generate(
            "Racks", warehouse.lot_stock_id, aisle_count=20, cross_aisle_count=3, bay_count=40, level_count=4)
    env["gantry.layout.point"].create(
        {"layout_id": layout.id, "name": "Depot", "x": 2.0, "y": 1.5, "is_start": True, "is_end": True})
    bins = layout.bin_ids.ids
    chosen = random.Random(5).sample(bins, transfers * LINES)
    products = env["product.product"].create(
        [{"name": f"Article {number}", "is_storable": True} for number in range(transfers * LINES)])
    env["stock.quant"].create([
        {"product_id": product.id, "location_id": bin_id, "quantity": 5}
        for product, bin_id in zip(products, chosen, strict=True)])
    customer = env.ref("stock.stock_location_customers")
    pickings = env["stock.picking"].create([
        {
            "picking_type_id": warehouse.out_type_id.id,
            "location_id": warehouse.lot_stock_id.id,
            "location_dest_id": customer.id,
            "move_ids": [
                (0, 0, {
                    "product_id": product.id, "product_uom_qty": 1, "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": customer.id})
                for product in products[number * LINES : (number + 1) * LINES]],
        }
        for number in range(transfers)])
    pickings.action_confirm()
    pickings.action_assign()
    env.flush_all()
    return pickings, layout, len(bins), spent()


def route(env, pickings):
    """Routes, seconds and queries of planning them, nothing in the cache of the ORM before."""
    env.flush_all()
    env.invalidate_all()
    pickings = pickings.browse(pickings.ids)
    queries = env.cr.sql_log_count
    with clock() as spent:
        routes = env["gantry.route"]._route(pickings)
        env.flush_all()
    return routes, spent(), env.cr.sql_log_count - queries


def run(report, args, env=None):
    """Measure the planning of many routes; `env` is an Odoo environment."""
    if env is None:
        report.note("Needs a database: start it with setup/gantry bench route.")
        return
    env = env(context={**env.context, "tracking_disable": True})
    transfers = 20 if args.quick else 100
    try:
        pickings, layout, bins, generated = build(env, transfers)
        env = pickings.env
        rows = []
        for title, some in ((f"{transfers} transfers", pickings), ("the same again", pickings)):
            routes, seconds, queries = route(env, some)
            rows.append([title, seconds, queries, sum(routes.mapped("line_count")), sum(routes.mapped("length_m")),
                         sum(routes.mapped("name_order_m"))])
        first = rows[0]
        layout.aisle_ids[7].blocked_from = "2020-01-01 00:00:00"
        routes, seconds, queries = route(env, pickings)
        rows.append(["an aisle blocked: all planned again on the graph", seconds, queries,
                     sum(routes.mapped("line_count")), sum(routes.mapped("length_m")),
                     sum(routes.mapped("name_order_m"))])
        layout.aisle_ids[7].blocked_from = False
        few = env["gantry.route"]._route(pickings[:1])
        pickings[:1].move_ids[1:]._do_unreserve()
        lines = []
        for count in (1, LINES):
            pickings[:1].action_assign() if count > 1 else None
            few, seconds, queries = route(env, pickings[:1])
            lines.append([f"one transfer, {few.line_count} lines", seconds, queries])
        report.table(
            f"{bins:,} bins ({generated:.1f} s to generate), {first[3]:,} lines", [
                "planned", "seconds", "queries", "lines", "metres", "metres in name order"], rows)
        report.table("Queries do not grow with the lines", ["planned", "seconds", "queries"], lines)
        report.note(
            f"{1 - first[4] / first[5]:.0%} less walking than in name order; goal of {GOAL_S} s for {transfers} "
            f"transfers {'reached' if first[1] <= GOAL_S else 'missed'}.")
    finally:
        env.cr.rollback()


if __name__ == "__main__":
    sys.exit(main(run, "route"))
