from odoo import api, fields, models
from odoo.addons.gantry_forecast.models.gantry_forecast_recipe import CLASSES
from odoo.addons.gantry_forecast.tools.guard import refuse_figures

from .gantry_reorder_policy import ABC, MODES, TARGET_KINDS

STATES = [
    ("ok", "In Order"),
    ("proposed", "Change Proposed"),
    ("waiting", "Waits for Approval"),
    ("applied", "Applied"),
    ("manual", "Manual"),
    ("blocked", "Blocked"),
]
SOURCES = [
    ("buy", "Buy"),
    ("transfer", "Transfer"),
    ("manufacture", "Manufacture"),
    ("none", "No Source"),
]
LEAD_SOURCES = [
    ("product", "Measured for the product"),
    ("vendor", "Measured for the vendor"),
    ("category", "Measured for the category"),
    ("route", "Measured for the route"),
    ("set", "As set in Odoo"),
    ("policy", "As set in the policy"),
    ("none", "Unknown"),
]
BINDINGS = [
    ("none", "The target alone"),
    ("bin_space", "Bin space"),
    ("shelf_life", "Shelf life"),
    ("max_days", "Most stock"),
    ("min_days", "Least stock"),
    ("committed", "Orders of customers"),
    ("budget", "Budget"),
    ("minimum_qty", "Least order of the vendor"),
    ("service_group", "Target reached together"),
]
PLANNER_FIELDS = ("order_qty", "order_qty_manual", "snoozed_until", "note")


