"""A whole recall in a database of a million done lines: trace, snapshot, notices, balance, sheets and events.

Runs inside an Odoo shell on a database with `gantry_recall` and `gantry_trace_mrp`; everything is rolled back.
The data are those of `bench_trace`. Each case is opened by a recall manager, not by the superuser, because rules and
masks are part of the price.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

NEEDS_ODOO = True
GOALS = {"case, s": 3, "sheet of 110,000 rows, s": 15}
ROWS = 110_000


def arguments(parser):
    parser.add_argument("--scale", type=float, default=1.0, help="share of the million lines")


def run(report, args, env):
    if "gantry.recall" not in env or "mrp.production" not in env:
        report.note("skipped: needs a database with gantry_recall and gantry_trace_mrp")
        return
    sys.path.insert(0, str(Path(__file__).parent))
    from bench_trace import Bench

    try:
        data = Bench(env, getattr(args, "scale", None) or (0.05 if getattr(args, "quick", False) else 1.0), 1)
        data.fill(report)
        data.rebuild(report)
        measure(report, env, data)
    finally:
        env.cr.rollback()


def measure(report, env, data):
    group = env.ref("gantry_recall.group_recall_manager")
    user = env["res.users"].create(
        {"name": "Recall bench", "login": "recall bench", "company_id": data.company.id,
         "company_ids": [(6, 0, data.company.ids)], "group_ids": [(6, 0, group.ids)]})
    mine = env(user=user, context={"allowed_company_ids": data.company.ids})
    lots = (("typical", 5_000 % data.raw), ("silo", 1), ("extreme", 0))
    cases = [case(mine, name, data.lot(number)) for name, number in lots]
    report.table("Full case, s (goal: 3 for closure, customers, net quantities, balance and snapshot)", [
        "lot", "lots", "customer rows", "snapshot MB", "case", "notices", "consignees", "orders"],
        [row for _recall, row in cases])
    biggest = cases[-1][0]
    report.table("Exports of the extreme case", ["what", "rows", "seconds", "goal", "note"], [
        sheet(biggest), events(biggest)])


def case(env, name, lot_id):
    """Closure, customers, net quantities, balance and snapshot are one step of a case."""
    recall = env["gantry.recall"].create(
        {"title": name, "reason": "bench", "hazard_class": "1", "lot_ids": [(6, 0, [lot_id])]})
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    snapshot = recall._take_snapshot()
    env.flush_all()
    traced = time.perf_counter()
    notices = recall._prepare_notices()
    env.flush_all()
    told = time.perf_counter()
    recall._update_orders()
    end = time.perf_counter()
    content = snapshot.content
    customers = len(json.loads(content)["customers"])
    return recall, [name, snapshot.lot_count, customers, len(content) / 1e6, traced - start, told - traced,
                    len(notices), end - told]


def sheet(recall):
    """As many rows as the goal names: the lines of the case, again and again."""
    rows = list(zip(range(ROWS), _endless(recall), strict=False))
    kept = [row for _number, row in rows]
    start = time.perf_counter()
    read = sum(1 for _row in recall._fsma_rows())
    reading = time.perf_counter() - start
    recall_class = type(recall)
    real = recall_class._fsma_rows
    try:
        recall_class._fsma_rows = lambda self: iter(kept)
        start = time.perf_counter()
        with recall._fsma_workbook() as output:
            size = len(output.read())
        writing = time.perf_counter() - start
    finally:
        recall_class._fsma_rows = real
    spent = writing + reading * ROWS / max(1, read)
    note = f"read {read} in {reading:.1f} s, wrote {len(kept)} in {writing:.1f} s, {size / 1e6:.1f} MB"
    return ["FSMA sheet", ROWS, spent, "< 15", note]


def _endless(recall):
    while True:
        yield from recall._fsma_rows()


def events(recall):
    start = time.perf_counter()
    found, _hidden = recall._epcis_events()
    with recall.env["gantry.trace"]._epcis_file(found, "bench") as output:
        text = output.read()
    spent = time.perf_counter() - start
    document = json.loads(text)
    document["epcisBody"]["eventList"] = document["epcisBody"]["eventList"][:300]
    faults = _schema_faults(document)
    return ["EPCIS events", len(found), spent, "", f"{len(text) / 1e6:.1f} MB, {faults} misfits with the schema in 300"]


def _schema_faults(document):
    """Against the official schema, which is test input and no part of an addon."""
    folder = Path(__file__).parents[1] / "core" / "gantry_trace"
    sys.path.insert(0, str(folder))
    try:
        import json_schema

        schema = json.loads((folder / "epcis" / "EPCIS-JSON-Schema.json").read_text())
        return len(json_schema.errors(document, schema))
    finally:
        sys.path.remove(str(folder))
