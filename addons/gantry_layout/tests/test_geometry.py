from datetime import timedelta

import numpy as np

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .layout_case import LayoutCase


@tagged("post_install", "-at_install")
class TestGeometry(LayoutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = cls._generate()
        cls.aisle_b = cls.layout.aisle_ids[1]

    def geometry(self, **options):
        return self.layout._get_geometry(self.wh_a1, **options)

    def test_every_bin_is_in_it_with_its_own_place(self):
        """Rows by id carry what the bins have stored."""
        geometry = self.geometry()
        bins = self.layout.bin_ids.sorted("id")
        self.assertEqual(geometry.location_ids.tolist(), bins.ids)
        for name in ("x", "y", "z", "access_x", "access_y", "level", "sequence"):
            self.assertEqual(getattr(geometry, name).tolist(), bins.mapped(f"gantry_{name}"), name)
        self.assertEqual(geometry.aisle_ids[geometry.aisle].tolist(), [bin_.gantry_aisle_id.id for bin_ in bins])
        self.assertTrue(geometry.is_block)
        self.assertEqual(geometry.point_names, ["Depot"])

    def test_a_warehouse_without_layout_has_none(self):
        """Everything falls back."""
        self.assertIsNone(self.layout._get_geometry(self.wh_a2))

    def test_asking_again_costs_one_query(self):
        """Kept in memory until something changes."""
        first = self.geometry()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertIs(self.geometry(), first)

    def test_building_costs_a_query_per_table(self):
        """Blocks, aisles, nodes, walkways, points, bins, and the state of the layout."""
        self.layout._bump()
        self.env.flush_all()
        with self.assertQueryCount(7):
            self.geometry()

    def test_every_change_makes_a_new_revision(self):
        """Bins written, made, archived and removed; aisles, points and speed: the geometry follows."""
        bin_ = self._bin("A-01-01-1")
        changes = [
            lambda: bin_.write({"gantry_x": 1.25}),
            lambda: bin_.copy({"gantry_layout_id": self.layout.id, "gantry_x": 2, "gantry_y": 3, "name": "Copy"}),
            lambda: self._bin("A-01-02-1").write({"active": False}),
            lambda: self._bin("A-01-02-2").unlink(),
            lambda: self.aisle_b.write({"one_way": "up"}),
            lambda: self.layout.point_ids.write({"x": 9}),
            lambda: self.layout.write({"walking_speed": 0.9}),
            lambda: self.layout.zone_ids.unlink(),
        ]
        for change in changes:
            before, revision = self.geometry(), self.layout.revision
            change()
            self.assertGreater(self.layout.revision, revision)
            self.assertIsNot(self.geometry(), before)
        self.assertEqual(self.geometry().x[self.geometry().index_of([bin_.id])[0]], 1.25)
        self.assertEqual(self.geometry().speed_m_per_s, 0.9)

    def test_a_revision_never_comes_again(self):
        """After a rollback the number is not used for another state, so nobody reads a stale geometry."""
        with self.env.cr.savepoint() as savepoint:
            self.aisle_b.one_way = "up"
            self.env.flush_all()
            lost = self.layout.revision
            self.assertTrue(self.geometry().edge_one_way.any())
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertFalse(self.geometry().edge_one_way.any())
        self.aisle_b.one_way = "down"
        self.assertGreater(self.layout.revision, lost)

    def test_a_blocked_aisle_is_closed_while_it_lasts(self):
        """Before, during, after; the same layout at three moments."""
        now = fields.Datetime.now()
        self.aisle_b.write({"blocked_from": now - timedelta(hours=1), "blocked_until": now + timedelta(hours=1)})
        lost = self.geometry()
        self.assertTrue(self.aisle_b.is_blocked)
        self.assertEqual(
            set(lost.location_ids[lost.edge < 0].tolist()),
            set(self.layout.bin_ids.filtered(lambda one: one.gantry_aisle_id == self.aisle_b).ids))
        self.assertFalse(lost.is_block)
        for hours in (-2, 1, 2):
            self.assertTrue(self.geometry(at=now + timedelta(hours=hours)).is_block, hours)

    def test_the_wizard_blocks_and_the_button_opens(self):
        """As a user does it, from the list of aisles."""
        action = self.aisle_b.action_block()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({"blocked_reason": "Spill"})
        wizard.action_block()
        self.assertEqual((self.aisle_b.is_blocked, self.aisle_b.blocked_reason), (True, "Spill"))
        self.assertEqual(self.layout.blocked_count, 1)
        Aisle = self.env["gantry.layout.aisle"]
        mine = [("layout_id", "=", self.layout.id)]
        self.assertEqual(Aisle.search([*mine, ("is_blocked", "=", True)]), self.aisle_b)
        self.assertEqual(Aisle.search([*mine, ("is_blocked", "=", False)]), self.layout.aisle_ids - self.aisle_b)
        self.aisle_b.action_open()
        self.assertFalse(self.aisle_b.is_blocked or self.aisle_b.blocked_reason)

    def test_blocking_must_make_sense(self):
        """An end needs a beginning before it."""
        now = fields.Datetime.now()
        with self.assertRaises(ValidationError):
            self.aisle_b.blocked_until = now
        with self.assertRaises(ValidationError):
            self.aisle_b.write({"blocked_from": now, "blocked_until": now})

    def test_narrow_ways_are_left_out_for_what_does_not_fit(self):
        """An aisle for carts lets people and carts pass."""
        self.aisle_b.equipment = "cart"
        for equipment, open_ in ((None, True), ("foot", True), ("cart", True), ("reach", False), ("forklift", False)):
            self.assertEqual((self.geometry(equipment=equipment).edge >= 0).all(), open_, equipment)

    def test_a_position_typed_in_finds_layout_and_walkway(self):
        """A bin with x and y belongs to the layout of its warehouse and is reached from the nearest aisle."""
        bin_ = self.env["stock.location"].create({
            "name": "Corner", "location_id": self.wh_a1.lot_stock_id.id, "gantry_x": 5.0, "gantry_y": 4.0})
        self.assertEqual((bin_.gantry_layout_id, bin_.gantry_aisle_id), (self.layout, self.aisle_b))
        self.assertEqual((bin_.gantry_access_x, bin_.gantry_access_y), (6.0, 4.0))
        bin_.write({"gantry_y": 5.0})
        self.assertEqual(bin_.gantry_access_y, 5.0)
        self.assertIn(bin_.id, self.geometry().location_ids)

    def test_drawn_walkways_carry_bins(self):
        """A building of nodes and edges: bins are snapped, lengths may be longer than the straight line."""
        layout = self.env["gantry.layout"].create({"warehouse_id": self.wh_a2.id, "kind": "graph"})
        node = self.env["gantry.layout.node"].create([
            {"layout_id": layout.id, "name": name, "x": x, "y": y}
            for name, x, y in (("N1", 0, 0), ("N2", 10, 0), ("N3", 10, 10))])
        edge = self.env["gantry.layout.edge"].create([
            {"layout_id": layout.id, "start_id": node[0].id, "end_id": node[1].id},
            {"layout_id": layout.id, "start_id": node[1].id, "end_id": node[2].id, "length_m": 20}])
        self.assertEqual(edge.mapped("length_m"), [10, 20])
        bin_ = self.env["stock.location"].create({
            "name": "Shelf", "location_id": self.wh_a2.lot_stock_id.id, "gantry_x": 11, "gantry_y": 4})
        self.assertEqual((bin_.gantry_edge_id, bin_.gantry_access_x, bin_.gantry_access_y), (edge[1], 10, 4))
        geometry = layout._get_geometry(self.wh_a2)
        self.assertEqual((geometry.edge[0], geometry.offset[0]), (1, 8.0))
        with self.assertRaises(ValidationError):
            self.env["gantry.layout.edge"].create({
                "layout_id": self.layout.id, "start_id": node[0].id, "end_id": node[1].id})

    def test_volume_follows_the_measures(self):
        """Stored, and computed anew when somebody changes the room."""
        bin_ = self._bin("A-01-01-1")
        bin_.gantry_height = 2
        self.assertAlmostEqual(bin_.gantry_volume, 1.2 * 1 * 2)

    def test_arrays_are_numbers(self):
        """Nothing of the database leaks into the core."""
        geometry = self.geometry()
        for name in ("x", "y", "z", "offset", "edge_length"):
            self.assertEqual(getattr(geometry, name).dtype, np.float64)
