from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.depends("date_expiry", "date_to", "date_measured")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for override in self:
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
        today = fields.Date.context_today(self)
        planned = fields.Domain([
            ("date_measured", "=", False), ("date_to", ">=", today),
            "|", ("date_expiry", "=", False), ("date_expiry", ">", today),
        ])
        measured = fields.Domain("date_measured", "!=", False)
        by_state = {"planned": planned, "measured": measured, "expired": ~planned & ~measured}
        return fields.Domain.OR(by_state[state] for state in value if state in by_state)
