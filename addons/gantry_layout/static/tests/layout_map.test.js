import { expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, getService, models, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { hall } from "./map_test_helpers";

class GantryLayout extends models.Model {
    _name = "gantry.layout";

    name = fields.Char();
    warehouse_id = fields.Integer();
    _records = [{ id: 1, name: "Hall" }];
}

defineMailModels();
defineModels([GantryLayout]);

const BIN = {
    full_name: "", barcode: "", zone: "Pick", aisle: "A", bay: 1, side: "", z: 0, size: [1, 1, 1], volume: 1,
    max_weight: 0, picks: 2, fill: null, age: null, content: [],
};

/** The map of a hall, opened as an action with these params. */
async function openMap(params = {}, layout = {}) {
    onRpc("gantry.layout", "get_map_data", () => {
        expect.step("plan");
        const data = hall();
        return { ...data, layout: { ...data.layout, ...layout } };
    });
    onRpc("gantry.layout", "get_map_bins", ({ args: [, ids] }) => ({
        bins: ids.map((id, row) => ({ ...BIN, id, name: `bin ${id}`, level: row + 1 })), moves: [],
    }));
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client", tag: "gantry_layout_map", params: { layout_id: 1, ...params },
    });
    await animationFrame();
}

const STOPS = [
    { location_id: 100, label: "A-L0-1: 2 Apples" },
    { x: 3.5, y: 4, label: "A-R2" },
    { location_id: 4711, label: "lost" },
];

test("a route is drawn with numbered stops, told as a list, and a stop can be looked at", async () => {
    await openMap({ route: { name: "Batch 7", path: [[1, -2], [2, 0], [2, 4]], stops: STOPS, length_m: 12 } });
    expect(queryAllTexts(".o_gantry_layout_stop text")).toEqual(["1", "2"]);
    expect(".o_gantry_layout_panel h4").toHaveText("Batch 7");
    expect(".o_gantry_layout_route_panel").toHaveText(/12 m, 2 stops/);
    expect(".o_gantry_layout_panel .alert").toHaveText(/no position: lost/);
    expect(queryFirst(".o_gantry_layout_way").getAttribute("points").split(" ").length).toBe(3);
    await click(".o_gantry_layout_stops li:eq(1) button");
    await animationFrame();
    expect(".o_gantry_layout_stop.o_active text").toHaveText("2");
    await click(".o_gantry_layout_panel button:contains(Hide the route)");
    await animationFrame();
    expect(".o_gantry_layout_stop").toHaveCount(0);
    expect(".o_gantry_layout_panel").toHaveCount(0);
    expect.verifySteps(["plan"]);
});

test("opened for a bin it shows that bin; keys go on from there and close it", async () => {
    await openMap({ location_id: 103 });
    expect(".o_gantry_layout_rack .btn-primary").toHaveText("bin 103");
    await queryFirst(".o_gantry_layout_floor").focus();
    await press("ArrowRight");
    await animationFrame();
    expect(".o_gantry_layout_panel h4").toHaveText("A-R1");
    await press("Escape");
    await animationFrame();
    expect(".o_gantry_layout_panel").toHaveCount(0);
    expect.verifySteps(["plan"]);
});

test("only who may edit can block an aisle", async () => {
    await openMap({ location_id: 100 });
    await click(".o_gantry_layout_facts a:contains(A)");
    await animationFrame();
    expect(".o_gantry_layout_way_panel").toHaveText(/Open to walk/);
    expect(".o_gantry_layout_block").toHaveCount(0);
    expect.verifySteps(["plan"]);
});

test("who may edit opens a blocked aisle, and the plan is read again", async () => {
    onRpc("gantry.layout.aisle", "action_open", ({ args }) => {
        expect.step(`open ${args[0]}`);
        return false;
    });
    await openMap({ location_id: 112 }, { can_edit: true });
    await click(".o_gantry_layout_facts a");
    await animationFrame();
    expect(".o_gantry_layout_way_panel .alert").toHaveText(/Spill/);
    await click(".o_gantry_layout_unblock");
    await animationFrame();
    expect.verifySteps(["plan", "open 8", "plan"]);
});

test("figures come by themselves, and the plan when somebody changed it", async () => {
    let revision = 5;
    onRpc("gantry.layout", "get_map_figures", ({ args }) => {
        expect.step(`figures ${args[1]}`);
        return { by: "picks", revision, id: [], value: [] };
    });
    await openMap();
    await advanceTime(61_000);
    revision = 6;
    await advanceTime(60_000);
    expect.verifySteps(["plan", "figures picks", "figures picks", "plan"]);
});

test("a route of the server is fetched by its number, and again when an aisle was blocked", async () => {
    let stale = false;
    onRpc("gantry.route", "get_map_route", ({ args }) => {
        expect.step(`route ${args[0]}`);
        return { route_id: 9, name: "WH/OUT/9", layout_id: 1, path: [], stops: STOPS, is_stale: stale };
    });
    onRpc("gantry.layout", "get_map_figures", () => ({ by: "picks", revision: 6, id: [], value: [] }));
    await openMap({ route_id: 9 });
    expect(".o_gantry_layout_panel h4").toHaveText("WH/OUT/9");
    expect(".o_gantry_layout_route_panel .alert-warning:contains(Plan it again)").toHaveCount(0);
    stale = true;
    await advanceTime(61_000);
    await animationFrame();
    expect(".o_gantry_layout_route_panel .alert-warning:contains(Plan it again)").toHaveCount(1);
    expect(queryAllTexts(".o_gantry_layout_stop text")).toEqual(["1", "2"]);
    expect.verifySteps(["route 9", "plan", "plan", "route 9"]);
});
