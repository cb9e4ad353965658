from datetime import timedelta

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command


class GantryDemo(models.AbstractModel):
    _inherit = "gantry.demo"

    def _chapter_events(self, tale, start):
        """Put promotions and closures into the calendar; what recurs every year once."""
        categories = self._categories({row.category for row in tale.story.products})
        seen, vals = set(), []
        for event in tale.story.events:
            if event.recurring and event.name in seen:
                continue
            seen.add(event.name)
            vals.append({
                "name": event.name, "event_type": event.kind, "date_from": event.date_from, "date_to": event.date_to,
                "recurring": event.recurring, "company_id": tale.company.id,
                # The effect of a promotion is for the forecast to find out.
                "uplift_percent": -100.0 if event.kind == "holiday" else 0.0,
                "categ_ids": [Command.set(categories[event.category].ids if event.category else [])],
            })
        self.env["gantry.demand.event"].create(vals)
        yield Progress(1, 1)

    def _chapter_plans(self, tale, start):
        """What the planner knows and the history does not: look-alikes of new articles, two corrections."""
        rows = tale.story.products
        Forecast = self.env["gantry.forecast"]
        for index, row in enumerate(rows):
            if row.life != "new":
                continue
            for warehouse in tale.warehouses:
                vals = {"product_id": tale.products[index].id, "warehouse_id": warehouse.id}
                line = Forecast.search([(name, "=", value) for name, value in vals.items()], limit=1)
                (line or Forecast.create(vals)).lookalike_product_id = tale.products[row.lookalike]
        self._correct(tale)
        yield Progress(1, 1)

    def _correct(self, tale):
        author = tale.users.get("planner", self.env.user)
        index = {row.name: number for number, row in enumerate(tale.story.products)}
        stand = tale.products[index["Urbanrail Sheffield stand galvanised, flanged"]]
        tyres = self._categories({"Cycling/Parts/Tyres"})["Cycling/Parts/Tyres"]
        first = tale.today + timedelta(days=14)
        # sudo: the planner of the story is their author, whoever loads it
        self.env["gantry.forecast.override"].sudo().create([
            {
                "product_id": stand.id, "warehouse_id": tale.warehouses[0].id, "company_id": tale.company.id,
                "date_from": first, "date_to": first + timedelta(days=27), "mode": "add", "quantity": 80,
                "reason": self.env._("Council tender won: 80 stands for two car parks"), "user_id": author.id,
            },
            {
                "categ_id": tyres.id, "company_id": tale.company.id, "date_from": tale.today + timedelta(days=7),
                "date_to": tale.today + timedelta(days=62), "mode": "percent", "quantity": 8,
                "reason": self.env._("Two shops in Meath move their tyre orders to us"), "user_id": author.id,
                "date_expiry": tale.today + timedelta(days=90),
            },
        ])
