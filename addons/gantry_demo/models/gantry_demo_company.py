import base64

from odoo import models
from odoo.addons.gantry_base.jobs import Progress
from odoo.fields import Command

from ..tale import HOUSES
from ..tools import pictures

NAME = "Kilbarrow Trade Supplies"
ADDRESSES = (
    {"street": "Unit 14, Barrow Business Park", "street2": "Long Mile Road", "city": "Dublin", "zip": "D12",
     "county": "Dublin", "phone": "+353 20 915 0100", "email": "dublin@kilbarrow.example"},
    {"street": "Unit 3, Lee Gateway", "street2": "Kinsale Road", "city": "Cork", "zip": "T12",
     "county": "Cork", "phone": "+353 20 915 0200", "email": "cork@kilbarrow.example"},
)
PLANNING = "gantry_forecast.gantry_forecast_action"
# name, login, group, function, first screen
PEOPLE = (
    ("Aoife Brennan", "planner", "gantry_base.group_planner", "Planner", PLANNING),
    ("Declan Walsh", "picker", "stock.group_stock_user", "Warehouse, Dublin", "stock.stock_picking_type_action"),
)


class GantryDemo(models.AbstractModel):
    _inherit = "gantry.demo"

    def _chapter_company(self, tale, start):
        """Give the company a name, an address, euros and two warehouses; hire two people."""
        company = tale.company
        self._name_company(company)
        self._open_warehouses(tale)
        self._hire(tale)
        # Packs and two warehouses are of no use when nobody can see them.
        everybody = self.env.ref("base.group_user")
        for group in ("uom.group_uom", "stock.group_stock_multi_locations", "stock.group_stock_multi_warehouses"):
            everybody._apply_group(self.env.ref(group))
        yield Progress(1, 1)

    def _address(self, row):
        ireland = self.env.ref("base.ie")
        state = self.env["res.country.state"].search(
            [("country_id", "=", ireland.id), ("name", "=", row["county"])], limit=1
        )
        return {
            **{name: value for name, value in row.items() if name != "county"},
            "country_id": ireland.id, "state_id": state.id,
        }

    def _name_company(self, company):
        name = NAME
        while self.env["res.company"].search_count([("name", "=", name), ("id", "!=", company.id)], limit=1):
            name += " II"
        vals = {
            "name": name, "website": "https://www.kilbarrow.example", "logo": base64.b64encode(pictures.logo()),
            **self._address(ADDRESSES[0]),
        }
        if "iap_enrich_auto_done" in company._fields:
            vals["iap_enrich_auto_done"] = True  # nobody outside knows a company that does not exist
        euro = self.env.ref("base.EUR")
        # A company with journal entries keeps its currency.
        entries = "account.move.line" in self.env and self.env["account.move.line"].search_count(
            [("company_id", "=", company.id)], limit=1
        )
        if company.currency_id != euro and not entries:
            vals["currency_id"] = euro.id
        company.write(vals)
        company.partner_id.tz = "Europe/Dublin"

    def _open_warehouses(self, tale):
        company = tale.company
        Warehouse = self.env["stock.warehouse"]
        found = Warehouse.search([("company_id", "=", company.id)], order="id")
        first, second = found[:1], found[1:2]
        vals = [{"name": name, "code": code} for name, code in HOUSES]
        vals[0]["partner_id"] = company.partner_id.id
        vals[1]["partner_id"] = self.env["res.partner"].create({
            "name": HOUSES[1][0], "parent_id": company.partner_id.id, "type": "delivery",
            **self._address(ADDRESSES[1]),
        }).id
        if first:
            first.write(vals[0])
        else:
            first = Warehouse.create({**vals[0], "company_id": company.id})
        vals[1]["resupply_wh_ids"] = [Command.set(first.ids)]
        if second:
            second.write(vals[1])
        else:
            second = Warehouse.create({**vals[1], "company_id": company.id})
        types = self.env["stock.picking.type"].with_context(active_test=False).search(
            [("warehouse_id", "in", (first | second).ids)]
        )
        if "auto_batch" in types._fields:
            types.auto_batch = False  # on by itself in a warehouse made after the batch addon, off in older ones

    def _hire(self, tale):
        Users = self.env["res.users"].with_context(active_test=False)
        for name, login, group, function, first_screen in PEOPLE:
            user = Users.search([("login", "=", login)])
            if user:
                # Of an earlier story in another company: may enter this one as well.
                user.company_ids = [Command.link(tale.company.id)]
                continue
            vals = {
                "name": name, "login": login, "password": login, "email": f"{login}@kilbarrow.example",
                "tz": "Europe/Dublin", "function": function, "company_id": tale.company.id,
                "company_ids": [Command.set(tale.company.ids)], "notification_type": "inbox",
                "group_ids": [Command.set([self.env.ref("base.group_user").id, self.env.ref(group).id])],
                "action_id": self.env.ref(first_screen).id,
            }
            if "odoobot_state" in Users._fields:
                vals["odoobot_state"] = "disabled"
            Users.create(vals)
        # Whoever loads the story lands on it at the next log-in, unless there is another choice already.
        if not self.env.user.action_id:
            self.env.user.action_id = self.env.ref(PLANNING).id
