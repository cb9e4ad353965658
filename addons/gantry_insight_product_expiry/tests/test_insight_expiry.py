from odoo.addons.gantry_insight.tests.common import TODAY, InsightCase
from odoo.tests import freeze_time, tagged


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightExpiry(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milk = cls._item("Milk", cost=2, tracking="lot", use_expiration_date=True)

    @classmethod
    def _lot(cls, name, qty, days):
        """So many on hand that have to leave the shelf in so many days."""
        lot = cls.env["stock.lot"].create({"name": name, "product_id": cls.milk.id, "company_id": cls.company_a.id})
        lot.write({"expiration_date": cls._day(-days - 5), "removal_date": cls._day(-days)})
        cls.env["stock.quant"]._update_available_quantity(cls.milk, cls.wh_a1.lot_stock_id, qty, lot_id=lot)
        return lot

    def test_what_the_demand_before_the_date_leaves_is_at_risk(self):
        """A unit a day: of 30 that have to go in ten days, twenty stay."""
        self._lot("A", 30, days=10)
        self._lot("B", 30, days=100)
        self._expect(self.milk, 7)
        self._look()
        row = self._row(self.milk)
        self.assertAlmostEqual(row.expiry_qty, 20)
        self.assertAlmostEqual(row.expiry_value, 40)

    def test_an_alert_tells_how_much_and_leaves_when_it_is_sold(self):
        lot = self._lot("A", 30, days=10)
        self._expect(self.milk, 7)
        self._look()
        alert = self._alerts(self.milk, "expiry")
        self.assertEqual((alert.state, alert.amount, alert.date.isoformat()), ("open", 40, "2026-03-14"))
        self.assertEqual(
            alert.summary, "20 of 30 Units will expire before they are sold, the first on 03/14/2026.")
        self.assertIn("lasts 30 days", alert.advice)
        self.assertEqual(alert.action_act()["res_id"], lot.id)
        self.env["stock.quant"]._update_available_quantity(self.milk, self.wh_a1.lot_stock_id, -25, lot_id=lot)
        self._look()
        self.assertEqual(alert.state, "gone")

    def test_what_has_expired_says_so(self):
        self._lot("A", 5, days=-3)
        self._expect(self.milk, 7)
        self._look()
        alert = self._alerts(self.milk, "expiry")
        self.assertEqual((alert.numbers["variant"], alert.quantity), ("past", 5))

    def test_the_kind_can_be_switched_off(self):
        self._lot("A", 30, days=10)
        self.company_a.gantry_alert_expiry = False
        self._look()
        self.assertFalse(self._alerts(self.milk, "expiry"))

    def test_lots_without_a_date_never_expire(self):
        lot = self.env["stock.lot"].create(
            {"name": "N", "product_id": self.milk.id, "company_id": self.company_a.id})
        lot.write({"expiration_date": False, "removal_date": False})
        self.env["stock.quant"]._update_available_quantity(self.milk, self.wh_a1.lot_stock_id, 9, lot_id=lot)
        self._look()
        self.assertEqual(self._row(self.milk).expiry_qty, 0)
