"""Where edges of the genealogy come from, written as SQL over done lines.

One text serves two ways: for a few documents when they are done, and for all of history in the nightly rebuild.
The columns of a source are those of ``EDGE_COLUMNS``, in this order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools import SQL

EDGE_COLUMNS = SQL(
    "parent_node, child_node, parent_product_id, child_product_id, kind, confidence, doc_model, doc_id,"
    " qty, child_qty, at, known_from, known_until, company_id"
)
# More pairs than this in one document are bundled by a node of their own: n + m edges instead of n times m.
HUB_PAIRS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSource:
    """Edges of one kind of document.

    :param doc_model: model of the document; the key under which edges are replaced
    :param edges: the edges of documents with these ids, of all documents for None
    :param roles: ``(move_id, doc_id, is_output)`` of the same documents, for sources that turn moves into others;
        None when no pools of untracked stock are involved
    """

    doc_model: str
    edges: Callable[[list[int] | None], SQL]
    roles: Callable[[list[int] | None], SQL] | None = None


def in_ids(column: SQL, ids) -> SQL:
    """``column`` is one of the ids; any value for None."""
    return SQL("%s IS NOT NULL", column) if ids is None else SQL("%s = ANY(%s)", column, list(ids))


def inside(alias: str) -> SQL:
    """The location is a place of the company itself: stock, or its own transit."""
    return SQL(
        "(%s = 'internal' OR %s = 'transit' AND %s IS NOT NULL)",
        SQL.identifier(alias, "usage"), SQL.identifier(alias, "usage"), SQL.identifier(alias, "company_id"),
    )  # fmt: skip


def done_lines(scope: str) -> SQL:
    """Done lines as they stand now and as they stood before corrections, with their node.

    :param scope: name of a query in the same WITH that says which: line_id, doc_id, is_output
    :return: columns line_id, doc_id, is_output, lot_id, product_id, qty, date, company_id, for_lot, known_from,
        known_until, linked, node. A line without a lot stands for the pool of its product at that time.
    """
    return SQL(
        """
        SELECT v.*, COALESCE(v.lot_id, -p.id) AS node
          FROM (
            SELECT x.line_id, x.doc_id, x.is_output, l.lot_id, l.product_id, l.quantity_product_uom AS qty, l.date,
                   l.company_id, l.gantry_for_lot_id AS for_lot,
                   (SELECT max(c.at) FROM gantry_trace_correction c WHERE c.line_id = l.id) AS known_from,
                   NULL::timestamp AS known_until,
                   EXISTS (SELECT FROM stock_move_line_consume_rel r WHERE r.produce_line_id = l.id) AS linked
              FROM %(scope)s x JOIN stock_move_line l ON l.id = x.line_id
             WHERE l.state = 'done' AND l.quantity_product_uom > 0
             UNION ALL
            SELECT x.line_id, x.doc_id, x.is_output, c.old_lot_ref, l.product_id, c.old_qty, l.date,
                   l.company_id, NULL, c.known_from, c.at, true
              FROM %(scope)s x
              JOIN gantry_trace_correction c ON c.line_id = x.line_id
              JOIN stock_move_line l ON l.id = x.line_id
             WHERE l.state = 'done' AND c.old_qty > 0
          ) v
          LEFT JOIN gantry_trace_pool p
            ON v.lot_id IS NULL AND p.kind = 'stock'
           AND p.product_id = v.product_id AND p.company_id = v.company_id
           AND p.opened_at <= v.date AND (p.closed_at IS NULL OR v.date <= p.closed_at)
        """,
        scope=SQL.identifier(scope),
    )


def document_edges(kind: str, doc_model: str, roles: SQL, needs_link: bool = False) -> SQL:
    """Everything that went into a document is a parent of everything that came out of it.

    An edge is certain when there is no choice: one lot of that component, or one lot of that output, or the
    component was booked for that very unit (``for_lot``). Otherwise it is possible ("derived").

    :param needs_link: without Odoo's own link between the lines the edge is only derived
    """
    parts = SQL(
        """
        role_line AS MATERIALIZED (
            SELECT l.id AS line_id, r.doc_id, r.is_output
              FROM (%(roles)s) r JOIN stock_move_line l ON l.move_id = r.move_id
             WHERE l.state = 'done'
        ),
        part AS (
            SELECT v.doc_id, v.is_output, v.node, v.product_id, v.for_lot,
                   COALESCE(sum(v.qty) FILTER (WHERE v.known_until IS NULL), max(v.qty)) AS qty,
                   max(v.date) AS at, min(v.company_id) AS company_id,
                   NULLIF(min(COALESCE(v.known_from, '-infinity')), '-infinity') AS known_from,
                   CASE WHEN bool_or(v.known_until IS NULL) THEN NULL ELSE max(v.known_until) END AS known_until,
                   bool_or(v.linked OR NOT %(needs_link)s) AS linked
              FROM (%(lines)s) v
             WHERE v.node IS NOT NULL
             GROUP BY v.doc_id, v.is_output, v.node, v.product_id, v.for_lot
        ),
        alike AS (
            SELECT doc_id, is_output, product_id, count(DISTINCT node) AS number
              FROM part WHERE known_until IS NULL
             GROUP BY doc_id, is_output, product_id
        ),
        size AS (
            SELECT doc_id, count(*) FILTER (WHERE NOT is_output AND for_lot IS NULL)
                           * count(*) FILTER (WHERE is_output) AS pairs
              FROM part GROUP BY doc_id
        ),
        item AS (
            SELECT part.*, COALESCE(alike.number, 0) AS number,
                   size.pairs > %(hub_pairs)s AND EXISTS (
                       SELECT FROM gantry_trace_pool h
                        WHERE h.kind = 'order' AND h.doc_id = part.doc_id AND h.doc_model = %(doc_model)s
                   ) AS bundled
              FROM part JOIN size USING (doc_id)
              LEFT JOIN alike ON alike.doc_id = part.doc_id AND alike.is_output = part.is_output
                             AND alike.product_id = part.product_id
        )
        """,
        needs_link=needs_link, roles=roles, lines=done_lines("role_line"), hub_pairs=HUB_PAIRS, doc_model=doc_model,
    )  # fmt: skip
    known = SQL(
        "GREATEST(i.known_from, o.known_from) AS known_from, LEAST(i.known_until, o.known_until) AS known_until"
    )
    return SQL(
        """
        WITH %(parts)s, pair AS (
            SELECT i.node AS parent_node, o.node AS child_node, i.product_id AS parent_product_id,
                   o.product_id AS child_product_id, i.doc_id,
                   (i.for_lot IS NOT NULL OR i.number <= 1 OR o.number <= 1) AND i.linked AS certain,
                   i.qty, o.qty AS child_qty, i.at, %(known)s, i.company_id
              FROM item i JOIN item o ON o.doc_id = i.doc_id AND o.is_output AND NOT i.is_output
             WHERE (NOT i.bundled AND i.for_lot IS NULL) OR i.for_lot = o.node
             UNION ALL
            SELECT i.node, -h.id, i.product_id, NULL, i.doc_id, i.number <= 1 AND i.linked,
                   i.qty, NULL, i.at, i.known_from, i.known_until, i.company_id
              FROM item i
              JOIN gantry_trace_pool h ON h.kind = 'order' AND h.doc_id = i.doc_id AND h.doc_model = %(doc_model)s
             WHERE i.bundled AND NOT i.is_output AND i.for_lot IS NULL
             UNION ALL
            SELECT -h.id, o.node, NULL, o.product_id, o.doc_id, true,
                   NULL, o.qty, o.at, o.known_from, o.known_until, o.company_id
              FROM item o
              JOIN gantry_trace_pool h ON h.kind = 'order' AND h.doc_id = o.doc_id AND h.doc_model = %(doc_model)s
             WHERE o.bundled AND o.is_output
        )
        SELECT parent_node, child_node, min(parent_product_id), min(child_product_id), %(kind)s,
               CASE WHEN bool_or(parent_node < 0 AND parent_product_id IS NOT NULL
                                 OR child_node < 0 AND child_product_id IS NOT NULL) THEN 'pooled'
                    WHEN bool_or(certain AND known_until IS NULL) THEN 'certain' ELSE 'derived' END,
               %(doc_model)s, doc_id, sum(qty), max(child_qty), max(at), min(known_from),
               CASE WHEN bool_or(known_until IS NULL) THEN NULL ELSE max(known_until) END, min(company_id)
          FROM pair
         WHERE parent_node <> child_node AND (known_until IS NULL OR known_from IS NULL OR known_from < known_until)
         GROUP BY parent_node, child_node, doc_id
        """,
        parts=parts, known=known, kind=kind, doc_model=doc_model,
    )  # fmt: skip


def crowded_documents(roles: SQL) -> SQL:
    """Ids of documents with so many pairs that they need a node of their own."""
    return SQL(
        """
        SELECT doc_id FROM (
            SELECT r.doc_id, count(DISTINCT COALESCE(l.lot_id, -l.product_id)) FILTER (WHERE NOT r.is_output) AS ins,
                   count(DISTINCT COALESCE(l.lot_id, -l.product_id)) FILTER (WHERE r.is_output) AS outs
              FROM (%s) r JOIN stock_move_line l ON l.move_id = r.move_id
             WHERE l.state = 'done'
             GROUP BY r.doc_id
        ) sizes WHERE ins * outs > %s / 4
        """,
        roles, HUB_PAIRS,
    )  # fmt: skip
