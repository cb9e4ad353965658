"""Scripts for an Odoo shell; each prints `@progress done total text` lines that the command shows."""

from __future__ import annotations

import json
from pathlib import Path

HEAD = """
def progress(done, total, message=""):
    print("@progress", done, total, message, flush=True)
"""

DEMO = (
    HEAD
    + """
env = env(user=env.ref("base.user_admin"))
env["gantry.demo"]._load(progress=progress)
env.cr.commit()
"""
)

FORECAST = (
    HEAD
    + """
env = env(user=env.ref("base.user_admin"))
env["gantry.forecast"]._refresh_now(progress=progress)
env.cr.commit()
"""
)

ASSETS = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def orders(path: Path) -> str:
    """Import an order history and create the products it names."""
    return (
        HEAD
        + f"""
env = env(user=env.ref("base.user_admin"))
env["gantry.demand.import"]._import_orders_file({json.dumps(str(path))}, create_products=True, progress=progress)
env.cr.commit()
"""
    )


def core_suites(tags: str, modules) -> str:
    """Run Odoo's own tests on the full registry, where our overrides are active, and print the counts."""
    return f"""
import logging
from odoo.tests.shell import run_tests
logging.getLogger().setLevel(logging.WARNING)
logging.getLogger("odoo.tests").setLevel(logging.INFO)
report = run_tests(env, {tags!r}, {sorted(modules)!r})
print("@result", report.testsRun, report.failures_count, report.errors_count, report.skipped, flush=True)
"""
