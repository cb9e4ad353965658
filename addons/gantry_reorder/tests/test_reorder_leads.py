from datetime import timedelta

import numpy as np

from odoo import fields
from odoo.tests import TransactionCase, freeze_time, tagged

from ..tools.leads import SHRINK, Level, blend
from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
class TestBlend(TransactionCase):
    def level(self, *samples):
        """A level from the receipts of each row."""
        row = np.concatenate([np.full(len(days), number) for number, days in enumerate(samples)]).astype(int)
        days = np.concatenate([np.asarray(days, float) for days in samples])
        return Level(row=row, days=days, weight=np.ones(len(days)))

    def test_many_receipts_outweigh_what_is_set(self):
        days, prob, share = blend([self.level([5.0] * 400)], np.array([50.0]))
        self.assertAlmostEqual((days * prob).sum(), 5.0, delta=1.0)
        self.assertAlmostEqual(share[0, 0], 400 / (400 + SHRINK))

    def test_few_receipts_are_shrunk_to_the_vendor(self):
        vendor = self.level([20.0] * 200)
        one, _prob, _share = blend([self.level([4.0]), vendor], np.array([np.nan]))
        many, _prob, _share = blend([self.level([4.0] * 40), vendor], np.array([np.nan]))
        self.assertGreater(one.mean(), 15)
        self.assertLess(many.mean(), 7)

    def test_rows_do_not_touch_each_other(self):
        rng = np.random.default_rng(1)
        samples = [rng.integers(1, 30, size) for size in (0, 1, 7, 60)]
        prior = np.array([np.nan, 3.0, np.nan, 9.0])
        together, prob, _share = blend([self.level(*samples)], prior)
        for number, sample in enumerate(samples):
            alone, alone_prob, _share = blend([self.level(sample)], prior[number:number + 1])
            np.testing.assert_array_equal(together[number], alone[0])
            np.testing.assert_array_equal(prob[number], alone_prob[0])
        self.assertEqual(prob[0].sum(), 0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderLeads(ReorderCase):
    """Receipts as they were, without Purchase: ordered when they were entered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy()
        cls.product = cls._product("Nut", standard_price=1)
        cls._predict(cls.product, 70)

    def entered(self, move, moment):
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET create_date = %s WHERE id = %s", (moment, move.id))

    def received(self, product, days, ago=10, warehouse=None):
        """A receipt that took so many days."""
        done = fields.Datetime.now() - timedelta(days=ago)
        move = self._receive(product, 5, warehouse or self.wh_a1, done)
        self.entered(move, done - timedelta(days=days))
        return move

    def test_receipts_are_measured_and_used(self):
        for days in (9, 10, 11, 12, 14, 9, 10, 11, 13, 14):
            self.received(self.product, days)
        self._run()
        lead = self.env["gantry.reorder.leadtime"].search(
            [("company_id", "=", self.company_a.id), ("level", "=", "product")])
        self.assertEqual(lead.count, 10)
        self.assertAlmostEqual(lead.mean_days, 11.3, delta=0.2)
        row = self._row(self.product)
        self.assertEqual(row.lead_source, "product")
        self.assertTrue(9 <= row.lead_days_p10 <= row.lead_days_mean <= row.lead_days_p90 <= 14)
        self.assertIn("receipts", " ".join(line["text"] for line in row.explanation))

    def test_transfers_between_warehouses_are_measured(self):
        done = fields.Datetime.now() - timedelta(days=3)
        move = self._move(self.product, 5, self.wh_a2.lot_stock_id, self.wh_a1.lot_stock_id, done,
                          company=self.company_a, picking_type=self.wh_a1.int_type_id)
        self.entered(move, done - timedelta(days=4))
        self.env["gantry.reorder.leadtime"]._refresh(self.company_a)
        lead = self.env["gantry.reorder.leadtime"].search([
            ("company_id", "=", self.company_a.id), ("level", "=", "route")])
        self.assertEqual((lead.supplier_warehouse_id, lead.warehouse_id), (self.wh_a2, self.wh_a1))
        self.assertAlmostEqual(lead.mean_days, 4, places=3)

    def test_without_any_lead_time_nothing_is_guessed(self):
        self._run()
        row = self._row(self.product)
        self.assertEqual(row.state, "blocked")
        self.assertIn("no_lead", self._issues(row))
        self.assertEqual((row.new_min, row.order_qty), (0, 0))
        self.received(self.product, 5)
        self._run()
        row.invalidate_recordset()
        self.assertNotIn("no_lead", self._issues(row))
        self.assertEqual(row.state, "proposed")

    def test_a_typing_error_does_not_stretch_the_lead_time(self):
        for days in [10] * 9 + [400]:
            self.received(self.product, days, ago=1)
        self.env["gantry.reorder.leadtime"]._refresh(self.company_a)
        lead = self.env["gantry.reorder.leadtime"].search([
            ("company_id", "=", self.company_a.id), ("level", "=", "product")])
        self.assertAlmostEqual(lead.max_days, 60, delta=1)
