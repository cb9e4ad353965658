from odoo.addons.gantry_insight.tests.common import TODAY, InsightCase
from odoo.fields import Command
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightPurchase(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._item("Saw")
        cls.vendor = cls.env["res.partner"].create({"name": "Slow Steel Ltd"})
        cls._receive(cls.saw, 100, cls.wh_a1, cls._day(20))
        cls.order = cls.env["purchase.order"].with_company(cls.company_a).create({
            "partner_id": cls.vendor.id, "company_id": cls.company_a.id, "picking_type_id": cls.wh_a1.in_type_id.id,
            "order_line": [Command.create({
                "product_id": cls.saw.id, "product_qty": 30, "price_unit": 5, "date_planned": cls._day(5),
            })],
        })
        cls.order.button_confirm()
        cls._look()
        cls.alert = cls._alerts(cls.saw, "late")

    def texts(self):
        self.env.invalidate_all()
        return [reason["text"] for reason in self.alert.explanation]

    def test_late_goods_name_their_order(self):
        self.assertEqual((self.alert.partner_id, self.alert.purchase_ids, self.alert.purchase_count),
                         (self.vendor, self.order, 1))
        self.assertIn(f"Ordered with {self.order.name}.", self.texts())

    def test_the_vendor_s_punctuality_is_told_when_it_is_known(self):
        self.assertFalse([text for text in self.texts() if "on time" in text])
        self.order.picking_ids.move_ids.quantity = 10
        self.order.picking_ids.move_ids.picked = True
        self.order.picking_ids._action_done()
        self.assertTrue([text for text in self.texts() if "on time" in text])

    def test_acting_leads_to_the_order_and_without_one_to_the_receipt(self):
        alert = self.alert.with_user(self.user_planner)
        for action in (alert.action_act(), alert.action_purchases()):
            self.assertEqual((action["res_model"], action["res_id"]), ("purchase.order", self.order.id))
        self.order.picking_ids.move_ids.purchase_line_id = False
        self.env.invalidate_all()
        self.assertEqual(alert.action_act()["res_model"], "stock.picking")

    def test_a_new_date_of_the_order_ends_the_alert(self):
        self.order.order_line.date_planned = self._day(-9)
        self.order.picking_ids.move_ids.date = self._day(-9)
        self._look()
        self.assertEqual(self.alert.state, "gone")
        self.assertFalse(self.alert.purchase_ids)
