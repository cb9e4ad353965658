"""Random genealogies of steps of every kind and confidence, pools of untracked stock and crowded orders among them."""

import random
from datetime import datetime, timedelta

from odoo.addons.gantry_trace.core import CONFIDENCE
from odoo.tests import tagged

from .common import TraceCase

GRAPHS = 500
KINDS = ("consume", "unbuild", "repair", "relabel", "pool", "intercompany", "manual")
START = datetime(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestRandomKinds(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product, cls.bulk = cls._tracked("Random"), cls._product("Bulk")
        rng = random.Random(20261125)
        lots = iter(cls.env["stock.lot"].create(
            [{"name": f"K-{number}", "product_id": cls.product.id} for number in range(GRAPHS * 6)]
        ).ids)  # fmt: skip
        pools = iter(cls.env["gantry.trace.pool"].create(
            [
                {"kind": "stock", "product_id": cls.bulk.id, "company_id": cls.company_a.id, "epoch": number + 1,
                 "opened_at": START}
                for number in range(GRAPHS * 2)
            ]
        ).ids)  # fmt: skip
        cls.graphs, rows = [], []
        for number in range(GRAPHS):
            nodes = [next(lots) for _ in range(rng.randint(2, 6))] + [-next(pools) for _ in range(rng.randint(0, 2))]
            edges = []
            for step in range(rng.randint(1, 12)):
                one, other = rng.sample(nodes, 2)
                kind, rank, day = rng.choice(KINDS), rng.randrange(len(CONFIDENCE)), rng.randint(0, 50)
                edges.append((one, other, rank, day))
                rows.append((one, other, cls._product_of(one), cls._product_of(other), kind, CONFIDENCE[rank],
                             "test.document", number * 100 + step, START + timedelta(days=day)))  # fmt: skip
            cls.graphs.append((nodes, edges, rng.choice(nodes[:2]), rng.randint(0, 50)))
        cls.env.flush_all()
        cls.env.cr.executemany(
            "INSERT INTO gantry_trace_edge (parent_node, child_node, parent_product_id, child_product_id, kind,"
            " confidence, doc_model, doc_id, at, company_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s,"
            f" {cls.company_a.id})",
            rows,
        )

    @classmethod
    def _product_of(cls, node):
        return cls.product.id if node > 0 else cls.bulk.id

    def _oracle(self, edges, seed, up, since, least):
        """Depth by repeating one step until nothing is new."""
        steps = [(b, a) if up else (a, b) for a, b, rank, day in edges
                 if rank <= least and (since is None or day >= since)]  # fmt: skip
        depth, level, number = {seed: 0}, {seed}, 0
        while level:
            number += 1
            level = {b for a, b in steps if a in level} - set(depth)
            depth |= dict.fromkeys(level, number)
        return depth

    def test_every_kind_both_ways_from_a_day_and_by_confidence(self):
        pools = 0
        for nodes, edges, seed, since in self.graphs:
            for up in (False, True):
                for day, least in ((None, 3), (since, 3), (None, 1)):
                    rows = self.Trace._closure(
                        [seed], "up" if up else "down", min_confidence=CONFIDENCE[least],
                        since=START + timedelta(days=day) if day is not None else None,
                    )  # fmt: skip
                    found = {row["node"]: row["depth"] for row in rows}
                    self.assertEqual(found, self._oracle(edges, seed, up, day, least), (nodes, edges, seed, up, day))
                    pools += sum(node < 0 for node in found)
        self.assertGreater(pools, 100, "pools were passed")

    def test_a_node_is_as_sure_as_its_surest_path(self):
        for _nodes, edges, seed, _since in self.graphs:
            for row in self.Trace._closure([seed]):
                rank = next(r for r in range(4) if row["node"] in self._oracle(edges, seed, False, None, r))
                self.assertEqual(row["confidence"], CONFIDENCE[rank], (edges, seed, row))
