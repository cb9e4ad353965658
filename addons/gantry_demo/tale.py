"""The story while it is being written into a database: core rows on one side, records on the other."""

from datetime import datetime, time, timedelta
from functools import cached_property

import numpy as np

from . import core

SEED = 19
HOUSES = (("Dublin", "DUB"), ("Cork", "CRK"))


class Tale:
    """What a chapter gets: the generated story and the records that earlier chapters made.

    Records are looked up by their codes, so a chapter that comes with an addon installed later finds them too.

    :param env: environment of the company, with the rights to write everywhere
    :param today: the day on which the story stops
    :param volume: see :class:`core.Params`; tests tell a smaller story
    """

    def __init__(self, env, today, *, volume=1.0, seed=SEED):
        self.env = env
        self.company = env.company
        self.today = today
        self.seed = seed
        self.volume = volume

    @cached_property
    def story(self):
        return core.solve(core.Params(today=self.today, volume=self.volume), seed=self.seed)

    @cached_property
    def start(self):
        """Midnight (UTC) at the start of the history."""
        return datetime.combine(self.story.params.start, time())

    def rng(self, chapter):
        """A generator of random numbers of a chapter's own: the same for the same name and seed."""
        return np.random.default_rng([self.seed, *chapter.encode()])

    def moment(self, day, hour=8, minute=0):
        """A time (UTC) on a day counted from today."""
        return datetime.combine(self.today + timedelta(days=day), time(hour, minute))

    def minute(self, minute):
        """The time (UTC) of a minute counted from the start of the history."""
        return self.start + timedelta(minutes=minute)

    @cached_property
    def warehouses(self):
        """Dublin and Cork."""
        found = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], order="id")
        return found.browse([found.filtered(lambda wh, code=code: wh.code == code)[:1].id for _name, code in HOUSES])

    def _by_code(self, model, field, codes):
        records = self.env[model].with_context(active_test=False).search([(field, "in", codes)])
        found = {record[field]: record.id for record in records}
        return self.env[model].browse([found[code] for code in codes])

    @cached_property
    def products(self):
        """The articles as product variants, in the order of ``story.products``."""
        return self._by_code("product.product", "default_code", [row.code for row in self.story.products])

    @cached_property
    def customers(self):
        """The customers, in the order of ``story.customers``."""
        return self._by_code("res.partner", "ref", [row.code for row in self.story.customers])

    @cached_property
    def suppliers(self):
        """The vendors, in the order of ``story.suppliers``."""
        return self._by_code("res.partner", "ref", [f"V{2001 + i}" for i in range(len(self.story.suppliers))])

    @cached_property
    def addresses(self):
        """Ids of where each customer wants its goods: a list per customer, the main address last."""
        children = self.env["res.partner"].search(
            [("parent_id", "in", self.customers.ids), ("type", "=", "delivery")], order="id"
        )
        grouped = children.grouped("parent_id")
        return [[*grouped.get(customer, children.browse()).ids, customer.id] for customer in self.customers]

    @cached_property
    def users(self):
        """The people of the story by login."""
        users = self.env["res.users"].with_context(active_test=False).search([("login", "in", ["planner", "picker"])])
        return {user.login: user for user in users}
