from odoo import api, fields, models


class GantryHoldDecision(models.TransientModel):
    """Release or reject lots, with the reason that the evidence needs."""

    _name = "gantry.hold.decision"
    _description = "Release or reject lots"

    decision = fields.Selection([("release", "Release"), ("reject", "Reject")], required=True, default="release")
    line_ids = fields.Many2many("gantry.hold.lot", string="Lots")
    line_count = fields.Integer("Number of lots", compute="_compute_own")
    own_count = fields.Integer("Held by yourself", compute="_compute_own")
    reason = fields.Text()
    put_back = fields.Boolean("Move back from quarantine", default=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model == "gantry.hold":
            lines = self.env["gantry.hold"].browse(ids).line_ids
        elif model == "gantry.hold.lot":
            lines = self.env["gantry.hold.lot"].browse(ids)
        else:
            return values
        values["line_ids"] = [(6, 0, lines.filtered("is_active").ids)]
        return values

    @api.depends("line_ids")
    def _compute_own(self):
        for wizard in self:
            wizard.line_count = len(wizard.line_ids)
            wizard.own_count = len(wizard.line_ids.filtered(lambda line: line.held_by_id == self.env.user))

    def action_decide(self):
        self.ensure_one()
        for hold, lines in self.line_ids.grouped("hold_id").items():
            if self.decision == "reject":
                hold._reject(lines.lot_id, reason=self.reason)
                continue
            hold._release(lines.lot_id, reason=self.reason)
            if self.put_back and hold._has_goods_to_put_back():
                hold.action_put_back()
        return {"type": "ir.actions.act_window_close"}
