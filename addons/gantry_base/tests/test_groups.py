from datetime import datetime

from odoo.tests import tagged

from .common import GantryCase


@tagged("post_install", "-at_install")
class TestGroups(GantryCase):
    def test_manager_is_planner_and_stock_manager(self):
        for group in ("gantry_base.group_planner", "stock.group_stock_manager"):
            self.assertTrue(self.user_manager.has_group(group), group)

    def test_planner_is_stock_user_but_no_manager(self):
        self.assertTrue(self.user_planner.has_group("stock.group_stock_user"))
        self.assertFalse(self.user_planner.has_group("gantry_base.group_manager"))
        self.assertFalse(self.user_planner.has_group("stock.group_stock_manager"))

    def test_stock_user_is_no_planner(self):
        self.assertFalse(self.user_stock.has_group("gantry_base.group_planner"))

    def test_menus_follow_the_role(self):
        jobs, settings = self.env.ref("gantry_base.menu_jobs"), self.env.ref("gantry_base.menu_settings")
        for user, visible in (
            (self.user_stock, self.env["ir.ui.menu"]),
            (self.user_planner, jobs),
            (self.user_manager, jobs),
            (self.env.ref("base.user_admin"), jobs | settings),
        ):
            menu_ids = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual((jobs | settings).filtered_domain([("id", "in", list(menu_ids))]), visible, user.login)

    def test_administrator_is_manager(self):
        for xmlid in ("base.user_admin", "base.user_root"):
            self.assertTrue(self.env.ref(xmlid).has_group("gantry_base.group_manager"), xmlid)


@tagged("post_install", "-at_install")
class TestBuilders(GantryCase):
    def test_warehouses_belong_to_their_companies(self):
        self.assertEqual((self.wh_a1 | self.wh_a2).company_id, self.company_a)
        self.assertEqual(len(self.wh_a1 | self.wh_a2), 2)
        self.assertEqual(self.wh_b1.company_id, self.company_b)

    def test_stock_follows_puts_and_moves(self):
        product = self._product("Bolt")
        self._put(product, 10, self.wh_a1)
        sent = self._deliver(product, 4, self.wh_a1, "2026-01-05 10:00:00")
        self._return(product, 1, self.wh_a1, "2026-01-07", delivery=sent)
        self._receive(product, 5, self.wh_a2, "2026-01-08")
        self._deliver(product, 2, self.wh_b1, "2026-01-09")
        self.assertEqual(product.with_context(warehouse_id=self.wh_a1.id).qty_available, 7)
        self.assertEqual(product.with_context(warehouse_id=self.wh_a2.id).qty_available, 5)
        in_b = product.with_company(self.company_b).with_context(warehouse_id=self.wh_b1.id)
        self.assertEqual(in_b.qty_available, -2)

    def test_move_is_done_at_its_date_down_to_its_lines(self):
        move = self._deliver(self._product("Nut"), 3, self.wh_a1, "2025-03-01 08:00:00")
        self.assertEqual(move.state, "done")
        self.assertEqual(move.date, datetime(2025, 3, 1, 8))
        self.assertEqual(move.move_line_ids.date, datetime(2025, 3, 1, 8))
        self.assertEqual(move.company_id, self.company_a)
