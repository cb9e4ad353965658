from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import buckets
from ..tools.guard import refuse_figures
from .gantry_forecast_measure import LOOK_BACK

MEASURED_FIELDS = {"error_without", "error_with", "value_added", "date_measured"}
KEPT_FIELDS = MEASURED_FIELDS | {"user_id"}


class GantryForecastOverride(models.Model):
    _name = "gantry.forecast.override"
    _description = "Forecast Override"
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _rec_name = "reason"

    product_id = fields.Many2one("product.product", index=True, check_company=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", index=True, ondelete="cascade")
    warehouse_id = fields.Many2one(
        "stock.warehouse", index=True, check_company=True, ondelete="cascade", help="Empty: all warehouses.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company,
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", required=True)
    mode = fields.Selection(
        [("set", "Set to"), ("add", "Add"), ("percent", "Change by %")], required=True, default="set",
        help="'Set to' and 'Add' are units over the whole period; a category's units are spread over its "
             "products in proportion to their forecast.",
    )
    quantity = fields.Float(required=True, help="Units over the period, or per cent.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="Author", default=lambda self: self.env.user, readonly=True)
    date_expiry = fields.Date(string="Expires", help="From this day on the override is no longer applied.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("planned", "Active"), ("expired", "Expired"), ("measured", "Measured")],
        compute="_compute_state", search="_search_state",
    )
    error_without = fields.Float(readonly=True, help="Units of error of the forecast without the override.")
    error_with = fields.Float(readonly=True, help="Units of error with the override.")
    value_added = fields.Float(
        string="Value Added (%)", readonly=True, aggregator="avg",
        help="By how much the override lowered the error; negative when it made the forecast worse.",
    )
    date_measured = fields.Date(string="Measured on", readonly=True)

    _date_order = models.Constraint("CHECK (date_to >= date_from)", "An override cannot end before it starts.")
    _one_target = models.Constraint(
        "CHECK (num_nonnulls(product_id, categ_id) = 1)", "Choose either a product or a category to override.",
    )

    @api.constrains("mode", "quantity")
    def _check_quantity(self):
        for override in self:
            if override.mode == "set" and override.quantity < 0:
                raise ValidationError(self.env._("A forecast cannot be set below zero."))
            if override.mode == "percent" and override.quantity < -100:
                raise ValidationError(self.env._("A forecast cannot fall by more than 100 %."))

    @api.depends("date_expiry", "date_to", "date_measured", "company_id")
    def _compute_state(self):
        # the day the company plans from: an imported history may end years ago
        days = {company: self.env["gantry.demand"]._get_today(company) for company in self.company_id}
        for override in self:
            today = days.get(override.company_id) or fields.Date.context_today(self)
            if override.date_measured:
                override.state = "measured"
            elif (override.date_expiry and override.date_expiry <= today) or (
                    override.date_to and override.date_to < today):
                override.state = "expired"
            else:
                override.state = "planned"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        planned = fields.Domain.OR(
            fields.Domain([
                ("company_id", "=", company.id), ("date_measured", "=", False), ("date_to", ">=", today),
                "|", ("date_expiry", "=", False), ("date_expiry", ">", today),
            ])
            for company in self.env.companies
            for today in [self.env["gantry.demand"]._get_today(company)]
        )
        measured = fields.Domain("date_measured", "!=", False)
        by_state = {"planned": planned, "measured": measured, "expired": ~planned & ~measured}
        return fields.Domain.OR(by_state[state] for state in value if state in by_state)

    # -- an override is in the forecast as soon as it is saved

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, kept=KEPT_FIELDS)
        overrides = super().create(vals_list)
        overrides._apply()
        return overrides

    def write(self, vals):
        refuse_figures(self, vals, kept=KEPT_FIELDS)
        if vals.keys() <= MEASURED_FIELDS:
            return super().write(vals)
        companies = self.company_id
        result = super().write(vals)
        (self.company_id | companies)._gantry_apply_overrides()
        return result

    def unlink(self):
        companies = self.company_id
        result = super().unlink()
        companies._gantry_apply_overrides()
        return result

    def _apply(self):
        self.company_id._gantry_apply_overrides()

    @api.model
    def _measure(self, company):
        """Value added by overrides whose period is over: the error with them against the error without."""
        start = self.env["gantry.forecast"]._get_bucket_start(company)
        overrides = self.with_context(active_test=False).search([
            ("company_id", "=", company.id), ("date_to", "<", start), ("date_measured", "=", False),
            # what was forecast before is not kept longer
            ("date_to", ">=", buckets.back(start, LOOK_BACK[company.gantry_forecast_bucket] + 1,
                                           company.gantry_forecast_bucket).astype(object)),
        ])
        for override in overrides:
            domain = [
                ("company_id", "=", company.id), ("kind", "=", "live"), ("lag", "=", 1),
                ("date", ">=", self._get_first_bucket(company, override.date_from)),
                ("date", "<=", override.date_to),
            ]
            if override.product_id:
                domain.append(("product_id", "=", override.product_id.id))
            else:
                domain.append(("categ_id", "child_of", override.categ_id.id))
            if override.warehouse_id:
                domain.append(("warehouse_id", "=", override.warehouse_id.id))
            rows = self.env["gantry.forecast.accuracy"].search_fetch(
                domain, ["error_statistical", "error_forecast", "forecast", "statistical"])
            # an override that never reached a forecast kept for comparison (made too late, or expired) proves nothing
            if all(row.forecast == row.statistical for row in rows):
                continue
            without, with_it = sum(rows.mapped("error_statistical")), sum(rows.mapped("error_forecast"))
            # sudo: the run measures for everybody
            override.sudo().write({
                "error_without": without, "error_with": with_it,
                "value_added": 100 * (without - with_it) / without if without else 0.0,
                "date_measured": self.env["gantry.demand"]._get_today(company),
            })

    def _get_first_bucket(self, company, day):
        return buckets.floor(day, company.gantry_forecast_bucket).astype(object)
