"""Flow 10: a component lot that a subcontractor turned into a finished lot."""

from odoo.fields import Command
from odoo.tests import tagged

from .test_flows_mrp import ProductionCase


@tagged("post_install", "-at_install")
class TestSubcontractFlow(ProductionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "subcontracting_location_id" not in cls.env["res.company"]._fields:
            cls.skipTest(cls, "needs mrp_subcontracting")

    def test_10_component_lot_at_the_subcontractor_is_in_what_he_delivers(self):
        raw, goods = self._tracked("Cloth"), self._tracked("Shirt")
        cloth, shirt = self._lot(raw, "CL1"), self._lot(goods, "SH1")
        self._bom(goods, raw, type="subcontract", subcontractor_ids=[Command.link(self.bob.id)])
        place = self.company_a.subcontracting_location_id
        self._receive_lot(cloth, 10)
        self._transfer(cloth, 8, self.wh_a1.lot_stock_id, place, self.bob)
        exposure = self.Trace._exposure(cloth.ids)
        self.assertEqual([row["qty"] for row in exposure["subcontractor"]], [8])
        self.assertEqual([row["qty"] for row in exposure["on_hand"]], [2])
        receipt = self.env["stock.picking"].with_company(self.company_a).create(
            {
                "picking_type_id": self.wh_a1.in_type_id.id,
                "partner_id": self.bob.id,
                "location_id": self.loc_supplier.id,
                "location_dest_id": self.wh_a1.lot_stock_id.id,
                "move_ids": [
                    Command.create({
                        "product_id": goods.id,
                        "product_uom": goods.uom_id.id,
                        "product_uom_qty": 5,
                        "location_id": self.loc_supplier.id,
                        "location_dest_id": self.wh_a1.lot_stock_id.id,
                    })
                ],
            }
        )  # fmt: skip
        receipt.action_confirm()
        order = receipt._get_subcontract_production()
        self.assertTrue(order, "the receipt is subcontracted")
        receipt.move_ids.move_line_ids.write({"lot_id": shirt.id, "quantity": 5})
        receipt.move_ids.picked = True
        order = receipt._get_subcontract_production()
        order.move_raw_ids.move_line_ids.lot_id = cloth
        receipt.button_validate()
        self.assertEqual((receipt.state, order.state), ("done", "done"))
        self._ship(shirt, 5, self.alice)
        self.assertEqual(self.customers_of(cloth), {self.alice: 5})
