import { describe, expect, test } from "@odoo/hoot";
import { humanise, jsonLines, plain, readReasons } from "@gantry_base/core/reasons";

describe.current.tags("headless");

test("names become labels", () => {
    expect(humanise("lead_time_days")).toBe("Lead time days");
    expect(humanise("sku.count")).toBe("Sku count");
    expect(humanise("")).toBe("");
});

test("values become text", () => {
    expect([null, undefined, 3, 0.123456, [1, 2.5], true, "x", { a: 1 }].map(plain)).toEqual([
        "–",
        "–",
        "3",
        "0.1235",
        "1, 2.5",
        "true",
        "x",
        '{"a":1}',
    ]);
});

test("facts of the server go before bare numbers", () => {
    const [first, second] = readReasons([
        { code: "season", text: "A.", numbers: { index: 1.42 }, facts: [{ label: "Index", text: "+42 %" }] },
        { code: "level", text: "B.", numbers: { per_day: 2 } },
    ]);
    expect(first.facts).toEqual([{ label: "Index", text: "+42 %" }]);
    expect(second.facts).toEqual([{ label: "Per day", text: "2" }]);
});

test("the same reason twice keeps two keys", () => {
    const keys = readReasons([
        { code: "a", text: "A." },
        { code: "a", text: "B." },
    ]).map((reason) => reason.key);
    expect(new Set(keys).size).toBe(2);
});

test("a value that is no list of reasons explains nothing", () => {
    for (const value of [false, null, undefined, {}, "text", [null, { code: "x" }]]) {
        expect(readReasons(value)).toEqual([]);
    }
});

test("JSON becomes lines, nested values are indented", () => {
    expect(
        jsonLines({ series: 123, tiers: { numpy: 100, panel: null }, tags: ["a", "b"], rows: [{ id: 1 }] })
    ).toEqual([
        { label: "Series", text: "123", depth: 0 },
        { label: "Tiers", text: "", depth: 0 },
        { label: "Numpy", text: "100", depth: 1 },
        { label: "Panel", text: "–", depth: 1 },
        { label: "Tags", text: "a, b", depth: 0 },
        { label: "Rows", text: "", depth: 0 },
        { label: "1.", text: "", depth: 1 },
        { label: "Id", text: "1", depth: 2 },
    ]);
    expect(jsonLines(12)).toEqual([{ label: "", text: "12", depth: 0 }]);
    expect(jsonLines(false)).toEqual([]);
});
