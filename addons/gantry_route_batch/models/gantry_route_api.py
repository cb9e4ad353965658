from odoo import models


class GantryRouteApi(models.AbstractModel):
    _inherit = "gantry.route.api"

    def _batch_transfers(self, batch_id):
        return self._record("stock.picking.batch", batch_id).picking_ids
