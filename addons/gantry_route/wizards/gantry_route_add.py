from odoo import fields, models
from odoo.exceptions import UserError


class GantryRouteAdd(models.TransientModel):
    """Take another transfer along on a walk that is planned or under way."""

    _name = "gantry.route.add"
    _description = "Slip a transfer into a route"

    route_id = fields.Many2one("gantry.route", required=True, readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one(related="route_id.warehouse_id")
    company_id = fields.Many2one(related="route_id.company_id")
    picking_ids = fields.Many2many(
        "stock.picking", string="Transfers", check_company=True,
        domain="[('state', 'in', ('assigned', 'confirmed')), ('gantry_route_id', '!=', route_id), "
               "('picking_type_id.warehouse_id', '=', warehouse_id)]")
    mode = fields.Selection(
        [("slip", "Slip in, the rest keeps its order"), ("anew", "Plan the rest of the walk anew")], required=True,
        default="slip")

    def action_apply(self):
        self.ensure_one()
        if not self.picking_ids:
            raise UserError(self.env._("Choose a transfer."))
        if self.mode == "slip":
            self.route_id._slip_in(self.picking_ids)
        else:
            self.route_id._check_addable(self.picking_ids)
            self.env["gantry.route"]._route(self.route_id.picking_ids | self.picking_ids, together=True)
        return self.picking_ids[:1].gantry_route_id.action_open()
