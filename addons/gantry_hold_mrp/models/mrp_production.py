from odoo import fields, models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    gantry_hold_count = fields.Integer("Number of holds", compute="_compute_gantry_hold_count")

    def _gantry_holds(self):
        """Holds of these orders, and holds that took a reservation from them."""
        moves = self.move_raw_ids | self.move_finished_ids
        hits = self.env["gantry.hold.hit"].search([("move_id", "in", moves.ids)])
        return hits.hold_id | self.env["gantry.hold"].search([("production_id", "in", self.ids)])

    def _compute_gantry_hold_count(self):
        for order in self:
            order.gantry_hold_count = len(order._gantry_holds())

    def action_gantry_open_holds(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_action")
        holds = self._gantry_holds()
        if len(holds) == 1:
            return action | {"views": [(False, "form")], "res_id": holds.id}
        return action | {"domain": [("id", "in", holds.ids)], "context": {}}
