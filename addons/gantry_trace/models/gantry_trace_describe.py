from odoo import api, models
from odoo.tools import SQL

MAX_EDGES = 5000


class GantryTrace(models.AbstractModel):
    """Answers with names, for people: screen, report, export and RPC show the same."""

    _inherit = "gantry.trace"

    @api.model
    def _mask_closure(self, closure):
        """The rows of a closure that the user may see, and how many he may not."""
        visible = self._visible_company_ids()
        if visible is None:
            return closure, 0
        companies = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, company_id FROM stock_lot WHERE id = ANY(%s)
                     UNION ALL
                    SELECT -id, company_id FROM gantry_trace_pool WHERE id = ANY(%s)
                    """,
                    [row["lot_id"] for row in closure if row["lot_id"]],
                    [row["pool_id"] for row in closure if row["pool_id"]],
                )
            )
        )
        seen = [
            row for row in closure if not companies.get(row["node"]) or companies[row["node"]] in visible
        ]  # fmt: skip
        return seen, len(closure) - len(seen)

    @api.model
    def _describe_nodes(self, rows):
        """Rows of a closure with names, products, units and stock; ``rows`` must have been masked."""
        names = self._node_names({row["node"] for row in rows})
        products = self._product_names({row["product_id"] for row in rows})
        lots = self._lot_data(list({row["lot_id"] for row in rows if row["lot_id"]}))
        stock = self._stock_of(list(lots))
        answer = []
        for row in rows:
            reference, expires, company_id = lots.get(row["lot_id"], (None, None, None))
            product_name, unit = products.get(row["product_id"], ("", ""))
            answer.append(
                row
                | {
                    "name": names[row["node"]],
                    "reference": reference,
                    "product_name": product_name,
                    "unit": unit,
                    "on_hand": stock.get(row["lot_id"], 0.0),
                    "expiration_date": expires,
                    "company_id": company_id,
                }
            )
        return answer

    def _lot_data(self, lot_ids):
        """``{lot: (reference, expiration date, company)}``; lots that are gone are left out."""
        Lot = self.env["stock.lot"]
        Lot.flush_model()
        expires = SQL("expiration_date") if "expiration_date" in Lot._fields else SQL("NULL::timestamp")
        rows = self.env.execute_query(
            SQL("SELECT id, NULLIF(ref, ''), %s, company_id FROM stock_lot WHERE id = ANY(%s)", expires, lot_ids)
        )
        return {lot_id: tuple(rest) for lot_id, *rest in rows}

    def _product_names(self, product_ids):
        """``{product: (name, unit)}``: a few products stand behind tens of thousands of rows."""
        products = self.env["product.product"].sudo().browse(set(product_ids) - {None, False}).exists()
        return {product.id: (product.display_name, product.uom_id.name) for product in products}

    def _stock_of(self, lot_ids):
        """Quantity on hand of every lot in the companies that the user may see."""
        visible = self._visible_company_ids()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT q.lot_id, sum(q.quantity)::float8
                      FROM stock_quant q JOIN stock_location s ON s.id = q.location_id
                     WHERE q.lot_id = ANY(%s) AND s.usage IN ('internal', 'transit')
                       AND (%s OR q.company_id IS NULL OR q.company_id = ANY(%s))
                     GROUP BY q.lot_id
                    """,
                    list(lot_ids), visible is None, list(visible or ()),
                )
            )
        )  # fmt: skip

    @api.model
    def _describe_edges(self, closure, **options):
        """Edges between the rows of a masked closure with the names of documents, at most MAX_EDGES.

        :return: edges, nodes of crowded documents that stand between them, and whether some were left out
        """
        edges = self._edges(closure, **options)
        more = len(edges) > MAX_EDGES
        edges = edges[:MAX_EDGES]
        visible = self._visible_company_ids()
        documents = self._document_names({(edge["doc_model"], edge["doc_id"]) for edge in edges})
        seen = {row["node"]: row for row in closure}
        units = self._units_of(edges)
        answer, hubs = [], {}
        for edge in edges:
            mine = visible is None or not edge["company_id"] or edge["company_id"] in visible
            name = documents.get((edge["doc_model"], edge["doc_id"])) if mine else None
            answer.append(
                {
                    "from": edge["parent_node"],
                    "to": edge["child_node"],
                    "kind": edge["kind"],
                    "confidence": edge["confidence"],
                    "doc_model": edge["doc_model"] if name else None,
                    "doc_id": edge["doc_id"] if name else None,
                    "doc_name": name,
                    "qty": float(edge["qty"] or 0),
                    "unit": units.get(edge["parent_product_id"], ""),
                    "made": float(edge["child_qty"] or 0),
                    "at": edge["at"],
                    "corrected_at": edge["known_until"],
                }
            )
            for hub, other, way in (
                (edge["child_node"], edge["parent_node"], 0.5),
                (edge["parent_node"], edge["child_node"], -0.5),
            ):
                if hub not in seen and other in seen and hub not in hubs:
                    row = seen[other]
                    sign = 1 if row["direction"] == "down" else -1
                    hubs[hub] = {"node": hub, "name": name or "", "depth": row["depth"] + way * sign, "kind": "order",
                                 "direction": row["direction"]}  # fmt: skip
        return answer, list(hubs.values()), more

    def _units_of(self, edges):
        products = self.env["product.product"].sudo().browse({edge["parent_product_id"] for edge in edges} - {None})
        return {product.id: product.uom_id.name for product in products.exists()}

    @api.model
    def _document_names(self, documents):
        """What to call documents ``(model, id)``; those that are gone are left out."""
        ids = {}
        for model, res_id in documents:
            ids.setdefault(model, []).append(res_id)
        names = {}
        for model, res_ids in ids.items():
            if model not in self.env:
                continue
            for record in self.env[model].sudo().browse(res_ids).exists():
                name = record.reference if model == "stock.move" else record.display_name
                names[model, record.id] = name or record.display_name
        return names

    @api.model
    def _origins(self, lot_ids, *, pool_ids=()):
        """Who these lots came from: receipts by the usage of the locations, less what was sent back.

        :return: list of dicts ``partner_id``, ``lot_id``, ``pool_id``, ``product_id``, ``company_id``, ``qty``,
            ``first_date``, ``picking_ids``, and how many rows belong to companies that the user may not see
        """
        self.env["gantry.trace.edge"]._flush_history()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT COALESCE(p.partner_id, m.partner_id) AS partner_id, l.lot_id, l.pool_id, l.product_id,
                       l.company_id, min(l.date) AS first_date,
                       sum(CASE WHEN s.usage = 'supplier' THEN l.qty ELSE -l.qty END)::float8 AS qty,
                       array_agg(DISTINCT p.id) FILTER (WHERE p.id IS NOT NULL) AS picking_ids
                  FROM (%s) l
                  JOIN stock_location s ON s.id = l.location_id
                  JOIN stock_location d ON d.id = l.location_dest_id
                  LEFT JOIN stock_move m ON m.id = l.move_id
                  LEFT JOIN stock_picking p ON p.id = COALESCE(l.picking_id, m.picking_id)
                 WHERE (s.usage = 'supplier') <> (d.usage = 'supplier')
                 GROUP BY 1, l.lot_id, l.pool_id, l.product_id, l.company_id
                 ORDER BY min(l.date)
                """,
                self._exposed_lines(list(lot_ids), list(pool_ids), None),
            )
        )
        for row in rows:
            row["picking_ids"] = row["picking_ids"] or []
        visible = self._visible_company_ids()
        seen = [row for row in rows if visible is None or row["company_id"] in visible]
        return seen, len(rows) - len(seen)

    @api.model
    def _name_rows(self, rows):
        """Rows with the names of what their ids stand for: lot, pool, product with its unit, partner, place."""
        names = self._node_names({row["lot_id"] for row in rows if row.get("lot_id")})
        pools = {row["pool_id"] for row in rows if row.get("pool_id")}
        names |= self._node_names({-pool_id for pool_id in pools})
        products = self._product_names({row.get("product_id") for row in rows})
        found = {
            name: self._display_names(model, {row[field] for row in rows if row.get(field)})
            for field, name, model in (
                ("partner_id", "partner_name", "res.partner"), ("location_id", "location_name", "stock.location"),
            )
        }  # fmt: skip
        moves = self._records_by_id("stock.move", {row.get("move_id") for row in rows if "line_id" in row})
        for row in rows:
            if "lot_id" in row:
                row["lot_name"] = names.get(row["lot_id"] or -(row.get("pool_id") or 0), "")
            row["product_name"], row["unit"] = products.get(row.get("product_id"), ("", ""))
            for field, name in (("partner_id", "partner_name"), ("location_id", "location_name")):
                if field in row:
                    row[name] = found[name].get(row[field], "")
            if "line_id" in row:
                move = moves.get(row["move_id"])
                row["reference"] = move.reference or "" if move else ""
        return rows

    def _display_names(self, model, ids):
        return {record.id: record.display_name for record in self.env[model].sudo().browse(ids).exists()}

    def _records_by_id(self, model, ids):
        records = self.env[model].sudo().browse(ids - {None, False}).exists()
        return {record.id: record for record in records}

    @api.model
    def _name_exposure(self, exposure):
        """An exposure with names in every row."""
        for rows in exposure.values():
            if isinstance(rows, list):
                self._name_rows(rows)
        return exposure
