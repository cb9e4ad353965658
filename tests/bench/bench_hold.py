"""Put 2,000 reserved lots on hold in one go, and release them; what the same reservations cost the plain way beside it.

The peer is the only thing Odoo offers: unreserving the move lines of one lot after the other.
"""

from __future__ import annotations

import sys

from harness import clock, main

NEEDS_ODOO = True
GOAL_S = 10
PRODUCTS = 20
LINES_PER_TRANSFER = 4


def build(env, lots_wanted):
    """Lots of 10 units on bins, each reserved once by a delivery of four lines."""
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    bins = env["stock.location"].create(
        [{"name": f"Bench {number}", "location_id": warehouse.lot_stock_id.id} for number in range(100)]
    )
    products = env["product.product"].create(
        [{"name": f"Bench {number}", "is_storable": True, "tracking": "lot"} for number in range(PRODUCTS)]
    )
    lots = env["stock.lot"].create(
        [
            {"name": f"BENCH-{number:05d}", "product_id": products[number % PRODUCTS].id}
            for number in range(lots_wanted)
        ]
    )
    env["stock.quant"].create(
        [
            {"product_id": lot.product_id.id, "lot_id": lot.id, "location_id": bins[i % 100].id, "quantity": 10}
            for i, lot in enumerate(lots)
        ]
    )
    customer = env.ref("stock.stock_location_customers")
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customer.id,
                "move_ids": [
                    (0, 0, {
                        "product_id": products[(number * LINES_PER_TRANSFER + line) % PRODUCTS].id,
                        "product_uom_qty": 10,
                        "product_uom": products[0].uom_id.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "location_dest_id": customer.id,
                    })
                    for line in range(LINES_PER_TRANSFER)
                ],
            }
            for number in range(lots_wanted // LINES_PER_TRANSFER)
        ]
    )
    pickings.action_confirm()
    pickings.action_assign()
    env.flush_all()
    return lots, pickings


def plain_way(env, lots):
    """Seconds to unreserve the lines of these lots one lot after the other, taken back afterwards."""
    savepoint = env.cr.savepoint()
    with clock() as spent:
        for lot in lots:
            env["stock.move.line"].search([("lot_id", "=", lot.id), ("state", "not in", ("done", "cancel"))]).unlink()
        env.flush_all()
    savepoint.rollback()
    savepoint.close(rollback=False)
    env.invalidate_all()
    return spent()


def run(report, args, env=None):
    """Measure hold and release of many lots; `env` is an Odoo environment."""
    if env is None:
        report.note("Needs a database: start it with setup/gantry bench hold.")
        return
    env = env(context={**env.context, "tracking_disable": True})
    count = 200 if args.quick else 2_000
    try:
        lots, pickings = build(env, count)
        lines = len(pickings.move_line_ids)
        env.invalidate_all()
        plain = plain_way(env, lots)
        queries = env.cr.sql_log_count
        with clock() as spent:
            hold = env["gantry.hold"]._hold_lots(lots, reason="Benchmark", kind="recall")
            env.flush_all()
        held = spent()
        queries = env.cr.sql_log_count - queries
        left = sum(lots.quant_ids.mapped("reserved_quantity"))
        with clock() as spent:
            hold.action_move_to_quarantine()
            env.flush_all()
        moved = spent()
        second = env["res.users"].search([("id", "!=", env.uid), ("share", "=", False)], limit=1) or env.ref(
            "base.user_admin"
        )
        second.sudo().write({"group_ids": [(4, env.ref("gantry_hold.group_quality_release").id)]})
        with clock() as spent:
            hold.with_user(second)._release(reason="Benchmark over")
            env.flush_all()
        released = spent()
        report.table(
            f"{count:,} lots, {lines:,} reserved lines in {len(pickings):,} deliveries",
            ["step", "seconds", "records"],
            [
                [f"hold, reservations released and listed (goal {GOAL_S} s)", held, len(hold.hit_ids)],
                ["move all to quarantine", moved, count],
                ["release by a second person", released, len(hold.line_ids)],
                ["(peer) unreserve lot after lot, no list, no hold", plain, lines],
            ],
        )
        report.note(
            f"{queries:,} queries for the hold, {left:g} units still reserved, goal "
            f"{'reached' if held <= GOAL_S else 'missed'}."
        )
    finally:
        env.cr.rollback()


if __name__ == "__main__":
    sys.exit(main(run, "hold"))
