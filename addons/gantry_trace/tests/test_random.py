"""Thousands of random genealogies against an oracle that walks the recipe it was given, not the tables."""

import random
from datetime import datetime, timedelta

from odoo.addons.gantry_trace.core import CONFIDENCE
from odoo.tests import tagged

from .bulk import Bulk
from .common import TraceCase

GRAPHS = 2000
START = datetime(2026, 1, 1)


class Recipe:
    """A random genealogy: documents that turn lots into lots, and links somebody made by hand.

    Nothing keeps it from being odd: lots that are made of themselves by a detour, made twice, used and never
    made, documents with several outputs.
    """

    def __init__(self, rng):
        self.size = rng.randint(2, 9)
        self.documents = []
        self.links = []
        for _ in range(rng.randint(1, 8)):
            inputs = rng.sample(range(self.size), rng.randint(1, min(3, self.size)))
            outputs = rng.sample(range(self.size), rng.randint(1, min(2, self.size)))
            self.documents.append((inputs, outputs, rng.randint(0, 100)))
        if rng.random() < 0.3 and self.size > 1:
            self.links.append((*rng.sample(range(self.size), 2), rng.randint(0, 100)))
        self.seed = rng.randrange(self.size)
        self.since = rng.randint(0, 100) if rng.random() < 0.3 else None

    def edges(self, since=None):
        found = set()
        for inputs, outputs, day in self.documents:
            found |= {(one, other, 0, day) for one in inputs for other in outputs if one != other}
        found |= {(one, other, 1, day) for one, other, day in self.links}
        return [(one, other, rank) for one, other, rank, day in found if since is None or day >= since]

    def oracle(self, up=False, since=None, rank=len(CONFIDENCE)):
        """Depth by repeating one step until nothing is new."""
        steps = [(b, a, r) if up else (a, b, r) for a, b, r in self.edges(since)]
        depth, number, level = {self.seed: 0}, 0, {self.seed}
        while level:
            number += 1
            level = {b for a, b, r in steps if a in level and r <= rank} - set(depth)
            depth |= dict.fromkeys(level, number)
        return depth

    def oracle_rank(self, node, up, since):
        """The first confidence with which the node can be reached at all."""
        return next(rank for rank in range(len(CONFIDENCE)) if node in self.oracle(up, since, rank))


@tagged("post_install", "-at_install")
class TestRandomGenealogies(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rng = random.Random(20261124)
        cls.recipes = [Recipe(rng) for _ in range(GRAPHS)]
        product = cls._tracked("Random")
        bulk, links = Bulk(cls.env, cls.company_a), []
        for number, recipe in enumerate(cls.recipes):
            recipe.lots = [bulk.lot(product, f"{number}-{index}") for index in range(recipe.size)]
            for inputs, outputs, day in recipe.documents:
                at = START + timedelta(days=day)
                used = [bulk.line(product, recipe.lots[i], 1, "internal", "production", at) for i in inputs]
                made = [bulk.line(product, recipe.lots[o], 1, "production", "internal", at) for o in outputs]
                bulk.links(used, made)
            links += [
                {
                    "parent_lot_id": recipe.lots[one],
                    "child_lot_id": recipe.lots[other],
                    "date": START + timedelta(days=day),
                    "company_id": cls.company_a.id,
                }
                for one, other, day in recipe.links
            ]
        bulk.write()
        cls.env["gantry.trace.link"].create(links)
        cls.check = cls.env["gantry.trace.check"]._rebuild(first=True)

    def test_nothing_is_missed_and_nothing_unexplained_in_either_direction(self):
        for recipe in self.recipes:
            since = START + timedelta(days=recipe.since) if recipe.since is not None else None
            for up in (False, True):
                rows = self.Trace._closure([recipe.lots[recipe.seed]], "up" if up else "down", since=since)
                self.assertEqual(
                    {recipe.lots.index(row["lot_id"]): row["depth"] for row in rows},
                    recipe.oracle(up, recipe.since),
                    (recipe.documents, recipe.links, recipe.seed, up, recipe.since),
                )

    def test_confidence_is_that_of_the_surest_path(self):
        unsure = 0
        for recipe in self.recipes:
            for row in self.Trace._closure([recipe.lots[recipe.seed]]) if recipe.links else ():
                rank = recipe.oracle_rank(recipe.lots.index(row["lot_id"]), False, None)
                self.assertEqual(row["confidence"], CONFIDENCE[rank], (recipe.documents, recipe.links, recipe.seed))
                unsure += rank
        self.assertGreater(unsure, 100, "the test has looked at links that matter")

    def test_many_seeds_are_the_union_of_each(self):
        recipe = max(self.recipes, key=lambda recipe: recipe.size)
        together = {row["lot_id"] for row in self.Trace._closure(recipe.lots[:3])}
        apart = {row["lot_id"] for lot in recipe.lots[:3] for row in self.Trace._closure([lot])}
        self.assertEqual(together, apart)

    def test_feeding_says_what_the_rebuild_says(self):
        """Every document fed on its own, as when it is done, makes the same table as all of history at once."""
        self.env.cr.execute("SELECT DISTINCT consume_line_id FROM stock_move_line_consume_rel")
        lines = self.env["stock.move.line"].browse(row[0] for row in self.env.cr.fetchall())
        self.env.cr.execute("DELETE FROM gantry_trace_edge")
        self.env["gantry.trace.edge"]._plan_feed(
            {
                "stock.move": lines.move_id.ids,
                "gantry.trace.link": self.env["gantry.trace.link"].search([]).ids,
            }
        )
        self.env["gantry.trace.edge"]._feed_pending()
        check = self.env["gantry.trace.check"]._rebuild()
        self.assertEqual((check.state, check.edges), ("ok", self.check.edges))
