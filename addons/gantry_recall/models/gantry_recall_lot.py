import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

TOLERANCE = 1e-4


class GantryRecallLot(models.Model):
    """A lot, or stock without lot number, of a case: from the last snapshot, with what people say to it."""

    _name = "gantry.recall.lot"
    _description = "Lot of a recall"
    _order = "recall_id desc, direction, depth, id"
    _check_company_auto = True

    recall_id = fields.Many2one("gantry.recall", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    node = fields.Integer(required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True, ondelete="set null", index="btree_not_null")
    product_id = fields.Many2one("product.product", readonly=True, ondelete="set null")
    uom_id = fields.Many2one(related="product_id.uom_id")
    name = fields.Char("Lot or stock", readonly=True)
    direction = fields.Selection([("down", "Concerned"), ("up", "Made from")], required=True, readonly=True)
    depth = fields.Integer("Steps", readonly=True)
    confidence = fields.Char("How sure", readonly=True)
    qty_on_hand = fields.Float("On hand", readonly=True, digits="Product Unit")
    qty_reserved = fields.Float("Reserved", readonly=True, digits="Product Unit")
    qty_net = fields.Float("At customers", readonly=True, digits="Product Unit")
    difference = fields.Float(readonly=True, digits="Product Unit", help="What the mass balance cannot place.")
    reason_text = fields.Text("What the books say", readonly=True)
    balance = fields.Json(readonly=True)
    explanation = fields.Text(help="Why there is a difference, in words of somebody who looked.")
    in_scope = fields.Boolean("Still concerned", readonly=True, default=True)
    hold_state = fields.Selection(related="lot_id.gantry_hold_state")

    _node_uniq = models.UniqueIndex("(recall_id, node, direction)", "A lot is in a case once.")

    is_unexplained = fields.Boolean(compute="_compute_is_unexplained")

    @api.depends("difference", "explanation")
    def _compute_is_unexplained(self):
        for row in self:
            row.is_unexplained = abs(row.difference) > TOLERANCE and not (row.explanation or "").strip()

    def write(self, vals):
        if not self.env.su:
            self.recall_id._require_open()
            if set(vals) - {"explanation"}:
                raise UserError(self.env._("Lots of a case come from its trace; only the explanation can be written."))
        return super().write(vals)

    def _replace(self, recall, rows):
        """Write tens of thousands of lots in one statement."""
        self.flush_model()
        self.env.execute_query(
            SQL("UPDATE gantry_recall_lot SET in_scope = false WHERE recall_id = %s RETURNING id", recall.id)
        )
        self.env.execute_query(
            SQL(
                """
                INSERT INTO gantry_recall_lot (
                    recall_id, company_id, node, lot_id, product_id, name, direction, depth, confidence, qty_on_hand,
                    qty_reserved, qty_net, difference, reason_text, balance, in_scope,
                    create_uid, write_uid, create_date, write_date)
                SELECT %(recall)s, %(company)s, r.node, lot.id, product.id, r.name, r.direction, r.depth,
                       r.confidence, r.qty_on_hand, r.qty_reserved, r.qty_net, r.difference, r.reason_text,
                       r.balance, true, %(user)s, %(user)s, %(now)s, %(now)s
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS r(
                       node int, lot_id int, product_id int, name text, direction text, depth int, confidence text,
                       qty_on_hand float8, qty_reserved float8, qty_net float8, difference float8, reason_text text,
                       balance jsonb)
                  LEFT JOIN stock_lot lot ON lot.id = r.lot_id
                  LEFT JOIN product_product product ON product.id = r.product_id
                ON CONFLICT (recall_id, node, direction) DO UPDATE SET
                    lot_id = EXCLUDED.lot_id, product_id = EXCLUDED.product_id, name = EXCLUDED.name,
                    depth = EXCLUDED.depth, confidence = EXCLUDED.confidence, qty_on_hand = EXCLUDED.qty_on_hand,
                    qty_reserved = EXCLUDED.qty_reserved, qty_net = EXCLUDED.qty_net,
                    difference = EXCLUDED.difference, reason_text = EXCLUDED.reason_text,
                    balance = EXCLUDED.balance, in_scope = true, write_uid = EXCLUDED.write_uid,
                    write_date = EXCLUDED.write_date
                RETURNING id
                """,
                recall=recall.id, company=recall.company_id.id, user=self.env.uid, now=fields.Datetime.now(),
                rows=json.dumps(rows),
            )
        )  # fmt: skip
        self.invalidate_model()
        recall.invalidate_recordset(["scope_ids", "scope_count"])
