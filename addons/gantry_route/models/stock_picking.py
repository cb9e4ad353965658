from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    gantry_route_id = fields.Many2one(
        "gantry.route", "Route", index="btree_not_null", readonly=True, copy=False, ondelete="set null")
    gantry_route_m = fields.Float(related="gantry_route_id.length_m", string="Metres to walk")
    gantry_route_summary = fields.Char(related="gantry_route_id.summary", string="Walk")

    def action_gantry_route(self):
        """The route of this transfer, planned when there is none yet."""
        self.ensure_one()
        if not self.gantry_route_id or self.gantry_route_id.state == "cancel":
            self._gantry_plan()
        return self.gantry_route_id.action_open()

    def action_gantry_plan_route(self):
        """Plan the routes of these transfers, one each."""
        routes = self._gantry_plan()
        return routes._show()

    def action_gantry_plan_together(self):
        """One walk past all of these transfers."""
        routes = self._gantry_plan(together=True)
        return routes._show()

    def _gantry_plan(self, together=False):
        opened = self.filtered(lambda picking: picking.state not in ("draft", "done", "cancel"))
        routes = self.env["gantry.route"]._route(opened, together=together)
        if not routes:
            raise UserError(self.env._("Nothing is reserved yet: check the availability first."))
        return routes

    def _gantry_plan_by_itself(self):
        """Routes that an operation type asks for as soon as something is reserved."""
        if self:
            # sudo: a salesman who confirms an order reserves as well, and the operation type asks for the route
            self.env["gantry.route"].sudo()._route(self.sudo())

    def _gantry_plan_together_by_itself(self, keep=None):
        """One walk past all of them, because the operation type asks for it or they shared one before."""
        if self:
            # sudo: as above
            self.env["gantry.route"].sudo()._route(self.sudo(), together=True, keep=keep)

    # -- what follows the route

    def action_detailed_operations(self):
        self.gantry_route_id._refresh()
        action = super().action_detailed_operations()
        if self.gantry_route_id:
            action["context"]["gantry_has_route"] = True  # shows the column with the numbers of the stops
        return action

    def do_print_picking(self):
        self.gantry_route_id._refresh()
        return super().do_print_picking()
