from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        """Transfers that join or leave a batch change its walk."""
        if "batch_id" not in vals:
            return super().write(vals)
        before = self.batch_id
        answer = super().write(vals)
        (before | self.batch_id)._gantry_note_transfers()
        return answer

    def action_gantry_route(self):
        """A transfer of a batch is walked with the others of it, unless it has a route of its own."""
        self.ensure_one()
        batch = self.batch_id
        if batch.state == "in_progress" and not self.gantry_route_id:
            return batch.action_gantry_route()
        return super().action_gantry_route()

    def _gantry_plan_by_itself(self):
        """Batches are planned as a whole."""
        batches = self.batch_id.filtered(lambda batch: batch.state in ("draft", "in_progress"))
        for batch in batches:
            batch._gantry_open()._gantry_plan_together_by_itself()
        return super(StockPicking, self - batches.picking_ids)._gantry_plan_by_itself()
