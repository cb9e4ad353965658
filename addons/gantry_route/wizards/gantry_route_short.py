from odoo import api, fields, models
from odoo.exceptions import UserError


class GantryRouteShort(models.TransientModel):
    """A picker found less than he should take."""

    _name = "gantry.route.short"
    _description = "Not enough in the bin"

    stop_id = fields.Many2one("gantry.route.stop", required=True, readonly=True, ondelete="cascade")
    line_id = fields.Many2one(
        "stock.move.line", required=True, domain="[('gantry_stop_id', '=', stop_id)]",
        compute="_compute_line_id", store=True, readonly=False, precompute=True, ondelete="cascade")
    picking_id = fields.Many2one(related="line_id.picking_id")
    line_count = fields.Integer(related="stop_id.line_count")
    product_id = fields.Many2one(related="line_id.product_id")
    planned = fields.Float("To take", related="line_id.quantity")
    uom_id = fields.Many2one(related="line_id.product_uom_id")
    quantity = fields.Float("Found", digits="Product Unit")

    @api.depends("stop_id")
    def _compute_line_id(self):
        for wizard in self:
            wizard.line_id = wizard.stop_id.line_ids[:1]

    def action_apply(self):
        self.ensure_one()
        if not 0 <= self.quantity < self.line_id.quantity:
            raise UserError(self.env._("Less than %s must have been found.", self.line_id.quantity))
        route = self.stop_id.route_id
        answer = self.line_id._gantry_short_pick(self.quantity)
        if answer["missing"]:
            text = self.env._("%s are missing: there is nothing of it in other bins.", answer["missing"])
        else:
            text = self.env._("The rest is taken from other bins; the way was planned again.")
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"message": text, "type": "warning" if answer["missing"] else "success",
                       "next": route.action_open() | {"views": [(False, "form")]}},
        }
