from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import HoldCase

REFUSED = "may only go to a quarantine location"


@tagged("post_install", "-at_install")
class TestHoldDoors(HoldCase):
    """One test for each door by which a held lot could leave."""

    def _line_vals(self, picking, lot, quantity=5, **vals):
        move = picking.move_ids
        return {
            "move_id": move.id,
            "picking_id": picking.id,
            "product_id": lot.product_id.id,
            "product_uom_id": lot.product_id.uom_id.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "location_id": self.bin_1.id,
            "location_dest_id": move.location_dest_id.id,
        } | vals

    def _take(self, picking, lot, quantity=5, **vals):
        """The picking takes this lot and nothing else."""
        picking.move_line_ids.unlink()
        self.env["stock.move.line"].create(self._line_vals(picking, lot, quantity, **vals))
        return picking.move_line_ids

    def assertStays(self, lot=None, quantity=10, location=None):
        lot = lot or self.lot_a
        self.env.invalidate_all()
        self.assertEqual(self._on_hand(lot, location or self.bin_1), quantity)

    # -- reservation

    def test_reservation_takes_other_lots(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 15)
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_b)
        self.assertEqual(picking.move_line_ids.quantity, 10)
        self.assertEqual(self.lot_a.quant_ids.reserved_quantity, 0)

    def test_strict_reservation_of_a_chain(self):
        """Pick then ship: the second move asks for the very lot that the first one brought."""
        self.wh_a1.delivery_steps = "pick_ship"
        pick, ship = self._pick_and_ship(5)
        self._take(pick, self.lot_a)
        pick.move_ids.picked = True
        pick._action_done()
        self.assertEqual(ship.move_line_ids.lot_id, self.lot_a)
        output = self.wh_a1.wh_output_stock_loc_id
        hold = self._hold(self.lot_a)
        self.assertEqual(hold.hit_ids.picking_id, ship)
        ship.action_assign()
        self.assertFalse(ship.move_line_ids)
        self.assertStays(quantity=5, location=output)

    def test_hold_between_two_steps_of_a_chain(self):
        """The lot is held while it is picked: finishing the pick does not reserve it for the delivery."""
        self.wh_a1.delivery_steps = "pick_ship"
        pick, ship = self._pick_and_ship(5)
        self._take(pick, self.lot_a)
        pick.move_ids.picked = True
        self.env.flush_all()
        pick._action_done()
        ship.do_unreserve()
        self._hold_behind_the_back(self.lot_a)
        # the cache of quants that chains use knows nothing of the domain of a search
        cache = self.env["stock.quant"]._get_quants_by_products_locations(self.milk, ship.location_id)
        self.assertIn(self.lot_a, [quant.lot_id for quants in cache.values() for quant in quants])
        ship.action_assign()
        self.assertFalse(ship.move_line_ids)

    def _pick_and_ship(self, quantity):
        ship = self.env["stock.picking"].create(
            {
                "picking_type_id": self.wh_a1.out_type_id.id,
                "location_id": self.wh_a1.wh_output_stock_loc_id.id,
                "location_dest_id": self.loc_customer.id,
            }
        )
        common = {"product_id": self.milk.id, "product_uom": self.milk.uom_id.id, "product_uom_qty": quantity}
        output = self.wh_a1.wh_output_stock_loc_id
        second = self.env["stock.move"].create(
            {
                **common,
                "picking_id": ship.id,
                "location_id": output.id,
                "location_dest_id": self.loc_customer.id,
                "procure_method": "make_to_order",
            }
        )
        pick = self.env["stock.picking"].create(
            {
                "picking_type_id": self.wh_a1.pick_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": output.id,
                "move_ids": [
                    Command.create(
                        {
                            **common,
                            "location_id": self.stock.id,
                            "location_dest_id": output.id,
                            "move_dest_ids": [Command.link(second.id)],
                        }
                    )
                ],
            }
        )
        (pick | ship).action_confirm()
        return pick, ship

    def test_quants_cache_does_not_reserve(self):
        self._hold(self.lot_a)
        Quant = self.env["stock.quant"]
        cache = Quant._get_quants_by_products_locations(self.milk, self.stock)
        quants = Quant.with_context(quants_cache=cache)
        strict = {"lot_id": self.lot_a, "package_id": self.env["stock.package"], "owner_id": self.env["res.partner"]}
        self.assertEqual(quants._get_reserve_quantity(self.milk, self.bin_1, 5, strict=True, **strict), [])
        self.assertEqual(quants._get_available_quantity(self.milk, self.bin_1, strict=True, **strict), 0)
        free = quants._get_reserve_quantity(self.milk, self.bin_2, 5, strict=True, **strict | {"lot_id": self.lot_b})
        self.assertEqual(free, [(self.lot_b.quant_ids, 5)])

    # -- picking and delivery

    def test_picker_cannot_choose_the_lot(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 5)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self.env["stock.move.line"].with_user(self.user_stock).create(self._line_vals(picking, self.lot_a))
        picking.action_assign()
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            picking.move_line_ids.with_user(self.user_stock).lot_id = self.lot_a
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            picking.move_line_ids.with_user(self.user_stock).write({"quant_id": self.lot_a.quant_ids.id})
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_b)

    def test_picked_flag_is_refused(self):
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a)
        self._hold_behind_the_back(self.lot_a)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            picking.move_ids.picked = True

    def test_delivery_is_stopped_at_the_last_moment(self):
        """Reserved and picked before the hold, and the hold came past everything else."""
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a, picked=True)
        picking.move_ids.picked = True
        self._hold_behind_the_back(self.lot_a)
        for call in (picking.button_validate, picking._action_done, picking.move_ids._action_done):
            with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
                call()
        self.assertStays()
        self.assertNotEqual(picking.state, "done")

    def test_context_keys_open_nothing(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 20).with_context(gantry_hold_allowed=True, skip_sanity_check=True)
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_b)

    def test_batch(self):
        if "stock.picking.batch" not in self.env:
            self.skipTest("needs the batches of stock_picking_batch")
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a)
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.link(picking.id)], "company_id": self.company_a.id}
        )
        batch.action_confirm()
        self._hold_behind_the_back(self.lot_a)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            batch.action_done()
        self.assertStays()

    def test_transfer_to_another_warehouse(self):
        self._hold(self.lot_a)
        for dest in (self.wh_a2.lot_stock_id, self.company_a.internal_transit_location_id, self.bin_2):
            picking = self._picking(self.milk, 5, dest=dest, picking_type=self.wh_a1.int_type_id)
            with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
                self._take(picking, self.lot_a)

    def test_return_to_the_supplier(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 5, dest=self.loc_supplier)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self._take(picking, self.lot_a)

    def test_dropshipping(self):
        self._hold(self.lot_a)
        picking = self._picking(self.milk, 5, source=self.loc_supplier)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self._take(picking, self.lot_a, location_id=self.loc_supplier.id)

    def test_name_of_a_held_lot(self):
        """A delivery whose type creates lots finds the held one by its name."""
        self._hold(self.lot_a)
        self.wh_a1.out_type_id.write({"use_create_lots": True, "use_existing_lots": False})
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a, lot_id=False, lot_name="A", picked=True)
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            picking._action_done()
        self.assertStays()

    # -- consumption

    def test_consumption(self):
        self._hold(self.lot_a)
        production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company_a.id)], limit=1
        )
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            picking = self._picking(self.milk, 5, dest=production, picking_type=self.wh_a1.int_type_id)
            self._take(picking, self.lot_a)

    # -- inventory

    def test_inventory_adjustment(self):
        self._hold(self.lot_a)
        quant = self.lot_a.quant_ids.with_user(self.user_manager).with_context(inventory_mode=True)
        for counted in (0, 4):
            with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
                quant.inventory_quantity = counted
                quant.action_apply_inventory()
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            quant.inventory_quantity_auto_apply = 3
        self.assertStays()
        quant.inventory_quantity = 12  # more was found: it is on hold as well
        quant.action_apply_inventory()
        self.assertStays(quantity=12)

    def test_scrap(self):
        self._hold(self.lot_a)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.milk.id,
                "lot_id": self.lot_a.id,
                "scrap_qty": 3,
                "location_id": self.bin_1.id,
                "company_id": self.company_a.id,
            }
        )
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            scrap.action_validate()
        self.assertStays()

    def test_relocation(self):
        self._hold(self.lot_a)
        quant = self.lot_a.quant_ids
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            quant.move_quants(location_dest_id=self.bin_2)
        wizard = self.env["stock.quant.relocate"].create(
            {"quant_ids": [Command.set(quant.ids)], "dest_location_id": self.bin_2.id}
        )
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            wizard.action_relocate_quants()
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self.lot_a.location_id = self.bin_2
        self.assertStays()

    def test_package(self):
        package = self.env["stock.package"].create({"name": "BOX"})
        lot = self._lot(self.milk, "C")
        self._put_lot(lot, 4, self.bin_1, package)
        self._hold(lot)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            package.quant_ids.move_quants(location_dest_id=self.bin_2)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            package.location_id = self.bin_2
        picking = self._picking(self.milk, 4)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self._take(picking, lot, 4, package_id=package.id, result_package_id=package.id)
        self.assertStays(lot, 4)
        package.unpack()  # takes it nowhere
        self.assertFalse(lot.quant_ids.filtered(lambda quant: quant.quantity > 0).package_id)

    # -- RPC on the tables below

    def test_quants_cannot_be_rewritten(self):
        self._hold(self.lot_a)
        quant = self.lot_a.quant_ids.with_user(self.user_stock)
        for vals in ({"lot_id": self.lot_b.id}, {"location_id": self.bin_2.id}, {"quantity": 1}):
            with self.assertRaisesRegex(UserError, "is on hold"), self.env.cr.savepoint():
                quant.write(vals)

    def test_done_delivery_is_not_enlarged_or_relabelled(self):
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_b, location_id=self.bin_2.id)
        picking.move_ids.picked = True
        picking._action_done()
        self._hold(self.lot_a | self.lot_b)
        line = picking.move_line_ids
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            line.quantity = 7
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            line.lot_id = self.lot_a
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self.env["stock.move.line"].create(self._line_vals(picking, self.lot_a))
        self.assertStays()
        line.quantity = 3  # less left than was written down
        self.assertStays(self.lot_b, 7, self.bin_2)

    def test_any_internal_user_over_rpc(self):
        """Odoo lets every employee create move lines."""
        self._hold(self.lot_a)
        employee = self._user("gantry_employee", "base.group_user", self.company_a)
        picking = self._picking(self.milk, 5)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self.env["stock.move.line"].with_user(employee).create(self._line_vals(picking, self.lot_a))

    # -- what is allowed

    def test_quarantine_is_open(self):
        self._hold(self.lot_a)
        place = self.wh_a1._gantry_get_quarantine_location()
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": place.id})
        picking = self._picking(self.milk, 20, dest=shelf, picking_type=self.wh_a1.int_type_id)
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, self.lot_a | self.lot_b)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertStays(self.lot_a, 10, shelf)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self.lot_a.location_id = self.bin_1
        # the other lot is free, but nothing is taken from quarantine unless a move starts there
        self.assertFalse(self._assigned(self._picking(self.milk, 5, source=self.wh_a1.view_location_id)))
        self.assertEqual(self._assigned(self._picking(self.milk, 15, source=place)), self.lot_b)

    def _assigned(self, picking):
        picking.action_assign()
        return picking.move_line_ids.lot_id

    def test_returns_arrive_in_quarantine(self):
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a)
        picking.move_ids.picked = True
        picking._action_done()
        self._hold(self.lot_a).action_move_to_quarantine()
        back = self._picking(self.milk, 2, self.loc_customer, self.stock, self.wh_a1.in_type_id)
        back.move_line_ids.write({"lot_id": self.lot_a.id})
        back.move_ids.picked = True
        back._action_done()
        place = self.wh_a1.gantry_quarantine_location_id
        self.assertEqual(back.move_line_ids.location_dest_id, place)
        self.assertStays(self.lot_a, 7, place)

    def test_returns_are_not_refused_without_quarantine(self):
        self._hold(self.lot_a)
        back = self._picking(self.milk, 2, self.loc_customer, self.bin_1, self.wh_a1.in_type_id)
        back.move_line_ids.write({"lot_id": self.lot_a.id})
        back.move_ids.picked = True
        back._action_done()
        self.assertStays(quantity=12)

    def test_rejected_goods_are_scrapped_or_sent_back(self):
        hold = self._hold(self.lot_a)
        hold.with_user(self.user_quality)._reject(reason="sour")
        picking = self._picking(self.milk, 4, dest=self.loc_supplier)
        self._take(picking, self.lot_a, 4)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertStays(quantity=6)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.milk.id,
                "lot_id": self.lot_a.id,
                "scrap_qty": 6,
                "location_id": self.bin_1.id,
                "company_id": self.company_a.id,
            }
        )
        scrap.action_validate()
        self.assertStays(quantity=0)
        picking = self._picking(self.milk, 5)
        with self.assertRaisesRegex(UserError, REFUSED), self.env.cr.savepoint():
            self._take(picking, self.lot_a)

    def test_sweep_finds_what_crossed_the_hold(self):
        picking = self._picking(self.milk, 5)
        self._take(picking, self.lot_a)
        line = picking.move_line_ids
        hold = self._hold(self.lot_b)
        self._hold_behind_the_back(self.lot_a)
        hold.line_ids.sudo().copy({"lot_id": self.lot_a.id, "state": "held", "held_by_id": self.env.uid})
        self.env["gantry.hold"]._cron_sweep()
        self.assertFalse(line.exists())
        self.assertEqual(hold.hit_ids.lot_id, self.lot_a)
        self.assertEqual(self.lot_a.quant_ids.reserved_quantity, 0)
