from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

EQUIPMENT = [
    ("all", "Everything"),
    ("foot", "On foot only"),
    ("cart", "Carts and smaller"),
    ("reach", "Reach trucks and smaller"),
    ("forklift", "Forklifts and smaller"),
]
SIZES = ("foot", "cart", "reach", "forklift")  # rising width


class GantryLayoutPart(models.AbstractModel):
    """Part of a layout: whatever changes in it makes a new revision of the layout."""

    _name = "gantry.layout.part"
    _description = "Part of a warehouse layout"

    layout_id = fields.Many2one("gantry.layout", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="layout_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.layout_id._bump()
        return parts

    def write(self, vals):
        before = self.layout_id
        answer = super().write(vals)
        (before | self.layout_id)._bump()
        return answer

    def unlink(self):
        layouts = self.layout_id
        answer = super().unlink()
        layouts.exists()._bump()
        return answer


class GantryLayoutWay(models.AbstractModel):
    """A way that can be blocked for a while, or is too narrow for some."""

    _name = "gantry.layout.way"
    _inherit = "gantry.layout.part"
    _description = "Walkway of a warehouse layout"

    blocked_from = fields.Datetime(help="Nobody can walk here from this moment on. Empty: not blocked.", copy=False)
    blocked_until = fields.Datetime(help="Open again from this moment on. Empty: until somebody opens it.", copy=False)
    blocked_reason = fields.Char(copy=False)
    is_blocked = fields.Boolean("Blocked now", compute="_compute_is_blocked", search="_search_is_blocked")
    equipment = fields.Selection(
        EQUIPMENT, "Passable for", required=True, default="all",
        help="What fits through. On foot, carts, reach trucks, forklifts: each also lets pass the ones before.")

    @api.constrains("blocked_from", "blocked_until")
    def _check_blocked(self):
        for way in self:
            if way.blocked_until and not way.blocked_from:
                raise ValidationError(self.env._("Say from when %s is blocked.", way.display_name))
            if way.blocked_until and way.blocked_until <= way.blocked_from:
                raise ValidationError(self.env._("%s would open again before it is blocked.", way.display_name))

    @api.depends("blocked_from", "blocked_until")
    def _compute_is_blocked(self):
        now = fields.Datetime.now()
        for way in self:
            until = way.blocked_until
            way.is_blocked = bool(way.blocked_from) and way.blocked_from <= now and (not until or now < until)

    def _search_is_blocked(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        blocked = Domain("blocked_from", "<=", now) & (
            Domain("blocked_until", "=", False) | Domain("blocked_until", ">", now))
        wanted = Domain.FALSE
        if True in value:
            wanted |= blocked
        if False in value:
            wanted |= ~blocked
        return wanted

    def action_block(self):
        """Ask from when until when, and why."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Block"),
            "res_model": "gantry.layout.block.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_way_model": self._name, "default_way_ids": self.ids},
        }

    def action_open(self):
        """Let people walk here again, now."""
        self.write({"blocked_from": False, "blocked_until": False, "blocked_reason": False})
