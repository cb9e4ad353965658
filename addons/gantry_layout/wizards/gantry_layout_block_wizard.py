from odoo import fields, models
from odoo.exceptions import UserError

WAYS = ("gantry.layout.aisle", "gantry.layout.edge")


class GantryLayoutBlockWizard(models.TransientModel):
    """Block aisles or walkways for a while."""

    _name = "gantry.layout.block.wizard"
    _description = "Block aisles or walkways"

    way_model = fields.Char(required=True, readonly=True)
    way_ids = fields.Json(required=True, readonly=True)
    names = fields.Char("Blocked", compute="_compute_names")
    blocked_from = fields.Datetime(required=True, default=fields.Datetime.now)
    blocked_until = fields.Datetime(help="Empty: until somebody opens it.")
    blocked_reason = fields.Char("Reason")

    def _ways(self):
        if self.way_model not in WAYS:
            raise UserError(self.env._("Only aisles and walkways can be blocked."))
        return self.env[self.way_model].browse(self.way_ids).exists()

    def _compute_names(self):
        for wizard in self:
            wizard.names = ", ".join(wizard._ways().mapped("display_name"))

    def action_block(self):
        """Write it down; routes go another way while it lasts."""
        self.ensure_one()
        self._ways().write({
            "blocked_from": self.blocked_from, "blocked_until": self.blocked_until,
            "blocked_reason": self.blocked_reason})
        return {"type": "ir.actions.act_window_close"}
