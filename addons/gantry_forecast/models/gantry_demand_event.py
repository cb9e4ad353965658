import numpy as np
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class GantryDemandEvent(models.Model):
    _name = "gantry.demand.event"
    _description = "Demand Event"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    event_type = fields.Selection(
        [("promotion", "Promotion"), ("holiday", "Holiday"), ("shutdown", "Shutdown"), ("other", "Other")],
        string="Type", required=True, default="promotion",
        help="A shutdown has no demand; the other kinds raise or lower it.",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env["gantry.demand"]._get_today(self.env.company),
        index=True,
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self.env["gantry.demand"]._get_today(self.env.company),
    )
    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    categ_ids = fields.Many2many("product.category", string="Categories")
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses", check_company=True)
    uplift_percent = fields.Float(
        string="Expected Uplift (%)",
        help="Leave at zero to learn the effect from earlier events of the same type.",
    )
    recurring = fields.Boolean(string="Every Year")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company,
    )

    _date_order = models.Constraint("CHECK (date_to >= date_from)", "An event cannot end before it starts.")

    @api.constrains("uplift_percent")
    def _check_uplift_percent(self):
        for event in self:
            if event.uplift_percent < -100:
                raise ValidationError(self.env._("Demand cannot fall by more than 100 %."))

    @api.constrains("date_from", "date_to", "recurring")
    def _check_recurring(self):
        for event in self:
            if event.recurring and event.date_to >= event.date_from + relativedelta(years=1):
                raise ValidationError(self.env._("An event of every year must be shorter than a year."))

    def _get_occurrences(self, date_from, date_to):
        """Spans of days within a window.

        :return: list of (event, first day, last day)
        """
        spans = []
        for event in self:
            # every year from its first one on
            years = [event.date_from.year]
            if event.recurring:
                years = range(max(years[0], date_from.year - 1), date_to.year + 2)
            for year in years:
                shift = relativedelta(years=year - event.date_from.year)
                first, last = event.date_from + shift, event.date_to + shift
                if last >= date_from and first <= date_to:
                    spans.append((event, first, last))
        return spans

    def _get_rows(self, series):
        """Which series the event is for.

        :param series: structured array with product_id, warehouse_id, categ_id
        :return: boolean mask, or None for all
        """
        self.ensure_one()
        if not (self.product_ids or self.categ_ids or self.warehouse_ids):
            return None
        rows = np.ones(len(series), dtype=bool)
        if self.product_ids or self.categ_ids:
            categories = self.env["product.category"].search([("id", "child_of", self.categ_ids.ids)])
            rows = np.isin(series["product_id"], self.product_ids.ids)
            rows |= np.isin(series["categ_id"], categories.ids)
        if self.warehouse_ids:
            rows &= np.isin(series["warehouse_id"], self.warehouse_ids.ids)
        return rows

    # -- an event changes the forecasts it is for, at the latest in the next night

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._make_forecasts_due()
        return events

    def write(self, vals):
        self._make_forecasts_due()
        result = super().write(vals)
        self._make_forecasts_due()
        return result

    def unlink(self):
        self._make_forecasts_due()
        return super().unlink()

    def _make_forecasts_due(self):
        self.env.flush_all()
        Forecast = self.env["gantry.forecast"]
        for company, events in self.grouped("company_id").items():
            series = Forecast._get_series(company)
            due = np.zeros(len(series), dtype=bool)
            for event in events:
                rows = event._get_rows(series)
                due |= True if rows is None else rows
            if due.any():
                self.env.cr.execute(SQL(
                    "UPDATE gantry_forecast SET demand_changed = TRUE"
                    " WHERE company_id = %s AND id = ANY(%s) AND demand_changed IS NOT TRUE",
                    company.id, series["id"][due].tolist(),
                ))
        Forecast.invalidate_model(["demand_changed"])
