from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GantryCase
from .job_case import JobMixin

OPERATIONS = ("read", "write", "create", "unlink")
RIGHTS = {
    "gantry.job": {"stock": "", "planner": "read", "manager": "read unlink"},
    "gantry.job.log": {"stock": "", "planner": "read", "manager": "read unlink"},
    "gantry.request": {"stock": "", "planner": "", "manager": "read"},
}


@tagged("post_install", "-at_install")
class TestAccess(JobMixin, GantryCase):
    def setUp(self):
        super().setUp()
        self.counter(1)
        self.job = self.enqueue(self.env(user=self.user_planner), company=self.company_a)
        self.line = self.job._log("A line")

    def test_each_role_has_exactly_its_rights(self):
        for model, roles in RIGHTS.items():
            for role, rights in roles.items():
                user = getattr(self, f"user_{role}")
                found = {op for op in OPERATIONS if self.env[model].with_user(user).has_access(op)}
                self.assertEqual(found, set(rights.split()), f"{role} on {model}")

    def test_every_stored_model_of_the_addon_is_in_the_table_of_rights(self):
        models = self.env["ir.model"].search([("model", "=like", "gantry.%")])
        stored = {
            model.model
            for model in models
            if model.model in self.env and self.env[model.model]._original_module == "gantry_base"
            if not self.env[model.model]._abstract and not self.env[model.model]._transient
        }
        self.assertEqual(stored, set(RIGHTS))

    def test_other_companies_see_nothing(self):
        self.env["gantry.request"].with_user(self.user_planner)._once("access-1", "m", {}, lambda: 1)
        manager_b = self._user("gantry_manager_b", "gantry_base.group_manager", self.company_b)
        self.assertFalse(self.env["gantry.job"].with_user(manager_b).search([("id", "=", self.job.id)]))
        self.assertFalse(self.env["gantry.job.log"].with_user(manager_b).search([("id", "=", self.line.id)]))
        self.assertFalse(self.env["gantry.request"].with_user(manager_b).search([("request_uid", "=", "access-1")]))
        own = self.env["gantry.request"].with_user(self.user_manager).search([("request_uid", "=", "access-1")])
        self.assertEqual(len(own), 1)
        for action in ("action_cancel", "action_run_now", "action_retry", "action_restart"):
            with self.assertRaises(AccessError, msg=action):
                getattr(self.job.with_user(manager_b), action)()

    def test_planner_acts_on_own_jobs_only_and_manager_on_all(self):
        self.assertTrue(self.job.with_user(self.user_planner).may_act)
        self.assertTrue(self.job.with_user(self.user_manager).may_act)
        second = self._user("gantry_planner_2", "gantry_base.group_planner", self.company_a)
        self.assertFalse(self.job.with_user(second).may_act)
        for action in ("action_cancel", "action_run_now", "action_retry", "action_restart"):
            with self.assertRaises(AccessError, msg=action):
                getattr(self.job.with_user(second), action)()
        self.assertEqual(self.job.state, "pending")
        self.job.with_user(self.user_manager).action_cancel()
        self.assertEqual(self.job.state, "cancelled")

    def test_stock_user_can_neither_see_nor_touch_a_job(self):
        job = self.job.with_user(self.user_stock)
        for action in ("action_cancel", "action_run_now", "action_open_record"):
            with self.assertRaises(AccessError, msg=action):
                getattr(job, action)()

    def test_link_needs_access_to_the_record(self):
        secret = self.env["res.partner"].create({"name": "Of B", "company_id": self.company_b.id})
        job = self.enqueue(record=secret, company=self.company_a).with_user(self.user_planner)
        self.assertFalse(job.record_name)
        with self.assertRaises(AccessError):
            job.action_open_record()
