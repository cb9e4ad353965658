from odoo import api, fields, models
from odoo.tools import SQL

ABC = [("A", "A"), ("B", "B"), ("C", "C")]
XYZ = [("X", "X"), ("Y", "Y"), ("Z", "Z")]
STATUS = [
    ("out", "Out of stock"),
    ("short", "Short"),
    ("ok", "Healthy"),
    ("excess", "Too much"),
    ("slow", "Slow"),
    ("dead", "Dead"),
]
AGES = (
    # first day of age, what the column is called
    (0, "age_0_value", "0-30 Days"),
    (31, "age_31_value", "31-60 Days"),
    (61, "age_61_value", "61-90 Days"),
    (91, "age_91_value", "91-180 Days"),
    (181, "age_181_value", "181-365 Days"),
    (366, "age_366_value", "Over a Year"),
)
# what an average of a ratio means: sum over sum, times a factor
RATIOS = {
    "turns": ("demand_value", "avg_value", 1),
    "cover_days": ("value", "daily_value", 1),
    "service": ("served_value", "wanted_value", 100),
    "age_days": ("age_value_days", "value", 1),
}
# the same, weighted by the demand in money
WEIGHTED = {"service_target": "wanted_value", "variability": "demand_value"}


class GantryInsight(models.Model):
    """What the stock of a product in a warehouse is worth, does and lacks.

    All figures are written by SQL (see `gantry_insight_refresh`). Money is at cost, or at the sales price of a product
    without a cost.
    """

    _name = "gantry.insight"
    _description = "Inventory Insight"
    _order = "value desc, id"
    _rec_name = "product_id"
    _log_access = False  # tens of thousands of rows, all written by the refresh

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    categ_id = fields.Many2one("product.category", string="Category", readonly=True, ondelete="set null")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    date_refresh = fields.Datetime("Refreshed", readonly=True)

    status = fields.Selection(STATUS, readonly=True)
    abc = fields.Selection(
        ABC, string="ABC", readonly=True, help="By value of the demand of the last 12 months in the warehouse.",
    )
    xyz = fields.Selection(
        XYZ, string="XYZ", readonly=True, help="By variability of the demand: X steady, Y changing, Z erratic.",
    )
    variability = fields.Float(
        readonly=True, aggregator="avg", help="Standard deviation of four-week demand over its mean.",
    )

    unit_cost = fields.Monetary(readonly=True, aggregator=None)
    on_hand_qty = fields.Float("On Hand", digits="Product Unit", readonly=True)
    reserved_qty = fields.Float("Reserved", digits="Product Unit", readonly=True)
    incoming_qty = fields.Float("Incoming", digits="Product Unit", readonly=True)
    committed_qty = fields.Float(
        "Promised", digits="Product Unit", readonly=True, help="Open deliveries to customers and production.",
    )
    value = fields.Monetary("Stock Value", readonly=True)
    avg_value = fields.Monetary("Average Stock (12 Months)", readonly=True, help="Mean of the daily stock value.")
    demand_qty = fields.Float("Demand (12 Months)", digits="Product Unit", readonly=True)
    demand_value = fields.Monetary("Demand at Cost (12 Months)", readonly=True)
    daily_value = fields.Monetary("Demand a Day at Cost", readonly=True, help="Expected in the next 30 days.")
    forecast_30_qty = fields.Float("Next 30 Days", digits="Product Unit", readonly=True)
    basis = fields.Selection(
        [("forecast", "Forecast"), ("history", "Last 12 Months"), ("none", "No Demand")], string="Demand from",
        readonly=True, help="What the days of cover rest on.",
    )
    turns = fields.Float(
        readonly=True, aggregator="avg", digits=(16, 1),
        help="Demand of the last 12 months over the average stock.",
    )
    cover_days = fields.Float(
        "Days of Cover", readonly=True, aggregator="avg", digits=(16, 0),
        help="How long the stock on hand lasts at the expected demand.",
    )
    stockout_date = fields.Date(
        "Stock-out", readonly=True, help="Day on which stock and what arrives until then are used up.",
    )
    order_by_date = fields.Date("Order by", readonly=True)

    age_0_value = fields.Monetary("0-30 Days", readonly=True)
    age_31_value = fields.Monetary("31-60 Days", readonly=True)
    age_61_value = fields.Monetary("61-90 Days", readonly=True)
    age_91_value = fields.Monetary("91-180 Days", readonly=True)
    age_181_value = fields.Monetary("181-365 Days", readonly=True)
    age_366_value = fields.Monetary("Over a Year", readonly=True)
    age_value_days = fields.Float(readonly=True)
    age_days = fields.Float(
        "Age (days)", readonly=True, aggregator="avg", digits=(16, 0),
        help="Mean age of the stock since it came into the warehouse, the oldest sold first.",
    )
    first_in_date = fields.Date("First Receipt", readonly=True)
    last_in_date = fields.Date("Last Receipt", readonly=True)
    last_demand_date = fields.Date("Last Demand", readonly=True)

    stockout_days = fields.Integer("Days out of Stock", readonly=True, help="In the last 12 months.")
    stockout_count = fields.Integer("Stock-outs", readonly=True, help="In the last 12 months.")
    known_days = fields.Integer("Days Measured", readonly=True, aggregator=None)
    lost_value = fields.Monetary(
        "Demand not Served", readonly=True,
        help="What would have been sold on days out of stock, at the rate of the other days.",
    )
    served_value = fields.Monetary("Demand Served", readonly=True)
    wanted_value = fields.Monetary("Demand Wanted", readonly=True)
    service = fields.Float(
        "Service (%)", readonly=True, aggregator="avg", digits=(16, 1),
        help="Share of the demand, in money, that stock served in the last 12 months.",
    )
    service_target = fields.Float("Target (%)", readonly=True, aggregator="avg", digits=(16, 1))
    below_target = fields.Boolean(readonly=True)

    holding_cost = fields.Monetary("Holding Cost a Year", readonly=True)
    min_qty = fields.Float("Min", digits="Product Unit", readonly=True, aggregator=None)
    max_qty = fields.Float("Max", digits="Product Unit", readonly=True, aggregator=None)
    excess_qty = fields.Float("Excess Units", digits="Product Unit", readonly=True)
    excess_value = fields.Monetary("Excess", readonly=True, help="Stock beyond the maximum, or that lasts too long.")
    short_qty = fields.Float("Missing Units", digits="Product Unit", readonly=True)
    short_value = fields.Monetary("Shortage", readonly=True, help="What is missing to serve the next days.")
    expiry_qty = fields.Float("Expiring Unsold", digits="Product Unit", readonly=True)
    expiry_value = fields.Monetary("Expiry Risk", readonly=True, help="Stock that will expire before it is sold.")

    alert_count = fields.Integer("Open Alerts", compute="_compute_alert_count")

    _key = models.UniqueIndex("(product_id, warehouse_id)", "This product already has a row in this warehouse.")
    _list_index = models.Index("(company_id, value DESC, id)")

    def _compute_alert_count(self):
        groups = self.env["gantry.alert"]._read_group(
            [("product_id", "in", self.product_id.ids), ("state", "=", "open")],
            ["product_id", "warehouse_id"], ["__count"],
        )
        counts = {(product.id, warehouse.id): count for product, warehouse, count in groups}
        for insight in self:
            insight.alert_count = counts.get((insight.product_id.id, insight.warehouse_id.id), 0)

    def _read_group_select(self, aggregate_spec, query):
        """A mean of ratios weighs a tiny product like a big one: divide the sums instead."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in RATIOS | WEIGHTED:
            return super()._read_group_select(aggregate_spec, query)
        if name in WEIGHTED:
            weight = self._field_to_sql(self._table, WEIGHTED[name], query)
            own = self._field_to_sql(self._table, name, query)
            return SQL("SUM(%s * %s) / NULLIF(SUM(%s), 0)", own, weight, weight)
        above, below, factor = RATIOS[name]
        return SQL(
            "%s * SUM(%s) / NULLIF(SUM(%s), 0)", factor,
            self._field_to_sql(self._table, above, query), self._field_to_sql(self._table, below, query),
        )

    # -- buttons

    def action_alerts(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_insight.gantry_alert_action")
        action["domain"] = [
            ("product_id", "in", self.product_id.ids), ("warehouse_id", "in", self.warehouse_id.ids),
        ]
        action["context"] = {}
        return action

    def action_history(self):
        action = self.env["ir.actions.actions"]._for_xml_id("gantry_insight.gantry_insight_history_action")
        action["domain"] = [
            ("product_id", "in", self.product_id.ids), ("warehouse_id", "in", self.warehouse_id.ids),
        ]
        action["context"] = {}
        return action

    def action_forecast(self):
        self.ensure_one()
        forecast = self.env["gantry.forecast"].search([
            ("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id),
        ], limit=1)
        return forecast._get_records_action(name=self.env._("Forecast")) if forecast else \
            self.product_id.action_gantry_forecast()

    def action_product(self):
        self.ensure_one()
        return self.product_id._get_records_action()

    @api.model
    def action_refresh(self):
        """Refresh insight and alerts of the current company in the background and show how far it is."""
        self.env["gantry.api"]._require_group("gantry_base.group_planner")
        job = self._enqueue_refresh(self.env.company)
        return {**job._open_action(), "target": "new"}
