from odoo import models


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _gather(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, qty=0):
        quants = super()._gather(
            product_id, location_id, lot_id=lot_id, package_id=package_id, owner_id=owner_id, strict=strict, qty=qty)
        if strict or len(quants) < 2 or self._get_removal_strategy(product_id, location_id) != "closest":
            return quants
        return quants._gantry_nearest_first(location_id)

    def _gantry_nearest_first(self, location):
        """By metres from where the operation starts; bins without position stay last, in name order."""
        # sudo: whoever reserves may know how far the bins are, as for the switch of the warehouse
        warehouse = location.sudo().warehouse_id
        if not warehouse.gantry_closest_by_metres:
            return self
        picking_type = self.env["stock.picking.type"].sudo().browse(self.env.context.get("gantry_picking_type_id"))
        floor, rules = self.env["gantry.route"]._floor_of(
            picking_type.filtered(lambda one: one.warehouse_id == warehouse), warehouse)
        if floor is None:
            return self
        metres = floor.metres_from(floor.ends(rules)[0], [quant.location_id.id for quant in self])
        nearness = dict(zip(self.ids, metres.tolist(), strict=True))
        return self.sorted(lambda quant: (not quant.lot_id, nearness[quant.id]))
