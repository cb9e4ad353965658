from odoo.tests import freeze_time, tagged

from .common import TODAY, InsightCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightHistory(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._item("Saw", cost=2)
        cls._receive(cls.saw, 100, cls.wh_a1, "2025-10-10")
        cls._deliver(cls.saw, 30, cls.wh_a1, "2025-11-15")
        cls._deliver(cls.saw, 70, cls.wh_a1, "2026-01-10")
        cls._receive(cls.saw, 50, cls.wh_a1, "2026-02-11")

    def months(self, product=None):
        lines = self.History.search([("product_id", "=", (product or self.saw).id)], order="date")
        return {line.date.strftime("%Y-%m"): line for line in lines}

    def test_past_months_are_worked_out_from_moves(self):
        self._look()
        months = self.months()
        self.assertEqual(
            {month: (line.quantity, line.demand_value) for month, line in months.items()},
            {"2025-10": (100, 0), "2025-11": (70, 60), "2025-12": (70, 0), "2026-01": (0, 140), "2026-02": (50, 0),
             "2026-03": (50, 0)},
        )
        self.assertEqual((months["2026-01"].stockout_days, months["2026-02"].stockout_days), (21, 10))
        self.assertEqual(months["2026-01"].value, 0)
        self.assertAlmostEqual(months["2025-11"].turns, 12 * 60 / 140, delta=0.06)
        self.assertLess(months["2026-01"].service, 40)

    def test_the_running_month_follows_and_the_past_stays(self):
        self._look()
        self.saw.with_company(self.company_a).standard_price = 3
        self._receive(self.saw, 10, self.wh_a1, "2026-03-03")
        self._look()
        months = self.months()
        self.assertEqual((months["2026-03"].quantity, months["2026-03"].value), (60, 180))
        self.assertEqual(months["2025-11"].value, 140, "at the cost of its time")
        with freeze_time("2026-04-02"):
            self._look()
        months = self.months()
        self.assertEqual((months["2026-03"].value, months["2026-04"].value), (180, 180))

    def test_late_demand_of_the_last_month_is_settled(self):
        self._look()
        self._deliver(self.saw, 5, self.wh_a1, "2026-02-27")
        self._look()
        self.assertEqual(self.months()["2026-02"].demand_value, 10)

    def test_ratios_of_a_group_are_sums_over_sums(self):
        dear = self._item("Dear", cost=100)
        self._receive(dear, 10, self.wh_a1, "2025-10-10")
        self._deliver(dear, 5, self.wh_a1, "2025-11-15")
        self._look()
        [(turns,)] = self.History._read_group(
            [("company_id", "=", self.company_a.id), ("date", "=", "2025-11-01")], [], ["turns:avg"])
        self.assertAlmostEqual(turns, 12 * (60 + 500) / (140 + 500), places=4)

    def test_old_months_are_forgotten(self):
        self._look()
        with freeze_time("2029-06-01"):
            self.History._gc_history()
        self.assertFalse(self.months())
