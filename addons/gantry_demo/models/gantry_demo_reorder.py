import json

import numpy as np

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.tools import SQL

from .. import core

STALE_DAYS = 365  # the buyer has set the minimum and maximum from the demand of the year before the last one
TRANSFER_DAYS = 7  # what comes from the other house is there within a week
ORDER_DAYS = 14  # an order lasts two weeks longer than the next one takes to come
RULED_SHARE = 0.85
LEAST_HORIZON = 26  # weeks: the vendors in Asia need three months


class GantryDemo(models.AbstractModel):
    """Purchase orders behind the receipts, the buyer's own reordering rules, and policies."""

    _inherit = "gantry.demo"

    def _chapters(self):
        return [
            *super()._chapters(),
            ("purchases", self.env._("Purchase orders behind the receipts"), "_chapter_purchases", 3),
            ("reorder_rules", self.env._("Reordering rules of the buyer, and policies"), "_chapter_reorder_rules", 4),
        ]

    def _job_load(self, job):
        result = yield from super()._job_load(job)
        # less urgent than the forecasts, which it needs: whoever takes jobs in their order does the forecasts first
        self.env["gantry.reorder.rule"]._enqueue_run(self.env.company)
        return result

    # -- purchase orders

    def _chapter_purchases(self, tale, start):
        """Write the confirmed purchase orders that the receipts belong to, past the ORM as the receipts were."""
        self.env.flush_all()
        self._collect_receipts(tale)
        self._write_purchase_orders(tale)
        self._link_receipts(tale)
        self.env.cr.execute("DROP TABLE gantry_demo_receipt, gantry_demo_order")
        self.env.invalidate_all()
        yield Progress(1, 1)

    def _collect_receipts(self, tale):
        """Moves from vendors by the number of their order, and what is known of each order."""
        vendors = zip(tale.suppliers, tale.story.suppliers, strict=True)
        days = {str(partner.id): int(row.lead_days) for partner, row in vendors}
        self.env.cr.execute(SQL(
            """
            CREATE TEMPORARY TABLE gantry_demo_receipt ON COMMIT DROP AS
                SELECT move.id AS move_id, move.product_id, move.product_uom, move.state,
                       CASE WHEN move.state = 'done' THEN move.quantity ELSE 0 END AS received,
                       CASE WHEN move.state = 'done' THEN move.quantity ELSE move.product_uom_qty END AS asked,
                       picking.origin, picking.partner_id, picking.picking_type_id, picking.scheduled_date,
                       picking.date_done
                  FROM stock_move move
                  JOIN stock_picking picking ON picking.id = move.picking_id
                  JOIN stock_location source ON source.id = move.location_id AND source.usage = 'supplier'
                 WHERE move.company_id = %(company)s AND move.state != 'cancel' AND move.purchase_line_id IS NULL
                   AND picking.origin ~ '^P[0-9]{5,}$';
            CREATE TEMPORARY TABLE gantry_demo_order ON COMMIT DROP AS
                SELECT nextval('purchase_order_id_seq') AS id, receipt.*,
                       receipt.due - make_interval(days => COALESCE((%(days)s::jsonb ->> partner_id::text)::int, 7))
                       AS placed
                  FROM (SELECT origin, min(partner_id) AS partner_id, min(picking_type_id) AS picking_type_id,
                               min(scheduled_date) AS due, min(date_done) AS landed,
                               bool_and(state = 'done') AS whole, bool_or(state = 'done') AS begun
                          FROM gantry_demo_receipt GROUP BY origin ORDER BY origin) receipt
            """,
            company=tale.company.id, days=json.dumps(days),
        ))

    def _write_purchase_orders(self, tale):
        cr, values = self.env.cr, {
            "company": tale.company.id, "currency": tale.company.currency_id.id, "uid": self.env.uid,
            "key": str(tale.company.id), "user": tale.users["planner"].id if tale.users else self.env.uid,
        }
        cr.execute(SQL(
            """
            INSERT INTO purchase_order (id, name, partner_id, company_id, currency_id, currency_rate, state,
                   date_order, date_approve, date_planned, date_calendar_start, effective_date, picking_type_id,
                   user_id, priority, invoice_status, receipt_status, invoice_count, amount_untaxed, amount_tax,
                   amount_total, amount_total_cc, locked, acknowledged, create_uid, write_uid, create_date, write_date)
            SELECT id, origin, partner_id, %(company)s, %(currency)s, 1, 'purchase', placed, placed, due, placed,
                   landed, picking_type_id, %(user)s, '0', 'no',
                   CASE WHEN whole THEN 'full' WHEN begun THEN 'partial' ELSE 'pending' END, 0, 0, 0, 0, 0, FALSE,
                   FALSE, %(uid)s, %(uid)s, placed, placed
              FROM gantry_demo_order;
            INSERT INTO purchase_order_line (order_id, company_id, partner_id, product_id, product_uom_id, name,
                   sequence, product_qty, product_uom_qty, qty_received, qty_received_method, qty_received_manual,
                   qty_invoiced, qty_to_invoice, price_unit, technical_price_unit, price_subtotal, price_total,
                   price_tax, discount, is_downpayment, propagate_cancel, date_planned, create_uid, write_uid,
                   create_date, write_date)
            SELECT bought.id, %(company)s, bought.partner_id, line.product_id, line.product_uom,
                   COALESCE('[' || product.default_code || '] ', '') || (template.name ->> 'en_US'), 10, line.asked,
                   line.asked, line.received, 'stock_moves', 0, 0, 0, price.cost, price.cost, price.cost * line.asked,
                   price.cost * line.asked, 0, 0, FALSE, TRUE, bought.due, %(uid)s, %(uid)s, bought.placed,
                   bought.placed
              FROM (SELECT origin, product_id, min(product_uom) AS product_uom, sum(asked) AS asked,
                           sum(received) AS received
                      FROM gantry_demo_receipt GROUP BY origin, product_id) line
              JOIN gantry_demo_order bought ON bought.origin = line.origin
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
        CROSS JOIN LATERAL (SELECT COALESCE((product.standard_price ->> %(key)s)::numeric, 0) AS cost) price
             ORDER BY bought.id, product.default_code;
            UPDATE purchase_order bought
               SET amount_untaxed = line.amount, amount_total = line.amount, amount_total_cc = line.amount
              FROM (SELECT order_id, sum(price_subtotal) AS amount FROM purchase_order_line GROUP BY order_id) line
             WHERE line.order_id = bought.id AND bought.id IN (SELECT id FROM gantry_demo_order)
            """,
            **values,
        ))
        cr.execute("SELECT max(substr(origin, 2)::int) FROM gantry_demo_order")
        last = cr.fetchone()[0] or 0
        sequence = self.env["ir.sequence"].search(
            [("code", "=", "purchase.order"), ("company_id", "in", [tale.company.id, False])],
            order="company_id", limit=1,
        )
        if sequence.number_next_actual <= last:
            sequence.number_next_actual = last + 1

    def _link_receipts(self, tale):
        self.env.cr.execute(
            """
            UPDATE stock_move move SET purchase_line_id = line.id
              FROM gantry_demo_receipt receipt
              JOIN gantry_demo_order bought ON bought.origin = receipt.origin
              JOIN purchase_order_line line ON line.order_id = bought.id AND line.product_id = receipt.product_id
             WHERE move.id = receipt.move_id
            """
        )

    # -- rules

    def _chapter_reorder_rules(self, tale, start):
        """Minimum and maximum as the buyer has typed them long ago, for most products, and two policies."""
        tale.company.gantry_forecast_horizon = max(tale.company.gantry_forecast_horizon, LEAST_HORIZON)
        self._create_buyer_rules(tale)
        self._create_policies(tale)
        yield Progress(1, 1)

    def _create_buyer_rules(self, tale):
        """From the demand of the year before the last one, as the buyer reckons: too much for what has faded since,
        too little for what has grown."""
        rows, rng = tale.story.products, tale.rng("reorder")
        sold = self._count_old_sales(tale)
        known = {
            (point.product_id.id, point.location_id.id)
            for point in self.env["stock.warehouse.orderpoint"].search([("company_id", "=", tale.company.id)])
        }
        vals = []
        for index, row in enumerate(rows):
            for house, warehouse in enumerate(tale.warehouses):
                product, daily = tale.products[index], sold[index, house]
                ruled = rng.random() < RULED_SHARE
                if not ruled or not daily or (product.id, warehouse.lot_stock_id.id) in known:
                    continue
                supplier = tale.story.suppliers[tale.story.supplier_of[index]]
                days = TRANSFER_DAYS if supplier.hub and house else supplier.lead_days + 7 * supplier.review_weeks
                low = _tidy(_level(daily * days, row.per_order), row.pack)
                high = _tidy(_level(daily * (days + ORDER_DAYS), row.per_order), row.pack)
                vals.append({
                    "product_id": product.id, "warehouse_id": warehouse.id, "location_id": warehouse.lot_stock_id.id,
                    "company_id": tale.company.id, "product_min_qty": low,
                    "product_max_qty": max(high, low), "trigger": "manual",
                })
        self.env["stock.warehouse.orderpoint"].create(vals)

    def _count_old_sales(self, tale):
        """Units a day that each article sold in each house up to a year ago, (articles, houses)."""
        story = tale.story
        documents, moves = story.documents, story.moves
        kind, house = documents.kind[moves.document], documents.house[moves.document]
        day = documents.minute[moves.document] // (24 * 60)
        until = max(story.params.days - STALE_DAYS, 1)
        chosen = (kind == core.DELIVERY) & (day < until)
        sold = np.zeros((len(story.products), len(tale.warehouses)))
        np.add.at(sold, (moves.product[chosen], house[chosen]), moves.quantity[chosen])
        return sold / until

    def _create_policies(self, tale):
        Policy = self.env["gantry.reorder.policy"].sudo()  # sudo: set up for the company, whoever loads the story
        if Policy.search_count([("company_id", "=", tale.company.id)], limit=1):
            return
        owner = tale.users["planner"].id if tale.users else False
        common = {"company_id": tale.company.id, "user_id": owner, "order_cost": 4.0, "review_days": 1}
        Policy.create([
            {**common, "name": self.env._("Everything, 97 %"), "target_kind": "fill", "target_pct": 97.0,
             "share_target": True, "mode": "suggest"},
            {**common, "name": self.env._("A products, 98.5 %"), "abc": "A", "target_kind": "fill", "target_pct": 98.5,
             "share_target": True, "mode": "suggest"},
            {**common, "name": self.env._("C products, by cost"), "abc": "C", "target_kind": "cost",
             "shortage_pct": 40.0, "review_days": 7, "mode": "suggest", "archive_rules": True},
        ])


def _level(need, per_order):
    """The buyer's rule of thumb: what sells, and a safety that grows with it."""
    return need + 1.25 * (need * per_order * 1.35) ** 0.5 + per_order / 2


def _tidy(quantity, pack):
    """A round number, as people type it: whole packs, or fives and tens."""
    if pack > 1:
        return max(round(quantity / pack), 1) * pack
    step = 10 if quantity >= 40 else 5 if quantity >= 10 else 1
    return max(round(quantity / step), 1) * step
