from odoo import api, fields, models
from odoo.exceptions import UserError

ACTIVE_STATES = ("quarantine", "held", "rejected")


class GantryHoldLot(models.Model):
    """One lot under one hold. A lot is free again when all its holds are released."""

    _name = "gantry.hold.lot"
    _description = "Lot on hold"
    _order = "hold_id desc, id"
    _rec_name = "lot_id"
    _check_company_auto = True

    hold_id = fields.Many2one("gantry.hold", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="hold_id.company_id", store=True, index=True)
    lot_id = fields.Many2one("stock.lot", required=True, index=True, ondelete="restrict", check_company=True)
    product_id = fields.Many2one(related="lot_id.product_id", store=True, index=True)
    kind = fields.Selection(related="hold_id.kind", store=True)
    reason = fields.Text(related="hold_id.reason")
    owner_id = fields.Many2one(related="hold_id.owner_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("quarantine", "Waiting for release"),
            ("held", "On hold"),
            ("rejected", "Rejected"),
            ("released", "Released"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    is_active = fields.Boolean("Still on hold", compute="_compute_is_active", search="_search_is_active")
    date_held = fields.Datetime("Held at", readonly=True)
    held_by_id = fields.Many2one("res.users", "Held by", readonly=True)
    date_decided = fields.Datetime("Decided at", readonly=True)
    released_by_id = fields.Many2one("res.users", "Released by", readonly=True)
    rejected_by_id = fields.Many2one("res.users", "Rejected by", readonly=True)
    decision_reason = fields.Text("Reason of the decision", readonly=True)
    qty_at_hold = fields.Float("On hand when held", readonly=True, digits="Product Unit")
    qty_on_hand = fields.Float("On hand", compute="_compute_quantities", digits="Product Unit")
    qty_outside_quarantine = fields.Float("Not in quarantine", compute="_compute_quantities", digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")

    _once_active = models.UniqueIndex("(hold_id, lot_id) WHERE state <> 'released'", "A lot is in a hold once only.")
    _active_lot_idx = models.Index("(lot_id) WHERE state IN ('quarantine', 'held', 'rejected')")
    _second_person = models.Constraint(
        "CHECK (released_by_id IS NULL OR released_by_id <> held_by_id)",
        "Whoever put a lot on hold cannot release it: that takes a second person.",
    )
    _released_by_somebody = models.Constraint(
        "CHECK (state <> 'released' OR (released_by_id IS NOT NULL AND held_by_id IS NOT NULL))",
        "A released lot says who held it and who released it.",
    )

    @api.depends("state")
    def _compute_is_active(self):
        for line in self:
            line.is_active = line.state in ACTIVE_STATES

    def _search_is_active(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", ACTIVE_STATES)]

    @api.depends("lot_id")
    def _compute_quantities(self):
        rows = self.env["stock.quant"]._read_group(
            [("lot_id", "in", self.lot_id.ids), ("location_id.usage", "in", ("internal", "transit"))],
            ["lot_id", "location_id"],
            ["quantity:sum"],
        )
        quarantine = self.env["stock.location"]._gantry_quarantine_ids()
        total, outside = {}, {}
        for lot, location, quantity in rows:
            total[lot.id] = total.get(lot.id, 0.0) + quantity
            if location.id not in quarantine:
                outside[lot.id] = outside.get(lot.id, 0.0) + quantity
        for line in self:
            line.qty_on_hand = total.get(line.lot_id.id, 0.0)
            line.qty_outside_quarantine = outside.get(line.lot_id.id, 0.0)

    def action_open_hold(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_action")
        return action | {"views": [(False, "form")], "res_id": self.hold_id.id}

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                if set(vals) - {"hold_id", "lot_id"}:
                    raise UserError(self.env._("Only the lot can be chosen; the rest follows from the hold."))
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._check_draft()
            if set(vals) - {"lot_id"}:
                raise UserError(self.env._("A lot is held, released and rejected by the buttons of its hold only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        self._check_draft()

    def _check_draft(self):
        placed = self.hold_id.filtered(lambda hold: hold.state != "draft")
        if placed and not self.env.su:
            raise UserError(self.env._("The hold %s is placed: its lots stay as they are.", placed[0].name))
