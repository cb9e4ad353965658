from odoo import api, fields, models
from odoo.tools import SQL

from ..core import Epoch, epochs
from .trace_source import crowded_documents, inside

SETTLED = "1 hour"  # older events are taken as complete: no transaction is open for that long


class GantryTracePool(models.Model):
    """A node of the genealogy that is no lot.

    ``stock``: the untracked stock of a product in a company from empty to empty (an epoch). What came in may be
    in anything that went out. ``order``: a document with so many lots on both sides that a node of its own keeps
    their edges few.
    """

    _name = "gantry.trace.pool"
    _description = "Untracked stock or crowded order in a genealogy"
    _log_access = False
    _order = "product_id, company_id, epoch desc, id desc"

    kind = fields.Selection([("stock", "Untracked stock"), ("order", "Order")], required=True, default="stock")
    product_id = fields.Many2one("product.product", ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    epoch = fields.Integer()
    opened_at = fields.Datetime("From")
    closed_at = fields.Datetime("Empty since")
    settled_at = fields.Datetime(help="Events up to this time are in the settled balance")
    settled_qty = fields.Float("Settled balance", digits="Product Unit")
    doc_model = fields.Char()
    doc_id = fields.Many2oneReference(model_field="doc_model")

    _epoch_uniq = models.UniqueIndex("(product_id, company_id, epoch) WHERE kind = 'stock'")
    _document_uniq = models.UniqueIndex("(doc_id, doc_model) WHERE kind = 'order'")

    @api.depends("kind", "product_id", "opened_at", "doc_model", "doc_id")
    def _compute_display_name(self):
        for pool in self:
            if pool.kind == "stock":
                day = fields.Date.to_string(pool.opened_at) if pool.opened_at else ""
                pool.display_name = self.env._(
                    "%(product)s, untracked, from %(day)s", product=pool.product_id.display_name, day=day
                )
            else:
                document = self.env[pool.doc_model].browse(pool.doc_id).exists() if pool.doc_model in self.env else None
                pool.display_name = document.display_name if document else self.env._("A deleted document")

    @api.model
    def _prepare_pools(self, source, ids):
        """Have the pools that the edges of these documents (of all for None) will stand on."""
        if source.roles is None:
            return
        self._advance(self._source_pairs(source, ids))
        self._prepare_hubs(source, ids)

    @api.model
    def _source_pairs(self, source, ids):
        """(product, company) of untracked stock that these documents used or made."""
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT l.product_id, l.company_id
                  FROM (%s) r JOIN stock_move_line l ON l.move_id = r.move_id
                 WHERE l.state = 'done' AND l.lot_id IS NULL
                """,
                source.roles(ids),
            )
        )

    @api.model
    def _prepare_hubs(self, source, ids):
        """A node for every one of these documents that has very many lots on both sides."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO gantry_trace_pool (kind, doc_model, doc_id, epoch)
                SELECT 'order', %s, doc_id, 0 FROM (%s) crowded
                ON CONFLICT DO NOTHING RETURNING id
                """,
                source.doc_model, crowded_documents(source.roles(ids)),
            )
        )  # fmt: skip

    @api.model
    def _advance(self, pairs, from_scratch=False):
        """Bring the epochs of these (product, company) pairs up to date; tell the pairs whose past changed.

        Usually only what happened since the settled balance is read. Rows are written only when an epoch begins or
        ends, so that two users who work with the same product do not wait for each other.
        """
        last = {} if from_scratch else self._last_epochs(pairs)
        events = self._read_events({pair: last.get(pair) for pair in pairs})
        changed = []
        for pair in pairs:
            pool = last.get(pair)
            number = pool["epoch"] - 1 if pool else 0
            current = None
            if pool and pool["settled_at"]:
                current = Epoch(pool["epoch"], pool["opened_at"], None, float(pool["settled_qty"]))
                current = current._replace(closed=pool["settled_at"] if current.balance == 0 else None)
            if self._write_epochs(pair, epochs(events.get(pair, ()), number, current), pool):
                changed.append(pair)
        return changed

    def _last_epochs(self, pairs):
        """The newest epoch of every pair, as a dict of its columns."""
        if not pairs:
            return {}
        products, companies = zip(*pairs, strict=True)
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT DISTINCT ON (p.product_id, p.company_id) p.*
                  FROM gantry_trace_pool p
                  JOIN unnest(%s, %s) pair(product_id, company_id) USING (product_id, company_id)
                 WHERE p.kind = 'stock'
                 ORDER BY p.product_id, p.company_id, p.epoch DESC
                """,
                list(products), list(companies),
            )
        )  # fmt: skip
        return {(row["product_id"], row["company_id"]): row for row in rows}

    def _read_events(self, since):
        """Untracked quantities in and out of every pair after its settled balance, by time.

        :param since: newest epoch (dict of columns) or None by (product, company)
        """
        if not since:
            return {}
        products, companies = zip(*since, strict=True)
        times = [pool and (pool["settled_at"] or pool["opened_at"]) for pool in since.values()]
        included = [bool(pool and not pool["settled_at"]) for pool in since.values()]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.product_id, l.company_id, l.date,
                       round(sum(l.quantity_product_uom * (%(into)s::int - %(out)s::int)), 6)::float8
                  FROM unnest(%(products)s, %(companies)s, %(times)s::timestamp[], %(included)s)
                       pair(product_id, company_id, since, included)
                  JOIN stock_move_line l ON l.product_id = pair.product_id AND l.company_id = pair.company_id
                   AND (pair.since IS NULL OR l.date > pair.since OR pair.included AND l.date = pair.since)
                  JOIN stock_location s ON s.id = l.location_id
                  JOIN stock_location d ON d.id = l.location_dest_id
                 WHERE l.state = 'done' AND l.lot_id IS NULL AND l.quantity_product_uom > 0 AND %(into)s <> %(out)s
                 GROUP BY l.product_id, l.company_id, l.date
                 ORDER BY l.product_id, l.company_id, l.date
                """,
                into=inside("d"), out=inside("s"), products=list(products), companies=list(companies),
                times=times, included=included,
            )
        )  # fmt: skip
        events = {}
        for product_id, company_id, at, delta in rows:
            events.setdefault((product_id, company_id), []).append((at, delta))
        return events

    def _write_epochs(self, pair, found, last):
        """Save epochs that are new or have ended; True when an epoch that was there before has changed."""
        known = self.env.execute_query_dict(
            SQL(
                "SELECT id, epoch, opened_at, closed_at FROM gantry_trace_pool"
                " WHERE kind = 'stock' AND product_id = %s AND company_id = %s AND epoch >= %s",
                *pair, found[0].number if found else (last["epoch"] if last else 1),
            )
        )  # fmt: skip
        before = {row["epoch"]: (row["opened_at"], row["closed_at"]) for row in known}
        changed = False
        for epoch in found:
            was = before.pop(epoch.number, None)
            if was != (epoch.opened, epoch.closed):
                changed = changed or was is not None
                self._save_epoch(pair, epoch)
        if before:
            self.env.execute_query(
                SQL(
                    "DELETE FROM gantry_trace_pool WHERE kind = 'stock' AND product_id = %s AND company_id = %s"
                    " AND epoch = ANY(%s) RETURNING id",
                    *pair, list(before),
                )
            )  # fmt: skip
        return changed or bool(before)

    def _save_epoch(self, pair, epoch):
        self.env.execute_query(
            SQL(
                """
                INSERT INTO gantry_trace_pool (kind, product_id, company_id, epoch, opened_at, closed_at)
                VALUES ('stock', %s, %s, %s, %s, %s)
                ON CONFLICT (product_id, company_id, epoch) WHERE kind = 'stock'
                DO UPDATE SET opened_at = EXCLUDED.opened_at, closed_at = EXCLUDED.closed_at,
                              settled_at = NULL, settled_qty = NULL
                RETURNING id
                """,
                *pair, epoch.number, epoch.opened, epoch.closed,
            )
        )  # fmt: skip
        self.invalidate_model(flush=False)

    @api.model
    def _settle(self):
        """Note the balance of open epochs as of an hour ago, so that less is to be read next time."""
        self.env.execute_query(
            SQL(
                """
                UPDATE gantry_trace_pool p
                   SET settled_at = sums.at, settled_qty = sums.qty
                  FROM (
                    SELECT p.id, max(l.date) AS at,
                           round(sum(l.quantity_product_uom * (%(into)s::int - %(out)s::int)), 6) AS qty
                      FROM gantry_trace_pool p
                      JOIN stock_move_line l ON l.product_id = p.product_id AND l.company_id = p.company_id
                       AND l.date >= p.opened_at
                       AND l.date < (now() AT TIME ZONE 'UTC') - %(settled)s::interval
                      JOIN stock_location s ON s.id = l.location_id
                      JOIN stock_location d ON d.id = l.location_dest_id
                     WHERE p.kind = 'stock' AND p.closed_at IS NULL
                       AND l.state = 'done' AND l.lot_id IS NULL AND %(into)s <> %(out)s
                     GROUP BY p.id
                  ) sums
                 WHERE sums.id = p.id
                RETURNING p.id
                """,
                into=inside("d"), out=inside("s"), settled=SETTLED,
            )
        )  # fmt: skip
        self.invalidate_model(flush=False)

    @api.model
    def _revise(self, lines):
        """Cut the pools of these lines anew after their past was changed; documents that stand on them, by model."""
        lines = lines.filtered(lambda line: line.product_id.tracking == "none" or not line.lot_id)
        pairs = sorted({(line.product_id.id, line.company_id.id) for line in lines})
        if not pairs:
            return {}
        products, companies = lines.product_id.ids, lines.company_id.ids
        known = self.sudo().search(
            [("kind", "=", "stock"), ("product_id", "in", products), ("company_id", "in", companies)]
        )
        pairs = sorted(set(pairs) & {(pool.product_id.id, pool.company_id.id) for pool in known})
        if not pairs:
            return {}
        self.env["gantry.trace.edge"]._flush_history()
        nodes = [-pool.id for pool in known]
        self._advance(pairs, from_scratch=True)
        documents = self.env.execute_query(
            SQL(
                "SELECT DISTINCT doc_model, doc_id FROM gantry_trace_edge"
                " WHERE parent_node = ANY(%s) OR child_node = ANY(%s)",
                nodes, nodes,
            )
        )  # fmt: skip
        found = {}
        for doc_model, doc_id in documents:
            found.setdefault(doc_model, set()).add(doc_id)
        return found
