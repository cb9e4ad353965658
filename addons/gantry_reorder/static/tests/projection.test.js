import { describe, expect, test } from "@odoo/hoot";
import { byDay, projectionModel, verdict } from "@gantry_reorder/core/projection";

describe.current.tags("headless");

function sample(changes = {}) {
    return {
        dates: ["2026-03-03", "2026-03-04", "2026-03-05"],
        history: [
            ["2026-03-01", 12],
            ["2026-03-02", 9],
        ],
        mean: [6, 3, 0],
        low: [4, 0, 0],
        high: [8, 6, 4],
        min: 5,
        max: 20,
        incoming: [["2026-03-04", 10]],
        committed: [],
        stockout_date: "2026-03-05",
        order_by_date: "2026-03-03",
        ...changes,
    };
}

test("past and projection share one axis and meet", () => {
    const model = projectionModel(sample());
    expect(model.dates).toHaveLength(5);
    expect(model.start).toBe(2);
    expect(model.history).toEqual([12, 9, null, null, null]);
    expect(model.mean).toEqual([null, 9, 6, 3, 0]);
    expect(model.low).toEqual([null, null, 4, 0, 0]);
    expect([model.orderBy, model.stockout]).toEqual([2, 4]);
});

test("history may be cut or left out", () => {
    expect(projectionModel(sample(), 1).history).toEqual([9, null, null, null]);
    const model = projectionModel(sample(), 0);
    expect([model.start, model.mean]).toEqual([0, [6, 3, 0]]);
});

test("history never reaches into the projection", () => {
    const data = sample({ history: [["2026-03-02", 9], ["2026-03-03", 7]] });
    expect(projectionModel(data).history).toEqual([9, null, null, null]);
});

test("overdue receipts count today, those after the axis do not count", () => {
    const dates = ["2026-03-02", "2026-03-03", "2026-03-04"];
    const list = [["2026-02-01", 3], ["2026-03-03", 2], ["2026-03-04", 5], ["2026-04-01", 100]];
    expect(byDay(list, dates, 1)).toEqual([null, 5, 5]);
    expect(byDay(undefined, dates, 0)).toEqual([null, null, null]);
});

test("nothing to draw without coming days", () => {
    expect(projectionModel(null)).toBe(null);
    expect(projectionModel({ dates: [] })).toBe(null);
    expect(verdict({ dates: [] }).code).toBe("none");
});

test("the verdict says what is to be done", () => {
    expect(verdict(sample())).toEqual({ code: "short", stockout: "2026-03-05", orderBy: "2026-03-03" });
    expect(verdict(sample({ stockout_date: false })).code).toBe("order");
    expect(verdict(sample({ stockout_date: false, order_by_date: false })).code).toBe("safe");
});

test("a date outside the axis is not marked", () => {
    expect(projectionModel(sample({ stockout_date: "2027-01-01" })).stockout).toBe(-1);
});

test("a rule without minimum and maximum has no lines for them", () => {
    const model = projectionModel(sample({ min: null, max: undefined }));
    expect([model.min, model.max]).toEqual([null, null]);
});
