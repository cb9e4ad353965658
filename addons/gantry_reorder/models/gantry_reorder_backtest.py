from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.gantry_forecast.tools.guard import refuse_figures
from odoo.exceptions import UserError, ValidationError

from .gantry_reorder_policy import METHODS, TARGET_KINDS

BACKTEST_METHODS = [
    ("gantry", "Gantry"),
    ("equal", "Gantry, Service and Orders as in Force"),
    ("current", "Rule in Force"),
    ("odoo", "Odoo's Suggestion"),
    ("actual", "As it Was"),
]
SETTINGS = (
    "target_kind", "target_pct", "share_target", "holding_pct", "shortage_pct", "order_cost", "method", "review_days",
)
PLANNER_FIELDS = (
    "name", "company_id", "policy_id", "warehouse_id", "categ_id", "product_ids", "date_from", "date_to",
    "own_settings", "unserved", *SETTINGS,
)
YEAR = timedelta(days=365)


class GantryReorderBacktest(models.Model):
    """A year replayed day by day with the rules that Gantry would have set, beside the rules in force and what
    Odoo's wizard suggests. The work is in `gantry_reorder_backtest_run`."""

    _name = "gantry.reorder.backtest"
    _description = "Replay of Reorder Rules"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy_id = fields.Many2one("gantry.reorder.policy", check_company=True, ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", ondelete="cascade", help="With all below it.")
    product_ids = fields.Many2many("product.product", string="Products", check_company=True)
    date_from = fields.Date(string="From", required=True, default=lambda self: self._get_default_from())
    date_to = fields.Date(string="To", required=True, default=lambda self: self._get_last_day())
    rule_count = fields.Integer(string="Rules in Scope", compute="_compute_rule_count")

    own_settings = fields.Boolean(
        "Try other Settings", help="Otherwise every product is replayed with the policy it has now.",
    )
    target_kind = fields.Selection(TARGET_KINDS, string="Target", required=True, default="fill")
    target_pct = fields.Float("Service Target (%)", default=97.0, aggregator=None)
    share_target = fields.Boolean(
        "Reach the Target Together",
        help="The products reach the target on the whole, most of it where it costs least.",
    )
    holding_pct = fields.Float("Holding Cost (% a Year)", default=20.0, aggregator=None)
    shortage_pct = fields.Float("Shortage Cost (%)", default=30.0, aggregator=None)
    order_cost = fields.Monetary("Cost of an Order Line")
    method = fields.Selection(METHODS, required=True, default="sS")
    review_days = fields.Integer(default=1, required=True, aggregator=None)
    unserved = fields.Selection(
        [("lost", "Is lost"), ("waits", "Waits for the next receipt")], string="What cannot be served",
        required=True, default="lost",
    )

    state = fields.Selection(
        [("draft", "New"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")], compute="_compute_state",
    )
    job_id = fields.Many2one("gantry.job", readonly=True, copy=False, ondelete="set null")
    date_done = fields.Datetime("Replayed at", readonly=True, copy=False)
    product_count = fields.Integer("Products Replayed", readonly=True, copy=False, aggregator=None)
    skipped_count = fields.Integer("Left out", readonly=True, copy=False, aggregator=None)
    line_ids = fields.One2many("gantry.reorder.backtest.line", "backtest_id", readonly=True, copy=False)
    product_line_ids = fields.One2many("gantry.reorder.backtest.product", "backtest_id", readonly=True, copy=False)
    chart = fields.Json(readonly=True, copy=False)
    facts = fields.Json(readonly=True, copy=False)
    sentence = fields.Text("Result", compute="_compute_sentence")
    note = fields.Text(compute="_compute_sentence")

    _dates_order = models.Constraint("CHECK (date_to > date_from)", "The replay must end after it begins.")
    _target_range = models.Constraint(
        "CHECK (target_pct > 0 AND target_pct < 100)", "A service target lies between 0 and 100 per cent.",
    )
    _costs_positive = models.Constraint(
        "CHECK (holding_pct > 0 AND shortage_pct >= 0 AND order_cost >= 0)",
        "The holding cost must be above 0, the other costs must not be negative.",
    )
    _review_positive = models.Constraint("CHECK (review_days BETWEEN 1 AND 365)", "Review after 1 to 365 days.")

    @api.model
    def _get_last_day(self):
        return self.env["gantry.demand"]._get_today(self.env.company) - timedelta(days=1)

    @api.model
    def _get_default_from(self):
        return self._get_last_day() - YEAR + timedelta(days=1)

    @api.depends("policy_id", "warehouse_id", "categ_id", "product_ids", "date_from", "date_to")
    def _compute_name(self):
        for backtest in self:
            products = backtest.product_ids
            parts = [
                products[:1].display_name if len(products) == 1 else "",
                self.env._("%s products", len(products)) if len(products) > 1 else "",
                backtest.policy_id.name, backtest.categ_id.display_name, backtest.warehouse_id.name,
            ]
            scope = ", ".join(part for part in parts if part) or self.env._("All products")
            if backtest.date_from and backtest.date_to:
                scope = f"{scope}, {backtest.date_from:%Y-%m} – {backtest.date_to:%Y-%m}"
            backtest.name = scope

    @api.depends("company_id", "policy_id", "warehouse_id", "categ_id", "product_ids")
    def _compute_rule_count(self):
        for backtest in self:
            backtest.rule_count = self.env["gantry.reorder.rule"].search_count(backtest._get_rule_domain())

    @api.depends("job_id.state", "date_done")
    def _compute_state(self):
        for backtest in self:
            # sudo: a job of another user still says how far the replay is
            job = backtest.job_id.sudo().state
            if job in ("pending", "running"):
                backtest.state = "running"
            elif job in ("failed", "cancelled"):
                backtest.state = "failed"
            else:
                backtest.state = "done" if backtest.date_done else "draft"

    @api.onchange("policy_id")
    def _onchange_policy_id(self):
        for name in SETTINGS if self.policy_id else ():
            self[name] = self.policy_id[name]

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for backtest in self:
            if backtest.date_to > self.env["gantry.demand"]._get_today(backtest.company_id):
                raise ValidationError(self.env._("Only the past can be replayed."))
            if backtest.date_to - backtest.date_from > 5 * YEAR:
                raise ValidationError(self.env._("At most five years can be replayed."))

    def _get_rule_domain(self):
        """The rules that are replayed: a domain on `gantry.reorder.rule`."""
        self.ensure_one()
        domain = [("company_id", "=", self.company_id.id), ("kind", "=", "warehouse")]
        if self.policy_id:
            domain.append(("policy_id", "=", self.policy_id.id))
        if self.warehouse_id:
            domain.append(("warehouse_id", "=", self.warehouse_id.id))
        if self.categ_id:
            domain.append(("categ_id", "child_of", self.categ_id.id))
        if self.product_ids:
            domain.append(("product_id", "in", self.product_ids.ids))
        return domain

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        return super().create(vals_list)

    def write(self, vals):
        refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        return super().write(vals)

    # -- buttons

    def action_run(self):
        """Replay in the background; the page shows the progress."""
        for backtest in self:
            backtest.check_access("write")
            if not backtest.rule_count:
                raise UserError(self.env._(
                    "There are no reorder rules in this scope. Run the worklist first, or choose another scope."))
            job = self.env["gantry.job"]._enqueue(
                self.env._("Replay: %s", backtest.name), self._name, "_job_run", record=backtest,
                identity=f"gantry_reorder.backtest.{backtest.id}", company=backtest.company_id,
            )
            # sudo: the job is not for people to write
            backtest.sudo().job_id = job

    def action_apply(self):
        """Set the policy to the settings that were tried."""
        self.ensure_one()
        if not self.policy_id:
            raise UserError(self.env._("Choose the policy that is to get these settings."))
        self.policy_id.write({name: self[name] for name in SETTINGS})
        return {
            "type": "ir.actions.act_window", "res_model": "gantry.reorder.policy", "res_id": self.policy_id.id,
            "views": [[False, "form"]], "name": self.policy_id.name,
        }

    def action_products(self):
        """Open the results product by product."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_backtest_product_action")
        return action | {"domain": [("backtest_id", "=", self.id)], "context": {}}

    def action_whatif(self):
        """Open the sliders for the same products."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_whatif_action")
        scope = {name: self[name].id for name in ("policy_id", "warehouse_id", "categ_id")}
        if self.product_ids:
            scope["rule_ids"] = self.env["gantry.reorder.rule"].search(self._get_rule_domain()).ids
        return action | {"params": scope}

    @api.readonly
    def get_chart(self):
        """Days, and per method the value of the stock and of what could not be served.

        :return: {dates, series: [{method, label, stock, short}], currency}
        """
        self.ensure_one()
        chart = self.chart or {}
        labels = dict(self.env["gantry.reorder.backtest.line"]._fields["method"]._description_selection(self.env))
        return {
            "dates": chart.get("dates", []),
            "series": [{**series, "label": labels[series["method"]]} for series in chart.get("series", [])],
            "currency": self.currency_id.symbol or self.currency_id.name,
        }


class GantryReorderBacktestLine(models.Model):
    """What one way of setting the rules would have done over the period."""

    _name = "gantry.reorder.backtest.line"
    _description = "Replay Result"
    _order = "backtest_id desc, id"
    _rec_name = "method"

    backtest_id = fields.Many2one("gantry.reorder.backtest", required=True, readonly=True, index=True,
                                  ondelete="cascade")
    company_id = fields.Many2one(related="backtest_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    method = fields.Selection(BACKTEST_METHODS, required=True, readonly=True)
    stockouts = fields.Integer("Stock-outs", readonly=True, help="Times that a product ran out, however long.")
    stockout_days = fields.Integer("Days out of Stock", readonly=True)
    fill_pct = fields.Float("Fill Rate (%)", readonly=True, aggregator=None, digits=(16, 2), help="Of the units.")
    fill_value_pct = fields.Float("Fill Rate by Value (%)", readonly=True, aggregator=None, digits=(16, 2))
    has_demand = fields.Boolean(readonly=True, help="Whether demand that was not served is known.")
    short_value = fields.Monetary("Not Served", readonly=True, help="Value of the demand that met an empty shelf.")
    stock_value = fields.Monetary("Average Stock", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    holding_cost = fields.Monetary("Holding a Year", readonly=True)
    order_cost = fields.Monetary("Ordering a Year", readonly=True)
    shortage_cost = fields.Monetary("Shortage a Year", readonly=True)
    saved_cost = fields.Monetary(
        "Saved by Price Breaks", readonly=True, help="What larger orders cost less in a year.")
    total_cost = fields.Monetary(
        "Cost a Year", readonly=True, help="Holding, ordering and shortage, less what price breaks save.")


class GantryReorderBacktestProduct(models.Model):
    """What each way of setting the rule would have done for one product."""

    _name = "gantry.reorder.backtest.product"
    _description = "Replay Result of a Product"
    _order = "backtest_id desc, saved_value desc, id"
    _rec_name = "product_id"

    backtest_id = fields.Many2one("gantry.reorder.backtest", required=True, readonly=True, index=True,
                                  ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    rule_id = fields.Many2one("gantry.reorder.rule", readonly=True, ondelete="cascade", index=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    has_rule = fields.Boolean("Has a Rule in Force", readonly=True)
    demand_qty = fields.Float("Demand", readonly=True)
    gantry_stockouts = fields.Integer("Stock-outs", readonly=True)
    current_stockouts = fields.Integer("In Force: Stock-outs", readonly=True)
    odoo_stockouts = fields.Integer("Odoo: Stock-outs", readonly=True)
    gantry_fill_pct = fields.Float("Fill (%)", readonly=True, aggregator="avg", digits=(16, 1))
    current_fill_pct = fields.Float("In Force: Fill (%)", readonly=True, aggregator="avg", digits=(16, 1))
    odoo_fill_pct = fields.Float("Odoo: Fill (%)", readonly=True, aggregator="avg", digits=(16, 1))
    gantry_value = fields.Monetary("Average Stock", readonly=True)
    current_value = fields.Monetary("In Force: Average Stock", readonly=True)
    odoo_value = fields.Monetary("Odoo: Average Stock", readonly=True)
    saved_value = fields.Monetary("Stock Saved", readonly=True, help="Against the rule in force.")

    def action_rule(self):
        """Open the row of the worklist."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "gantry.reorder.rule", "res_id": self.rule_id.id,
                "views": [[False, "form"]], "name": self.product_id.display_name}