class GantryReorderRule(models.Model):
    """A row of the worklist: what the run found for a product at a stock location.

    All figures are written by SQL (see `gantry_reorder_apply`); planners edit the quantity to order.
    """

    _name = "gantry.reorder.rule"
    _description = "Replenishment"
    _order = "risk_value desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    location_id = fields.Many2one("stock.location", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    categ_id = fields.Many2one("product.category", string="Category", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    active = fields.Boolean(default=True, readonly=True)
    kind = fields.Selection(
        [("warehouse", "Warehouse"), ("bin", "Pick Face")], required=True, default="warehouse", readonly=True,
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", string="Reordering Rule", readonly=True, ondelete="set null",
        index="btree_not_null",
    )
    policy_id = fields.Many2one("gantry.reorder.policy", readonly=True, ondelete="set null", index="btree_not_null")
    mode = fields.Selection(MODES, readonly=True)
    abc = fields.Selection(ABC, string="ABC", readonly=True)
    xyz = fields.Selection([("X", "X"), ("Y", "Y"), ("Z", "Z")], string="XYZ", readonly=True)
    demand_class = fields.Selection(CLASSES, readonly=True)
    state = fields.Selection(STATES, required=True, default="ok", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="set null")
    supplier_warehouse_id = fields.Many2one(
        "stock.warehouse", string="Supplied from", readonly=True, ondelete="set null")
    route_id = fields.Many2one("stock.route", readonly=True, ondelete="set null")
    seller_id = fields.Many2one("product.supplierinfo", string="Vendor Price", readonly=True, ondelete="set null")
    route_days = fields.Float("Days of the Route", readonly=True, aggregator=None, help="Delays of Odoo's rules.")
    set_lead_days = fields.Float("Lead Time as Set (Days)", readonly=True, aggregator=None)

    old_min = fields.Float("Minimum", readonly=True, aggregator=None, help="Of the rule in force.")
    old_max = fields.Float("Maximum", readonly=True, aggregator=None, help="Of the rule in force.")
    old_multiple = fields.Float("Multiple", readonly=True, aggregator=None, help="Of the rule in force.")
    new_min = fields.Float("New Minimum", readonly=True, aggregator=None)
    new_max = fields.Float("New Maximum", readonly=True, aggregator=None)
    new_multiple = fields.Float(readonly=True, aggregator=None)
    change_pct = fields.Float("Change (%)", readonly=True, aggregator="avg")
    kept_min = fields.Float(readonly=True, aggregator=None, help="A proposed minimum that was turned down.")
    kept_max = fields.Float(readonly=True, aggregator=None, help="A proposed maximum that was turned down.")
    hand_edited = fields.Boolean(
        "Edited by Hand", readonly=True,
        help="Somebody has set the reordering rule by hand; it is not changed again before a proposal is accepted.",
    )

    forecast_day_qty = fields.Float("Demand a Day", readonly=True, aggregator=None)
    safety_qty = fields.Float("Safety Stock", readonly=True)
    target_pct = fields.Float("Target (%)", readonly=True, aggregator="avg")
    expected_fill = fields.Float("Expected Fill Rate (%)", readonly=True, aggregator="avg")
    expected_cycle = fields.Float("Expected Cycle Service (%)", readonly=True, aggregator="avg")
    avg_stock_qty = fields.Float("Average Stock", readonly=True)
    avg_stock_value = fields.Monetary("Average Stock Value", readonly=True)
    unit_cost = fields.Float(readonly=True, aggregator=None)
    lead_days_mean = fields.Float("Lead Time (Days)", readonly=True, aggregator="avg")
    lead_days_p90 = fields.Float("Lead Time, 9 of 10 (Days)", readonly=True, aggregator="avg")
    lead_days_p10 = fields.Float("Lead Time, Fastest of 10 (Days)", readonly=True, aggregator=None)
    lead_source = fields.Selection(LEAD_SOURCES, readonly=True)
    lead_count = fields.Integer("Receipts Measured", readonly=True, aggregator=None)
    protect_days = fields.Float(
        "Days to Cover", readonly=True, aggregator=None, help="Lead time and time to the next review.")
    protect_qty = fields.Float("Demand to Cover", readonly=True, aggregator=None)
    usual_order_qty = fields.Float("Usual Order", readonly=True, aggregator=None)
    target_kind = fields.Selection(TARGET_KINDS, string="Target", readonly=True)
    binding = fields.Selection(BINDINGS, string="Limited by", readonly=True)
    waste_qty = fields.Float("Will Expire", readonly=True, help="Stock that expires before it sells.")

    on_hand_qty = fields.Float("On Hand", readonly=True)
    incoming_qty = fields.Float("Incoming", readonly=True)
    committed_qty = fields.Float("Committed", readonly=True, help="Ordered by customers or production, not yet left.")
    point_qty = fields.Float(
        "Stock at the Lead Time", readonly=True, aggregator=None, help="What Odoo's reordering rule compares.")
    projected_stockout_date = fields.Date("Runs out on", readonly=True)
    order_by_date = fields.Date("Order by", readonly=True)
    order_qty_computed = fields.Float("Proposed Quantity", readonly=True)
    order_qty_manual = fields.Float("Quantity by Hand", readonly=True, aggregator=None)
    has_manual_qty = fields.Boolean("Edited", readonly=True)
    order_qty = fields.Float(
        string="To Order", compute="_compute_order_qty", inverse="_inverse_order_qty", store=True, readonly=False,
    )
    order_value = fields.Monetary(compute="_compute_order_qty", store=True)
    risk_value = fields.Monetary("Money at Risk", readonly=True)
    issue_ids = fields.One2many("gantry.reorder.issue", "rule_id", string="Problems", readonly=True)
    issue_count = fields.Integer("Problem Count", readonly=True, aggregator=None)
    change_ids = fields.One2many("gantry.reorder.change", "rule_id", string="History", readonly=True)
    snoozed_until = fields.Date()
    note = fields.Char(help="For colleagues.")
    last_run = fields.Datetime(readonly=True)
    explanation = fields.Json(compute="_compute_explanation")

    _key = models.UniqueIndex("(product_id, location_id)", "This product already has a row at this location.")
    _company_index = models.Index("(company_id, warehouse_id)")

    def init(self):
        # every night every row is written once: with room on its page, and no index on a figure, it stays there
        self.env.cr.execute("ALTER TABLE gantry_reorder_rule SET (fillfactor = 50)")

    @api.depends("order_qty_computed", "order_qty_manual", "has_manual_qty", "unit_cost")
    def _compute_order_qty(self):
        for rule in self:
            rule.order_qty = rule.order_qty_manual if rule.has_manual_qty else rule.order_qty_computed
            rule.order_value = rule.order_qty * rule.unit_cost

    def _inverse_order_qty(self):
        for rule in self.sudo():  # sudo: both are notes of the system on a quantity that planners may edit
            rule.order_qty_manual = rule.order_qty
            rule.has_manual_qty = rule.order_qty != rule.order_qty_computed

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, allowed=())
        return super().create(vals_list)

    def write(self, vals):
        refuse_figures(self, vals, allowed=PLANNER_FIELDS)
        return super().write(vals)
