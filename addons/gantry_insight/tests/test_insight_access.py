from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY, InsightCase

MODELS = {
    # model: what a stock user, a planner, a manager may do besides reading
    "gantry.insight": ("", "", ""),
    "gantry.insight.history": ("", "", ""),
    "gantry.alert": ("", "w", "wu"),
}
OPERATIONS = {"c": "create", "w": "write", "u": "unlink"}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestInsightAccess(InsightCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._item("Saw")
        for warehouse, company in ((cls.wh_a1, cls.company_a), (cls.wh_b1, cls.company_b)):
            cls._receive(cls.saw, 7, warehouse, cls._day(30))
            cls._expect(cls.saw, 7, warehouse)
            cls._look(company)

    def test_every_model_has_the_rights_of_its_table(self):
        for model, rights in MODELS.items():
            for user, allowed in zip((self.user_stock, self.user_planner, self.user_manager), rights, strict=True):
                env = self.env(user=user)
                self.assertTrue(env[model].has_access("read"), f"{user.login} {model}")
                for letter, operation in OPERATIONS.items():
                    self.assertEqual(
                        env[model].has_access(operation), letter in allowed, f"{user.login} {operation} {model}")
        outsider = self._user("gantry_nobody", "base.group_user", self.company_a)
        for model in (*MODELS, "gantry.alert.digest"):
            self.assertFalse(self.env(user=outsider)[model].has_access("read"), model)
        self.assertFalse(self.env(user=self.user_planner)["gantry.alert.digest"].has_access("read"))
        self.assertTrue(self.env(user=self.user_manager)["gantry.alert.digest"].has_access("read"))
        self.assertFalse(self.env(user=self.user_manager)["gantry.alert.digest"].has_access("write"))

    def test_no_model_shows_another_company(self):
        self.env["gantry.alert.digest"].sudo()._open(self.user_planner, self.company_a)
        self.env["gantry.alert.digest"].sudo()._open(self.user_other, self.company_b)
        self.user_other.group_ids += self.env.ref("gantry_base.group_manager")
        for model in (*MODELS, "gantry.alert.digest"):
            everything = self.env[model].sudo().search([])
            mine = everything.filtered(lambda record: record.company_id == self.company_a)
            theirs = everything.filtered(lambda record: record.company_id == self.company_b)
            self.assertTrue(mine and theirs, model)
            for user, own in ((self.user_manager, mine), (self.user_other, theirs)):
                seen = self.env(user=user)[model].with_context(allowed_company_ids=user.company_ids.ids).search([])
                self.assertEqual(set(seen.ids) & set(everything.ids), set(own.ids), f"{user.login} {model}")

    def test_the_overview_is_that_of_the_own_company(self):
        for user, company in ((self.user_stock, self.company_a), (self.user_other, self.company_b)):
            Insight = self.Insight.with_user(user).with_context(allowed_company_ids=company.ids)
            self.assertEqual(Insight.get_overview()["tiles"]["count"], 1)
            self.assertEqual(Insight.get_overview()["company"], company.name)

    def test_an_alert_of_another_company_cannot_be_handled(self):
        alert = self.Alert.search([("company_id", "=", self.company_b.id)])
        planner = alert.with_user(self.user_planner).with_context(allowed_company_ids=self.company_a.ids)
        for call in (planner.action_handle, planner.action_snooze, planner.action_reopen):
            with self.assertRaises(AccessError):
                call()

    def test_a_refresh_of_one_company_leaves_the_other_alone(self):
        before = self.Alert.search([("company_id", "=", self.company_b.id)]).read()
        self.company_a.gantry_alert_stockout = False
        self._look(self.company_a)
        self.assertEqual(self.Alert.search([("company_id", "=", self.company_b.id)]).read(), before)

    def test_only_a_planner_refreshes(self):
        with self.assertRaises(AccessError):
            self.Insight.with_user(self.user_stock).action_refresh()
        action = self.Insight.with_user(self.user_planner).with_company(self.company_a).action_refresh()
        self.assertEqual(action["res_model"], "gantry.job")
