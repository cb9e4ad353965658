from odoo import api, models
from odoo.tools import SQL

PLACES = ("on_hand", "transit", "consignment", "subcontractor")
OPEN = ["waiting", "confirmed", "partially_available", "assigned"]


class GantryTrace(models.AbstractModel):
    _inherit = "gantry.trace"

    @api.model
    def _exposure(self, lot_ids, *, pool_ids=(), until=None):
        """Where these lots (exactly these: take them from ``_closure``) and pools have gone, and where they are.

        Who got something is decided by the usage of the locations, never by the operation type. Returns are taken
        off the customer of the delivery that they return.

        :param pool_ids: pools of untracked stock, for all that left the company while they lasted
        :param until: only what was done until this time; stock and reservations are always those of now
        :return: dict of

            - ``customers``: dicts ``partner_id`` (None when no document names one), ``commercial_partner_id``,
              ``lot_id``, ``pool_id``, ``product_id``, ``company_id``, ``qty_out``, ``qty_returned``, ``qty_net``,
              ``first_date``, ``last_date``, ``picking_ids``, ``move_ids``, ``drop_ship``
            - ``on_hand``, ``transit``, ``consignment``, ``subcontractor``: dicts ``lot_id``, ``product_id``,
              ``location_id``, ``owner_id``, ``company_id``, ``qty``, ``reserved``
            - ``reserved``: dicts ``line_id``, ``move_id``, ``picking_id``, ``partner_id``, ``lot_id``,
              ``product_id``, ``location_id``, ``location_dest_id``, ``company_id``, ``qty``
            - ``scrapped``: dicts ``lot_id``, ``product_id``, ``company_id``, ``qty``, ``last_date``
            - ``hidden``: how many of these rows belong to companies that the user may not see, and
              ``hidden_detail``, a dict with ``companies``, ``customers``, ``lots`` and ``qty_net``
        """
        lot_ids, pool_ids = list(lot_ids), list(pool_ids)
        self.env["gantry.trace.edge"]._flush_history()
        self.env["stock.quant"].flush_model()
        answer = {"customers": self._exposed_customers(lot_ids, pool_ids, until)}
        answer |= self._exposed_places(lot_ids)
        answer["reserved"] = self._exposed_reservations(lot_ids)
        answer["scrapped"] = self._exposed_scrap(lot_ids, pool_ids, until)
        return self._mask_exposure(answer)

    def _exposed_lines(self, lot_ids, pool_ids, until):
        """Done lines of these lots and pools."""
        return SQL(
            """
            SELECT l.lot_id, NULL::int AS pool_id, l.product_id, l.company_id, l.move_id, l.picking_id, l.date,
                   l.location_id, l.location_dest_id, l.quantity_product_uom AS qty
              FROM unnest(%(lots)s::int[]) lot(id) JOIN stock_move_line l ON l.lot_id = lot.id
             WHERE l.state = 'done' AND (%(until)s::timestamp IS NULL OR l.date <= %(until)s)
             UNION ALL
            SELECT NULL, p.id, l.product_id, l.company_id, l.move_id, l.picking_id, l.date,
                   l.location_id, l.location_dest_id, l.quantity_product_uom
              FROM unnest(%(pools)s::int[]) pool(id) JOIN gantry_trace_pool p ON p.id = pool.id AND p.kind = 'stock'
              JOIN stock_move_line l ON l.product_id = p.product_id AND l.company_id = p.company_id
               AND l.lot_id IS NULL AND l.date >= p.opened_at AND (p.closed_at IS NULL OR l.date <= p.closed_at)
             WHERE l.state = 'done' AND (%(until)s::timestamp IS NULL OR l.date <= %(until)s)
            """,
            lots=lot_ids, pools=pool_ids, until=until or None,
        )  # fmt: skip

    def _exposed_customers(self, lot_ids, pool_ids, until):
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH crossing AS (
                    SELECT l.*, d.usage = 'customer' AS away, s.usage = 'supplier' OR d.usage = 'supplier' AS direct,
                           COALESCE(sent.partner_id, sending.partner_id, own.partner_id, m.partner_id) AS partner_id,
                           own.id AS own_id
                      FROM (%s) l
                      JOIN stock_location s ON s.id = l.location_id
                      JOIN stock_location d ON d.id = l.location_dest_id
                      LEFT JOIN stock_move m ON m.id = l.move_id
                      LEFT JOIN stock_picking own ON own.id = COALESCE(l.picking_id, m.picking_id)
                      LEFT JOIN stock_move sending ON sending.id = m.origin_returned_move_id AND s.usage = 'customer'
                      LEFT JOIN stock_picking sent ON sent.id = sending.picking_id
                     WHERE (s.usage = 'customer') <> (d.usage = 'customer')
                )
                SELECT c.partner_id, p.commercial_partner_id, c.lot_id, c.pool_id, c.product_id, c.company_id,
                       COALESCE(sum(qty) FILTER (WHERE away), 0)::float8 AS qty_out,
                       COALESCE(sum(qty) FILTER (WHERE NOT away), 0)::float8 AS qty_returned,
                       COALESCE(min(date) FILTER (WHERE away), min(date)) AS first_date,
                       COALESCE(max(date) FILTER (WHERE away), max(date)) AS last_date,
                       array_agg(c.own_id) FILTER (WHERE c.own_id IS NOT NULL) AS picking_ids,
                       array_agg(c.move_id) FILTER (WHERE c.move_id IS NOT NULL) AS move_ids,
                       bool_or(direct) AS drop_ship
                  FROM crossing c LEFT JOIN res_partner p ON p.id = c.partner_id
                 GROUP BY c.partner_id, p.commercial_partner_id, c.lot_id, c.pool_id, c.product_id, c.company_id
                 ORDER BY min(date), c.partner_id, c.lot_id, c.pool_id
                """,
                self._exposed_lines(lot_ids, pool_ids, until),
            )
        )
        for row in rows:
            row["qty_net"] = round(row["qty_out"] - row["qty_returned"], 6)
            row["picking_ids"] = sorted(set(row["picking_ids"] or ()))
            row["move_ids"] = sorted(set(row["move_ids"] or ()))
        return rows

    def _exposed_places(self, lot_ids):
        """Stock of the lots by kind of place."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT q.lot_id, q.product_id, q.location_id, q.owner_id, COALESCE(q.company_id, s.company_id) AS
                       company_id, s.usage, sum(q.quantity)::float8 AS qty, sum(q.reserved_quantity)::float8 AS reserved
                  FROM stock_quant q JOIN stock_location s ON s.id = q.location_id
                 WHERE q.lot_id = ANY(%s) AND s.usage IN ('internal', 'transit')
                 GROUP BY q.lot_id, q.product_id, q.location_id, q.owner_id, q.company_id, s.company_id, s.usage
                HAVING sum(q.quantity) <> 0
                 ORDER BY q.lot_id, q.location_id
                """,
                lot_ids,
            )
        )
        subcontract = self._subcontract_location_ids()
        places = {name: [] for name in PLACES}
        for row in rows:
            usage = row.pop("usage")
            if row["location_id"] in subcontract:
                name = "subcontractor"
            elif usage == "transit":
                name = "transit"
            else:
                name = "consignment" if row["owner_id"] else "on_hand"
            places[name].append(row)
        return places

    @api.model
    def _subcontract_location_ids(self):
        """Locations that stand for the premises of subcontractors."""
        companies = self.env["res.company"].sudo()
        if "subcontracting_location_id" not in companies._fields:
            return frozenset()
        roots = companies.search([]).subcontracting_location_id
        return frozenset(self.env["stock.location"].sudo().search([("id", "child_of", roots.ids)]).ids)

    def _exposed_reservations(self, lot_ids):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT l.id AS line_id, l.move_id, l.picking_id, COALESCE(p.partner_id, m.partner_id) AS partner_id,
                       l.lot_id, l.product_id, l.location_id, l.location_dest_id, l.company_id,
                       l.quantity_product_uom::float8 AS qty
                  FROM stock_move_line l
                  LEFT JOIN stock_move m ON m.id = l.move_id
                  LEFT JOIN stock_picking p ON p.id = l.picking_id
                 WHERE l.lot_id = ANY(%s) AND l.state = ANY(%s) AND l.quantity_product_uom > 0
                 ORDER BY l.id
                """,
                lot_ids, OPEN,
            )
        )  # fmt: skip

    def _exposed_scrap(self, lot_ids, pool_ids, until):
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT l.lot_id, l.pool_id, l.product_id, l.company_id, sum(l.qty)::float8 AS qty,
                       max(l.date) AS last_date
                  FROM (%s) l
                  JOIN stock_move m ON m.id = l.move_id AND m.scrap_id IS NOT NULL
                  JOIN stock_location d ON d.id = l.location_dest_id AND d.usage = 'inventory'
                 GROUP BY l.lot_id, l.pool_id, l.product_id, l.company_id
                 ORDER BY l.lot_id, l.pool_id
                """,
                self._exposed_lines(lot_ids, pool_ids, until),
            )
        )

    def _mask_exposure(self, answer):
        """Take away rows of companies that the user may not see, and count them."""
        visible = self._visible_company_ids()
        hidden = []
        if visible is not None:
            for name, rows in answer.items():
                answer[name] = [row for row in rows if not row["company_id"] or row["company_id"] in visible]
                hidden += [(name, row) for row in rows if row["company_id"] and row["company_id"] not in visible]
        customers = [row for name, row in hidden if name == "customers"]
        answer["hidden"] = len(hidden)
        answer["hidden_detail"] = {
            "companies": len({row["company_id"] for _name, row in hidden}),
            "customers": len({row["partner_id"] for row in customers}),
            "lots": len({row["lot_id"] for _name, row in hidden if row["lot_id"]}),
            "qty_net": round(sum(row["qty_net"] for row in customers), 6),
        }
        return answer
