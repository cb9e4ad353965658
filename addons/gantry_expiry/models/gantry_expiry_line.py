import datetime

import numpy as np

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import Action, Params, Problem, solve

STAGES = [
    ("1_expired", "Expired"),
    ("2_remove", "To remove"),
    ("3_best_before", "Past best before"),
    ("4_alert", "Soon"),
    ("5_fresh", "Fresh"),
]
ACTIONS = [
    ("sell_first", "Sell first"),
    ("markdown", "Mark down"),
    ("return", "Return to vendor"),
    ("scrap", "Scrap"),
]
ACTION_OF_CODE = {
    Action.NONE: False,
    Action.SELL_FIRST: "sell_first",
    Action.MARKDOWN: "markdown",
    Action.RETURN: "return",
    Action.SCRAP: "scrap",
}
DEMAND_DAYS = 90


class GantryExpiryLine(models.Model):
    """Stock with a date, one row per quant: where it is, what it is worth, how long it still lives."""

    _name = "gantry.expiry.line"
    _description = "Expiring stock"
    _auto = False
    _order = "expiration_date, location_id, id"
    _rec_name = "lot_id"

    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one("product.category", "Product category", readonly=True)
    lot_id = fields.Many2one("stock.lot", readonly=True)
    location_id = fields.Many2one("stock.location", "Bin", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    package_id = fields.Many2one("stock.package", readonly=True)
    owner_id = fields.Many2one("res.partner", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    quantity = fields.Float("On hand", readonly=True, digits="Product Unit")
    reserved_quantity = fields.Float("Reserved", readonly=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    value = fields.Monetary(readonly=True, aggregator="sum", help="Quantity at the cost of the product.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    alert_date = fields.Datetime("Alert", readonly=True)
    use_date = fields.Datetime("Best before", readonly=True)
    removal_date = fields.Datetime("Removal", readonly=True)
    expiration_date = fields.Datetime("Expires", readonly=True)
    days_left = fields.Integer(readonly=True, aggregator="min", help="Days until it expires; negative when it has.")
    stage = fields.Selection(STAGES, readonly=True)
    alerting = fields.Boolean("Needs a decision", readonly=True)
    decision_id = fields.Many2one("gantry.expiry.decision", readonly=True)
    decision = fields.Selection(ACTIONS, "Decided", readonly=True)
    proposal = fields.Selection(ACTIONS, compute="_compute_proposal")
    surplus = fields.Float(
        "Will not sell in time", compute="_compute_proposal", digits="Product Unit",
        help="Left on the last day of sale when demand goes on as in the last 90 days and earlier lots go first.",
    )  # fmt: skip
    percent = fields.Float("Markdown %", compute="_compute_proposal", digits=(5, 1))
    why = fields.Char("Reason", compute="_compute_proposal")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT quant.id, quant.product_id, template.categ_id, quant.lot_id, quant.location_id,
                   location.warehouse_id, quant.package_id, quant.owner_id, quant.company_id,
                   quant.quantity, quant.reserved_quantity,
                   CASE WHEN quant.owner_id IS NULL OR quant.owner_id = company.partner_id
                        THEN quant.quantity * COALESCE(
                            (product.standard_price ->> quant.company_id::text)::numeric, 0)
                        ELSE 0 END AS value,
                   lot.alert_date, lot.use_date, lot.removal_date, lot.expiration_date,
                   (lot.expiration_date::date - %(now)s::date) AS days_left,
                   CASE WHEN lot.expiration_date <= %(now)s THEN '1_expired'
                        WHEN lot.removal_date <= %(now)s THEN '2_remove'
                        WHEN lot.use_date <= %(now)s THEN '3_best_before'
                        WHEN lot.alert_date <= %(now)s THEN '4_alert'
                        ELSE '5_fresh' END AS stage,
                   (LEAST(lot.alert_date, lot.use_date, lot.removal_date, lot.expiration_date) <= %(now)s
                    AND decision.id IS NULL) AS alerting,
                   decision.id AS decision_id, decision.action AS decision
              FROM stock_quant AS quant
              JOIN stock_lot AS lot ON lot.id = quant.lot_id
              JOIN stock_location AS location ON location.id = quant.location_id AND location.usage = 'internal'
              JOIN product_product AS product ON product.id = quant.product_id
              JOIN product_template AS template ON template.id = product.product_tmpl_id
              JOIN res_company AS company ON company.id = quant.company_id
              LEFT JOIN gantry_expiry_decision AS decision
                     ON decision.lot_id = lot.id AND decision.company_id = quant.company_id
                    AND decision.state = 'open' AND (decision.until IS NULL OR decision.until >= %(now)s::date)
             WHERE quant.quantity > 0 AND lot.expiration_date IS NOT NULL
            """,
            now=fields.Datetime.now(),
        )

    # -- proposals

    @api.depends_context("uid")
    def _compute_proposal(self):
        lines, plan, demand = self.browse(), None, None
        if self:
            lines, problem, demand = self._prepare_expiry_problem()
            plan = solve(problem, self._expiry_params())
        place = {line.id: i for i, line in enumerate(lines)}
        for line in self:
            i = place.get(line.id)
            line.proposal = ACTION_OF_CODE[Action(int(plan.action[i]))] if i is not None else False
            line.surplus = plan.surplus[i] if i is not None else 0.0
            line.percent = plan.percent[i] if i is not None else 0.0
            line.why = line._explain_proposal(demand[line.product_id.id, line.warehouse_id.id])

    def _prepare_expiry_problem(self):
        """Arrays for these lines and for all other lots that share their demand: the earlier ones go first."""
        lines = self.search([("product_id", "in", self.product_id.ids), ("warehouse_id", "in", self.warehouse_id.ids)])
        lines |= self
        demand = self._demand_per_day(lines)
        keys = list(dict.fromkeys((line.product_id.id, line.warehouse_id.id) for line in lines))
        number = {key: i for i, key in enumerate(keys)}
        now = fields.Datetime.now()

        def days(date):
            return (date - now).total_seconds() / 86400

        last = [line.removal_date or line.expiration_date for line in lines]
        alert = [line.alert_date or date for line, date in zip(lines, last, strict=True)]
        returnable = self._returnable_days(lines)
        problem = Problem(
            group=np.array([number[line.product_id.id, line.warehouse_id.id] for line in lines], dtype=np.int64),
            quantity=np.array([line.quantity for line in lines], dtype=float),
            days_of_sale=np.array([days(date) for date in last], dtype=float),
            alert_days=np.array([days(end) - days(start) for start, end in zip(alert, last, strict=True)]),
            days_left=np.array([days(line.expiration_date) for line in lines], dtype=float),
            returnable_days=np.array([returnable.get(line.product_id, np.nan) for line in lines], dtype=float),
            demand_per_day=np.array([demand[key] for key in keys], dtype=float),
        )
        return lines, problem, demand

    def _demand_per_day(self, lines):
        """What left each warehouse for customers and production a day, over the last 90 days, net of returns."""
        since = fields.Datetime.now() - datetime.timedelta(days=DEMAND_DAYS)
        outside = ("customer", "production")
        domain = [("product_id", "in", lines.product_id.ids), ("state", "=", "done"), ("date", ">=", since)]
        Move = self.env["stock.move"]
        out = Move._read_group(
            [*domain, ("location_id.usage", "=", "internal"), ("location_dest_id.usage", "in", outside)],
            ["product_id", "location_id"], ["product_qty:sum"],
        )  # fmt: skip
        back = Move._read_group(
            [*domain, ("location_id.usage", "in", outside), ("location_dest_id.usage", "=", "internal"),
             ("origin_returned_move_id", "!=", False)],
            ["product_id", "location_dest_id"], ["product_qty:sum"],
        )  # fmt: skip
        demand = {(line.product_id.id, line.warehouse_id.id): 0.0 for line in lines}
        for sign, rows in ((1, out), (-1, back)):
            for product, location, quantity in rows:
                key = (product.id, location.warehouse_id.id)
                if key in demand:
                    demand[key] += sign * quantity / DEMAND_DAYS
        return {key: max(value, 0.0) for key, value in demand.items()}

    def _returnable_days(self, lines):
        """Per product: its first vendor takes goods back that expire in so many days or later."""
        answer = {}
        for product in lines.product_id:
            sellers = product.seller_ids.filtered(
                lambda seller: (
                    seller.gantry_takes_back and seller.company_id in (self.env["res.company"], self.env.company)
                )
            )
            if sellers:
                answer[product] = float(sellers[0].gantry_takes_back_days)
        return answer

    def _expiry_params(self):
        company = self.env.company
        return Params(markdown_min=company.gantry_expiry_markdown_min, markdown_max=company.gantry_expiry_markdown_max)

    def _explain_proposal(self, demand):
        _ = self.env._
        if self.proposal == "scrap":
            return _("Its last day of sale is over and no vendor takes it back.")
        if self.proposal == "return":
            return _("%(surplus)g will not sell in time, and the vendor takes it back.", surplus=round(self.surplus, 2))
        if self.proposal == "sell_first":
            return _("Sells in time at %(demand).2g a day, when it goes first.", demand=demand)
        if self.proposal == "markdown":
            return _(
                "%(surplus)g will not sell in time at %(demand).2g a day.",
                surplus=round(self.surplus, 2), demand=demand,
            )  # fmt: skip
        return False

    # -- buttons

    def action_open_lot(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "stock.lot",
            "res_id": self.lot_id.id,
            "views": [(False, "form")],
        }
