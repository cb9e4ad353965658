from odoo import api, fields, models


class GantryRoute(models.Model):
    _inherit = "gantry.route"

    batch_id = fields.Many2one(
        "stock.picking.batch", compute="_compute_batch_id", store=True, index="btree_not_null",
        ondelete="set null")

    @api.depends("picking_ids.batch_id")
    def _compute_batch_id(self):
        for route in self:
            batches = route.picking_ids.batch_id
            whole = len(batches) == 1 and len(route.picking_ids) > 1 and all(
                picking.batch_id for picking in route.picking_ids)
            route.batch_id = batches if whole else False

    def _computed_from_transfers(self):
        return [*super()._computed_from_transfers(), "batch_id"]

    def _route_name(self, pickings):
        batch = pickings.batch_id
        whole = len(pickings) > 1 and len(batch) == 1 and all(picking.batch_id for picking in pickings)
        return batch.name if whole else super()._route_name(pickings)

    def action_print(self):
        """A batch has a list of its own, in walking order."""
        if len(self.batch_id) == 1:
            self._refresh()
            return self.batch_id.action_print()
        return super().action_print()
