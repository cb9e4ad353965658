from odoo.addons.gantry_base.tests.common import GantryCase


class HoldCase(GantryCase):
    """A product with lots on two bins, one who holds and another who releases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "gantry_hold.group_quality_release"
        cls.user_quality = cls._user("gantry_quality", group, cls.company_a)
        cls.user_quality_2 = cls._user("gantry_quality_2", group, cls.company_a)
        cls.stock = cls.wh_a1.lot_stock_id
        cls.bin_1, cls.bin_2 = cls.env["stock.location"].create(
            [{"name": name, "location_id": cls.stock.id, "company_id": cls.company_a.id} for name in ("B1", "B2")]
        )
        cls.milk = cls._product("Milk", tracking="lot", standard_price=2.0)
        cls.lot_a, cls.lot_b = cls._lot(cls.milk, "A"), cls._lot(cls.milk, "B")
        cls._put_lot(cls.lot_a, 10, cls.bin_1)
        cls._put_lot(cls.lot_b, 10, cls.bin_2)

    @classmethod
    def _lot(cls, product, name, **vals):
        return cls.env["stock.lot"].create({"product_id": product.id, "name": name, **vals})

    @classmethod
    def _put_lot(cls, lot, qty, location, package=None):
        cls.env["stock.quant"].with_company(location.company_id)._update_available_quantity(
            lot.product_id, location, qty, lot_id=lot, package_id=package
        )

    @classmethod
    def _hold(cls, lots, user=None, **vals):
        env = cls.env(user=user) if user else cls.env
        vals = {"reason": "Metal found", "kind": "quality"} | vals
        return env["gantry.hold"]._hold_lots(lots.with_env(env), **vals)

    @classmethod
    def _picking(cls, product, qty, source=None, dest=None, picking_type=None, confirm=True):
        picking_type = picking_type or cls.wh_a1.out_type_id
        Picking = cls.env["stock.picking"].with_company(picking_type.company_id)
        picking = Picking.create(
            {
                "picking_type_id": picking_type.id,
                "location_id": (source or cls.stock).id,
                "location_dest_id": (dest or cls.loc_customer).id,
                "move_ids": [
                    (
                        0, 0,
                        {
                            "product_id": product.id,
                            "product_uom_qty": qty,
                            "product_uom": product.uom_id.id,
                            "location_id": (source or cls.stock).id,
                            "location_dest_id": (dest or cls.loc_customer).id,
                        },
                    )
                ],
            }
        )  # fmt: skip
        if confirm:
            picking.action_confirm()
        return picking

    @classmethod
    def _on_hand(cls, lot, location):
        quants = cls.env["stock.quant"].search([("lot_id", "=", lot.id), ("location_id", "child_of", location.id)])
        return sum(quants.mapped("quantity"))

    @classmethod
    def _hold_behind_the_back(cls, lot):
        """The lot is on hold, but nothing was unreserved: as when a hold and a reservation cross each other."""
        cls.env["gantry.hold"].flush_model()
        cls.env.cr.execute("UPDATE stock_lot SET gantry_hold_state = 'held' WHERE id = %s", [lot.id])
        cls.env.cr.execute("UPDATE stock_quant SET gantry_hold_state = 'held' WHERE lot_id = %s", [lot.id])
        cls.env.invalidate_all()
