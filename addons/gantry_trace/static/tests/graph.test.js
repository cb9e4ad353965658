import { describe, expect, test } from "@odoo/hoot";
import { bundle, collect, connected, fit, place, shortQty } from "@gantry_trace/core/graph";

describe.current.tags("headless");

function lot(node, depth, more = {}) {
    return {
        node, lot_id: node, name: `L${node}`, depth, direction: "down", confidence: "certain", product_id: 7,
        product_name: "Goods", unit: "kg", on_hand: 1, ...more,
    };
}

function edge(from, to, qty = 1, more = {}) {
    return { from, to, qty, unit: "kg", kind: "consume", confidence: "certain", doc_name: `MO${to}`, ...more };
}

const NOBODY = { customers: [], suppliers: [] };

test("lots stand by depth, what they came from on the left", () => {
    const trace = { items: [lot(1, 0), lot(2, 1), lot(3, 1, { direction: "up" })], edges: [edge(3, 1), edge(1, 2)] };
    const { boxes } = collect(trace, NOBODY);
    expect([...boxes.values()].map((box) => box.column)).toEqual([0, 1, -1]);
});

test("suppliers are left of everything, customers right, with what they really have", () => {
    const trace = { items: [lot(1, 0), lot(2, 1)], edges: [edge(1, 2)] };
    const customers = [
        { partner_id: 9, partner_name: "Alice", lot_id: 2, qty_net: 3, qty_returned: 2, unit: "kg" },
        { partner_id: 9, partner_name: "Alice", lot_id: 1, qty_net: 4, qty_returned: 0, unit: "kg" },
    ];
    const suppliers = [{ partner_id: 8, partner_name: "Vendor", lot_id: 1, qty: 10, unit: "kg" }];
    const { boxes, arrows } = collect(trace, { customers, suppliers });
    expect([boxes.get("customer9").column, boxes.get("customer9").qty]).toEqual([2, 7]);
    expect(boxes.get("supplier8").column).toBe(-1);
    expect(arrows.filter((arrow) => arrow.kind === "ship").map((arrow) => arrow.qty)).toEqual([3, 4]);
});

test("a lot in a cycle is drawn once", () => {
    const trace = { items: [lot(1, 0), lot(2, 2), lot(2, 1, { direction: "up" })], edges: [edge(1, 2), edge(2, 1)] };
    const { boxes } = collect(trace, NOBODY);
    expect(boxes.size).toBe(2);
    expect(boxes.get("n2").column).toBe(-1);
    expect(place(collect(trace, NOBODY)).arrows.length).toBe(2);
});

test("a full column is bundled by product and opens", () => {
    const many = Array.from({ length: 20 }, (_, n) => lot(10 + n, 1));
    const trace = { items: [lot(1, 0), ...many], edges: many.map((row) => edge(1, row.node, 2)) };
    const all = collect(trace, NOBODY);
    const closed = bundle(all);
    expect(closed.boxes.size).toBe(2);
    const [arrow] = closed.arrows;
    expect([arrow.qty, arrow.count, arrow.docs.length]).toEqual([40, 20, 20]);
    const group = [...closed.boxes.values()].find((box) => box.isBundle);
    expect([group.members, group.qty]).toEqual([20, 20]);
    expect(bundle(all, new Set([group.key])).boxes.size).toBe(21);
});

test("a bundle is as sure as its weakest lot, two ways as the surer one", () => {
    const many = Array.from({ length: 9 }, (_, n) => lot(10 + n, 1, { confidence: n === 4 ? "pooled" : "certain" }));
    const trace = {
        items: [lot(1, 0), ...many],
        edges: [edge(1, 10, 1, { confidence: "derived" }), edge(1, 10, 1, { confidence: "certain" })],
    };
    const closed = bundle(collect(trace, NOBODY));
    expect([...closed.boxes.values()].find((box) => box.isBundle).confidence).toBe("pooled");
    expect(closed.arrows[0].confidence).toBe("certain");
});

test("boxes of a column do not overlap and all lie inside the picture", () => {
    const many = Array.from({ length: 6 }, (_, n) => lot(10 + n, 1));
    const trace = { items: [lot(1, 0), ...many], edges: many.map((row) => edge(1, row.node)) };
    const picture = place(collect(trace, NOBODY));
    const ys = picture.boxes.filter((box) => box.column === 1).map((box) => box.y).sort((a, b) => a - b);
    for (let n = 1; n < ys.length; n++) {
        expect(ys[n] - ys[n - 1]).toBeGreaterThan(54);
    }
    expect(Math.min(...ys)).toBeGreaterThan(0);
    expect(Math.max(...ys) + 54).toBeLessThan(picture.height);
});

test("what hangs together both ways, and nothing of the siblings", () => {
    const arrows = [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "a", to: "d" }];
    const found = connected("b", arrows);
    expect(["a", "b", "c", "d"].map((key) => found.has(key))).toEqual([true, true, true, false]);
});

test("crowded orders stand between the columns", () => {
    const trace = {
        items: [lot(1, 0), lot(2, 1)],
        hubs: [{ node: -5, name: "MO/1", depth: 0.5, kind: "order", direction: "down" }],
        edges: [edge(1, -5), edge(-5, 2)],
    };
    const picture = place(collect(trace, NOBODY));
    const x = Object.fromEntries(picture.boxes.map((box) => [box.key, box.x]));
    expect(x["n1"] < x["n-5"] && x["n-5"] < x["n2"]).toBe(true);
    expect(picture.arrows.length).toBe(2);
});

test("quantities are short", () => {
    expect([3, 2.5, 0.3333, 12500, 2_000_000].map(shortQty)).toEqual(["3", "2.5", "0.33", "12.5k", "2M"]);
});

test("the picture fits when it stays readable, else the lot is in the middle", () => {
    const wide = { width: 1000, height: 100, boxes: [{ key: "n1", x: 600, y: 20 }] };
    expect(fit(wide, "n1", 1200, 300).zoom).toBe(1);
    expect(fit(wide, "n1", 800, 300)).toEqual({ zoom: 0.8, left: 0, top: 0 });
    const narrow = fit(wide, "n1", 300, 300);
    expect(narrow.zoom).toBe(0.7);
    expect(Math.round(narrow.left)).toBe(Math.round((600 + 95) * 0.7 - 150));
});
