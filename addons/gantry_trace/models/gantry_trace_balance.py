from odoo import api, models
from odoo.tools import SQL

from ..core import balance


class GantryTrace(models.AbstractModel):
    _inherit = "gantry.trace"

    @api.model
    def _balance(self, lot_ids):
        """The mass balance of every one of these lots, over all companies.

        opening + received + produced + returned + relabelled_in + adjusted
        - consumed - shipped - sent_back - scrapped - relabelled_out - on_hand = difference

        :return: list of dicts ``lot_id``, ``product_id``, ``company_id``, these quantities in the unit of the
            product, and ``reasons``: dicts ``code``, ``qty``, ``text`` for every adjustment and difference. Lots of
            companies that the user may not see are left out.
        """
        lot_ids = list(dict.fromkeys(lot_ids))
        self.env["gantry.trace.edge"]._feed_pending()
        self.env["gantry.trace.edge"]._flush_history()
        self.env["stock.quant"].flush_model()
        movements = self._balance_movements(lot_ids)
        on_hand = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT q.lot_id, sum(q.quantity)::float8
                      FROM stock_quant q JOIN stock_location s ON s.id = q.location_id
                     WHERE q.lot_id = ANY(%s) AND s.usage IN ('internal', 'transit')
                     GROUP BY q.lot_id
                    """,
                    lot_ids,
                )
            )
        )
        relabelled = self._balance_relabels(lot_ids)
        visible = self._visible_company_ids()
        rows = []
        for lot_id, product_id, company_id in self._balance_lots(lot_ids):
            if visible is not None and company_id and company_id not in visible:
                continue
            came, went = relabelled.get(lot_id, (0.0, 0.0))
            row = balance(movements.get(lot_id, ()), on_hand.get(lot_id, 0.0), came, went).as_dict()
            for reason in row["reasons"]:
                reason["text"] = self._balance_reason(reason)
            rows.append({"lot_id": lot_id, "product_id": product_id, "company_id": company_id, **row})
        return rows

    def _balance_lots(self, lot_ids):
        return self.env.execute_query(
            SQL(
                """
                SELECT lot.id, lot.product_id, lot.company_id
                  FROM unnest(%s::int[]) WITH ORDINALITY wanted(id, place) JOIN stock_lot lot ON lot.id = wanted.id
                 ORDER BY wanted.place
                """,
                lot_ids,
            )
        )

    def _balance_movements(self, lot_ids):
        """``(usage from, usage to, scrap, first, quantity)`` of every lot."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.lot_id, s.usage, d.usage, m.scrap_id IS NOT NULL AS scrap,
                       sum(l.quantity_product_uom)::float8, min(l.date)
                  FROM stock_move_line l
                  JOIN stock_location s ON s.id = l.location_id
                  JOIN stock_location d ON d.id = l.location_dest_id
                  LEFT JOIN stock_move m ON m.id = l.move_id AND d.usage = 'inventory'
                 WHERE l.lot_id = ANY(%s) AND l.state = 'done'
                 GROUP BY l.lot_id, s.usage, d.usage, scrap
                """,
                lot_ids,
            )
        )
        movements, first = {}, {}
        for lot_id, source, target, scrap, qty, at in rows:
            movements.setdefault(lot_id, []).append((source, target, scrap, False, qty))
            first[lot_id] = min(at, first.get(lot_id, at))
        self._mark_openings(movements, first)
        return movements

    def _mark_openings(self, movements, first):
        """What was counted in before anything else happened to the lot is told apart from later counts."""
        counted = [lot_id for lot_id, rows in movements.items() if any(row[0] == "inventory" for row in rows)]
        if not counted:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.lot_id, d.usage, l.date, l.quantity_product_uom::float8
                  FROM stock_move_line l
                  JOIN stock_location s ON s.id = l.location_id AND s.usage = 'inventory'
                  JOIN stock_location d ON d.id = l.location_dest_id
                 WHERE l.lot_id = ANY(%s) AND l.state = 'done'
                """,
                counted,
            )
        )
        for lot_id in counted:
            movements[lot_id] = [row for row in movements[lot_id] if row[0] != "inventory"]
        for lot_id, target, at, qty in rows:
            movements[lot_id].append(("inventory", target, False, at == first[lot_id], qty))

    def _balance_relabels(self, lot_ids):
        """Quantities relabelled (in, out) of every lot: those that passed through an adjustment."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lot, sum(came)::float8, sum(went)::float8 FROM (
                    SELECT child_lot_id AS lot, qty AS came, 0 AS went FROM gantry_trace_link
                     WHERE kind = 'relabel' AND state <> 'refused' AND child_lot_id = ANY(%s)
                     UNION ALL
                    SELECT parent_lot_id, 0, qty FROM gantry_trace_link
                     WHERE kind = 'relabel' AND state <> 'refused' AND parent_lot_id = ANY(%s)
                ) both_ways GROUP BY lot
                """,
                lot_ids, lot_ids,
            )
        )  # fmt: skip
        return {lot_id: (came or 0.0, went or 0.0) for lot_id, came, went in rows}

    def _balance_reason(self, reason):
        texts = {
            "counted_less": self.env._("%s less were counted than the books said."),
            "counted_more": self.env._("%s more were counted than the books said."),
            "negative_stock": self.env._("The stock is below zero (%s): something was taken before it was booked in."),
            "stock_missing": self.env._("Moves say that %s more should be there than the stock shows."),
            "stock_without_moves": self.env._(
                "%s are in stock that no move of this lot brought: stock without a lot number was taken for it, or"
                " stock was changed without a move."
            ),
        }
        return texts[reason["code"]] % f"{reason['qty']:g}"
