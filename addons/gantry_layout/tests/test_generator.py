import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .layout_case import LayoutCase


@tagged("post_install", "-at_install")
class TestGenerator(LayoutCase):
    def test_preview_says_what_will_be_made_and_makes_nothing(self):
        """Counts, first and last name and a picture, while no bin is there."""
        wizard = self._generator()
        self.assertEqual((wizard.bin_count, wizard.new_count, wizard.changed_count), (48, 48, 0))
        self.assertEqual((wizard.first_name, wizard.last_name), ("A-01-01-1", "C-02-04-2"))
        self.assertTrue(base64.b64decode(wizard.picture).startswith(b"<svg"))
        self.assertFalse(wizard.refusal)
        self.assertFalse(self._bin("A-01-01-1"))
        self.assertFalse(self.wh_a1.gantry_layout_id)

    def test_bins_have_barcode_place_and_room(self):
        """Everything that the issue asks of a bin."""
        layout = self._generate(max_weight=250)
        self.assertEqual(len(layout.bin_ids), 48)
        bin_ = self._bin("B-02-03-2")
        self.assertEqual(bin_.location_id, self.wh_a1.lot_stock_id)
        self.assertEqual(bin_.complete_name, f"{self.wh_a1.lot_stock_id.complete_name}/B-02-03-2")
        self.assertEqual(bin_.barcode, f"{self.wh_a1.code}-B-02-03-2")
        self.assertEqual((bin_.gantry_aisle_id.name, bin_.gantry_bay, bin_.gantry_level, bin_.gantry_side),
                         ("B", 3, 2, "left"))
        # depth 1, aisle 2 wide, pitch 4: the second aisle is walked at 6; sections 2 x 1.2 long, cross-aisles 3 wide
        self.assertAlmostEqual(bin_.gantry_x, 4.5)
        self.assertAlmostEqual(bin_.gantry_y, 3 + 2.4 + 3 + 1.8)
        self.assertAlmostEqual(bin_.gantry_z, 1.5)
        self.assertEqual((bin_.gantry_access_x, bin_.gantry_access_y), (6.0, bin_.gantry_y))
        self.assertAlmostEqual(bin_.gantry_volume, 1.2 * 1 * 1.5)
        self.assertEqual((bin_.gantry_max_weight, bin_.gantry_zone_id.kind), (250, "pick"))
        self.assertEqual(bin_.warehouse_id, self.wh_a1)
        self.assertEqual(sorted(layout.bin_ids.mapped("gantry_sequence")), list(range(1, 49)))
        self.assertEqual(layout.point_ids.mapped("is_start"), [True])

    def test_a_second_run_extends_and_keeps_ids(self):
        """More aisles and levels: new bins only for what is new."""
        layout = self._generate()
        before = layout.bin_ids
        wizard = Form(self.env["gantry.layout.generator"].with_context(default_warehouse_id=self.wh_a1.id))
        wizard.block_id = layout.block_ids
        self.assertEqual((wizard.aisle_count, wizard.section_count, wizard.new_count), (3, 2, 0))
        wizard.aisle_count = 4
        wizard.level_count = 3
        self.assertEqual((wizard.bin_count, wizard.new_count, wizard.same_count), (96, 48, 48))
        wizard.save().action_generate()
        self.assertEqual(len(layout.bin_ids), 96)
        self.assertLessEqual(before, layout.bin_ids)
        self.assertEqual(len(layout.block_ids), 1)
        self.assertEqual(layout.aisle_ids.mapped("name"), ["A", "B", "C", "D"])

    def test_a_new_area_stands_beside_and_goes_on_counting(self):
        """Without naming an area to extend, the next one is proposed to the right with the next aisle."""
        layout = self._generate()
        wizard = Form(self.env["gantry.layout.generator"].with_context(default_warehouse_id=self.wh_a1.id))
        self.assertEqual((wizard.first_aisle, wizard.origin_x, wizard.first_name), (4, 12.0, "D-01-01-1"))
        wizard.save().action_generate()
        self.assertEqual(len(layout.block_ids), 2)
        self.assertEqual(len(layout.bin_ids), 96)
        geometry = layout._get_geometry(self.wh_a1)
        self.assertTrue(geometry.is_block)
        self.assertEqual(len(geometry.xs), 6)

    def test_bins_that_hold_stock_are_named_and_spared(self):
        """A longer first section would move the second one: the bin with stock stays unless it is allowed."""
        layout = self._generate()
        stocked, empty = self._bin("A-02-01-1"), self._bin("A-02-02-1")
        self._put(self._product("Nut"), 5, stocked)
        y = stocked.gantry_y
        wizard = self._generator(block_id=layout.block_ids.id, bay_count=6)
        self.assertEqual((wizard.stocked_count, wizard.stocked_names), (1, "A-02-01-1"))
        answer = wizard.action_generate()
        self.assertIn("1 bins that hold stock were left", answer["params"]["message"])
        self.assertEqual(stocked.gantry_y, y)
        self.assertAlmostEqual(empty.gantry_y, y + 1.2)
        told = self._generator(block_id=layout.block_ids.id, bay_count=6, touch_stocked=True)
        told.action_generate()
        self.assertAlmostEqual(stocked.gantry_y, y + 1.2)

    def test_bins_that_are_there_get_their_place(self):
        """A warehouse with bins named by the same pattern keeps them, with their barcodes."""
        old = self.env["stock.location"].create({
            "name": "A-01-02-1", "location_id": self.wh_a1.lot_stock_id.id, "barcode": "OLD-1"})
        wizard = self._generator()
        self.assertEqual((wizard.new_count, wizard.changed_count), (47, 1))
        layout = self._generate()
        self.assertIn(old, layout.bin_ids)
        self.assertEqual((old.barcode, old.gantry_side), ("OLD-1", "right"))

    def test_barcodes_in_use_are_refused_before(self):
        """Nothing is made, and the sentence says which one."""
        self.env["stock.location"].create({
            "name": "Elsewhere", "location_id": self.wh_a2.lot_stock_id.id, "barcode": f"{self.wh_a1.code}-A-01-01-1",
            "company_id": self.company_a.id})
        wizard = self._generator()
        self.assertIn("Elsewhere", wizard.refusal)
        with self.assertRaises(UserError):
            wizard.action_generate()
        self.assertFalse(self.wh_a1.gantry_layout_id)
        wizard.barcode_prefix = "NEW-"
        self.assertFalse(wizard.refusal)

    def test_bad_measures_are_told_in_the_wizard(self):
        """The preview shows the sentence instead of failing."""
        wizard = self._generator(aisle_pitch=1.5)
        self.assertIn("nobody could walk", wizard.refusal)
        self.assertFalse(wizard.bin_count)
        wizard = self._generator(name_pattern="A-01")
        self.assertIn("no place for the level", wizard.refusal)

    def test_another_warehouse_is_refused(self):
        """The parent must belong to the warehouse."""
        wizard = self._generator(parent_location_id=self.wh_a2.lot_stock_id.id)
        with self.assertRaises(UserError):
            wizard.action_generate()

    def test_only_stock_managers_generate(self):
        """Stock users may not open the wizard."""
        manager = self.user_manager
        self._generator(user=manager).action_generate()
        self.assertEqual(len(self.wh_a1.gantry_layout_id.bin_ids), 48)
        with self.assertRaises(AccessError):
            self._generator(user=self.user_stock)

    def test_queries_do_not_grow_with_the_bins(self):
        """4 times as many bins cost about as many statements: everything is written in batches."""
        counts = []
        for warehouse, levels in ((self.wh_a1, 2), (self.wh_a2, 8)):
            wizard = self._generator(warehouse, level_count=levels)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            wizard.action_generate()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1], counts[0] * 1.5)
