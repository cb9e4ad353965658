import datetime

from odoo import api, fields, models
from odoo.fields import Domain

MAX_STEPS = 6  # pick, pack, ship and a little more


class ResPartner(models.Model):
    _inherit = "res.partner"

    gantry_min_shelf_days = fields.Integer(
        "Minimum shelf life (days)", company_dependent=True,
        help="Lots are reserved for this customer only when they live at least so long after the delivery. 0: any.",
    )  # fmt: skip

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "gantry_min_shelf_days"]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    gantry_min_shelf_days = fields.Integer(
        "Minimum shelf life at delivery (days)",
        help="Lots are reserved for customers only when they live at least so long after the delivery. 0: any.",
    )


class ProductSupplierinfo(models.Model):
    _inherit = "product.supplierinfo"

    gantry_takes_back = fields.Boolean("Takes back", help="The vendor takes surplus goods back.")
    gantry_takes_back_days = fields.Integer(
        "Days before expiry", help="Only when they expire in so many days or later; negative for expired goods."
    )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _gantry_min_expiration(self):
        """Lots for this move have to live until this moment; False when any will do."""
        if not self.product_id.use_expiration_date:
            return False
        move = self._gantry_delivery()
        if not move:
            return False
        partner = move.partner_id or move.picking_id.partner_id
        # sudo: a picker need not be allowed to read what customers ask for
        customer_days = partner.with_company(move.company_id).sudo().commercial_partner_id.gantry_min_shelf_days
        days = max(customer_days, self.product_id.gantry_min_shelf_days)
        return days > 0 and max(move.date, fields.Datetime.now()) + datetime.timedelta(days=days)

    def _gantry_delivery(self):
        """The move to a customer that this one serves, through the steps of the warehouse."""
        moves = self
        for _step in range(MAX_STEPS):
            delivery = moves.filtered(lambda move: move.location_dest_id.usage == "customer")
            if delivery:
                return delivery[0]
            moves = moves.move_dest_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        return self.browse()

    def _update_reserved_quantity_vals(
        self, need, location_id, lot_id=None, package_id=None, owner_id=None, strict=True
    ):
        return super(StockMove, self._gantry_with_shelf_life())._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _get_available_quantity(
        self, location_id, lot_id=None, package_id=None, owner_id=None, strict=False, allow_negative=False
    ):
        return super(StockMove, self._gantry_with_shelf_life())._get_available_quantity(
            location_id, lot_id, package_id, owner_id, strict, allow_negative
        )

    def _gantry_with_shelf_life(self):
        limit = self._gantry_min_expiration()
        return self.with_context(gantry_min_expiration=limit) if limit else self


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _get_gather_domain(self, product_id, location_id, lot_id=None, package_id=None, owner_id=None, strict=False):
        domain = super()._get_gather_domain(product_id, location_id, lot_id, package_id, owner_id, strict)
        limit = self.env.context.get("gantry_min_expiration")
        if limit and not strict:  # strict is how Odoo finds quants to update
            domain &= Domain("expiration_date", ">=", limit) | Domain("expiration_date", "=", False)
        return domain
