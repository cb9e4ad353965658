from odoo.tests import freeze_time, tagged

from .common import TODAY, InsightCase


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAlertTell(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.gantry_alert_user_id = cls.user_planner
        cls.user_planner.email = "planner@example.com"
        cls.products = [cls._item(f"Part {number}", cost=number) for number in range(1, 6)]
        for product in cls.products:
            product.product_tmpl_id.with_company(cls.company_a).responsible_id = False
            cls._receive(product, 7, cls.wh_a1, cls._day(20))
            cls._expect(product, 7)

    def setUp(self):
        super().setUp()
        self._look()

    def alert(self, number):
        return self._alerts(self.products[number - 1])

    def mails(self):
        return self.env["mail.mail"].sudo().search([("email_to", "like", "planner@example.com")])

    # -- activities

    def test_the_biggest_alerts_become_activities_once(self):
        self.company_a.gantry_alert_activity_max = 2
        self.assertEqual(self.Alert._update_activities(self.company_a), 2)
        self.assertTrue(self.alert(5).activity_ids and self.alert(4).activity_ids)
        self.assertFalse(self.alert(3).activity_ids)
        self.assertEqual(self.alert(5).activity_ids.summary, self.alert(5).summary)
        self.assertEqual(self.Alert._update_activities(self.company_a), 0)

    def test_a_free_place_goes_to_the_next_one(self):
        self.company_a.gantry_alert_activity_max = 2
        self.Alert._update_activities(self.company_a)
        self.alert(5).with_user(self.user_planner).action_handle()
        self.assertEqual(self.Alert._update_activities(self.company_a), 1)
        self.assertTrue(self.alert(3).activity_ids)

    def test_no_activities_when_none_are_wanted(self):
        self.company_a.gantry_alert_activity_max = 0
        self.assertEqual(self.Alert._update_activities(self.company_a), 0)

    def test_ticking_off_the_activity_handles_the_alert(self):
        self.Alert._update_activities(self.company_a)
        alert = self.alert(5)
        alert.activity_ids.with_user(self.user_planner).action_feedback(feedback="Ordered")
        self.assertEqual((alert.state, alert.note, alert.handled_user_id), ("handled", "Ordered", self.user_planner))

    def test_a_cancelled_activity_does_not_come_back(self):
        self.Alert._update_activities(self.company_a)
        alert = self.alert(5)
        alert.activity_ids.with_user(self.user_planner).unlink()
        self._look()
        self.assertEqual(self.Alert._update_activities(self.company_a), 0)
        alert.with_user(self.user_planner).action_snooze(days=1)
        with freeze_time("2026-03-06"):
            self._look()
            self.assertEqual((alert.state, self.Alert._update_activities(self.company_a)), ("open", 1))

    def test_who_is_no_planner_can_still_tick_off_an_activity(self):
        alert = self.alert(5)
        alert.user_id = self.user_stock
        self.Alert._update_activities(self.company_a)
        activity = alert.activity_ids.filtered(lambda act: act.user_id == self.user_stock)
        activity.with_user(self.user_stock).action_feedback()
        self.assertFalse(alert.activity_ids)
        self.assertEqual(alert.state, "open", "only planners handle alerts")

    def test_the_activity_follows_the_owner(self):
        self.Alert._update_activities(self.company_a)
        alert = self.alert(5)
        alert.with_user(self.user_planner).user_id = self.user_manager
        self.assertEqual(alert.activity_ids.user_id, self.user_manager)
        alert.with_user(self.user_manager).user_id = False
        self.assertFalse(alert.activity_ids)

    def test_activities_send_no_mail_each(self):
        before = self.env["mail.mail"].sudo().search_count([])
        self.Alert._update_activities(self.company_a)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), before)

    # -- digest

    def test_one_mail_a_day(self):
        self.assertEqual(self.Alert._send_digests(self.company_a), 1)
        self.assertEqual(self.Alert._send_digests(self.company_a), 0)
        self.assertEqual(len(self.mails()), 1)
        with freeze_time("2026-03-05"):
            self.assertEqual(self.Alert._send_digests(self.company_a), 1)

    def test_the_mail_tells_what_is_open_new_and_gone(self):
        self.Alert._send_digests(self.company_a)
        first = self.mails()
        self.assertIn("5 stock alerts", first.subject)
        told = ("Part 5", "Projected stock-out", "Runs out or is late", "/odoo/gantry-alerts", self.alert(5).advice)
        for text in told:
            self.assertIn(text, first.body_html)
        self._receive(self.products[4], 100, self.wh_a1, self._day(0))
        fresh = self._item("Fresh", cost=50)
        fresh.product_tmpl_id.with_company(self.company_a).responsible_id = False
        self._receive(fresh, 7, self.wh_a1, self._day(20))
        self._expect(fresh, 7)
        with freeze_time("2026-03-05"):
            self._look()
            self.Alert._send_digests(self.company_a)
        second = self.mails() - first
        self.assertIn("5 stock alerts, 1 new", second.subject)
        digest = self.env["gantry.alert.digest"].search([("mail_id", "=", second.id)])
        self.assertEqual((digest.alert_count, digest.new_count, digest.gone_count), (5, 1, 1))

    def test_nobody_gets_a_mail_who_does_not_want_it(self):
        self.user_planner.with_user(self.user_planner).gantry_alert_digest = False
        self.assertEqual(self.Alert._send_digests(self.company_a), 0)
        self.user_planner.gantry_alert_digest = True
        self.company_a.gantry_alert_digest = False
        self.assertEqual(self.Alert._send_digests(self.company_a), 0)

    def test_no_mail_without_an_address_or_an_alert(self):
        self.user_planner.email = False
        self.assertEqual(self.Alert._send_digests(self.company_a), 0)
        self.user_planner.email = "planner@example.com"
        self.Alert.search([]).with_user(self.user_planner).action_handle()
        self.assertEqual(self.Alert._send_digests(self.company_a), 0)

    def test_the_mail_speaks_the_owner_s_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user_planner.lang = "de_DE"
        self.Alert._send_digests(self.company_a)
        self.assertIn("11.03.2026", self.mails().body_html, "dates as the owner writes them")

    def test_every_owner_gets_their_own(self):
        self.user_manager.email = "manager@example.com"
        self.alert(5).user_id = self.user_manager
        self.assertEqual(self.Alert._send_digests(self.company_a), 2)
        self.assertNotIn("Part 5", self.mails().body_html)
