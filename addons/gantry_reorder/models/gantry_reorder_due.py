from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

DUE = [("late", "Overdue"), ("week", "Within a Week"), ("month", "Within a Month"), ("later", "Later")]


class GantryReorderDue(models.Model):
    """Dates of the worklist against the planning day of each company, which may lie in the past."""

    _inherit = "gantry.reorder.rule"

    is_snoozed = fields.Boolean("Put off", compute="_compute_due", search="_search_is_snoozed")
    due = fields.Selection(DUE, string="Order is Due", compute="_compute_due", search="_search_due")
    runs_out_soon = fields.Boolean(
        "Runs out within a Month", compute="_compute_due", search="_search_runs_out_soon")

    @api.model
    def _get_today_of(self, companies):
        return {company: self.env["gantry.demand"]._get_today(company) for company in companies}

    @api.depends("snoozed_until", "order_by_date", "projected_stockout_date", "company_id")
    def _compute_due(self):
        today_of = self._get_today_of(self.company_id)
        for rule in self:
            today = today_of.get(rule.company_id) or fields.Date.today()
            rule.is_snoozed = bool(rule.snoozed_until and rule.snoozed_until > today)
            rule.runs_out_soon = bool(
                rule.projected_stockout_date and rule.projected_stockout_date <= today + timedelta(days=30))
            left = (rule.order_by_date - today).days if rule.order_by_date else None
            rule.due = left is not None and (
                "late" if left < 0 else "week" if left <= 7 else "month" if left <= 30 else "later")

    def _per_company(self, get):
        """A domain that holds in each company by its own day.

        :param get: planning day -> domain
        """
        # sudo: the planning day of companies whose rows the search then filters by access
        companies = self.env["res.company"].sudo().search([])
        days = {}
        for company, today in self._get_today_of(companies).items():
            days.setdefault(today, []).append(company.id)
        return Domain.OR(Domain("company_id", "in", ids) & Domain(get(today)) for today, ids in days.items())

    def _search_is_snoozed(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._per_company(lambda today: [("snoozed_until", ">", today)])
        return Domain.OR((found if one else ~found) for one in value)

    def _search_runs_out_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._per_company(lambda today: [("projected_stockout_date", "<=", today + timedelta(days=30))])
        return Domain.OR((found if one else ~found) for one in value)

    def _search_due(self, operator, value):
        if operator != "in":
            return NotImplemented

        def between(first, last):
            def get(today):
                domain = Domain("order_by_date", "!=", False)
                if first is not None:
                    domain &= Domain("order_by_date", ">=", today + timedelta(days=first))
                return domain if last is None else domain & Domain("order_by_date", "<=", today + timedelta(days=last))
            return get

        spans = {"late": (None, -1), "week": (0, 7), "month": (8, 30), "later": (31, None)}
        return Domain.OR(
            self._per_company(between(*spans[one])) if one in spans else Domain("order_by_date", "=", False)
            for one in value)
