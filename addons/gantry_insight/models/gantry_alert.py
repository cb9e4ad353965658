from odoo import api, fields, models
from odoo.addons.gantry_forecast.tools.guard import refuse_figures
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

KINDS = [
    ("stockout", "Projected stock-out"),
    ("low", "Low stock"),
    ("late", "Late supplier"),
    ("overstock", "Overstock"),
    ("slow", "Slow stock"),
    ("dead", "Dead stock"),
    ("drift", "Forecast drift"),
]
STATES = [("open", "Open"), ("snoozed", "Snoozed"), ("handled", "Handled"), ("gone", "Gone")]
GONE_DAYS = 365  # alerts whose cause went longer ago are forgotten
FIGURES = {
    "kind", "product_id", "warehouse_id", "partner_id", "company_id", "categ_id", "state", "amount", "quantity", "date",
    "order_by_date", "incoming_qty", "numbers", "first_seen", "date_gone", "times", "date_handled",
    "handled_user_id", "handled_amount", "snoozed_until",
    "date_told",
}


class GantryAlert(models.Model):
    """Something about a product in a warehouse that somebody should look at.

    There is one record per kind, product, warehouse and vendor, for ever: a cause that comes back opens it again. What
    raises and ends alerts is in `gantry_alert_find`.
    """

    _name = "gantry.alert"
    _description = "Stock Alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "amount desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(KINDS, required=True, readonly=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    categ_id = fields.Many2one("product.category", string="Category", readonly=True, ondelete="set null")
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    user_id = fields.Many2one(
        "res.users", string="Owner", index=True, tracking=True, domain="[('share', '=', False)]", ondelete="set null",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="open", tracking=True)
    amount = fields.Monetary("Money", readonly=True, help="What it is about, at cost.")
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    date = fields.Date(
        "When", readonly=True, help="Day of the stock-out, on which goods were due, or on which something last moved.",
    )
    order_by_date = fields.Date("Order by", readonly=True)
    incoming_qty = fields.Float("On its Way", digits="Product Unit", readonly=True, aggregator=None)
    numbers = fields.Json(readonly=True)
    first_seen = fields.Date("Since", readonly=True)
    date_gone = fields.Date("Gone on", readonly=True)
    times = fields.Integer(
        readonly=True, default=1, aggregator=None, help="How often the cause has come back.",
    )
    date_handled = fields.Date("Handled on", readonly=True)
    handled_user_id = fields.Many2one("res.users", string="Handled by", readonly=True, ondelete="set null")
    handled_amount = fields.Monetary(readonly=True)
    snoozed_until = fields.Date(readonly=True)
    date_told = fields.Date("Told on", readonly=True, copy=False, help="Day of the owner's activity.")
    note = fields.Char(tracking=True)

    summary = fields.Char("What", compute="_compute_explanation")
    advice = fields.Char("What to do", compute="_compute_explanation")
    explanation = fields.Json(compute="_compute_explanation")

    _key = models.UniqueIndex(
        "(kind, product_id, warehouse_id, COALESCE(partner_id, 0))", "There is an alert about this already.",
    )
    _list_index = models.Index("(company_id, state, amount DESC, id DESC)")

    @api.depends("kind", "product_id", "warehouse_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            alert.display_name = f"{labels[alert.kind]}: {alert.product_id.display_name}" if alert.kind else ""

    @api.depends("kind", "numbers", "date", "quantity")
    def _compute_explanation(self):
        for alert in self:
            Explain = self.env["gantry.explain"].with_company(alert.company_id)
            numbers = dict(alert.numbers or {}) | alert._get_shared_numbers()
            variant = numbers.pop("variant", None)
            head = f"alert_{alert.kind}_{variant}" if variant else f"alert_{alert.kind}"
            codes = (head, f"alert_{alert.kind}_advice", *alert._get_further_codes())
            alert.explanation = Explain._explain([{"code": code, "numbers": numbers} for code in codes])
            alert.summary, alert.advice = (reason["text"] for reason in alert.explanation[:2])

    def _get_shared_numbers(self):
        """Numbers that every sentence may use."""
        quantity = round(self.quantity) if abs(self.quantity) >= 3 else self.quantity
        return {
            "quantity": quantity, "unit": self.uom_id.name or "", "date": self.date or None,
            "incoming": self.incoming_qty, "order_by": self.order_by_date or None,
            "vendor": self.partner_id.name or self.env._("an unknown vendor"),
        }

    def _get_further_codes(self):
        """Codes of what else is worth knowing."""
        codes = []
        if self.kind == "stockout":
            codes.append("alert_incoming" if self.incoming_qty else "alert_no_incoming")
        if self.kind in ("low", "stockout") and self.order_by_date:
            codes.append("alert_order_by")
        return codes

    # -- changes by people

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_figures(self, vals, kept=FIGURES)
        return super().create(vals_list)

    def write(self, vals):
        refuse_figures(self, vals, kept=FIGURES)
        moved = self.filtered(lambda alert: alert.user_id.id != vals["user_id"]) if "user_id" in vals else self.browse()
        result = super().write(vals)
        if moved:
            moved._hand_over()
        return result

    def _hand_over(self):
        """The activity goes with the alert to its new owner."""
        activities = self.sudo().activity_ids.filtered("automated")
        activities.filtered(lambda act: not self.browse(act.res_id).user_id).unlink()
        for activity in activities.exists():
            activity.user_id = self.browse(activity.res_id).user_id
        # sudo: a note of the system's own
        self.sudo().filtered(lambda alert: not alert.activity_ids.filtered("automated")).date_told = False

    def _check_may_act(self):
        self.env["gantry.api"]._require_group("gantry_base.group_planner")
        self.check_access("write")
        # sudo: state and dates are figures that nobody writes by hand
        return self.sudo().filtered(lambda alert: alert.state != "gone")

    def action_handle(self, note=None):
        """Say that something has been done: quiet until the cause is gone, or it becomes twice as bad."""
        alerts = self._check_may_act().filtered(lambda alert: alert.state != "handled")
        for alert in alerts:
            alert.write({
                "state": "handled", "date_handled": alert._get_today(), "handled_user_id": self.env.uid,
                "handled_amount": alert.amount, "snoozed_until": False, **({"note": note} if note else {}),
            })
        alerts._finish_activities(self.env._("Handled by %s.", self.env.user.name))
        return True

    def action_snooze(self, until=None, days=7):
        """Come back later.

        :param until: day on which it comes back
        :param int days: so many days from today, when no day is given
        """
        alerts = self._check_may_act()
        for alert in alerts:
            today = alert._get_today()
            day = fields.Date.to_date(until) if until else fields.Date.add(today, days=days)
            if day <= today:
                raise UserError(self.env._("An alert is snoozed until a day in the future."))
            alert.write({"state": "snoozed", "snoozed_until": day})
        alerts._finish_activities(self.env._("Snoozed by %s.", self.env.user.name))
        return True

    def action_snooze_month(self):
        return self.action_snooze(days=30)

    def action_reopen(self):
        """Take it up again."""
        self._check_may_act().write({
            "state": "open", "date_handled": False, "handled_user_id": False, "handled_amount": 0,
            "snoozed_until": False, "date_told": False,
        })
        return True

    def _get_today(self):
        return self.env["gantry.demand"]._get_today(self.company_id)

    def action_insight(self):
        """The figures behind the alert."""
        self.ensure_one()
        insight = self.env["gantry.insight"].search([
            ("product_id", "=", self.product_id.id), ("warehouse_id", "=", self.warehouse_id.id),
        ], limit=1)
        if not insight:
            raise UserError(self.env._("%s is not in stock and not asked for any more.", self.product_id.display_name))
        return insight._get_records_action(name=self.env._("Inventory Insight"))

    def action_act(self):
        """Open what the alert is best answered with: late receipts, the forecast, or replenishment."""
        self.ensure_one()
        if self.kind == "late":
            moves = self.env["stock.move"].search(self._get_late_domain())
            return moves.picking_id._get_records_action(name=self.env._("Late Receipts"))
        if self.kind == "drift":
            return self.env["gantry.insight"].new({
                "product_id": self.product_id.id, "warehouse_id": self.warehouse_id.id}).action_forecast()
        if self.kind in ("low", "stockout"):
            action = self.env["ir.actions.actions"]._for_xml_id("stock.action_product_replenish")
            action["context"] = {
                "default_product_id": self.product_id.id, "default_product_tmpl_id": self.product_id.product_tmpl_id.id,
                "default_warehouse_id": self.warehouse_id.id, "default_quantity": max(self.quantity, 1),
            }
            return action
        return self.action_insight()

    def _get_late_domain(self):
        today = self.env["gantry.insight"]._get_real_today(self.company_id)
        return [
            ("product_id", "=", self.product_id.id), ("location_dest_id.warehouse_id", "=", self.warehouse_id.id),
            ("location_id.usage", "=", "supplier"), ("date", "<", fields.Datetime.to_datetime(today)),
            ("state", "in", ("waiting", "confirmed", "assigned", "partially_available")),
            ("picking_id.partner_id", "=", self.partner_id.id),
        ]

    @api.autovacuum
    def _gc_gone(self):
        """Forget causes that have been gone for a year."""
        limit_date = fields.Date.subtract(fields.Date.today(), days=GONE_DAYS)
        alerts = self.sudo().search([("state", "=", "gone"), ("date_gone", "<", limit_date)], limit=GC_UNLINK_LIMIT)
        count = len(alerts)
        alerts.unlink()
        return count, count == GC_UNLINK_LIMIT
