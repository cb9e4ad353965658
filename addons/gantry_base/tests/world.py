"""The companies, warehouses and users that the tests of the suite play with.

A test class makes them for itself, which takes seconds once many apps are installed; a database that is only there
for tests can keep them (`keep`), and every class finds them.
"""

import json

from odoo.fields import Command
from odoo.tests import new_test_user

PARAMETER = "gantry_base.test_world"
QUIET = {"tracking_disable": True, "mail_create_nolog": True}
USERS = (
    ("user_stock", "gantry_stock", "stock.group_stock_user", "company_a"),
    ("user_planner", "gantry_planner", "gantry_base.group_planner", "company_a"),
    ("user_manager", "gantry_manager", "gantry_base.group_manager", "company_a"),
    ("user_other", "gantry_other", "gantry_base.group_planner", "company_b"),
)


def warehouse(env, company, name, code, taken=()):
    """A warehouse of the company; the one Odoo makes with a company in tests is taken over first."""
    Warehouse = env["stock.warehouse"].with_company(company)
    found = Warehouse.search([("company_id", "=", company.id), ("id", "not in", list(taken))], limit=1)
    vals = {"name": name, "code": code}
    if found:
        found.write(vals)
        return found
    return Warehouse.create({**vals, "company_id": company.id})


def user(env, login, groups, company):
    return new_test_user(
        env,
        login=login,
        groups=f"base.group_user,{groups}",
        company_id=company.id,
        company_ids=[Command.set(company.ids)],
        context={"no_reset_password": True, **QUIET},
    )


def build(env) -> dict:
    """Company A with two warehouses, company B with one, four users; records by name."""
    env = env(context={**env.context, **QUIET})
    companies = env["res.company"].create([{"name": "Gantry Test A"}, {"name": "Gantry Test B"}])
    found = dict(zip(("company_a", "company_b"), companies, strict=True))
    found["wh_a1"] = warehouse(env, found["company_a"], "A One", "GA1")
    found["wh_a2"] = warehouse(env, found["company_a"], "A Two", "GA2", found["wh_a1"].ids)
    found["wh_b1"] = warehouse(env, found["company_b"], "B One", "GB1")
    for name, login, groups, company in USERS:
        found[name] = user(env, login, groups, found[company])
    return found


def keep(env) -> None:
    """Build the world for good, in a database that only serves tests."""
    records = {name: (record._name, record.id) for name, record in build(env).items()}
    env["ir.config_parameter"].set_param(PARAMETER, json.dumps(records))


def find(env) -> dict | None:
    """The world that the database keeps, if it does."""
    known = env["ir.config_parameter"].get_param(PARAMETER)
    if not known:
        return None
    return {name: env[model].browse(record_id) for name, (model, record_id) in json.loads(known).items()}
