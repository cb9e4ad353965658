from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, ReorderCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReorderPickface(ReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Location = cls.env["stock.location"]
        stock = cls.wh_a1.lot_stock_id
        cls.pick = Location.create({"name": "Pick", "location_id": stock.id})
        cls.bin = Location.create({"name": "P-1", "location_id": cls.pick.id})
        cls.other_bin = Location.create({"name": "P-2", "location_id": cls.pick.id})
        cls.reserve = Location.create({"name": "Reserve", "location_id": stock.id})
        cls._policy(lead_days=7)
        cls.product = cls._product("Bolt", standard_price=2)
        cls._predict(cls.product, 70)
        cls.env["stock.putaway.rule"].create({
            "product_id": cls.product.id, "location_in_id": stock.id, "location_out_id": cls.bin.id})
        cls._put(cls.product, 500, cls.reserve)
        cls.area = cls.env["gantry.reorder.pickface"].create({
            "name": "Ground floor", "warehouse_id": cls.wh_a1.id, "location_id": cls.pick.id,
            "reserve_location_id": cls.reserve.id, "min_days": 1, "max_days": 4,
        })

    def row(self):
        self.env.invalidate_all()
        return self.area.rule_ids

    def test_levels_come_from_the_velocity(self):
        self.area.action_generate()
        row = self.row()
        point = row.orderpoint_id
        self.assertEqual((row.location_id, point.location_id), (self.bin, self.bin))
        self.assertTrue(10 <= point.product_min_qty <= 20, "a day sells ten")
        self.assertEqual(point.product_max_qty, 40)
        self.assertEqual((point.trigger, point.route_id), ("auto", self.area.route_id))
        self.assertIn("days of demand", row.change_ids.reason)

    def test_the_bin_is_refilled_from_reserve(self):
        self.area.action_generate()
        row = self.row()
        self.assertEqual((row.on_hand_qty, row.order_qty), (0, 40))
        row.with_user(self.user_planner).action_order()
        move = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        self.assertEqual((move.location_id, move.location_dest_id, move.product_qty), (self.reserve, self.bin, 40))
        self.assertEqual((self.row().incoming_qty, self.row().order_qty), (40, 0))

    def test_odoo_s_scheduler_refills_it_too(self):
        self.area.action_generate()
        self.row().orderpoint_id._procure_orderpoint_confirm(company_id=self.company_a)
        move = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        self.assertEqual((move.location_id, move.location_dest_id), (self.reserve, self.bin))

    def test_the_warehouse_does_not_count_refills(self):
        self.area.action_generate()
        self.row().action_order()
        self._run()
        row = self.Rule.search([("product_id", "=", self.product.id), ("kind", "=", "warehouse")])
        self.assertEqual((row.on_hand_qty, row.incoming_qty, row.committed_qty), (500, 0, 0))

    def test_the_night_follows_the_velocity(self):
        self.area.action_generate()
        self.env["gantry.forecast"].search([("product_id", "=", self.product.id)]).sudo().next_30_qty = 60
        self._run()
        self.assertEqual(self.row().orderpoint_id.product_max_qty, 8)
        self.row().orderpoint_id.write({"product_min_qty": 1, "product_max_qty": 99})
        self._run()
        self.assertEqual(self.row().orderpoint_id.product_max_qty, 99, "the hand wins")

    def test_the_chart_of_a_bin_is_not_that_of_the_warehouse(self):
        self.area.action_generate()  # before the run: the row of the warehouse comes later
        self._run()
        data = self.row().get_projection()
        self.assertEqual((data["dates"], data["max"]), ([], 40))

    def test_space_in_the_bin_limits_the_levels(self):
        self.bin.storage_category_id = self.env["stock.storage.category"].create({
            "name": "Small", "product_capacity_ids": [(0, 0, {"product_id": self.product.id, "quantity": 25})]})
        self.area.action_generate()
        self.assertEqual(self.row().orderpoint_id.product_max_qty, 25)
        self.assertLess(self.row().orderpoint_id.product_min_qty, 25)

    def test_a_product_that_leaves_the_area_loses_its_rule(self):
        self.area.action_generate()
        point = self.row().orderpoint_id
        self.env["stock.putaway.rule"].search([("product_id", "=", self.product.id)]).unlink()
        with self.assertRaises(UserError):
            self.area.action_generate()
        self.area._generate()
        self.assertFalse(point.active)

    def test_an_area_that_is_archived_or_deleted_takes_its_rules_along(self):
        self.area.action_generate()
        row = self.row()
        point = row.orderpoint_id
        self.area.with_user(self.user_manager).active = False
        self.assertFalse(point.active)
        self.assertFalse(row.active)
        self.area.active = True
        self.area.action_generate()
        self.assertTrue(point.active)
        self.assertEqual((self.row(), row.orderpoint_id), (row, point))
        self.area.with_user(self.user_manager).unlink()
        self.assertFalse(point.active)
        self.assertFalse(row.active)

    def test_rules_that_people_had_set_on_bins_stay(self):
        point = self.Point.create({
            "product_id": self.product.id, "warehouse_id": self.wh_a1.id, "location_id": self.bin.id,
            "company_id": self.company_a.id, "product_min_qty": 3, "product_max_qty": 77, "trigger": "manual"})
        self.area.action_generate()
        self._run()
        row = self.row()
        self.assertEqual((row.orderpoint_id, row.state, row.hand_edited), (point, "waiting", True))
        self.assertEqual((point.product_min_qty, point.product_max_qty), (3, 77))
        self.area.active = False
        self.assertTrue(point.active, "it is not ours to archive")

    def test_rules_that_only_suggest_survive_odoo_s_replenishment(self):
        """Odoo deletes manual rules of its own user that order nothing when its list is opened."""
        self.area.mode = "suggest"
        self._put(self.product, 500, self.bin)
        self._run()
        point = self.row().orderpoint_id
        self.assertEqual((point.trigger, point.qty_to_order), ("manual", 0))
        point._unlink_processed_orderpoints()
        self.assertTrue(point.exists())

    def test_places_that_make_no_sense_are_refused(self):
        for vals in ({"reserve_location_id": self.bin.id}, {"reserve_location_id": self.wh_a1.lot_stock_id.id},
                     {"reserve_location_id": self.wh_a2.lot_stock_id.id}):
            with self.assertRaises(UserError, msg=vals):
                self.area.write(vals)

    def test_only_managers_set_pick_areas(self):
        with self.assertRaises(AccessError):
            self.area.with_user(self.user_planner).action_generate()
        self.area.with_user(self.user_manager).action_generate()
