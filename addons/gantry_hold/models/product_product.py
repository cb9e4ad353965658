import datetime

from odoo import models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities_dict(self, lot_id, owner_id, package_id, from_date=False, to_date=False):
        """Stock on hold or in quarantine is on hand, but neither free nor part of the forecast."""
        quantities = super()._compute_quantities_dict(lot_id, owner_id, package_id, from_date, to_date)
        blocked = self._gantry_blocked_quantities(lot_id, owner_id, package_id, to_date)
        for product in self:
            quantity = blocked.get(product._origin.id)
            if quantity:
                answer = quantities[product.id]
                for name in ("free_qty", "virtual_available"):
                    answer[name] = product.uom_id.round(answer[name] - quantity)
        return quantities

    def _gantry_blocked_quantities(self, lot_id, owner_id, package_id, to_date):
        """Unreserved quantity on hold or in quarantine per product, without what counts as expired already."""
        Quant = self.env["stock.quant"].with_context(active_test=False)
        quarantine = list(self.env["stock.location"]._gantry_quarantine_ids())
        domain = Domain("gantry_hold_state", "in", ("quarantine", "held", "rejected"))
        if quarantine:
            domain |= Domain("location_id", "in", quarantine)
        domain &= Domain("product_id", "in", self._origin.ids) & Domain(self._get_domain_locations()[0])
        for name, value in (("lot_id", lot_id), ("owner_id", owner_id), ("package_id", package_id)):
            if value is not None:
                domain &= Domain(name, "=", value)
        if "owners" in self.env.context:
            owners = self.env.context["owners"]
            domain &= Domain("owner_id", "in", owners) if owners else Domain("owner_id", "=", False)
        if "removal_date" in Quant._fields:  # of product_expiry, which subtracts expired stock by itself
            limit_date = self.env.context.get("to_date") or datetime.date.today()
            domain &= Domain("removal_date", "=", False) | Domain("removal_date", ">", limit_date)
        rows = Quant._read_group(domain, ["product_id"], ["quantity:sum", "reserved_quantity:sum"])
        return {product.id: quantity - reserved for product, quantity, reserved in rows}
