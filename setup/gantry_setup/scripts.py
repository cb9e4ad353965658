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

# The companies and users of the tests, made once instead of once per class.
TEST_WORLD = """
from odoo.addons.gantry_base.tests import world
world.keep(env)
env.cr.commit()
"""

RUN_JOB = """
import threading
from odoo.addons.gantry_base.jobs import Committed

def run_job(job, steps=None):
    # Runs a background job in this process and says how far it is: to its end, or so many steps; the
    # rest is then left to the served system.
    job = job.sudo()
    env.cr.commit()
    ended = threading.Event()

    def watch():
        while not ended.wait(0.5):
            with env.registry.cursor() as cr:
                cr.execute("SELECT progress, message FROM gantry_job WHERE id = %s", [job.id])
                percent, message = cr.fetchone() or (0, "")
                progress(percent or 0, 100, message or "")

    threading.Thread(target=watch, daemon=True).start()
    while job.state in ("pending", "running"):
        if job._claim():
            try:
                job._execute(Committed(job.env), steps)
            finally:
                job._unlock()
        job.invalidate_recordset()
        if steps:
            break
    ended.set()
    if job.state == "running":
        job._dispatch()
    elif job.state != "done":
        raise SystemExit(job.error or job.state)

"""

# History and the fast lane: every product has a forecast. The models that take longer refine it afterwards.
FORECAST = (
    HEAD
    + RUN_JOB
    + """
env = env(user=env.ref("base.user_admin"))
run_job(env["gantry.forecast"]._enqueue_refresh(env.company), steps=3)
env.cr.commit()
"""
)

# The worklist a planner opens next; better forecasts reach it in the night.
REORDER = (
    HEAD
    + RUN_JOB
    + """
env = env(user=env.ref("base.user_admin"))
run_job(env["gantry.reorder.rule"]._enqueue_run(env.company))
env.cr.commit()
"""
)

# The bundles of the first pages a newcomer opens; compiling all that exist takes half a minute.
FIRST_BUNDLES = (
    "web.assets_web",
    "web.assets_backend_lazy",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.chartjs_lib",
)

# Opens on the planning list, and compiles what the first page needs.
SCREENS = f"""
env.ref("base.user_admin").action_id = env.ref("gantry_forecast.gantry_forecast_action").id
for name in {FIRST_BUNDLES!r}:
    bundle = env["ir.qweb"]._get_asset_bundle(name, css=True, js=True)
    bundle.js()
    bundle.css()
env.cr.commit()
"""


def orders(path: Path) -> str:
    """Import an order history and create the products it names."""
    return (
        HEAD
        + f"""
env = env(user=env.ref("base.user_admin"))
found = env["gantry.demand.import"]._import_orders_file(
    {json.dumps(str(path))}, progress=lambda percent, sentence: progress(percent, 100, sentence)
)
env.cr.commit()
print("@note", f"{{found['lines']:,}} lines, {{found['products']:,}} products, {{found['errors']:,}} lines left out")
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
