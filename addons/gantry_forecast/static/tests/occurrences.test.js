import { describe, expect, test } from "@odoo/hoot";
import { yearsLater } from "@gantry_forecast/core/occurrences";

describe.current.tags("headless");

const spring = { first: "2024-03-10", last: "2024-03-17" };
const christmas = { first: "2024-12-24", last: "2025-01-01" };

test("an event of every year comes in each later year and not before", () => {
    expect(yearsLater(spring, { from: "2026-03-01", to: "2026-03-31" })).toEqual([2]);
    expect(yearsLater(spring, { from: "2023-03-01", to: "2023-03-31" })).toEqual([]);
});

test("its own year is the record itself", () => {
    expect(yearsLater(spring, { from: "2024-01-01", to: "2024-12-31" })).toEqual([]);
});

test("outside the window it does not come", () => {
    expect(yearsLater(spring, { from: "2026-03-18", to: "2026-04-30" })).toEqual([]);
    expect(yearsLater(spring, { from: "2026-03-17", to: "2026-04-30" })).toEqual([2]);
});

test("over the turn of the year it comes twice in a calendar of a year", () => {
    expect(yearsLater(christmas, { from: "2026-01-01", to: "2026-12-31" })).toEqual([1, 2]);
    expect(yearsLater(christmas, { from: "2025-01-01", to: "2025-01-31" })).toEqual([]);
});
