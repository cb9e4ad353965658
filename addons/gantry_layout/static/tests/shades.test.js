import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { allowTranslations } from "@web/../tests/web_test_helpers";
import { modes, quantileBounds, shade, together } from "@gantry_layout/core/shades";

describe.current.tags("headless");

beforeEach(allowTranslations);

const single = (count) => ({ bins: Array.from({ length: count }, (_one, row) => [row]) });

function look(mode, values, zones = []) {
    const { classes, of } = shade(mode, values, single(values.length), zones);
    return [...of].map((which) => classes[which].label);
}

test("picks fall in classes of about equal size, and none is a class of its own", () => {
    const values = [null, 0, ...Array.from({ length: 60 }, (_one, i) => (i + 1) / 10)];
    const { classes, of } = shade("picks", values, single(values.length), []);
    expect([of[0], of[1], classes[0].count]).toEqual([0, 0, 2]);
    expect(classes.length).toBe(7);
    classes.slice(1).forEach((one) => expect(one.count >= 8 && one.count <= 12).toBe(true));
});

test("equal picks make one class, not six with the same name", () => {
    expect(quantileBounds([1, 1, 1, 1], 6)).toEqual([]);
    expect(new Set(look("picks", [1, 1, 1, null])).size).toBe(2);
});

test("fill tells empty, unknown, full to the brim and beyond", () => {
    expect(look("fill", [null, -1, 0.4, 60, 100, 101])).toEqual([
        "Empty", "Size not known", "< 25 %", "50 – 75 %", "90 – 100 %", "over the limit",
    ]);
});

test("age has the usual steps", () => {
    expect(look("age", [null, 0, 7, 400])).toEqual(["Empty", "< 7 days", "7 – 30 days", "≥ 365 days"]);
});

test("zones have their own colours and names", () => {
    const zones = [{ name: "Cold", color: 3 }, { name: "Pick", color: 5 }];
    expect(look("zone", [-1, 0, 1], zones)).toEqual(["No zone", "Cold", "Pick"]);
});

test("levels come together as their kind asks", () => {
    expect(together("picks", [1, null, 2.5])).toBe(3.5);
    expect(together("fill", [20, 60, null])).toBe(40);
    expect(together("fill", [-1, null])).toBe(-1);
    expect(together("age", [3, 9])).toBe(9);
    expect(together("blocked", [0, 2])).toBe(2);
    expect(together("picks", [null, null])).toBe(null);
});

test("every colouring can be drawn", () => {
    for (const { name } of modes()) {
        const { classes, of } = shade(name, [null, 1, 0], single(3), [{ name: "A", color: 0 }, { name: "B" }]);
        of.forEach((which) => expect(typeof (classes[which] || {}).label).toBe("string"));
    }
});
