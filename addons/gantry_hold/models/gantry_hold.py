from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import OrderedSet

KINDS = [
    ("quality", "Quality problem"),
    ("inspection", "Release of a receipt"),
    ("supplier", "Notice of a supplier"),
    ("complaint", "Complaint of a customer"),
    ("recall", "Recall"),
    ("expiry", "Expiry"),
    ("other", "Other"),
]
FREE_TO_WRITE = OrderedSet(("owner_id", "note"))  # when the hold is no draft any more


class GantryHold(models.Model):
    """A decision that lots must not leave: who, why, which lots, what it hit, and who let them go again."""

    _name = "gantry.hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Hold"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default=lambda self: self.env._("New"))
    reason = fields.Text(required=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="quality", tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("held", "On hold"), ("released", "Released"), ("rejected", "Rejected")],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.users", required=True, default=lambda self: self.env.user, tracking=True,
        help="Looks after this hold until its lots are released or rejected.",
    )  # fmt: skip
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    scope = fields.Selection(
        [("lots", "Chosen lots"), ("supplier_lot", "Supplier's lot"), ("receipt", "Receipt")],
        required=True, default="lots",
        help="How the lots were found.",
    )  # fmt: skip
    supplier_lot = fields.Char("Supplier's lot")
    partner_id = fields.Many2one("res.partner", "Supplier", check_company=True)
    picking_id = fields.Many2one("stock.picking", "Receipt", check_company=True, index="btree_not_null")
    origin_ref = fields.Char("Source", help="Document or message that led to this hold.")
    note = fields.Html("Notes")
    date_held = fields.Datetime("Held at", readonly=True, copy=False, index=True)
    held_by_id = fields.Many2one("res.users", "Held by", readonly=True, copy=False)
    line_ids = fields.One2many("gantry.hold.lot", "hold_id", "Lots")
    hit_ids = fields.One2many("gantry.hold.hit", "hold_id", "Reservations released", readonly=True)
    lot_count = fields.Integer("Number of lots", compute="_compute_counts")
    active_count = fields.Integer("Still on hold", compute="_compute_counts")
    hit_count = fields.Integer("Number of reservations released", compute="_compute_counts")
    hidden_hit_count = fields.Integer(
        "Reservations in other companies", compute="_compute_counts",
        help="Reservations of companies that you may not see. They were released as well.",
    )  # fmt: skip
    qty_on_hand = fields.Float("On hand", compute="_compute_on_hand", digits="Product Unit")
    qty_outside_quarantine = fields.Float(
        "Not in quarantine", compute="_compute_on_hand", digits="Product Unit",
        help="On hand, on hold and still in an ordinary location.",
    )  # fmt: skip

    @api.depends("date_held", "line_ids.state")
    def _compute_state(self):
        for hold in self:
            states = set(hold.sudo().line_ids.mapped("state"))
            if not hold.date_held:
                hold.state = "draft"
            elif states & {"held", "quarantine"}:
                hold.state = "held"
            elif "rejected" in states:
                hold.state = "rejected"
            else:
                hold.state = "released"

    @api.depends("line_ids.state", "hit_ids")
    def _compute_counts(self):
        lots = self.env["gantry.hold.lot"]._read_group([("hold_id", "in", self.ids)], ["hold_id", "state"], ["__count"])
        # sudo: reservations of companies that may not be seen are counted, not shown
        Hit = self.env["gantry.hold.hit"]
        domain = Domain("hold_id", "in", self.ids)
        everything = dict(Hit.sudo()._read_group(domain, ["hold_id"], ["__count"]))
        visible = dict(Hit._read_group(domain, ["hold_id"], ["__count"]))
        for hold in self:
            counts = {state: count for record, state, count in lots if record == hold}
            hold.lot_count = sum(counts.values())
            hold.active_count = counts.get("held", 0) + counts.get("quarantine", 0) + counts.get("rejected", 0)
            hold.hit_count = visible.get(hold, 0)
            hold.hidden_hit_count = everything.get(hold.sudo(), 0) - hold.hit_count

    @api.depends("line_ids.qty_on_hand")
    def _compute_on_hand(self):
        for hold in self:
            hold.qty_on_hand = sum(hold.line_ids.mapped("qty_on_hand"))
            hold.qty_outside_quarantine = sum(hold.line_ids.mapped("qty_outside_quarantine"))

    # -- buttons of the form

    def action_open_hits(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_hit_action")
        return action | {"domain": [("hold_id", "in", self.ids)]}

    def action_open_stock(self):
        """Where the lots of the hold are."""
        lots = self.line_ids.lot_id
        action = lots.env["stock.quant"].with_context(search_default_internal_loc=1).action_view_quants()
        return action | {"domain": [("lot_id", "in", lots.ids)], "name": self.env._("Stock of %s", self.display_name)}

    def action_open_moves(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.stock_move_line_action")
        return action | {"domain": [("move_id.gantry_hold_id", "in", self.ids)], "context": {}}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", self.env._("New")) == self.env._("New"):
                vals["name"] = self.env["ir.sequence"].next_by_code("gantry.hold")
            if not self.env.su:
                for name in ("date_held", "held_by_id", "state"):
                    vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            frozen = [name for name in vals if name not in FREE_TO_WRITE and not self._is_mail_field(name)]
            if {"date_held", "held_by_id", "state", "name", "company_id"} & set(frozen):
                raise UserError(self.env._("A hold is placed and released by its buttons only."))
            placed = self.filtered(lambda hold: hold.state != "draft")
            if frozen and placed:
                raise UserError(
                    self.env._("The hold %s is placed: only its owner and notes can change.", placed[0].name)
                )
        return super().write(vals)

    def _is_mail_field(self, name):
        return name.startswith(("message_", "activity_", "website_message_"))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        placed = self.filtered(lambda hold: hold.state != "draft")
        if placed:
            raise UserError(self.env._("The hold %s was placed: it stays as evidence.", placed[0].name))
