from odoo import api, fields, models
from odoo.addons.gantry_forecast.models.gantry_forecast_recipe import CLASSES
from odoo.exceptions import ValidationError

ABC = [("A", "A"), ("B", "B"), ("C", "C")]
MODES = [("manual", "Manual"), ("suggest", "Suggest"), ("auto", "Automatic")]
METHODS = [
    ("sS", "Reorder point, order up to"),
    ("sQ", "Reorder point, fixed quantity"),
    ("RS", "Periodic review, order up to"),
]
TARGET_KINDS = [
    ("fill", "Fill rate: share of demand served from stock"),
    ("cycle", "Cycle service: share of order cycles without a stock-out"),
    ("cost", "Cheapest of holding against shortage"),
]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class GantryReorderPolicy(models.Model):
    """How reorder rules are set: a service target, costs, caps and a mode, for a scope.

    Of several policies in force the most specific wins, see `gantry_reorder_policy_match`.
    """

    _name = "gantry.reorder.policy"
    _description = "Reorder Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, aggregator=None, help="Among equally specific policies the first one wins.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade", default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", string="Owner", check_company=True, help="Gets the alerts of the products under this policy.",
    )

    warehouse_id = fields.Many2one("stock.warehouse", check_company=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", ondelete="cascade", help="With all below it.")
    abc = fields.Selection(ABC, string="ABC Class", help="By value of demand within the warehouse.")
    demand_class = fields.Selection(CLASSES)
    product_id = fields.Many2one("product.product", check_company=True, ondelete="cascade")
    date_from = fields.Date(string="In Force from")
    date_to = fields.Date(string="In Force until")
    scope = fields.Char(compute="_compute_scope", help="What this policy is for.")

    method = fields.Selection(METHODS, required=True, default="sS")
    review_days = fields.Integer(
        default=1, required=True, aggregator=None, help="Days from one look at the stock to the next one.",
    )
    order_monday = fields.Boolean("Mon", default=True)
    order_tuesday = fields.Boolean("Tue", default=True)
    order_wednesday = fields.Boolean("Wed", default=True)
    order_thursday = fields.Boolean("Thu", default=True)
    order_friday = fields.Boolean("Fri", default=True)
    order_saturday = fields.Boolean("Sat", default=True)
    order_sunday = fields.Boolean("Sun", default=True)

    target_kind = fields.Selection(TARGET_KINDS, string="Target", required=True, default="fill")
    target_pct = fields.Float("Service Target (%)", default=97.0, aggregator=None)
    share_target = fields.Boolean(
        "Reach the Target Together",
        help="The products under this policy reach the service target on the whole, most of it where it costs least.",
    )
    lead_days = fields.Float(
        "Lead Time if Unknown (Days)", aggregator=None,
        help="Used where nothing was measured and nothing is set in Odoo; 0 leaves such rules alone and lists them.",
    )
    shortage_pct = fields.Float(
        "Shortage Cost (%)", default=30.0, aggregator=None,
        help="What a unit that cannot be served costs, in per cent of its value.",
    )
    holding_pct = fields.Float(
        "Holding Cost (% a Year)", default=20.0, aggregator=None, help="Of the value of the stock.",
    )
    order_cost = fields.Monetary("Cost of an Order Line", help="What it costs to order and receive a line once.")

    min_days = fields.Float("Least Stock (Days)", aggregator=None, help="Days of demand, 0 for no limit.")
    max_days = fields.Float("Most Stock (Days)", aggregator=None, help="Days of demand, 0 for no limit.")
    cap_days = fields.Float(
        "Shelf Life (Days)", aggregator=None,
        help="Never stock more than sells in so many days; the product's own expiration time counts too.",
    )
    cap_qty = fields.Float("Bin Space", aggregator=None, help="Most units per product, 0 for no limit.")
    budget = fields.Monetary(
        help="Most money in average stock of all products under this policy together, 0 for no limit.",
    )

    mode = fields.Selection(
        MODES, required=True, default="suggest",
        help="Manual: figures are shown only. Suggest: changes wait for you. Automatic: rules are set every night.",
    )
    approve_change_pct = fields.Float(
        "Ask above (%)", default=50.0, aggregator=None,
        help="Automatic changes of the minimum or maximum by more than this wait for approval; 0 never asks.",
    )
    create_rules = fields.Boolean(
        default=True, help="For products with a forecast that have no reordering rule yet.",
    )
    archive_rules = fields.Boolean(
        help="Of products that are dead and have no stock, demand or orders left.",
    )
    rule_count = fields.Integer(compute="_compute_rule_count")

    _target_range = models.Constraint(
        "CHECK (target_pct > 0 AND target_pct < 100)", "A service target lies between 0 and 100 per cent.",
    )
    _review_positive = models.Constraint("CHECK (review_days BETWEEN 1 AND 365)", "Review after 1 to 365 days.")
    _costs_positive = models.Constraint(
        "CHECK (holding_pct > 0 AND shortage_pct >= 0 AND order_cost >= 0 AND budget >= 0)",
        "The holding cost must be above 0, the other costs must not be negative.",
    )
    _limits_positive = models.Constraint(
        "CHECK (min_days >= 0 AND max_days >= 0 AND cap_days >= 0 AND cap_qty >= 0 AND approve_change_pct >= 0"
        " AND lead_days >= 0)",
        "Limits must not be negative.",
    )
    _days_order = models.Constraint(
        "CHECK (COALESCE(max_days, 0) = 0 OR min_days <= max_days)", "The least stock is above the most stock.",
    )
    _dates_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)", "The policy ends before it begins.",
    )

    @api.constrains(*(f"order_{day}" for day in WEEKDAYS))
    def _check_weekdays(self):
        for policy in self:
            if not any(policy._get_order_days()):
                raise ValidationError(self.env._("%s: at least one day of the week must allow orders.", policy.name))

    def _get_order_days(self):
        """Whether one may order, from Monday to Sunday."""
        self.ensure_one()
        return [self[f"order_{day}"] for day in WEEKDAYS]

    @api.depends("warehouse_id", "categ_id", "abc", "demand_class", "product_id")
    def _compute_scope(self):
        classes = dict(CLASSES)
        for policy in self:
            parts = [
                policy.product_id.display_name, policy.categ_id.display_name,
                policy.abc and self.env._("class %s", policy.abc), classes.get(policy.demand_class),
                policy.warehouse_id.display_name,
            ]
            policy.scope = ", ".join(part for part in parts if part) or self.env._("all products")

    def _compute_rule_count(self):
        counts = dict(self.env["gantry.reorder.rule"]._read_group(
            [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]))
        for policy in self:
            policy.rule_count = counts.get(policy, 0)

    def action_rules(self):
        """Open the rules under these policies."""
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_reorder.gantry_reorder_rule_action")
        return action | {"domain": [("policy_id", "in", self.ids)], "context": {}}
