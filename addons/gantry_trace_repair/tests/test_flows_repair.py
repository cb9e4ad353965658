"""Repairs in the genealogy."""

from odoo.addons.gantry_trace.tests.common import TraceCase
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestRepairFlows(TraceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pump, seal = cls._tracked("Pump", "serial"), cls._tracked("Seal")
        cls.pump, cls.other_pump = cls._lot(pump, "P1"), cls._lot(pump, "P2")
        cls.new_seal, cls.old_seal = cls._lot(seal, "NEW"), cls._lot(seal, "OLD")
        cls._receive_lot(cls.pump, 1)
        cls._receive_lot(cls.other_pump, 1)
        cls._receive_lot(cls.new_seal, 5)

    def _repair(self, pump, parts):
        """A finished repair; ``parts`` are (line type, lot, quantity)."""
        repair = self.env["repair.order"].with_company(self.company_a).create(
            {
                "product_id": pump.product_id.id,
                "product_qty": 1,
                "lot_id": pump.id,
                "company_id": self.company_a.id,
                "picking_type_id": self.wh_a1.repair_type_id.id,
                "move_ids": [
                    Command.create({
                        "repair_line_type": kind,
                        "product_id": lot.product_id.id,
                        "product_uom_qty": qty,
                        "company_id": self.company_a.id,
                    })
                    for kind, lot, qty in parts
                ],
            }
        )  # fmt: skip
        repair._action_repair_confirm()
        repair.action_repair_start()
        for move, (_kind, lot, qty) in zip(repair.move_ids, parts, strict=True):
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create({
                    "product_id": lot.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                    "company_id": self.company_a.id,
                    "lot_id": lot.id,
                    "quantity": qty,
                })
            ]  # fmt: skip
            move.picked = True
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        return repair

    def test_added_part_is_in_the_repaired_unit(self):
        self._repair(self.pump, [("add", self.new_seal, 1)])
        self._ship(self.pump, 1, self.alice)
        self.assertEqual(self.customers_of(self.new_seal), {self.alice: 1})
        self.assertEqual(self.confidence(self.new_seal, self.pump), "certain")

    def test_removed_part_came_from_the_repaired_unit(self):
        self._repair(self.pump, [("remove", self.old_seal, 1)])
        self.assertEqual(self.lots_of(self.pump), self.old_seal)
        self.assertFalse(self.lots_of(self.old_seal), "what was taken out is not in the unit any more")

    def test_part_that_changes_the_unit_takes_the_trace_along(self):
        self._repair(self.pump, [("recycle", self.old_seal, 1)])
        self._repair(self.other_pump, [("add", self.old_seal, 1)])
        self._ship(self.other_pump, 1, self.bob)
        self.assertEqual(self.customers_of(self.pump), {self.bob: 1})
        self.assertEqual(self.lots_of(self.pump), self.old_seal | self.other_pump)
