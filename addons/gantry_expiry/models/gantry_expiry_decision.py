from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .gantry_expiry_line import ACTIONS


class GantryExpiryDecision(models.Model):
    """What was decided for an expiring lot, by whom; while it stands, no alert comes."""

    _name = "gantry.expiry.decision"
    _description = "Expiry decision"
    _order = "id desc"
    _rec_name = "lot_id"
    _check_company_auto = True

    lot_id = fields.Many2one("stock.lot", required=True, index=True, ondelete="cascade", check_company=True)
    product_id = fields.Many2one(related="lot_id.product_id", store=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    action = fields.Selection(ACTIONS, required=True)
    percent = fields.Float("Markdown %", digits=(5, 1))
    until = fields.Date(help="Alerts come again after this day when there is still stock.")
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users", "Decided by", required=True, readonly=True, default=lambda self: self.env.user
    )
    state = fields.Selection(
        [("open", "In force"), ("done", "Done"), ("cancelled", "Withdrawn")], required=True, default="open"
    )
    quantity = fields.Float(readonly=True, digits="Product Unit")
    value = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    picking_id = fields.Many2one("stock.picking", "Return", readonly=True, ondelete="set null")
    scrap_ids = fields.Many2many("stock.scrap", string="Scrap orders", readonly=True)

    _one_open = models.UniqueIndex("(lot_id, company_id) WHERE state = 'open'", "The lot has an open decision already.")
    _percent_range = models.Constraint("CHECK (percent >= 0 AND percent <= 100)", "A markdown is 0 to 100 per cent.")

    @api.constrains("action", "percent")
    def _check_percent(self):
        for decision in self:
            if decision.action == "markdown" and not decision.percent:
                raise ValidationError(self.env._("A markdown needs a percentage."))

    @api.model
    def _decide(self, lines, *, action, percent=0.0, until=None, note=None):
        """Decide for expiring stock, and do what follows from it.

        :param lines: ``gantry.expiry.line`` records
        :param str action: sell_first, markdown, return or scrap
        :param float percent: markdown in per cent
        :param until: day until which no alert comes; for ``sell_first`` and ``markdown``
        :return: the decisions, one per lot and company
        """
        if not lines:
            raise UserError(self.env._("There is nothing to decide."))
        if action not in dict(ACTIONS):
            known = ", ".join(dict(ACTIONS))
            raise UserError(
                self.env._("There is no action %(action)s; take one of %(known)s.", action=action, known=known)
            )
        self.check_access("create")
        groups = lines.grouped(lambda line: (line.lot_id, line.company_id))
        old = self.search([("lot_id", "in", lines.lot_id.ids), ("state", "=", "open")])
        old.filtered(lambda decision: (decision.lot_id, decision.company_id) in groups).state = "cancelled"
        old.flush_recordset(["state"])  # only one is open at a time
        decisions = self.create(
            [
                {
                    "lot_id": lot.id,
                    "company_id": company.id,
                    "action": action,
                    "percent": percent if action == "markdown" else 0.0,
                    "until": until if action in ("sell_first", "markdown") else False,
                    "note": note,
                    "quantity": sum(group.mapped("quantity")),
                    "value": sum(group.mapped("value")),
                }
                for (lot, company), group in groups.items()
            ]
        )
        getattr(decisions, f"_do_{action}")(lines)
        decisions._close_alerts()
        return decisions

    def _do_sell_first(self, lines):
        """First-expired-first-out does the rest."""

    def _do_markdown(self, lines):
        """Somebody has to change the price and the labels: tell who is responsible for the product."""
        for decision in self:
            product = decision.product_id.with_company(decision.company_id)
            places = lines.filtered(lambda line: line.lot_id == decision.lot_id).location_id.mapped("display_name")  # noqa: B023
            decision.lot_id.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=(product.responsible_id or self.env.user).id,
                summary=self.env._("Mark down by %g %%", decision.percent),
                note=self.env._(
                    "%(quantity)g of lot %(lot)s in %(places)s",
                    quantity=decision.quantity, lot=decision.lot_id.name, places=", ".join(places),
                ),
            )  # fmt: skip

    def _do_scrap(self, lines):
        scraps = self.env["stock.scrap"].create(
            [
                {
                    "product_id": line.product_id.id,
                    "product_uom_id": line.product_id.uom_id.id,
                    "lot_id": line.lot_id.id,
                    "package_id": line.package_id.id,
                    "owner_id": line.owner_id.id,
                    "location_id": line.location_id.id,
                    "scrap_qty": line.quantity,
                    "company_id": line.company_id.id,
                    "origin": self.env._("Expiry"),
                }
                for line in lines
            ]
        )
        scraps.do_scrap()
        for decision in self:
            decision.scrap_ids = scraps.filtered(
                lambda scrap: (scrap.lot_id, scrap.company_id) == (decision.lot_id, decision.company_id)  # noqa: B023
            )
        self.state = "done"

    def _do_return(self, lines):
        """A transfer to the vendor per vendor and warehouse, ready to be picked."""
        for (warehouse, vendor), group in lines.grouped(
            lambda line: (line.warehouse_id, line._vendor_who_takes_back())
        ).items():
            if not warehouse:
                raise UserError(self.env._("%s belongs to no warehouse.", group[0].location_id.display_name))
            dest = vendor.property_stock_supplier or self.env.ref("stock.stock_location_suppliers")
            picking = (
                self.env["stock.picking"]
                .with_company(warehouse.company_id)
                .create(
                    {
                        "partner_id": vendor.id,
                        "picking_type_id": warehouse.out_type_id.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "location_dest_id": dest.id,
                        "origin": self.env._("Expiry"),
                        "move_ids": [
                            fields.Command.create(
                                {
                                    "product_id": line.product_id.id,
                                    "product_uom": line.product_id.uom_id.id,
                                    "product_uom_qty": line.quantity,
                                    "location_id": line.location_id.id,
                                    "location_dest_id": dest.id,
                                }
                            )
                            for line in group
                        ],
                    }
                )
            )
            self.env["stock.move.line"].create(
                [
                    line._prepare_return_line_vals(dest) | {"move_id": move.id, "picking_id": picking.id}
                    for line, move in zip(group, picking.move_ids.sorted("id"), strict=True)
                ]
            )
            picking.move_ids._action_confirm(merge=False)
            for decision in self.filtered(lambda decision: decision.lot_id in group.lot_id):  # noqa: B023
                decision.picking_id = picking

    def _close_alerts(self):
        """The alert is handled: its activity is done."""
        for decision in self:
            decision.lot_id._gantry_alert_activities().action_feedback(feedback=dict(ACTIONS)[decision.action])

    def action_withdraw(self):
        self.filtered(lambda decision: decision.state == "open").state = "cancelled"
        return True


class GantryExpiryLine(models.Model):
    _inherit = "gantry.expiry.line"

    def _vendor_who_takes_back(self):
        sellers = self.product_id.seller_ids.filtered(
            lambda seller: seller.company_id in (self.env["res.company"], self.company_id)
        )
        seller = sellers.filtered("gantry_takes_back")[:1] or sellers[:1]
        if not seller:
            raise UserError(self.env._("%s has no vendor to send it back to.", self.product_id.display_name))
        return seller.partner_id

    def _prepare_return_line_vals(self, dest):
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_id.uom_id.id,
            "quantity": self.quantity,
            "lot_id": self.lot_id.id,
            "package_id": self.package_id.id,
            "owner_id": self.owner_id.id,
            "location_id": self.location_id.id,
            "location_dest_id": dest.id,
        }
