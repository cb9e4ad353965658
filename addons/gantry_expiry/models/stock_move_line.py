from odoo import api, fields, models
from odoo.tools import SQL


class StockMoveLine(models.Model):
    """First-expired-first-out, measured when goods leave: was there an earlier lot that could have gone?"""

    _inherit = "stock.move.line"

    gantry_fefo = fields.Selection(
        [("ok", "Followed"), ("missed", "Missed")], "First expired first out", readonly=True, copy=False,
        index="btree_not_null",
    )  # fmt: skip
    gantry_fefo_rate = fields.Float("FEFO followed %", readonly=True, copy=False, aggregator="avg", digits=(5, 1))
    gantry_fefo_lot_id = fields.Many2one(
        "stock.lot", "Lot that should have gone", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    gantry_fefo_days = fields.Integer(
        "Days too late", readonly=True, copy=False, aggregator="max",
        help="So many days earlier the other lot has to be removed.",
    )  # fmt: skip
    gantry_shelf_days = fields.Integer(
        "Shelf life at delivery", readonly=True, copy=False, aggregator="avg", help="Days left when the goods left."
    )

    def _action_done(self):
        found = self._gantry_measure_fefo()
        result = super()._action_done()
        for line in self.exists():
            if line.id in found:
                line.write(found[line.id])
        return result

    def _gantry_measure_fefo(self):
        """Values per line that leaves stock with an expiring lot, before the stock changes.

        An earlier lot counts when it was under the source of the move, still good, and not reserved for others.
        """
        lines = self.filtered(
            lambda line: (
                line.quantity > 0
                and line.lot_id.removal_date
                and line.location_id.usage == "internal"
                and line.location_dest_id.usage in ("customer", "production")
            )
        )
        if not lines:
            return {}
        self.env["stock.quant"].flush_model()
        self.env["stock.lot"].flush_model(["removal_date", "expiration_date"])
        lines.flush_recordset()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id, earlier.lot_id, own.removal_date::date - earlier.removal_date::date
                  FROM stock_move_line AS line
                  JOIN stock_move AS move ON move.id = line.move_id
                  JOIN stock_lot AS own ON own.id = line.lot_id
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN LATERAL (
                        SELECT quant.lot_id, lot.removal_date
                          FROM stock_quant AS quant
                          JOIN stock_lot AS lot ON lot.id = quant.lot_id
                          JOIN stock_location AS place ON place.id = quant.location_id
                         WHERE quant.product_id = line.product_id
                           AND place.usage = 'internal'
                           AND place.parent_path LIKE source.parent_path || '%%'
                           AND lot.removal_date >= %(now)s
                           AND lot.removal_date::date < own.removal_date::date
                           AND quant.quantity - quant.reserved_quantity > 0
                           AND quant.owner_id IS NOT DISTINCT FROM line.owner_id
                           AND %(usable)s
                         ORDER BY lot.removal_date, quant.in_date
                         LIMIT 1
                       ) AS earlier ON TRUE
                 WHERE line.id = ANY(%(ids)s)
                """,
                now=now,
                ids=lines.ids,
                usable=self._gantry_fefo_usable(),
            )
        )
        missed = {line_id: (lot_id, days) for line_id, lot_id, days in rows}
        answer = {}
        for line in lines:
            lot_id, days = missed.get(line.id, (False, 0))
            expires = line.lot_id.expiration_date
            answer[line.id] = {
                "gantry_fefo": "missed" if lot_id else "ok",
                "gantry_fefo_rate": 0.0 if lot_id else 100.0,
                "gantry_fefo_lot_id": lot_id,
                "gantry_fefo_days": days,
                "gantry_shelf_days": (expires - now).days if expires else 0,
            }
        return answer

    @api.model
    def _gantry_fefo_usable(self):
        """SQL on ``quant`` and ``lot``: whether this stock could have gone. Lots on hold could not."""
        if "gantry_hold_state" in self.env["stock.lot"]._fields:
            self.env["stock.lot"].flush_model(["gantry_hold_state"])
            return SQL("lot.gantry_hold_state = 'free'")
        return SQL("TRUE")
