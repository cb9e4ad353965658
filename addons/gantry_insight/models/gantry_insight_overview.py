from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .gantry_insight import ABC, AGES, STATUS, XYZ

TREND_MONTHS = 13
WORST = 6
SUMS = (
    "value", "avg_value", "demand_value", "daily_value", "served_value", "wanted_value", "lost_value", "excess_value",
    "short_value", "holding_cost", "expiry_value",
)


class GantryInsightOverview(models.Model):
    """Figures of the overview page."""

    _inherit = "gantry.insight"

    @api.model
    @api.readonly
    def get_overview(self, warehouse_id=None, categ_id=None):
        """Everything the overview shows of the current company, as the caller may see it.

        :param int warehouse_id: only this warehouse
        :param int categ_id: only this category and those below it
        :return: dict of tiles, trend, matrix, ages, health, categories, worst, alerts, and what there is to choose
        """
        self.env["gantry.api"]._require_group("stock.group_stock_user")
        domain = self._get_overview_domain(warehouse_id, categ_id)
        tiles = self._get_tiles(domain)
        refreshed = self.search([("company_id", "=", self.env.company.id)], limit=1, order="id").date_refresh
        return self.env["gantry.api"]._json({
            "company": self.env.company.name,
            "currency_id": self.env.company.currency_id.id,
            "refreshed": refreshed or None,
            "today": self.env["gantry.demand"]._get_today(self.env.company),
            "may_refresh": self.env.user.has_group("gantry_base.group_planner"),
            "job_id": self._get_open_job(),
            "warehouses": self.env["stock.warehouse"].search_read(
                [("company_id", "=", self.env.company.id)], ["name"]),
            "categories": self._get_categories(domain),
            "horizon": {
                "short": self.env.company.gantry_insight_short_days,
                "excess": self.env.company.gantry_insight_excess_days,
            },
            "steps": None if refreshed else self._get_first_steps(),
            "tiles": tiles,
            "trend": self._get_trend(domain),
            "matrix": self._get_matrix(domain),
            "ages": self._get_ages(domain),
            "health": self._get_health(domain),
            "excess": self._get_worst(domain, "excess_value"),
            "shortage": self._get_worst(domain, "short_value"),
            "alerts": self._get_alerts(domain),
        })

    def _get_overview_domain(self, warehouse_id, categ_id):
        domain = Domain("company_id", "=", self.env.company.id)
        for name, value, operator in (("warehouse_id", warehouse_id, "="), ("categ_id", categ_id, "child_of")):
            if value:
                if not isinstance(value, int) or isinstance(value, bool):
                    raise UserError(self.env._("%s must be a whole number.", name))
                domain &= Domain(name, operator, value)
        return domain

    def _get_open_job(self):
        return self.env["gantry.job"].sudo().search([  # sudo: stock users may not read jobs, only whether one runs
            ("identity", "=", "gantry_insight.refresh"), ("company_id", "=", self.env.company.id),
            ("state", "in", ("pending", "running")),
        ], limit=1).id or None

    def _get_tiles(self, domain):
        """Sums, and the ratios of sums that make one figure for a whole warehouse."""
        aggregates = ["__count", *(f"{name}:sum" for name in SUMS), "turns:avg", "cover_days:avg", "service:avg",
                      "service_target:avg", "age_days:avg"]
        [row] = self._read_group(domain, [], aggregates)
        tiles = dict(zip((name.partition(":")[0] for name in aggregates), row, strict=True))
        tiles["count"] = tiles.pop("__count")
        return tiles | self._get_counts(domain)

    def _get_counts(self, domain):
        """How many rows there are of each kind, in one go."""
        conditions = {
            "stock_count": SQL("value > 0"), "excess_value_count": SQL("excess_value > 0"),
            "short_value_count": SQL("short_value > 0"), "below_target_count": SQL("below_target"),
            "out_count": SQL("status = 'out'"),
        }
        query = self._search(domain)
        [row] = self.env.execute_query(query.select(*(
            SQL("count(*) FILTER (WHERE gantry_insight.%s)", condition) for condition in conditions.values())))
        return dict(zip(conditions, row, strict=True))

    def _get_trend(self, domain):
        """Stock value, demand and service by month, oldest first."""
        first = self.env["gantry.demand"]._get_today(self.env.company).replace(day=1)
        rows = self.env["gantry.insight.history"]._read_group(
            domain & Domain("date", ">=", first - relativedelta(months=TREND_MONTHS - 1)),
            ["date:month"],
            ["value:sum", "demand_value:sum", "served_value:sum", "wanted_value:sum", "excess_value:sum"],
        )
        return [
            {
                "month": month, "value": value, "demand": demand, "excess": excess,
                "service": 100 * served / wanted if wanted else None,
            }
            for month, value, demand, served, wanted, excess in rows
        ]

    def _get_matrix(self, domain):
        found = {
            (abc, xyz): (count, value, demand)
            for abc, xyz, count, value, demand in self._read_group(
                domain, ["abc", "xyz"], ["__count", "value:sum", "demand_value:sum"])
        }
        return [
            {
                "abc": abc, "xyz": xyz,
                **dict(zip(("count", "value", "demand"), found.get((abc, xyz), (0, 0, 0)), strict=True)),
            }
            for abc, _name in ABC for xyz in (*dict(XYZ), False)
        ]

    def _get_ages(self, domain):
        names = [name for _day, name, _label in AGES]
        [values] = self._read_group(domain, [], [f"{name}:sum" for name in names])
        return [
            {"field": name, "label": self._fields[name]._description_string(self.env), "value": value or 0}
            for name, value in zip(names, values, strict=True)
        ]

    def _get_health(self, domain):
        found = {
            status: (count, value)
            for status, count, value in self._read_group(domain, ["status"], ["__count", "value:sum"])
        }
        labels = dict(self._fields["status"]._description_selection(self.env))
        return [
            {"status": key, "label": labels[key], **dict(zip(("count", "value"), found.get(key, (0, 0)), strict=True))}
            for key, _label in STATUS
        ]

    def _get_worst(self, domain, name):
        rows = self.search_fetch(
            domain & Domain(name, ">", 0),
            ["product_id", "warehouse_id", name, "cover_days", "on_hand_qty", "stockout_date"],
            order=f"{name} desc, id", limit=WORST,
        )
        rows.product_id.fetch(["display_name"])
        return [
            {
                "id": row.id, "product": row.product_id.display_name, "warehouse": row.warehouse_id.name,
                "amount": row[name], "cover_days": row.cover_days, "on_hand": row.on_hand_qty,
                "unit": row.uom_id.name, "stockout": row.stockout_date or None,
            }
            for row in rows
        ]

    def _get_alerts(self, domain):
        """Open alerts by kind, in the order of the kinds: what is urgent comes first."""
        labels = dict(self.env["gantry.alert"]._fields["kind"]._description_selection(self.env))
        found = self.env["gantry.alert"]._read_group(
            domain & Domain("state", "=", "open"), ["kind"], ["__count", "amount:sum"])
        return [
            {"kind": kind, "label": labels[kind], "count": count, "amount": amount}
            for kind, count, amount in sorted(found, key=lambda row: list(labels).index(row[0]))
        ]

    def _get_categories(self, domain):
        """Categories with stock, the most valuable first."""
        rows = self._read_group(
            domain & Domain("value", ">", 0), ["categ_id"],
            ["value:sum", "excess_value:sum", "turns:avg", "service:avg", "cover_days:avg"], order="value:sum desc",
        )
        return [
            {
                "id": categ.id, "name": categ.display_name or self.env._("No category"), "value": value,
                "excess": excess, "turns": turns, "service": service, "cover_days": cover,
            }
            for categ, value, excess, turns, service, cover in rows
        ]

    def _get_first_steps(self):
        """What is there already on the way to a first overview."""
        company = ("company_id", "=", self.env.company.id)
        return {
            "stock": bool(self.env["stock.quant"].search_count(
                [company, ("location_id.usage", "=", "internal")], limit=1)),
            "demand": bool(self.env["gantry.demand"].search_count([company], limit=1)),
            "forecast": bool(self.env["gantry.forecast"].search_count(
                [company, ("date_forecast", "!=", False)], limit=1)),
        }
