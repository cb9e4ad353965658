import { describe, expect, test } from "@odoo/hoot";
import { averages, backtestModel, daysPerPoint } from "@gantry_reorder/core/backtest";
import { change, cheapest, fromSlider, pointAt, toSlider, yearlyCost } from "@gantry_reorder/core/whatif";

describe.current.tags("headless");

const CURVE = [
    { target: 90, fill: 91, stock: 1000, ordering: 50, short: 900, shortage: 300 },
    { target: 95, fill: 95.5, stock: 1400, ordering: 50, short: 400, shortage: 140 },
    { target: 99, fill: 99.1, stock: 2400, ordering: 50, short: 100, shortage: 30 },
];

test("between two points of the curve the figures are mixed", () => {
    expect(pointAt(CURVE, 92.5)).toEqual({
        target: 92.5, fill: 93.25, stock: 1200, ordering: 50, short: 650, shortage: 220,
    });
    expect(pointAt(CURVE, 95).stock).toBe(1400);
});

test("outside of the curve its ends hold", () => {
    expect(pointAt(CURVE, 10).stock).toBe(1000);
    expect(pointAt(CURVE, 99.9).stock).toBe(2400);
    expect(pointAt([], 95)).toBe(null);
});

test("holding cost follows the slider, the rest stays", () => {
    expect(yearlyCost(CURVE[0], 20)).toEqual({ holding: 200, ordering: 50, shortage: 300, total: 550 });
    expect(yearlyCost(CURVE[0], 40).total).toBe(750);
});

test("dear stock makes less service the cheapest", () => {
    expect(cheapest(CURVE, 5).target).toBe(99);
    expect(cheapest(CURVE, 20).target).toBe(95);
    expect(cheapest(CURVE, 60).target).toBe(90);
    expect(cheapest([], 20)).toBe(null);
});

test("a change from nothing has no per cent", () => {
    expect(change(41000, 38000)).toEqual({ amount: -3000, percent: -7 });
    expect(change(0, 10)).toEqual({ amount: 10, percent: null });
});

test("the slider gives every nine the same way", () => {
    expect([0, 90, 99, 99.9].map((target) => Math.round(toSlider(target)))).toEqual([0, 1, 2, 3]);
    for (const target of [50, 80, 95, 97, 98, 99, 99.5, 99.9]) {
        expect(fromSlider(toSlider(target))).toBe(target);
    }
});

test("days are averaged in whole groups, the last one may be shorter", () => {
    expect(averages([1, 3, 5, 7, 9], 2)).toEqual([2, 6, 9]);
    expect(daysPerPoint(365, 900)).toBe(1);
    expect(daysPerPoint(365, 330)).toBe(7);
    expect(daysPerPoint(730, 330)).toBe(7);
    expect(daysPerPoint(1100, 330)).toBe(14);
});

test("only the chosen methods are drawn", () => {
    const data = {
        dates: ["2026-01-01", "2026-01-02"],
        series: [
            { method: "gantry", label: "Gantry", stock: [10, 8], short: [0, 0] },
            { method: "current", label: "In force", stock: [20, 18], short: [0, 3] },
        ],
    };
    const model = backtestModel(data, ["current"], 1000);
    expect(model.series.map(({ method }) => method)).toEqual(["current"]);
    expect(model.series[0].short).toEqual([0, 3]);
    expect(model.dates).toEqual(data.dates);
    expect(backtestModel({ dates: [], series: [] }, [], 100)).toBe(null);
});
