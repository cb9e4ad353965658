import { expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    makeServerError,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class GantryJob extends models.Model {
    _name = "gantry.job";

    name = fields.Char();
    state = fields.Selection({
        selection: [
            ["pending", "Pending"],
            ["running", "Running"],
            ["done", "Done"],
        ],
    });
    progress = fields.Float();
    progress_done = fields.Float();
    progress_total = fields.Float();
    message = fields.Char();
    error = fields.Char();
    elapsed_s = fields.Float();
    _records = [{ id: 1, name: "Refresh", state: "running", progress: 25, progress_done: 1, progress_total: 4 }];
}

class Plan extends models.Model {
    job_id = fields.Many2one({ relation: "gantry.job" });
    reasons = fields.Json();
    _records = [
        {
            id: 1,
            job_id: 1,
            reasons: [
                { code: "season", text: "Sales peak in November.", numbers: { month: 11 } },
                { code: "plain", text: "Enough.", numbers: {} },
            ],
        },
    ];
}

defineMailModels();
defineModels([GantryJob, Plan]);

/** What the worker writes down. */
function work(vals) {
    MockServer.env["gantry.job"].write([1], vals);
}

const jobForm = `<form><field name="state" readonly="1"/><field name="progress" widget="gantry_job_progress"/></form>`;

test("the bar moves while the job runs, then the record is loaded again and the looking ends", async () => {
    let looks = 0;
    onRpc("gantry.job", "read", () => void looks++);
    await mountView({ type: "form", resModel: "gantry.job", resId: 1, arch: jobForm });
    expect(".o_gantry_job_percent").toHaveText("25 %");

    work({ progress: 75, message: "Shard 3 of 4" });
    await advanceTime(1200);
    await animationFrame();
    expect(".o_gantry_job_percent").toHaveText("75 %");
    expect(".o_gantry_job_status span").toHaveText("Shard 3 of 4");

    work({ state: "done", progress: 100 });
    await advanceTime(1500);
    await animationFrame();
    expect(".o_gantry_job_progress").toHaveAttribute("data-state", "done");
    expect(".o_field_widget[name=state]").toHaveText("Done");

    const before = looks;
    await advanceTime(60000);
    expect(looks).toBe(before);
});

test("a failed look does not end the watch", async () => {
    let broken = false;
    onRpc("gantry.job", "read", () => {
        if (broken) {
            throw new Error("offline");
        }
    });
    await mountView({ type: "form", resModel: "gantry.job", resId: 1, arch: jobForm });
    broken = true;
    await advanceTime(1200);
    broken = false;
    work({ progress: 50 });
    await advanceTime(1500);
    await animationFrame();
    expect(".o_gantry_job_percent").toHaveText("50 %");
});

test("a record with a link to a job shows its progress", async () => {
    await mountView({
        type: "form",
        resModel: "plan",
        resId: 1,
        arch: `<form><field name="job_id" widget="gantry_job_progress"/></form>`,
    });
    expect(".o_gantry_job_progress").toHaveAttribute("data-state", "running");
    expect(".o_gantry_job_open").toHaveCount(1);
});

test("a job that the user may not see leaves the form alone", async () => {
    onRpc("gantry.job", "read", () => {
        throw makeServerError({ type: "AccessError" });
    });
    await mountView({
        type: "form",
        resModel: "plan",
        resId: 1,
        arch: `<form><h1>Plan</h1><field name="job_id" widget="gantry_job_progress"/></form>`,
    });
    expect("h1").toHaveText("Plan");
    expect(".o_gantry_job_progress").toHaveCount(0);
});

test("numbers behind a sentence are shown on demand", async () => {
    await mountView({
        type: "form",
        resModel: "plan",
        resId: 1,
        arch: `<form><field name="reasons" widget="gantry_explanation"/></form>`,
    });
    expect(queryAllTexts(".o_gantry_reason_toggle, .o_gantry_reason_plain")).toEqual([
        "Sales peak in November.",
        "Enough.",
    ]);
    expect(".o_gantry_reason_facts").not.toBeVisible();
    await click(".o_gantry_reason_toggle");
    await animationFrame();
    expect(".o_gantry_reason_facts").toBeVisible();
    expect(".o_gantry_reason_facts").toHaveText("Month\n11");
    await click(".o_gantry_reason_toggle");
    await animationFrame();
    expect(".o_gantry_reason_facts").not.toBeVisible();
});
