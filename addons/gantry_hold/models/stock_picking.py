from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    gantry_hold_count = fields.Integer("Number of holds", compute="_compute_gantry_hold_count")

    def _gantry_holds(self):
        """Holds of lots of these transfers, of their receipt, or that took a reservation from them."""
        hits = self.env["gantry.hold.hit"].search([("picking_id", "in", self.ids)])
        receipts = self.env["gantry.hold"].search([("picking_id", "in", self.ids)])
        return hits.hold_id | receipts

    def _compute_gantry_hold_count(self):
        for picking in self:
            picking.gantry_hold_count = len(picking._gantry_holds())

    def action_gantry_open_holds(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("gantry_hold.gantry_hold_action")
        holds = self._gantry_holds()
        if len(holds) == 1:
            return action | {"views": [(False, "form")], "res_id": holds.id}
        return action | {"domain": [("id", "in", holds.ids)], "context": {}}
