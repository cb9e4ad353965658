from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import CONFIDENCE, reach

DIRECTIONS = ("down", "up", "both")


class GantryTrace(models.AbstractModel):
    """Questions to the genealogy. Answers cover all companies: who shows them to a user masks them
    (``_visible_company_ids``), and says how many rows that took away."""

    _name = "gantry.trace"
    _description = "Genealogy of lots"

    @api.model
    def _closure(
        self, lot_ids, direction="down", *, since=None, until=None, stop_product_ids=(), min_confidence=None,
        as_known_on=None, pool_ids=(),
    ):  # fmt: skip
        """Everything the lots went into (``down``), came from (``up``), or both.

        :param since: only steps done at this time or later (a lot is bad only from some day on)
        :param until: only steps done at this time or earlier
        :param stop_product_ids: lots of these products are found, but not followed
        :param min_confidence: only steps at least as sure: certain, manual, derived, pooled
        :param as_known_on: what the books said at this time; without it, also what they said before a correction
        :param pool_ids: pools of untracked stock to begin with, beside the lots
        :return: list of dicts ``node``, ``lot_id`` or ``pool_id`` (the other one None), ``product_id``, ``depth``,
            ``confidence`` (of the surest path), ``direction``; seeds have depth 0 and come once per direction
        """
        if direction not in DIRECTIONS:
            raise UserError(
                self.env._("There is no direction %(name)s; take one of down, up, both.", name=direction)
            )
        seeds = list(dict.fromkeys([*lot_ids, *(-pool_id for pool_id in pool_ids)]))
        ways = ("down", "up") if direction == "both" else (direction,)
        rows = []
        for way in ways if seeds else ():
            edges = self._walk(seeds, way, since, until, stop_product_ids, min_confidence, as_known_on)
            rows += self._closure_rows(seeds, edges, way)
        return rows

    @api.model
    def _walk(self, seeds, way, since=None, until=None, stop_product_ids=(), min_confidence=None, as_known_on=None):
        """All edges that can be reached: ``(from, to, rank, product of to)``.

        The recursion collects nodes only (UNION drops what it has), so cycles and lattices cost nothing. LATERAL with
        OFFSET keeps the planner on the index whatever it guesses about the size of the recursion.
        """
        self.env["gantry.trace.edge"]._feed_pending()
        near, far, product = ("parent_node", "child_node", "child_product_id")
        if way == "up":
            near, far, product = ("child_node", "parent_node", "parent_product_id")
        e = {name: SQL.identifier("e", name) for name in (near, far, product)}
        allowed = self._edge_condition(since, until, min_confidence, as_known_on)
        if stop_product_ids:
            # what is not followed is marked by a null node; its edges end the walk there
            step = SQL("CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END", e[product], list(stop_product_ids), e[far])
        else:
            step = e[far]
        return self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE reached(node) AS (
                    SELECT unnest(%(seeds)s::int[])
                     UNION
                    SELECT step.node FROM reached CROSS JOIN LATERAL (
                        SELECT %(step)s AS node FROM gantry_trace_edge e
                         WHERE %(near)s = reached.node AND %(allowed)s OFFSET 0
                    ) step
                )
                SELECT found.* FROM reached CROSS JOIN LATERAL (
                    SELECT %(near)s, %(far)s, %(rank)s, %(product)s FROM gantry_trace_edge e
                     WHERE %(near)s = reached.node AND %(allowed)s OFFSET 0
                ) found
                """,
                seeds=list(seeds), near=e[near], far=e[far], product=e[product], step=step, allowed=allowed,
                rank=self.env["gantry.trace.edge"]._rank_sql(),
            )
        )  # fmt: skip

    def _edge_condition(self, since, until, min_confidence, as_known_on):
        conditions = [SQL("true")]
        if since:
            conditions.append(SQL("e.at >= %s", since))
        if until:
            conditions.append(SQL("e.at <= %s", until))
        if min_confidence:
            if min_confidence not in CONFIDENCE:
                known = ", ".join(CONFIDENCE)
                raise UserError(
                    self.env._(
                        "There is no confidence %(name)s; take one of %(known)s.", name=min_confidence, known=known
                    )
                )
            enough = list(CONFIDENCE[: CONFIDENCE.index(min_confidence) + 1])
            conditions.append(SQL("e.confidence = ANY(%s)", enough))
        if as_known_on:
            conditions.append(
                SQL(
                    "COALESCE(e.known_from, e.at) <= %s AND (e.known_until IS NULL OR e.known_until > %s)",
                    as_known_on, as_known_on,
                )
            )  # fmt: skip
        return SQL(" AND ").join(conditions)

    def _closure_rows(self, seeds, edges, way):
        products = {edge[1]: edge[3] for edge in edges}
        hubs = {node for node, product in products.items() if product is None}
        lots = [node for node in seeds if node > 0 and node not in products]
        if lots:
            query = SQL("SELECT id, product_id FROM stock_lot WHERE id = ANY(%s)", lots)
            products |= dict(self.env.execute_query(query))
        return [
            {
                "node": node,
                "lot_id": node if node > 0 else None,
                "pool_id": -node if node < 0 else None,
                "product_id": products.get(node),
                "depth": depth,
                "confidence": CONFIDENCE[rank],
                "direction": way,
            }
            for node, (depth, rank) in reach(seeds, edges, hubs).items()
            if node not in hubs
        ]

    @api.model
    def _edges(self, closure, *, since=None, until=None, min_confidence=None, as_known_on=None):
        """All edges between nodes of a closure, bundling nodes of crowded documents included.

        :return: list of dicts with the columns of ``gantry.trace.edge``
        """
        nodes = list({row["node"] for row in closure})
        if not nodes:
            return []
        self.env["gantry.trace.edge"]._feed_pending()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH node AS (
                    SELECT unnest(%s::int[]) AS id
                     UNION
                    SELECT -id FROM gantry_trace_pool WHERE kind = 'order'
                )
                SELECT e.* FROM gantry_trace_edge e
                 WHERE e.parent_node IN (SELECT id FROM node) AND e.child_node IN (SELECT id FROM node)
                   AND (e.parent_node = ANY(%s) OR e.child_node = ANY(%s)) AND %s
                 ORDER BY e.at, e.id
                """,
                nodes, nodes, nodes, self._edge_condition(since, until, min_confidence, as_known_on),
            )
        )  # fmt: skip

    @api.model
    def _visible_company_ids(self):
        """Companies whose rows may be shown, None for all (superuser)."""
        return None if self.env.su else frozenset(self.env.companies.ids)

    @api.model
    def _node_names(self, nodes):
        """What to call every one of these nodes; a lot that is gone keeps the name it had in corrections."""
        self.env["stock.lot"].flush_model(["name"])
        query = SQL("SELECT id, name FROM stock_lot WHERE id = ANY(%s)", [node for node in nodes if node > 0])
        names = dict(self.env.execute_query(query))
        pools = self.env["gantry.trace.pool"].sudo().browse(-node for node in nodes if node < 0).exists()
        names |= {-pool.id: pool.display_name for pool in pools}
        gone = [node for node in nodes if node not in names]
        rows = self.env["gantry.trace.correction"].sudo().search([("old_lot_ref", "in", gone)]) if gone else ()
        names |= {row.old_lot_ref: self.env._("%s (deleted)", row.old_lot_name) for row in rows}
        return {node: names.get(node) or self.env._("Deleted lot %s", node) for node in nodes}
