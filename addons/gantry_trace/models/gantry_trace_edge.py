import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import CONFIDENCE
from .trace_source import EDGE_COLUMNS

_logger = logging.getLogger(__name__)

KINDS = [
    ("consume", "Consumed into"),
    ("unbuild", "Unbuilt into"),
    ("repair", "Repaired with"),
    ("relabel", "Relabelled"),
    ("pool", "Untracked stock"),
    ("intercompany", "Sold to a sister company"),
    ("manual", "Linked by hand"),
]
PENDING = "gantry_trace.pending"


class GantryTraceEdge(models.Model):
    """One step of the genealogy: what is in ``child_node`` came from ``parent_node``.

    A node is a lot (its id) or a pool of untracked stock (minus its id). Edges are never written by hand: they
    follow from done moves and links, are fed at the end of every transaction that touched some, and are rebuilt
    and compared every night (``gantry.trace.check``).
    """

    _name = "gantry.trace.edge"
    _description = "Step of a genealogy"
    _log_access = False
    _rec_name = "kind"
    _order = "at desc, id desc"

    parent_node = fields.Integer(required=True, aggregator=None)
    child_node = fields.Integer(required=True, aggregator=None)
    parent_product_id = fields.Integer(aggregator=None)
    child_product_id = fields.Integer(aggregator=None)
    kind = fields.Selection(KINDS, required=True)
    confidence = fields.Selection(
        [("certain", "Certain"), ("manual", "Asserted"), ("derived", "Possible"), ("pooled", "Pooled")], required=True
    )
    doc_model = fields.Char("Document model", required=True)
    doc_id = fields.Many2oneReference("Document", model_field="doc_model", required=True, aggregator=None)
    qty = fields.Float("Quantity used", digits="Product Unit", aggregator=None)
    child_qty = fields.Float("Quantity made", digits="Product Unit", aggregator=None)
    at = fields.Datetime("Done on")
    known_from = fields.Datetime(help="Since when the books say so, when they said something else before")
    known_until = fields.Datetime(help="Until when the books said so: a correction replaced it")
    company_id = fields.Many2one("res.company")

    _document_uniq = models.UniqueIndex("(doc_id, doc_model, parent_node, child_node, kind)")
    # with what a walk reads, so that it never leaves the index
    _walk_down_idx = models.Index("(parent_node, child_node) INCLUDE (child_product_id, confidence)")
    _walk_up_idx = models.Index("(child_node, parent_node) INCLUDE (parent_product_id, confidence)")

    # -- feeding --------------------------------------------------------------------------------------------

    @api.model
    def _plan_feed(self, documents):
        """Have the edges of these documents renewed: at the next question, at the latest when the
        transaction ends. ``documents`` maps a document model to ids."""
        documents = {model: set(ids) for model, ids in documents.items() if ids}
        if not documents:
            return
        pending = self.env.cr.precommit.data.get(PENDING)
        if pending is None:
            pending = self.env.cr.precommit.data[PENDING] = {}
            self.env.cr.precommit.add(self.sudo()._feed_at_end)
        for model, ids in documents.items():
            pending.setdefault(model, set()).update(ids)

    @api.model
    def _feed_at_end(self):
        """Feed when the transaction ends. A fault here must not keep goods from moving: it is written down, and
        the nightly comparison makes up for it and raises its alarm."""
        try:
            with self.env.cr.savepoint(flush=False):
                self._feed_pending()
        except psycopg2.OperationalError:  # somebody else was faster: the whole request is tried again
            raise
        except Exception:
            _logger.exception("The genealogy was not fed; the nightly comparison will add what is missing.")

    @api.model
    def _feed_pending(self):
        """Renew the edges of all documents that this transaction has touched so far."""
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        for source in self._sources() if pending else ():
            if ids := pending.get(source.doc_model):
                self.sudo()._feed(source, sorted(ids))

    @api.model
    def _feed(self, source, ids):
        """Replace the edges of these documents by what the source says now."""
        self._flush_history()
        self.env["gantry.trace.pool"]._prepare_pools(source, ids)
        self.env.execute_query(
            SQL(
                "DELETE FROM gantry_trace_edge WHERE doc_id = ANY(%s) AND doc_model = %s RETURNING id",
                ids, source.doc_model,
            )
        )  # fmt: skip
        self.env.execute_query(
            SQL(
                "INSERT INTO gantry_trace_edge (%s) %s ON CONFLICT DO NOTHING RETURNING id",
                EDGE_COLUMNS, source.edges(ids),
            )
        )  # fmt: skip
        self.invalidate_model(flush=False)

    @api.model
    def _flush_history(self):
        """Everything the sources read is in the database."""
        for model in self._history_models():
            self.env[model].flush_model()

    @api.model
    def _history_models(self):
        return ["stock.move.line", "stock.move", "stock.lot", "gantry.trace.link", "gantry.trace.correction"]

    @api.model
    def _sources(self):
        """Where edges come from, a ``TraceSource`` per kind of document. Glue addons add theirs."""
        return [
            self.env["stock.move"]._gantry_trace_source(),
            self.env["gantry.trace.link"]._gantry_trace_source(),
            self.env["stock.picking"]._gantry_trace_source(),
        ]

    @api.model
    def _rank_sql(self, alias="e"):
        """The confidence of an edge as an index of CONFIDENCE."""
        column = SQL.identifier(alias, "confidence")
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", name, rank) for rank, name in enumerate(CONFIDENCE))
        return SQL("CASE %s %s END", column, cases)
