from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

FREE = (False, "free")
GUARDED = {"lot_id", "location_id", "product_id", "quantity", "company_id", "owner_id"}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    gantry_hold_state = fields.Selection(related="lot_id.gantry_hold_state", store=True, string="Hold")

    def _auto_init(self):
        # an empty column means free: no need to compute it for every quant there is
        if not column_exists(self.env.cr, "stock_quant", "gantry_hold_state"):
            create_column(self.env.cr, "stock_quant", "gantry_hold_state", "varchar")
        return super()._auto_init()

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        """Leave out lots on hold and quarantine. Not when strict: that is how Odoo finds quants to update."""
        domain = super()._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        if strict:
            return domain
        if not self.env.context.get("gantry_hold_allowed"):
            domain &= Domain("gantry_hold_state", "in", FREE)
        quarantine = self.env["stock.location"]._gantry_quarantine_ids()
        if quarantine and location_id.id not in quarantine:
            domain &= Domain("location_id", "not in", list(quarantine))
        return domain

    def _get_available_quantity(
        self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, allow_negative=False
    ):
        """Nothing is available of a lot on hold; the exact balance that updates ask for stays as it is."""
        if not allow_negative and self._gantry_lot_is_held(lot_id):
            return 0.0
        return super()._get_available_quantity(
            product_id, location_id, lot_id, package_id, owner_id, strict, allow_negative
        )

    def _get_reserve_quantity(
        self, product_id, location_id, quantity, uom_id=None, lot_id=None, package_id=None, owner_id=None, strict=False
    ):
        """Strict reservation and the cache of quants bypass the domain: a chain asks for the lot that it brought."""
        if product_id.uom_id.compare(quantity, 0.0) > 0 and self._gantry_lot_is_held(lot_id):
            return []
        return super()._get_reserve_quantity(
            product_id, location_id, quantity, uom_id, lot_id, package_id, owner_id, strict
        )

    def _gantry_lot_is_held(self, lot):
        return (
            bool(lot) and not self.env.context.get("gantry_hold_allowed") and lot.sudo().gantry_hold_state not in FREE
        )

    @api.depends("gantry_hold_state")
    def _compute_available_quantity(self):
        result = super()._compute_available_quantity()
        for quant in self:
            if quant.gantry_hold_state not in FREE:
                quant.available_quantity = 0.0
        return result

    def write(self, vals):
        """A stock user may write quants over RPC: not to relabel, move or shrink what is on hold."""
        if not self.env.su and GUARDED & set(vals):
            held = self.filtered(lambda quant: quant.sudo().lot_id.gantry_hold_state not in FREE)
            if held:
                raise UserError(
                    self.env._(
                        "Lot %(lot)s is on hold (%(why)s): its stock cannot be changed.",
                        lot=held[0].lot_id.name, why=held[0].lot_id.gantry_hold_text,
                    )
                )  # fmt: skip
        return super().write(vals)
