import datetime

from odoo import fields
from odoo.addons.gantry_base.tests.common import GantryCase


class ExpiryCase(GantryCase):
    """A product whose lots expire on dates relative to now: the database asks its own clock for nothing here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.wh_a1.lot_stock_id
        cls.bin_1, cls.bin_2 = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id, "company_id": cls.company_a.id} for name in ("B1", "B2")]
        )
        cls.milk = cls._expiring("Milk")
        cls.now = fields.Datetime.now()

    @classmethod
    def _expiring(cls, name, **vals):
        """Alert 20 days, best before 10 and removal 5 days before the lot expires."""
        fefo = cls.env.ref("product_expiry.removal_fefo")
        categ = cls.env["product.category"].create({"name": name, "removal_strategy_id": fefo.id})
        return cls._product(
            name, tracking="lot", use_expiration_date=True, expiration_time=30, alert_time=20, use_time=10,
            removal_time=5, standard_price=2.0, categ_id=categ.id, responsible_id=cls.user_planner.id, **vals,
        )  # fmt: skip

    @classmethod
    def _lot(cls, name, days, product=None, qty=0, location=None):
        """A lot that expires in so many days, with stock when a quantity is given."""
        product = product or cls.milk
        lot = cls.env["stock.lot"].create(
            {
                "product_id": product.id,
                "name": name,
                "expiration_date": fields.Datetime.now() + datetime.timedelta(days=days, hours=1),
            }
        )
        if qty:
            location = location or cls.bin_1
            cls.env["stock.quant"].with_company(location.company_id)._update_available_quantity(
                product, location, qty, lot_id=lot
            )
        return lot

    @classmethod
    def _line(cls, lot):
        cls.env.flush_all()
        cls.env.invalidate_all()
        return cls.env["gantry.expiry.line"].search([("lot_id", "=", lot.id)])

    @classmethod
    def _delivery(cls, product, qty, partner=None, warehouse=None):
        warehouse = warehouse or cls.wh_a1
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": partner.id if partner else False,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": cls.loc_customer.id,
                "move_ids": [
                    (
                        0, 0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": qty,
                            "product_uom": product.uom_id.id,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": cls.loc_customer.id,
                        },
                    )
                ],
            }
        )  # fmt: skip
        picking.action_confirm()
        picking.action_assign()
        return picking
